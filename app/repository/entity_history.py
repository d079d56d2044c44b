"""How far the history of an entity's own data has come: in the entity's row, whose lock covers it."""

from typing import Any

from sqlalchemy import bindparam, select, update

from app.domain.change_history import DocumentChange
from app.domain.entity_history import EntityHead
from app.repository import tables
from app.repository.connection import BooksConnection, Sent

_ENTITY = tables.entity
HEAD = select(_ENTITY.c.version, _ENTITY.c.history_hash, _ENTITY.c.changed_at).where(
    _ENTITY.c.id == bindparam("entity_id")
)
"""The fields of `EntityHead`."""
_MOVE = (
    update(_ENTITY)
    .where(_ENTITY.c.id == bindparam("of_entity"))
    .values(
        version=bindparam("new_version", type_=_ENTITY.c.version.type),
        history_hash=bindparam("new_hash", type_=_ENTITY.c.history_hash.type),
        changed_at=bindparam("now", type_=_ENTITY.c.changed_at.type),
    )
)


async def entity_head(connection: BooksConnection, entity_id: int) -> EntityHead:
    """To be read under the lock of whoever is to change it."""
    [[version, history_hash, changed_at]] = await connection.rows(HEAD, {"entity_id": entity_id})
    return EntityHead(version=version, history_hash=history_hash, changed_at=changed_at)


def moved_head(entity_id: int, link: DocumentChange) -> Sent:
    """The entity's row names its newest link."""
    moved: dict[str, Any] = {
        "of_entity": entity_id,
        "new_version": link.version,
        "new_hash": link.hash,
        "now": link.recorded_at,
    }
    return _MOVE, [moved]
