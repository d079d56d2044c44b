"""Taking an idempotency key, and the entity's settings with it, which every command asks for.

Who takes a key does so by its row in the log. On SQLite nobody else writes before the commit: that the key is free is
seen, and the row put down once, when the command is done. On PostgreSQL he locks it before: so whoever shares a
transaction, and puts the row down last, knows which keys others are about to take, and waits for none of them.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, bindparam, exists, func, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql

from app.domain.entity import Settings
from app.repository import tables
from app.repository.connection import BooksConnection
from app.repository.remembered import remembered
from app.repository.rows import settings_of, settings_selection
from app.repository.typed import Statement
from app.repository.types import IdList, among, own


async def is_free(connection: BooksConnection, entity_id: int, key: str) -> tuple[bool, Settings]:
    """Whether the key is free, and so until the commit, and the settings. For SQLite, under the lock of its one writer."""
    [[*settings, is_taken]] = await connection.rows(_settings_and_key(), {"entity_id": entity_id, "key": key})
    return not is_taken, settings_of(settings)


async def claim(connection: BooksConnection, entity_id: int, entry: dict[str, Any]) -> tuple[bool, Settings]:
    """Put the log entry down under its key; whether the key was free, and the settings. For PostgreSQL.

    This waits for another transaction that has just put one down under the key.
    """
    parameters = {f"new_{name}": value for name, value in entry.items()}
    parameters |= {"of_entity": entity_id, "entity_id": entity_id}
    [[*settings, is_claimed]] = await connection.rows(_claim_and_settings(tuple(entry)), parameters)
    return is_claimed, settings_of(settings)


async def free_keys(
    connection: BooksConnection, entity_id: int, keys: Sequence[str]
) -> tuple[set[str], Settings]:
    """Those of the keys that are free, which nobody else takes before the commit, and the settings. For PostgreSQL."""
    [[*settings, taken, locked]] = await connection.rows(
        _settings_and_keys(), {"entity_id": entity_id, "values": keys}
    )
    return set(locked).difference(taken), settings_of(settings)


@remembered
def _settings_and_key() -> Select[Any]:
    log = tables.log_entry.c
    taken = select(log.id).where(own(tables.log_entry), log.idempotency_key == bindparam("key"))
    return settings_selection().add_columns(exists(taken))


@remembered
def _claim_and_settings(names: tuple[str, ...]) -> Statement:
    key = bindparam("new_idempotency_key", type_=Text())
    values = _values(names)
    row = select(*values.values()).where(func.pg_advisory_xact_lock(_place(key)).is_not(None))
    claimed = (
        insert_postgresql(tables.log_entry)
        .from_select(list(values), row, include_defaults=False)
        .on_conflict_do_nothing(index_elements=["entity_id", "idempotency_key"])
        .returning(tables.log_entry.c.id)
        .cte("claimed")
    )
    return settings_selection().add_columns(exists(select(claimed.c.id)))


@remembered
def _settings_and_keys() -> Select[Any]:
    log = tables.log_entry.c
    taken = select(log.idempotency_key).where(own(tables.log_entry), among(log.idempotency_key, "values"))
    asked = func.unnest(bindparam("values", type_=IdList()), type_=Text()).column_valued("key")
    locked = select(asked).where(func.pg_try_advisory_xact_lock(_place(asked)))
    return settings_selection().add_columns(
        *(func.array(each.scalar_subquery(), type_=IdList()) for each in (taken, locked))
    )


def _place(key: ColumnElement[str]) -> ColumnElement[int]:
    """What stands for the key among the advisory locks; two keys that share one only wait for each other."""
    return func.hashtextextended(key, bindparam("entity_id", type_=tables.log_entry.c.entity_id.type))


def _values(names: tuple[str, ...]) -> dict[str, Any]:
    columns = tables.log_entry.c
    given = {name: bindparam(f"new_{name}", type_=columns[name].type) for name in names}
    return {"entity_id": bindparam("of_entity", type_=columns.entity_id.type)} | given
