"""Connections are shared by all entities of a process: each has its part of them at most."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.repository.database import Busy


class Shares:
    """So many at once for each entity; who comes beyond that waits in turn, and not for ever.

    What is done for nobody (entity 0), as signing in is, has no share: it is short, and everybody needs it.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = max(1, most), seconds
        self._turns: dict[int, asyncio.Semaphore] = {}
        self._users: dict[int, int] = {}

    @asynccontextmanager
    async def of(self, entity_id: int) -> AsyncIterator[None]:
        """One of the entity's part, while the context is open. Raises Busy when none comes free in time."""
        if entity_id == 0:
            yield
            return
        turn = self._turns.setdefault(entity_id, asyncio.Semaphore(self._most))
        self._users[entity_id] = self._users.get(entity_id, 0) + 1
        try:
            if turn.locked():
                await self._come(turn)
            else:
                await turn.acquire()
            try:
                yield
            finally:
                turn.release()
        finally:
            self._users[entity_id] -= 1
            if not self._users[entity_id]:
                del self._users[entity_id], self._turns[entity_id]

    async def _come(self, turn: asyncio.Semaphore) -> None:
        try:
            async with asyncio.timeout(self._seconds):
                await turn.acquire()
        except TimeoutError as error:
            raise Busy from error
