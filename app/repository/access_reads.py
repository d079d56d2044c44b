"""What the terminal reads of credentials and roles, in one entity."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from app.domain.access import AccessChange, Credential, Grant, Role
from app.repository import tables
from app.repository.database import Snapshot
from app.repository.rows import record_of, records_of, selection
from app.repository.types import own

_CREDENTIALS = selection(Credential).where(own(tables.credential))
_GRANTS = selection(Grant).where(own(tables.credential_grant)).order_by(tables.credential_grant.c.name)
_ROLES = selection(Role).where(own(tables.role)).order_by(tables.role.c.code)
_CHANGES = (
    selection(AccessChange)
    .where(own(tables.access_change))
    .order_by(tables.access_change.c.recorded_at.desc(), tables.access_change.c.id.desc())
    .limit(bindparam("most"))
)
_NAMED = select(tables.credential_grant.c.credential_id).where(
    own(tables.credential_grant),
    tables.credential_grant.c.name == bindparam("name"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who has, or had, roles in the entity; `credential` is None where it belongs to another."""

    grant: Grant
    credential: Credential | None


async def holders(snapshot: Snapshot) -> list[Holder]:
    """Everybody who was ever let in, by name."""
    own = {row.id: record_of(Credential, row) for row in await snapshot.rows(_CREDENTIALS)}
    grants = records_of(Grant, await snapshot.rows(_GRANTS))
    return [Holder(grant=each, credential=own.get(each.credential_id)) for each in grants]


async def credential_named(snapshot: Snapshot, name: str) -> str | None:
    """The id of the credential that has this name in the entity."""
    rows = await snapshot.rows(_NAMED, {"name": name})
    return rows[0].credential_id if rows else None


async def own_roles_by_code(snapshot: Snapshot) -> list[Role]:
    """The roles that the entity has defined itself."""
    return records_of(Role, await snapshot.rows(_ROLES))


async def newest_access_changes(snapshot: Snapshot, most: int) -> list[AccessChange]:
    """Newest first."""
    return records_of(AccessChange, await snapshot.rows(_CHANGES, {"most": most}))
