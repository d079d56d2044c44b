"""Reading SQLite over aiosqlite, so that a statement ends when nobody waits for it any more."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from sqlalchemy import CursorResult, Dialect
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Executable

from app.repository.connection import TypedConnection
from app.repository.uncut import uncut

T = TypeVar("T")

INTERRUPTED_EVERY_SECONDS = 0.01


class InterruptedConnection(TypedConnection):
    """Interrupts the statement that runs when its caller goes away, and ends it before the cancellation counts.

    A connection closed over a running statement would keep the file locked until the statement is collected.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self.bare = connection
        self._driver: Any = None

    @property
    def dialect(self) -> Dialect:
        return self.bare.dialect

    async def execute(self, statement: Executable, parameters: Any = None, /) -> CursorResult[Any]:
        return await self._until_wanted(self.bare.execute(statement, parameters))

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        if self._driver is None:
            self._driver = await driver_of(self.bare)
        return await self._until_wanted(self._driver.execute_fetchall(text, arguments))

    async def _until_wanted(self, statement: Coroutine[Any, Any, T]) -> T:
        running = asyncio.ensure_future(statement)
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await uncut(self._interrupted(running))
            raise

    async def _interrupted(self, running: "asyncio.Future[Any]") -> None:
        """Until it has ended: an interruption that comes before the statement begins is none."""
        driver = await driver_of(self.bare)
        while not running.done():
            await driver.interrupt()
            await asyncio.wait([running], timeout=INTERRUPTED_EVERY_SECONDS)
        # What became of it is nobody's concern any more.
        running.exception()


async def driver_of(connection: AsyncConnection) -> Any:
    """aiosqlite's own connection."""
    return (await connection.get_raw_connection()).driver_connection
