"""The recorder: turns one value, the whole effect of a command, into rows. Nothing else writes."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from itertools import groupby
from typing import Any

from sqlalchemy import Table, Update, bindparam, insert, update

from app.domain.entity import NumberSequence, Settings
from app.domain.facts import Changes, Outcome
from app.domain.record import Record
from app.repository import tables
from app.repository.connection import Connection
from app.repository.remembered import remembered
from app.repository.rows import TABLES, names_of, values_of

_OUTCOME = (
    update(tables.log_entry)
    .where(
        tables.log_entry.c.entity_id == bindparam("of_entity"), tables.log_entry.c.id == bindparam("of_entry")
    )
    .values(outcome=bindparam("made", type_=tables.log_entry.c.outcome.type))
)


async def record_outcome(connection: Connection, entity_id: int, log_id: str, outcome: Outcome) -> None:
    """Complete the log entry that claimed the key."""
    await connection.execute(_OUTCOME, {"of_entity": entity_id, "of_entry": log_id, "made": outcome})


async def record_unclaimed(connection: Connection, entry: dict[str, Any]) -> None:
    """Log a command that came without a key."""
    await connection.execute(insert(tables.log_entry), entry)


async def record_changes(connection: Connection, entity_id: int, changes: Changes) -> None:
    """New values of changed records, new records, balance entries, what refers to them: a statement for each table.

    Last, in the order of the locks, what has no id of its own: settings and number sequences.
    """
    for (kind, columns), rows in _updates(entity_id, changes.changed).items():
        await connection.execute(_update(kind, columns), rows)
    new: dict[type[Record], list[dict[str, Any]]] = {}
    for record in changes.new:
        new.setdefault(type(record), []).append(values_of(record, entity_id))
    for kind, table in TABLES.items():
        if kind in new:
            await connection.execute(insert(table), new[kind])
    if changes.entries:
        await connection.execute(
            insert(tables.balance_entry), [values_of(entry, entity_id) for entry in changes.entries]
        )
    for (kind, columns), rows in _updates(entity_id, changes.referring).items():
        await connection.execute(_update(kind, columns), rows)
    if changes.settings is not None:
        await _record_settings(connection, entity_id, *changes.settings)
    for before, after in changes.sequences:
        await _record_sequence(connection, entity_id, before, after)


async def _record_settings(connection: Connection, entity_id: int, before: Settings, after: Settings) -> None:
    columns = _differing(before, after)
    if columns:
        values = {f"new_{name}": getattr(after, name) for name in columns}
        await connection.execute(_update_settings(columns), {"of_entity": entity_id, **values})


async def _record_sequence(
    connection: Connection, entity_id: int, before: NumberSequence | None, after: NumberSequence
) -> None:
    if before is None:
        await connection.execute(insert(tables.number_sequence), {"entity_id": entity_id, **asdict(after)})
        return
    columns = _differing(before, after)
    if columns:
        values = {f"new_{name}": getattr(after, name) for name in columns}
        await connection.execute(
            _update_sequence(columns), {"of_entity": entity_id, "of_kind": after.kind, **values}
        )


def _differing(before: Any, after: Any) -> tuple[str, ...]:
    return tuple(
        each.name for each in fields(after) if getattr(before, each.name) != getattr(after, each.name)
    )


def _updates(
    entity_id: int, changed: Iterable[tuple[Record, Record]]
) -> dict[tuple[type[Record], tuple[str, ...]], list[dict[str, Any]]]:
    """Rows to update, grouped by table and by the columns that differ; ids ascending within a group."""
    found: list[tuple[str, tuple[str, ...], type[Record], dict[str, Any]]] = []
    for before, after in changed:
        kind = type(after)
        columns = tuple(name for name in names_of(kind) if getattr(before, name) != getattr(after, name))
        if columns:
            values = {f"new_{name}": getattr(after, name) for name in columns}
            found.append(
                (kind.__name__, columns, kind, {"of_entity": entity_id, "of_id": after.id, **values})
            )
    found.sort(key=lambda each: (each[0], each[1], each[3]["of_id"]))
    return {
        (kind, columns): [each[3] for each in group]
        for (kind, columns), group in groupby(found, key=lambda each: (each[2], each[1]))
    }


@remembered
def _update(kind: type[Record], columns: tuple[str, ...]) -> Update:
    table = TABLES[kind]
    return (
        update(table)
        .where(table.c.entity_id == bindparam("of_entity"), table.c.id == bindparam("of_id"))
        .values(_new(table, columns))
    )


@remembered
def _update_settings(columns: tuple[str, ...]) -> Update:
    table = tables.entity
    return update(table).where(table.c.id == bindparam("of_entity")).values(_new(table, columns))


@remembered
def _update_sequence(columns: tuple[str, ...]) -> Update:
    table = tables.number_sequence
    mine = (
        table.c.entity_id == bindparam("of_entity"),
        table.c.kind == bindparam("of_kind", type_=table.c.kind.type),
    )
    return update(table).where(*mine).values(_new(table, columns))


def _new(table: Table, columns: tuple[str, ...]) -> dict[str, Any]:
    return {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in columns}
