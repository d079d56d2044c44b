"""What signing in reads, before anyone acts in an entity; and the two things that it writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from app.domain.access import Credential, Grant, Role
from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.repository import tables
from app.repository.books import Books
from app.repository.database import Database
from app.repository.entities import NO_ENTITY
from app.repository.rows import names_of, record_from
from app.repository.types import INSTANT


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A credential with its grants, each by the entity in which it is good."""

    home_entity_id: int
    credential: Credential
    grants: Mapping[int, Grant]


_CREDENTIAL = select(
    tables.credential.c.entity_id, *(tables.credential.c[name] for name in names_of(Credential))
).where(tables.credential.c.id == bindparam("id"))
_GRANTS = select(
    tables.credential_grant.c.entity_id, *(tables.credential_grant.c[name] for name in names_of(Grant))
).where(tables.credential_grant.c.credential_id == bindparam("id"))
_ROLES = select(tables.role.c.entity_id, *(tables.role.c[name] for name in names_of(Role))).where(
    tables.role.c.entity_id == bindparam("of_entity")
)
_USED = (
    update(tables.credential)
    .where(
        tables.credential.c.entity_id == bindparam("of_entity"), tables.credential.c.id == bindparam("of_id")
    )
    .values(last_used_at=bindparam("at", type_=INSTANT))
)


async def standing_of(database: Database, credential_id: str) -> Standing | None:
    """The credential, in whatever state it is, and its grants; None where there is none by that id."""
    async with database.snapshot(NO_ENTITY) as snapshot:
        found = await snapshot.rows(_CREDENTIAL, {"id": credential_id})
        if not found:
            return None
        granted = await snapshot.rows(_GRANTS, {"id": credential_id})
        return Standing(
            home_entity_id=found[0].entity_id,
            credential=record_from(Credential, found[0]),
            grants={row.entity_id: record_from(Grant, row) for row in granted},
        )


async def own_roles(database: Database, entity_id: int) -> dict[str, Role]:
    """The roles that the entity has defined itself, by code."""
    async with database.snapshot(NO_ENTITY) as snapshot:
        rows = await snapshot.rows(_ROLES, {"of_entity": entity_id})
    return {row.code: record_from(Role, row) for row in rows}


async def note_use(database: Database, home_entity_id: int, credential_id: str, at: datetime) -> None:
    """Write down when the credential was last used. That is no change of the credential: its version stays."""

    async def work(books: Books) -> None:
        await books.write(_USED, {"of_entity": home_entity_id, "of_id": credential_id, "at": at})

    actor = Actor(entity_id=home_entity_id, name="sign-in", permissions=frozenset())
    await database.transact(actor, Operation.SIGN_IN, work)
