"""The recorder: turns one value, the whole effect of a command, into rows. Nothing else writes."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Insert, Table, Update, bindparam, insert, update

from app.domain.change_history import DocumentChange, History, differences_of
from app.domain.contents import Differences
from app.domain.entity import NumberSequence, Settings
from app.domain.facts import Changes, Outcome
from app.domain.record import Record, differ
from app.repository import tables
from app.repository.connection import BooksConnection, Sent
from app.repository.many_rows import insert_many, takes_arrays, update_many
from app.repository.remembered import remembered
from app.repository.rows import TABLES, Row, fields_of, names_of

T = TypeVar("T")
LOGGED = ("id", "operation", "actor", "recorded_at", "idempotency_key", "fingerprint", "outcome")
"""What a command says of itself in the log."""
_OUTCOME = (
    update(tables.log_entry)
    .where(
        tables.log_entry.c.entity_id == bindparam("of_entity"), tables.log_entry.c.id == bindparam("of_entry")
    )
    .values(
        outcome=bindparam("made", type_=tables.log_entry.c.outcome.type),
        recorded_at=bindparam("now", type_=tables.log_entry.c.recorded_at.type),
    )
)


def outcome_of_claim(entity_id: int, log_id: str, outcome: Outcome, now: datetime) -> Sent:
    """Completes the log entry that claimed the key, before the command had its locks and so its instant."""
    return _OUTCOME, [{"of_entity": entity_id, "of_entry": log_id, "made": outcome, "now": now}]


def logged(entity_id: int, entry: dict[str, Any]) -> Sent:
    """Logs a command that has not put its key down before."""
    return _inserted(tables.log_entry, tuple(entry), entity_id, [tuple(entry.values())])


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is ready of an effect, all but the records of some ids: statements, and history that is not told yet."""

    but: Collection[str]
    history: History
    statements: list[Sent]

    def rest_of(self, changes: Changes) -> Changes:
        """What of the whole effect is not prepared."""
        return replace(
            changes,
            new=tuple([each for each in changes.new if each.id in self.but]),
            changed=tuple([each for each in changes.changed if each[1].id in self.but]),
            entries=(),
            referring=(),
        )


def without(changes: Changes, ids: Collection[str]) -> Changes:
    """The effect but for the records of these ids."""
    return replace(
        changes,
        new=tuple([each for each in changes.new if each.id not in ids]),
        changed=tuple([each for each in changes.changed if each[1].id not in ids]),
    )


def in_pieces(changes: Changes, size: int) -> Iterator[Changes]:
    """The records and entries of the effect, so many at a time; the whole effect where it has no more."""
    most = max(map(len, (changes.new, changes.changed, changes.entries)))
    if most <= size:
        yield changes
        return
    for start in range(0, most, size):
        of_piece = slice(start, start + size)
        yield Changes(
            new=changes.new[of_piece], changed=changes.changed[of_piece], entries=changes.entries[of_piece]
        )


def preparing(
    connection: BooksConnection,
    entity_id: int,
    changes: Changes,
    links: Sequence[DocumentChange],
    differences: Mapping[str, Differences],
) -> Iterator[Sent]:
    """The statements, one at a time: for what the effect changes, what it makes, what refers to that, and the documents'
    histories. `differences`: of changed records, as far as they are known.
    """
    yield from _changed(connection, entity_id, changes.changed, differences)
    yield from _new(connection, entity_id, changes)
    yield from _changed(connection, entity_id, changes.referring, {})
    if links:
        yield _put_down(connection, entity_id, tables.document_change, links)


async def record_changes(
    connection: BooksConnection,
    entity_id: int,
    changes: Changes,
    links: Sequence[DocumentChange],
    differences: Mapping[str, Differences],
    log: Sequence[Sent] = (),
    prepared: Sequence[Sent] = (),
) -> None:
    """What the log says, new values of changed records, new records, balance entries, what refers to them, and the
    documents' histories: a statement for each table; then what was prepared of the same effect, which may refer to that.
    Last, in the order of the locks, what has no id of its own: settings and number sequences.
    """
    await connection.write([*log, *preparing(connection, entity_id, changes, links, differences), *prepared])
    if changes.settings is not None:
        await connection.write(_settings(entity_id, *changes.settings))
    for before, after in changes.sequences:
        await connection.write(_sequence(entity_id, before, after))


def of_one_shape(
    entity_id: int,
    changes: Changes,
    links: Sequence[DocumentChange],
    differences: Mapping[str, Differences],
    log: Sequence[Sequence[Any]],
) -> Iterator[Sent]:
    """The statements for the effects of several commands and their rows of the log (LOGGED): the same for any number of
    them, and nearly the same whatever they hold, so that they are planned once. For PostgreSQL.

    `differences`: of changed records, as far as they are known.
    """
    if log:
        yield insert_many(entity_id, tables.log_entry, LOGGED, log, is_of_one_shape=True)
    pairs = _by_kind(changes.changed, lambda pair: type(pair[1]))
    for kind in sorted(pairs, key=lambda kind: kind.__name__):
        columns, rows = _differing_in_any(kind, pairs[kind], differences)
        if columns:
            yield update_many(entity_id, TABLES[kind], columns, rows, is_of_one_shape=True)
    new: dict[Table, Sequence[Row]] = {
        TABLES[kind]: records for kind, records in _by_kind(changes.new, type).items()
    }
    new |= {tables.balance_entry: changes.entries, tables.document_change: links}
    for table in sorted(filter(new.get, new), key=lambda table: table.name):
        names = names_of(type(new[table][0]))
        yield insert_many(entity_id, table, names, map(fields_of, new[table]), is_of_one_shape=True)


def _differing_in_any(
    kind: type[Record], pairs: Sequence[tuple[Record, Record]], known: Mapping[str, Differences]
) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The columns in which one of the records at least differs, and each record's id and its values of all of them."""
    differing = set[str]().union(*(_known_differences(*pair, known) for pair in pairs))
    names = tuple(name for name in names_of(kind) if name in differing)
    return names, [(after.id, *(getattr(after, name) for name in names)) for _, after in pairs]


def _known_differences(before: Record, after: Record, known: Mapping[str, Differences]) -> Differences:
    return known.get(after.id) or differences_of(before, after)


def _by_kind(items: Iterable[T], kind_of: Callable[[T], type[Record]]) -> dict[type[Record], list[T]]:
    found: dict[type[Record], list[T]] = {}
    for each in items:
        found.setdefault(kind_of(each), []).append(each)
    return found


def _new(connection: BooksConnection, entity_id: int, changes: Changes) -> Iterator[Sent]:
    """What is referred to before what refers to it."""
    new = _by_kind(changes.new, type)
    for kind, table in TABLES.items():
        if kind in new:
            yield _put_down(connection, entity_id, table, new[kind])
    if changes.entries:
        yield _put_down(connection, entity_id, tables.balance_entry, changes.entries)


def _put_down(
    connection: BooksConnection,
    entity_id: int,
    table: Table,
    records: Sequence[Row],
) -> Sent:
    names, rows = names_of(type(records[0])), map(fields_of, records)
    if takes_arrays(connection, records):
        return insert_many(entity_id, table, names, rows)
    return _inserted(table, names, entity_id, rows)


def _changed(
    connection: BooksConnection,
    entity_id: int,
    changed: Iterable[tuple[Record, Record]],
    differences: Mapping[str, Differences],
) -> Iterator[Sent]:
    for kind, columns, rows in _updates(changed, differences):
        if takes_arrays(connection, rows):
            yield update_many(entity_id, TABLES[kind], columns, rows)
        else:
            names = ("of_entity", "of_id", *_given(columns))
            runs = [dict(zip(names, (entity_id, *row), strict=True)) for row in rows]
            yield _update(kind, columns), runs


def _settings(entity_id: int, before: Settings, after: Settings) -> list[Sent]:
    columns = _differing(before, after)
    if not columns:
        return []
    values = zip(_given(columns), (getattr(after, name) for name in columns), strict=True)
    return [(_update_settings(columns), [{"of_entity": entity_id, **dict(values)}])]


def _sequence(entity_id: int, before: NumberSequence | None, after: NumberSequence) -> list[Sent]:
    if before is None:
        row = asdict(after)
        return [_inserted(tables.number_sequence, tuple(row), entity_id, [tuple(row.values())])]
    columns = _differing(before, after)
    if not columns:
        return []
    values = zip(_given(columns), (getattr(after, name) for name in columns), strict=True)
    return [(_update_sequence(columns), [{"of_entity": entity_id, "of_kind": after.kind, **dict(values)}])]


def _inserted(table: Table, columns: tuple[str, ...], entity_id: int, rows: Iterable[Sequence[Any]]) -> Sent:
    names = ("of_entity", *_given(columns))
    return _insert(table, columns), [dict(zip(names, (entity_id, *row), strict=True)) for row in rows]


def _differing(before: Any, after: Any) -> tuple[str, ...]:
    return tuple(
        each.name for each in fields(after) if differ(getattr(before, each.name), getattr(after, each.name))
    )


def _updates(
    changed: Iterable[tuple[Record, Record]], known: Mapping[str, Differences]
) -> Iterator[tuple[type[Record], tuple[str, ...], list[tuple[Any, ...]]]]:
    """Rows to update, by table and by the columns that differ: the id, then their values; ids ascending."""
    found: dict[type[Record], dict[tuple[str, ...], list[tuple[Any, ...]]]] = {}
    for before, after in changed:
        differences = _known_differences(before, after, known)
        if differences:
            rows = found.setdefault(type(after), {}).setdefault(tuple(differences), [])
            rows.append((after.id, *[new for _, new in differences.values()]))
    for kind in sorted(found, key=lambda kind: kind.__name__):
        for columns, rows in sorted(found[kind].items()):
            yield kind, columns, sorted(rows, key=itemgetter(0))


@remembered
def _given(columns: tuple[str, ...]) -> tuple[str, ...]:
    """The parameters that stand for the columns' new values."""
    return tuple(f"new_{name}" for name in columns)


@remembered
def _insert(table: Table, columns: tuple[str, ...]) -> Insert:
    return insert(table).values({"entity_id": bindparam("of_entity")} | _values(table, columns))


@remembered
def _update(kind: type[Record], columns: tuple[str, ...]) -> Update:
    table = TABLES[kind]
    return (
        update(table)
        .where(table.c.entity_id == bindparam("of_entity"), table.c.id == bindparam("of_id"))
        .values(_values(table, columns))
    )


@remembered
def _update_settings(columns: tuple[str, ...]) -> Update:
    table = tables.entity
    return update(table).where(table.c.id == bindparam("of_entity")).values(_values(table, columns))


@remembered
def _update_sequence(columns: tuple[str, ...]) -> Update:
    table = tables.number_sequence
    mine = (
        table.c.entity_id == bindparam("of_entity"),
        table.c.kind == bindparam("of_kind", type_=table.c.kind.type),
    )
    return update(table).where(*mine).values(_values(table, columns))


def _values(table: Table, columns: tuple[str, ...]) -> dict[str, Any]:
    names = zip(columns, _given(columns), strict=True)
    return {column: bindparam(name, type_=table.c[column].type) for column, name in names}
