"""Rows as canonical JSON (`app/domain/sealing`), written by PostgreSQL: to read their values and to write them here costs
three times as much.

Texts stand in it as they are. So a row that has a quotation mark in one of them, or JSON of a caller's own, is a backslash
instead; and what has any backslash is not to be used. A control character, which is one more that JSON escapes, is in no
canonical text: so it is never taken for that of other rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import JSON, Boolean, Date, DateTime, Integer, String, TypeDecorator
from sqlalchemy.types import TypeEngine

UNWRITTEN = "\\"
"""What tells of rows that cannot be written so."""

INSTANT_PATTERN = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
DATE_PATTERN = "YYYY-MM-DD"
# PostgreSQL's driver keeps the first and the last one that there are as infinities, which have no text of theirs.
_FIRST_INSTANT, _LAST_INSTANT = "0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z"
_FIRST_DATE, _LAST_DATE = "0001-01-01", "9999-12-31"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedTable:
    """A table with rows of documents."""

    name: str
    columns: Mapping[str, "TypeEngine[object]"]
    """What is sealed of a row, in the order of the names."""
    place: str
    """The column by which a document's rows are in order; it is always there, and is not nothing."""
    belongs: str = ""
    """The condition under which a row is the document's; none of the table of the header itself."""
    only_if: str = "TRUE"
    """The condition under which a row is written."""


def document_text(tables: Sequence[SealedTable]) -> str:
    """An expression for the rows of a document, as a link seals them; the header's table is what is read."""
    parts = ", ".join(_gathered(each) if each.belongs else _whole(each) for each in _by_name(tables))
    return f"concat('[', concat_ws(',', {parts}), ']')"


def records_in(text: str) -> int:
    """How many rows the value of a `document_text` tells of."""
    return text.count('}],["') + 1


def instant_text(column: str) -> str:
    """An expression for the canonical text of an instant."""
    return _moment_text(f"timezone('UTC', {column})", column, INSTANT_PATTERN, _FIRST_INSTANT, _LAST_INSTANT)


def date_text(column: str) -> str:
    """An expression for the canonical text of a date."""
    return _moment_text(column, column, DATE_PATTERN, _FIRST_DATE, _LAST_DATE)


def _moment_text(moment: str, column: str, pattern: str, first: str, last: str) -> str:
    return (
        f"COALESCE(to_char({moment}, '{pattern}'),"
        f" CASE {column} WHEN '-infinity' THEN '{first}' WHEN 'infinity' THEN '{last}' END)"
    )


def _by_name(tables: Sequence[SealedTable]) -> Sequence[SealedTable]:
    return sorted(tables, key=lambda each: each.name)


def _whole(table: SealedTable) -> str:
    """The one row of the table."""
    return f"'{_begin(table)}' || {_columns(table)} || '{_END}'"


def _gathered(table: SealedTable) -> str:
    """The table's rows of the document; null where it has none."""
    rows = f"string_agg({_columns(table)}, '{_END},{_begin(table)}' ORDER BY {table.name}.{table.place})"
    return f"(SELECT '{_begin(table)}' || {rows} || '{_END}' FROM {table.name} WHERE {table.belongs})"


def _begin(table: SealedTable) -> str:
    return f'["{table.name}",{{'


_END = "}]"


def _columns(table: SealedTable) -> str:
    """The members of a row's object, without those that are nothing: what is null is none of `concat`'s."""
    names = [name for name in table.columns if not isinstance(_kind(table, name), JSON)]
    own_json = [f"{table.name}.{name} IS NULL" for name in table.columns if name not in names]
    anchor = names.index(table.place)
    members = ", ".join(
        _member(table, name, "," if place > anchor else "", "," if place < anchor else "")
        for place, name in enumerate(names)
    )
    texts = ", ".join(f"{table.name}.{name}" for name in names if isinstance(_kind(table, name), String))
    conditions = " AND ".join([*own_json, table.only_if, f"strpos(concat({texts}), '\"') = 0"])
    return f"CASE WHEN {conditions} THEN concat({members}) ELSE '{UNWRITTEN}' END"


def _member(table: SealedTable, name: str, before: str, after: str) -> str:
    column, kind = f"{table.name}.{name}", _kind(table, name)
    begin = f'{before}"{name}":'
    match kind:
        case Boolean():
            return f"CASE WHEN {column} THEN '{begin}true{after}' END"
        case Integer():
            return _joined(begin, f"NULLIF({column}, 0)", after)
        case DateTime():
            return _joined(f'{begin}"', instant_text(column), f'"{after}')
        case Date():
            return _joined(f'{begin}"', date_text(column), f'"{after}')
        case String():
            return _joined(f'{begin}"', f"NULLIF({column}, '')", f'"{after}')
    raise TypeError(f"{column} has no canonical form")


def _joined(begin: str, value: str, after: str) -> str:
    return f"'{begin}' || {value}" + (f" || '{after}'" if after else "")


def _kind(table: SealedTable, name: str) -> "TypeEngine[object]":
    type = table.columns[name]
    return type.impl_instance if isinstance(type, TypeDecorator) else type
