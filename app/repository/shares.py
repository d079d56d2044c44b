"""Connections are shared by all entities of a process: each has its part of them at most."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic

from app.repository.database import Busy

MOST_BESIDE_OTHERS = 3
"""Connections of an entity at once while another asks too: the process has one loop, and whatever is under way in it
stands before the other's next step."""
BESIDE_SECONDS = 10.0
"""How long after its last request an entity counts as asking."""


class Shares:
    """So many at once for each entity, and few of them while it is not alone; who comes beyond that waits in turn, and
    not for ever.

    What is done for nobody (entity 0), as signing in is, has no share: it is short, and everybody needs it.
    """

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._most, self._seconds, self._clock = max(1, most), seconds, clock
        self._under_way: Counter[int] = Counter()
        self._waiting: dict[int, deque[asyncio.Future[None]]] = {}
        self._last: tuple[int, float] = (0, -BESIDE_SECONDS)
        """Who asked last, and when."""
        self._last_other: tuple[int, float] = (0, -BESIDE_SECONDS)
        """The last one who asked and was another than that."""

    @asynccontextmanager
    async def of(self, entity_id: int) -> AsyncIterator[None]:
        """One of the entity's part, while the context is open. Raises Busy when none comes free in time."""
        await self.take(entity_id)
        try:
            yield
        finally:
            self.give_back(entity_id)

    async def take(self, entity_id: int) -> None:
        """One of the entity's part, until it is given back. Raises Busy when none comes free in time."""
        if entity_id == 0:
            return
        self._note(entity_id)
        if entity_id in self._waiting or self._under_way[entity_id] >= self._most_of(entity_id):
            await self._turn(entity_id)
        else:
            self._under_way[entity_id] += 1

    def give_back(self, entity_id: int) -> None:
        """What was taken for the entity is free."""
        if entity_id == 0:
            return
        self._under_way[entity_id] -= 1
        while entity_id in self._waiting and self._under_way[entity_id] < self._most_of(entity_id):
            turn = self._waiting[entity_id][0]
            self._leave(entity_id, turn)
            if not turn.cancelled():
                self._under_way[entity_id] += 1
                turn.set_result(None)
        if not self._under_way[entity_id]:
            del self._under_way[entity_id]

    def _note(self, entity_id: int) -> None:
        if self._last[0] != entity_id:
            self._last_other = self._last
        self._last = entity_id, self._clock()

    def _most_of(self, entity_id: int) -> int:
        other = self._last_other if self._last[0] == entity_id else self._last
        is_alone = self._clock() - other[1] >= BESIDE_SECONDS
        return self._most if is_alone else min(self._most, MOST_BESIDE_OTHERS)

    async def _turn(self, entity_id: int) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(entity_id, deque()).append(turn)
        try:
            async with asyncio.timeout(self._seconds):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                # It came in the moment in which nobody waited for it any more.
                self.give_back(entity_id)
            else:
                self._leave(entity_id, turn)
            if isinstance(error, TimeoutError):
                raise Busy from error
            raise

    def _leave(self, entity_id: int, turn: asyncio.Future[None]) -> None:
        self._waiting[entity_id].remove(turn)
        if not self._waiting[entity_id]:
            del self._waiting[entity_id]
