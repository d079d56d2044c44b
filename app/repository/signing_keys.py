"""The keys that sign tokens, read and written in nobody's name: they belong to the service, not to an entity."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update

from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.repository import tables
from app.repository.books import Books
from app.repository.database import Database
from app.repository.entities import NO_ENTITY
from app.repository.types import INSTANT


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedKey:
    """A key pair; its private part is sealed, and gone when it is retired. Ids grow with time."""

    id: str
    algorithm: str
    public_key: Mapping[str, Any]
    """A JSON Web Key (RFC 7517)."""
    sealed_private_key: str | None
    created_at: datetime
    retired_at: datetime | None = None


_KEY = tables.signing_key.c
_KEYS = (
    select(*(_KEY[each.name] for each in fields(SealedKey)))
    .where(or_(_KEY.retired_at.is_(None), _KEY.retired_at > bindparam("retired_after", type_=INSTANT)))
    .order_by(_KEY.id)
)
_NEW = insert(tables.signing_key)
_RETIRED = (
    update(tables.signing_key)
    .where(_KEY.id < bindparam("before_id"), _KEY.retired_at.is_(None))
    .values(retired_at=bindparam("at", type_=INSTANT), sealed_private_key=None)
)
_NOBODY = Actor(entity_id=NO_ENTITY, name="sign-in", permissions=frozenset())


async def signing_keys(database: Database, retired_after: datetime) -> list[SealedKey]:
    """The keys in use and those retired after the instant, oldest first."""
    async with database.snapshot(NO_ENTITY) as snapshot:
        rows = await snapshot.rows(_KEYS, {"retired_after": retired_after})
    return [SealedKey(**row._mapping) for row in rows]


async def add_signing_key(database: Database, key: SealedKey) -> None:
    """Write down a new key."""

    async def work(books: Books) -> None:
        await books.write(_NEW, asdict(key))

    await database.transact(_NOBODY, Operation.SIGN_IN, work)


async def retire_signing_keys(database: Database, before_id: str, at: datetime) -> int:
    """Retire the keys that are older than this one, and drop their private parts; returns how many."""

    async def work(books: Books) -> int:
        return await books.write(_RETIRED, {"before_id": before_id, "at": at})

    return await database.transact(_NOBODY, Operation.SIGN_IN, work)
