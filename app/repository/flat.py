"""Statements in a database's own words, sent to its driver past SQLAlchemy.

Of a small SELECT SQLAlchemy's share is four times the driver's (measured: 100 to 200 against 30 microseconds), and the
types that it gives to values are work where an answer wants their text. What is read so are the driver's own rows.
"""

import datetime as dt
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import JSON, Boolean, ColumnElement, Dialect
from sqlalchemy.sql import Executable

from app.repository.types import Instant, Word

logger = logging.getLogger(__name__)

Row = Sequence[Any]
"""The values of one row as the driver gives them, in the order of the statement's columns."""


@dataclass(frozen=True, slots=True)
class FlatStatement:
    """A statement as one driver takes it."""

    text: str
    names: tuple[str, ...]
    """The parameters in their places."""
    constants: Mapping[str, Any]
    """Those that the statement has of its own, as the driver takes them."""
    written: Mapping[str, Callable[[Any], Any]]
    """How the others are turned into what the driver takes, where that is another form."""
    _places: tuple[tuple[int, Callable[[Any], Any]], ...] = field(init=False, repr=False, compare=False)
    """Where these stand."""

    def __post_init__(self) -> None:
        places = ((place, self.written.get(name)) for place, name in enumerate(self.names))
        written = tuple((place, write) for place, write in places if write is not None)
        object.__setattr__(self, "_places", written)

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """What to send with the text. KeyError for a parameter without a value."""
        known = {**values, **self.constants} if self.constants else values
        found = [known[name] for name in self.names]
        for place, write in self._places:
            found[place] = write(found[place])
        return found

    def argument(self, name: str, values: Mapping[str, Any]) -> Any:
        """What to send for one parameter. KeyError without a value for it."""
        if name in self.constants:
            return self.constants[name]
        write = self.written.get(name)
        return values[name] if write is None else write(values[name])


@lru_cache(maxsize=2_000)
def flat(statement: Executable, dialect: Dialect) -> FlatStatement:
    """The statement for the dialect; the statement itself is remembered, so it should be one that is built once."""
    compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    given = {name for name, each in compiled.binds.items() if each.required}
    expanded = compiled.construct_expanded_state(dict.fromkeys(given))
    written: dict[str, Callable[[Any], Any]] = {}
    for name, each in compiled.binds.items():
        write = each.type.dialect_impl(dialect).bind_processor(dialect)
        if write is not None:
            # The values of an IN have names of their own.
            written |= dict.fromkeys(expanded.parameter_expansion.get(name, [name]), write)
    return FlatStatement(
        text=expanded.statement,
        names=tuple(expanded.positiontup),
        constants={
            name: written[name](value) if name in written else value
            for name, value in expanded.parameters.items()
            if name not in given
        },
        written={name: write for name, write in written.items() if name in given},
    )


class Sent(Protocol):
    """Anything that is sent as a text."""

    @property
    def text(self) -> str: ...


def note(statement: Sent) -> None:
    """Say what is sent, for who looks for it (the logger's level DEBUG); its values are nobody's concern."""
    if logger.isEnabledFor(logging.DEBUG):
        logger.debug("%s", statement.text)


def as_json(column: ColumnElement[Any], dialect: Dialect | None) -> Callable[[Any], Any] | None:
    """How a column's value becomes what an answer is written from: instants and dates as Python's or as text of RFC 3339,
    words as text.

    The value is the driver's; without a dialect it is SQLAlchemy's. None where it is that already. A missing value is
    not to be asked for.
    """
    kind = column.type
    if dialect is None:
        return _FROM_PYTHON.get(type(kind))
    if dialect.name == "sqlite":
        return _FROM_SQLITE.get(type(kind))
    return _FROM_POSTGRESQL.get(type(kind))


def as_sorted(column: ColumnElement[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """How the driver's value of a sort column becomes what a cursor is made from; None where it is that already."""
    if isinstance(column.type, Instant) and dialect.name == "sqlite":
        return _stored_instant
    return None


def _stored_instant_text(stored: str) -> str:
    """`2026-11-21 09:30:00.000000` is how SQLAlchemy keeps it; RFC 3339 needs no fraction of nothing."""
    second, fraction = stored[:19].replace(" ", "T"), stored[19:]
    return f"{second}Z" if fraction == ".000000" else f"{second}{fraction}Z"


def _stored_instant(stored: str) -> dt.datetime:
    return dt.datetime.fromisoformat(stored).replace(tzinfo=dt.UTC)


_FROM_PYTHON: dict[type[Any], Callable[[Any], Any]] = {Word: str}
_FROM_POSTGRESQL: dict[type[Any], Callable[[Any], Any]] = {JSON: json.loads}
_FROM_SQLITE: dict[type[Any], Callable[[Any], Any]] = {
    Instant: _stored_instant_text,
    Boolean: bool,
    JSON: json.loads,
}
