"""What repository code needs of a connection, whichever engine and thread it lives on."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection as SyncConnection
from sqlalchemy import CursorResult, Dialect
from sqlalchemy.sql import Executable

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None


class Connection(Protocol):
    """Awaits nothing but the database; the result is already fetched."""

    @property
    def dialect(self) -> Dialect: ...

    async def execute(self, statement: Executable, parameters: Any = None, /) -> CursorResult[Any]: ...


class DirectConnection:
    """A synchronous connection that looks like an awaited one: a coroutine over it never suspends.

    So a whole transaction of the same repository code runs on one thread without a hop for each statement.
    """

    def __init__(self, connection: SyncConnection) -> None:
        self._connection = connection

    @property
    def dialect(self) -> Dialect:
        return self._connection.dialect

    async def execute(self, statement: Executable, parameters: Any = None, /) -> CursorResult[Any]:
        return self._connection.execute(statement, parameters)
