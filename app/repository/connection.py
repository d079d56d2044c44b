"""What repository code needs of a connection, whichever engine and thread it lives on."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import CursorResult, Dialect
from sqlalchemy.sql import Executable

from app.repository.flat import flat, note
from app.repository.typed import Row, Statement, typed_rows

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
Sent = tuple[Statement, Sequence[Mapping[str, Any]]]
"""A statement with the parameters of each of its runs; on PostgreSQL there is one."""


class Connection(Protocol):
    """Awaits nothing but the database; the result is already fetched."""

    @property
    def dialect(self) -> Dialect: ...

    async def execute(self, statement: Executable, parameters: Any = None, /) -> CursorResult[Any]: ...


class ReadingConnection(Connection, Protocol):
    """A connection that also takes statements in the driver's own words."""

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """The rows as the driver gives them. Raises what the driver raises, Busy when the database goes away."""
        ...


class BooksConnection(Connection, Protocol):
    """A connection that the books use. Statements that are built once take a fraction of what it costs to execute one."""

    async def rows(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """The rows of a statement that is built once: at a fraction of what it takes to execute it."""
        ...

    async def write(self, statements: Sequence[Sent]) -> None:
        """Run statements that are built once, in any order: none sees or touches a row that another one writes."""
        ...


class TypedConnection(ABC):
    """What the books need, by statements in the driver's own words."""

    @property
    @abstractmethod
    def dialect(self) -> Dialect: ...

    @abstractmethod
    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """The rows as the driver gives them."""

    async def rows(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        """See `BooksConnection`."""
        sent = flat(statement, self.dialect)
        note(sent)
        found = await self.fetch(sent.text, sent.arguments(parameters))
        return typed_rows(statement, self.dialect, found)

    async def write(self, statements: Sequence[Sent]) -> None:
        """See `BooksConnection`."""
        for statement, runs in statements:
            sent = flat(statement, self.dialect)
            note(sent)
            for parameters in runs:
                await self.fetch(sent.text, sent.arguments(parameters))
