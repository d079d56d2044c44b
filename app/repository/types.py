"""Column types that hold the same value, in the same order, on SQLite and PostgreSQL.

SQLite has no exact decimals and no instants: amounts are integers of the minor unit everywhere, and an instant is text
of fixed width there, so that text order is time order.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Integer,
    String,
    Table,
    Text,
    TypeDecorator,
    bindparam,
    cast,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class Instant(TypeDecorator[datetime]):
    """A moment in UTC with microseconds; a naive datetime is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """What cursors read a sort value back as; a decorator alone says `object`."""
        return datetime

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """One step where SQLAlchemy's own way has three: every row has instants."""
        return _stored_instant if dialect.name == "sqlite" else _sent_instant

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        return _read_instant if dialect.name == "sqlite" else _given_instant


class Word(TypeDecorator[StrEnum]):
    """A word of a closed list; the list itself is a CHECK constraint of the table."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__(40)
        self.words = words

    def bind_processor(self, dialect: Dialect) -> Callable[[StrEnum | None], str | None]:
        """One step, as of an instant. ValueError for a text that is no word."""
        texts = {each: each.value for each in self.words}

        def process(value: StrEnum | None) -> str | None:
            return None if value is None else texts.get(value) or str(self.words(value).value)

        return process

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], StrEnum | None]:
        """ValueError for a text that is no word. Asking the enumeration costs three times as much."""
        words = {each.value: each for each in self.words}

        def process(text: str | None) -> StrEnum | None:
            return None if text is None else words.get(text) or self.words(text)

        return process


def _sent_instant(value: datetime | None) -> datetime | None:
    """As PostgreSQL's driver takes it. ValueError for a naive one."""
    if value is None or value.tzinfo is UTC:
        return value
    if value.tzinfo is None:
        raise ValueError("a naive datetime is no instant")
    return value.astimezone(UTC)


@lru_cache(maxsize=1_000)
def _stored_instant(value: datetime | None) -> str | None:
    """As SQLite keeps it, e.g. `2026-11-21 09:30:00.000000`. ValueError for a naive one.

    Remembered, for all that one command does has one instant.
    """
    utc = _sent_instant(value)
    return None if utc is None else utc.isoformat(" ", "microseconds")[:-6]


def _given_instant(value: datetime | None) -> datetime | None:
    """PostgreSQL's driver gives the first and the last instant that there are without an offset."""
    if value is None or value.tzinfo is UTC:
        return value
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _read_instant(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored).replace(tzinfo=UTC)


class IdList(TypeDecorator[list[str]]):
    """Many texts in one parameter: constant SQL whatever their number."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(ARRAY(Text()) if dialect.name == "postgresql" else Text())

    def bind_processor(self, dialect: Dialect) -> Callable[[list[str] | None], Any] | None:
        """PostgreSQL's driver takes the list as it is: looking at each of its values would cost more than to send them."""
        return None if dialect.name == "postgresql" else _json_list


def _json_list(value: list[str] | None) -> str | None:
    return None if value is None else json.dumps(value)


class Among(FunctionElement[bool]):
    """``Among(column, bindparam(name, type_=IdList()))``: constant SQL, cached once; an expanding IN costs three times."""

    type = Boolean()
    name = "among"
    inherit_cache = True

    def self_group(self, against: Any = None) -> "Among":
        """A condition by itself: where a database has no truth values it would be compared with 1, past every index."""
        return self


def own(table: Table) -> ColumnElement[bool]:
    """The row is of the entity in whose books the statement is run, bound as `entity_id`."""
    return table.c.entity_id == bindparam("entity_id")


def among(column: ColumnElement[Any], name: str) -> Among:
    """The column is one of the texts bound under the name."""
    return Among(column, bindparam(name, type_=IdList()))


@compiles(Among, "postgresql")
def _among_postgresql(element: Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, ids = element.clauses
    return f"{compiler.process(column, **kw)} = ANY({compiler.process(ids, **kw)})"


@compiles(Among)
def _among_sqlite(element: Among, compiler: SQLCompiler, **kw: Any) -> str:
    column, ids = element.clauses
    return f"{compiler.process(column, **kw)} IN (SELECT value FROM json_each({compiler.process(ids, **kw)}))"


def code_order_text(length: int) -> String:
    """Unique or sorted text: compared by code point on both engines."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def in_code_order(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column, a text compared by code point on both engines whatever its own collation."""
    if not isinstance(column.type, String):
        return column
    if getattr(column.type.dialect_impl(_POSTGRESQL), "collation", None) == "C":
        return column
    return cast(column, code_order_text(column.type.length or 1000))


_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]
ID = code_order_text(40)
JOB_ITEM_ID = code_order_text(60)
"""A job item's id is its job's hex and its position, so that a million items are made by one statement."""
JOURNAL_ENTRY_ID = code_order_text(60)
"""A journal entry's id is its log entry's hex and its place among that command's entries."""
AMOUNT = BigInteger()
SCALED = BigInteger()
COUNT = Integer()
DATE = Date()
INSTANT = Instant()
FLAG = Boolean()
METADATA = JSON(none_as_null=True)
WORDS = JSON()
"""A list of texts."""
