"""PostgreSQL: which commands begin at once, each in a transaction of its own, and which wait and share the next one.

Who comes when nothing is under way does not wait. Where many come, the database is asked and written once for several
of them: most of what a small command costs on either side is what each statement costs, whatever it is about.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, cast

from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.repository.database import Work
from app.repository.sharing import Member

T = TypeVar("T")

ABREAST = 2
"""So many transactions of an entity at once: while the database is busy with one, this process is with another."""
MOST = 16
"""Commands that share a transaction at most: others of the process wait for its steps, a millisecond at most each."""
ENOUGH = 4
"""So many, and as many as are under way, wait for no others: what a transaction costs by itself is the smaller part then,
and the two are of one size.
"""
COMPANY_SECONDS = 0.003
"""How long fewer wait beside one for others: those who were answered together come together."""
PATIENCE_SECONDS = 0.025
"""How long commands wait for those under way, who may themselves be waiting for a lock."""


@dataclass(slots=True, eq=False)
class _Queue:
    """Of one entity."""

    transactions: int = 0
    under_way: int = 0
    """Commands in these transactions."""
    waiting: list[Member] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None

    def add(self, commands: int) -> None:
        """One more transaction."""
        self.transactions += 1
        self.under_way += commands

    def stop_timer(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


class Turns:
    """Of the commands that may share transactions, entity by entity."""

    def __init__(self, together: Callable[[int, Sequence[Member]], Awaitable[None]]) -> None:
        self._together = together
        """Runs several, and answers those that are done."""
        self._queues: dict[int, _Queue] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(
        self, actor: Actor, operation: Operation, work: Work[T], alone: Callable[[], Awaitable[T]]
    ) -> T:
        """What it comes to; `alone` runs it in a transaction of its own. A caller who is cancelled before COMMIT leaves
        no trace.
        """
        queue = self._queues.setdefault(actor.entity_id, _Queue())
        if not queue.transactions and not queue.waiting:
            queue.add(1)
            try:
                return await alone()
            finally:
                self._end(actor.entity_id, queue, 1)
        member = Member(actor, operation, work, asyncio.get_running_loop().create_future())
        queue.waiting.append(member)
        self._go_on(actor.entity_id, queue)
        if await member.is_done:
            return cast(T, member.result)
        return await alone()

    async def rest(self) -> None:
        """Return when no transaction is shared any more."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _go_on(self, entity_id: int, queue: _Queue) -> None:
        """Those who wait begin, if there is room and they are enough; otherwise when their time is over."""
        is_room = queue.transactions < ABREAST
        if not queue.transactions or (is_room and len(queue.waiting) >= max(ENOUGH, queue.under_way)):
            self._begin(entity_id, queue)
        elif queue.timer is None:
            loop = asyncio.get_running_loop()
            seconds = COMPANY_SECONDS if is_room else PATIENCE_SECONDS
            queue.timer = loop.call_later(seconds, self._begin, entity_id, queue)

    def _begin(self, entity_id: int, queue: _Queue) -> None:
        """Those that have waited for longest begin together."""
        queue.stop_timer()
        members, queue.waiting = queue.waiting[:MOST], queue.waiting[MOST:]
        queue.add(len(members))
        task = asyncio.ensure_future(self._shared(entity_id, queue, members))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        if queue.waiting:
            self._go_on(entity_id, queue)

    async def _shared(self, entity_id: int, queue: _Queue, members: Sequence[Member]) -> None:
        try:
            await self._together(entity_id, members)
        finally:
            for each in members:
                if not each.is_done.done():
                    each.is_done.set_result(False)
            self._end(entity_id, queue, len(members))

    def _end(self, entity_id: int, queue: _Queue, commands: int) -> None:
        queue.transactions -= 1
        queue.under_way -= commands
        if queue.waiting:
            if queue.transactions < ABREAST:
                queue.stop_timer()
            self._go_on(entity_id, queue)
        elif not queue.transactions:
            del self._queues[entity_id]
