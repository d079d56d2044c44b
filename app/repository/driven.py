"""Reading PostgreSQL through SQLAlchemy and, where that is the larger part of the work, past it."""

from collections.abc import Sequence
from typing import Any

import asyncpg
from sqlalchemy import CursorResult, Dialect
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Executable

from app.repository.database import Busy

GONE = (asyncpg.PostgresConnectionError, asyncpg.exceptions.OperatorInterventionError)
"""A line that is cut, or a server that goes away, from the driver itself, where SQLAlchemy is not in between."""


class DrivenConnection:
    """A connection of SQLAlchemy and the driver's own behind it, in one transaction."""

    def __init__(self, connection: AsyncConnection, driver: Any) -> None:
        self.bare = connection
        self.driver = driver
        self._dialect = connection.dialect

    @property
    def dialect(self) -> Dialect:
        return self._dialect

    async def execute(self, statement: Executable, parameters: Any = None, /) -> CursorResult[Any]:
        return await self.bare.execute(statement, parameters)

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        try:
            rows: list[Any] = await self.driver.fetch(text, *arguments)
        except (OSError, asyncpg.InterfaceError, *GONE) as error:
            if self.driver.is_closed():
                raise Busy from error
            raise
        return rows
