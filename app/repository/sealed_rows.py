"""Rows as the chains of their documents seal them, read past SQLAlchemy: an audit reads all that there are."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import compress
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    ColumnElement,
    Date,
    Dialect,
    Select,
    literal_column,
    select,
)

from app.domain.application import BalanceEntry, CreditMemoApplication, CreditMemoLineApplication
from app.domain.change_history import CHAINED, EVENTS, LINE_APPLICATIONS, PARTS
from app.domain.sealing import BOOKKEEPING, Row
from app.repository import tables
from app.repository.canonical_text import date_text, instant_text
from app.repository.database import Snapshot
from app.repository.remembered import remembered
from app.repository.rows import TABLES, names_of
from app.repository.types import Instant, among, own

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the rows of one table are read for documents."""

    name: str
    """Of the rows."""
    columns: tuple[str, ...]
    """Those that are sealed, in the order of their code points: what is written of them need not be sorted."""
    statement: Select[Any]
    """These columns, of the rows that belong to any of `values`."""
    owner: int
    """The place of the column that says which."""
    place: int
    """The place of the column by which a document's rows of this name are in order."""
    converted: tuple[tuple[int, Convert], ...]
    """Places of values that the driver gives in another form than canonical JSON has them."""


async def fill_rows(snapshot: Snapshot, rows_of: Mapping[str, list[Row]]) -> None:
    """Put the rows of each document behind those under its id, in the order in which a link seals them.

    Values are JSON's, with the texts that canonical JSON has for dates and instants.
    """
    # A line application is found by its application, whose document it belongs to.
    rows_of_application: dict[str, list[Row]] = {}
    for reading in _readings(snapshot.dialect):
        rows = rows_of_application if reading.name == LINE_APPLICATIONS else rows_of
        if not rows:
            continue
        found = await snapshot.flat_rows(reading.statement, {"values": list(rows)})
        for owner, row in _sealed_rows(reading, found):
            rows[owner].append((reading.name, row))
            if reading.name == _APPLICATIONS:
                rows_of_application[row["id"]] = rows[owner]


def _sealed_rows(
    reading: _Reading, found: Iterable[Sequence[Any]]
) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The owner's id, and what is sealed of each row."""
    columns, owner, converted = reading.columns, reading.owner, reading.converted
    for values in sorted(found, key=itemgetter(reading.place)):
        known: Sequence[Any] = values
        if converted:
            known = list(values)
            for place, convert in converted:
                if known[place] is not None:
                    known[place] = convert(known[place])
        # What is nothing is left out, without a step of Python for each value.
        yield values[owner], dict(compress(zip(columns, known, strict=True), known))


@remembered
def _readings(dialect: Dialect) -> list[_Reading]:
    """In the order of the names: in that order a link seals rows."""
    owned: dict[str, tuple[type[Any], str]] = {
        **{name: (kind, "id") for kind, name in CHAINED.items()},
        **{name: (kind, key) for kind, (name, key) in {**PARTS, **EVENTS}.items()},
        LINE_APPLICATIONS: (CreditMemoLineApplication, "application_id"),
    }
    return [_reading(name, *owned[name], dialect) for name in sorted(owned)]


def _reading(name: str, kind: type[Any], key: str, dialect: Dialect) -> _Reading:
    table = tables.balance_entry if kind is BalanceEntry else TABLES[kind]
    left_out = BOOKKEEPING if kind in CHAINED else frozenset[str]()
    columns = tuple(sorted(each for each in names_of(kind) if each not in left_out))
    converted = (
        (place, _FORMS[dialect.name].get(type(table.c[each].type))) for place, each in enumerate(columns)
    )
    return _Reading(
        name=name,
        columns=columns,
        statement=select(*(_told(table.c[each], dialect) for each in columns)).where(
            own(table), among(table.c[key], "values")
        ),
        owner=columns.index(key),
        place=columns.index("position" if kind is BalanceEntry else "id"),
        converted=tuple((place, convert) for place, convert in converted if convert is not None),
    )


_APPLICATIONS, _ = EVENTS[CreditMemoApplication]


def _told(column: ColumnElement[Any], dialect: Dialect) -> ColumnElement[Any]:
    """PostgreSQL writes dates and instants in half the time that it takes to read the driver's and write them here."""
    written = _WRITTEN.get(type(column.type)) if dialect.name == "postgresql" else None
    return column if written is None else literal_column(written(str(column))).label(column.key)


def _stored_instant_text(stored: str) -> str:
    """SQLite has instants in UTC, without saying so."""
    return datetime.fromisoformat(stored).isoformat(timespec="microseconds") + "Z"


_WRITTEN: dict[type[Any], Callable[[str], str]] = {Instant: instant_text, Date: date_text}
_FORMS: dict[str, dict[type[Any], Convert]] = {
    # SQLAlchemy has taught its driver to read JSON.
    "postgresql": {},
    "sqlite": {Instant: _stored_instant_text, Boolean: bool, JSON: json.loads},
}
