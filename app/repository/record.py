"""The recorder: turns one value, the whole effect of a command, into rows. Nothing else writes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, fields
from itertools import compress, count
from operator import is_not, itemgetter
from typing import Any

from sqlalchemy import Table, Update, bindparam, insert, update

from app.domain.application import BalanceEntry
from app.domain.entity import NumberSequence, Settings
from app.domain.facts import Changes, Outcome
from app.domain.record import Record, differ
from app.repository import tables
from app.repository.connection import Connection
from app.repository.many_rows import insert_many, takes_arrays, update_many
from app.repository.remembered import remembered
from app.repository.rows import TABLES, fields_of, names_of, values_of

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
    await _record_changed(connection, entity_id, changes.changed)
    new: dict[type[Record], list[Record]] = {}
    for record in changes.new:
        new.setdefault(type(record), []).append(record)
    for kind, table in TABLES.items():
        if kind in new:
            await _record_new(connection, entity_id, table, new[kind])
    if changes.entries:
        await _record_new(connection, entity_id, tables.balance_entry, changes.entries)
    await _record_changed(connection, entity_id, changes.referring)
    if changes.settings is not None:
        await _record_settings(connection, entity_id, *changes.settings)
    for before, after in changes.sequences:
        await _record_sequence(connection, entity_id, before, after)


async def _record_new(
    connection: Connection, entity_id: int, table: Table, records: Sequence[Record] | Sequence[BalanceEntry]
) -> None:
    if takes_arrays(connection, records):
        names = names_of(type(records[0]))
        await insert_many(connection, entity_id, table, names, map(fields_of, records))
    else:
        await connection.execute(insert(table), [values_of(each, entity_id) for each in records])


async def _record_changed(
    connection: Connection, entity_id: int, changed: Iterable[tuple[Record, Record]]
) -> None:
    for kind, columns, rows in _updates(changed):
        if takes_arrays(connection, rows):
            await update_many(connection, entity_id, TABLES[kind], columns, rows)
        else:
            names = ("of_id", *(f"new_{name}" for name in columns))
            values = [{"of_entity": entity_id, **dict(zip(names, row, strict=True))} for row in rows]
            await connection.execute(_update(kind, columns), values)


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
        each.name for each in fields(after) if differ(getattr(before, each.name), getattr(after, each.name))
    )


def _updates(
    changed: Iterable[tuple[Record, Record]],
) -> Iterator[tuple[type[Record], tuple[str, ...], list[tuple[Any, ...]]]]:
    """Rows to update, by table and by the columns that differ: the id, then their values; ids ascending."""
    found: dict[type[Record], dict[tuple[int, ...], list[tuple[Any, ...]]]] = {}
    for before, after in changed:
        old, values = fields_of(before), fields_of(after)
        others = compress(count(), map(is_not, old, values))
        places = tuple([place for place in others if differ(old[place], values[place])])
        if places:
            rows = found.setdefault(type(after), {}).setdefault(places, [])
            rows.append((after.id, *(values[place] for place in places)))
    for kind in sorted(found, key=lambda kind: kind.__name__):
        names = names_of(kind)
        for places, rows in sorted(found[kind].items()):
            yield kind, tuple(names[place] for place in places), sorted(rows, key=itemgetter(0))


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
