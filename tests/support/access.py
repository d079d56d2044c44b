"""Credentials as a test holds them: rows with secrets that the test knows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import insert, update

from app.domain.access import Credential, Grant
from app.domain.record import Record
from app.domain.vocabulary import CredentialKind, Operation
from app.repository.books import Books
from app.repository.identity import new_id
from app.repository.rows import TABLES, values_of
from app.settings import DEVELOPMENT_PEPPER
from app.sign_in.secrets import Seal, api_key, new_secret
from tests.support.books import TestBooks

SEAL = Seal(pepper=DEVELOPMENT_PEPPER.encode())
_names = count(1)


@dataclass(frozen=True, slots=True)
class HeldCredential:
    """A credential at home in `books`, and its secret."""

    books: TestBooks
    record: Credential
    secret: str

    @property
    def id(self) -> str:
        """What an OAuth client calls its id."""
        return self.record.id

    @property
    def api_key(self) -> str:
        """The text of an API key."""
        return api_key(self.id, self.secret)

    async def is_granted(self, books: TestBooks, *roles: str) -> None:
        """The credential gets these roles in the entity of `books`, too."""
        home = self.books.entity
        name = self.record.name if books.entity.id == home.id else f"{home.code}:{self.record.name}"
        await _written(books, Grant, _grant(self.record, home.id, name, roles))

    async def is_changed(self, **values: Any) -> None:
        """Other values of the credential's columns, past every rule."""
        table = TABLES[Credential]
        statement = update(table).where(
            table.c.entity_id == self.books.entity.id, table.c.id == self.record.id
        )

        async def work(books: Books) -> None:
            await books.write(statement.values(**values), {})

        await self.books.database.transact(self.books.actor, Operation.SIGN_IN, work)

    async def is_revoked(self) -> None:
        """From now on it is good for nothing."""
        await self.is_changed(revoked_at=datetime.now(UTC), revoked_by="ada")


async def oauth_client(books: TestBooks, *roles: str, **values: Any) -> HeldCredential:
    """An OAuth client with these roles in the entity of `books`; without any it is a billing administrator."""
    return await held(books, CredentialKind.OAUTH_CLIENT, roles or ("BILLING_ADMIN",), **values)


async def key_of_api(books: TestBooks, *roles: str, **values: Any) -> HeldCredential:
    """An API key with these roles in the entity of `books`; without any it is a billing administrator's."""
    return await held(books, CredentialKind.API_KEY, roles or ("BILLING_ADMIN",), **values)


async def held(books: TestBooks, kind: CredentialKind, roles: Sequence[str], **values: Any) -> HeldCredential:
    """A new credential with a grant at home; `values` are columns of the credential."""
    secret = new_secret()
    now = datetime.now(UTC)
    made = Credential(
        id=new_id(Credential),
        kind=kind,
        name=f"robot-{next(_names)}",
        secret_hash=SEAL.hash(secret),
        created_at=now,
        created_by="ada",
        updated_at=now,
        updated_by="ada",
    )
    credential = replace(made, **values)
    await _written(books, Credential, credential)
    await _written(books, Grant, _grant(credential, books.entity.id, credential.name, roles))
    return HeldCredential(books, credential, secret)


def _grant(credential: Credential, home_entity_id: int, name: str, roles: Sequence[str]) -> Grant:
    return Grant(
        id=new_id(Grant),
        credential_id=credential.id,
        name=name,
        home_entity_id=home_entity_id,
        roles=list(roles),
        created_at=credential.created_at,
        created_by="ada",
        updated_at=credential.created_at,
        updated_by="ada",
    )


async def _written(books: TestBooks, kind: type[Record], record: Record) -> None:
    async def work(entity_books: Books) -> None:
        await entity_books.write(insert(TABLES[kind]), values_of(record, books.entity.id))

    await books.database.transact(books.actor, Operation.SIGN_IN, work)
