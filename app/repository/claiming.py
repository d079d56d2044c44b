"""Taking an idempotency key, and the entity's settings with it where a round trip costs something."""

from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from app.domain.entity import Settings
from app.repository import tables
from app.repository.connection import BooksConnection
from app.repository.remembered import remembered
from app.repository.rows import settings_of, settings_selection
from app.repository.typed import Statement


async def claim(
    connection: BooksConnection, entity_id: int, entry: dict[str, Any]
) -> tuple[bool, Settings | None]:
    """Put the log entry down under its key; whether the key was free, and the settings if they were read on the way.

    On PostgreSQL this waits for another transaction that has just put one down under the key.
    """
    parameters = {f"new_{name}": value for name, value in entry.items()} | {"of_entity": entity_id}
    if connection.dialect.name != "postgresql":
        return bool(await connection.rows(_claim(tuple(entry)), parameters)), None
    parameters["entity_id"] = entity_id
    [[*settings, is_claimed]] = await connection.rows(_claim_and_settings(tuple(entry)), parameters)
    return is_claimed, settings_of(settings)


@remembered
def _claim(names: tuple[str, ...]) -> Statement:
    return (
        insert_sqlite(tables.log_entry)
        .values(_values(names))
        .on_conflict_do_nothing(index_elements=["entity_id", "idempotency_key"])
        .returning(tables.log_entry.c.id)
    )


@remembered
def _claim_and_settings(names: tuple[str, ...]) -> Statement:
    claimed = (
        insert_postgresql(tables.log_entry)
        .values(_values(names))
        .on_conflict_do_nothing(index_elements=["entity_id", "idempotency_key"])
        .returning(tables.log_entry.c.id)
        .cte("claimed")
    )
    return settings_selection().add_columns(exists(select(claimed.c.id)))


def _values(names: tuple[str, ...]) -> dict[str, Any]:
    columns = tables.log_entry.c
    given = {name: bindparam(f"new_{name}", type_=columns[name].type) for name in names}
    return {"entity_id": bindparam("of_entity", type_=columns.entity_id.type)} | given
