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
Together = Callable[[int, Sequence[Member], Callable[[], None]], Awaitable[None]]
"""Runs several of an entity, and answers those that are done; says before, by the function, that only COMMIT is left."""

ABREAST = 2
"""So many transactions of an entity at once: while the database is busy with one, this process is with another.

One whose COMMIT is sent is none of them: it waits for the disk, and keeps neither of them busy.
"""
MOST = 16
"""Commands that share a transaction at most: others of the process wait for its steps, a millisecond at most each."""
ENOUGH = 4
"""So many wait for no others: what a transaction costs by itself is a small part of what these cost."""
COMPANY_SECONDS = 0.003
"""How long fewer wait beside one for others: those who were answered together come together."""
PATIENCE_SECONDS = 0.025
"""How long commands wait for those under way, who may themselves be waiting for a lock."""


@dataclass(slots=True, eq=False)
class _Queue:
    """Of one entity."""

    under_way: int = 0
    waiting: list[Member] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None

    def stop_timer(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


class Turns:
    """Of the commands that may share transactions, entity by entity."""

    def __init__(self, together: Together) -> None:
        self._together = together
        self._queues: dict[int, _Queue] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    async def run(
        self, actor: Actor, operation: Operation, work: Work[T], alone: Callable[[], Awaitable[T]]
    ) -> T:
        """What it comes to; `alone` runs it in a transaction of its own. A caller who is cancelled before COMMIT leaves
        no trace.
        """
        queue = self._queues.setdefault(actor.entity_id, _Queue())
        if not queue.under_way and not queue.waiting:
            queue.under_way += 1
            try:
                return await alone()
            finally:
                self._end(actor.entity_id, queue)
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
        """Who waits begins, if anything is free and they are enough; otherwise when their time is over."""
        if not queue.under_way or (queue.under_way < ABREAST and len(queue.waiting) >= ENOUGH):
            self._begin(entity_id, queue)
        elif queue.timer is None:
            loop = asyncio.get_running_loop()
            seconds = COMPANY_SECONDS if queue.under_way < ABREAST else PATIENCE_SECONDS
            queue.timer = loop.call_later(seconds, self._begin, entity_id, queue)

    def _begin(self, entity_id: int, queue: _Queue) -> None:
        """Those that have waited for longest begin together."""
        queue.stop_timer()
        members, queue.waiting = queue.waiting[:MOST], queue.waiting[MOST:]
        queue.under_way += 1
        task = asyncio.ensure_future(self._shared(entity_id, queue, members))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        if queue.waiting:
            self._go_on(entity_id, queue)

    async def _shared(self, entity_id: int, queue: _Queue, members: Sequence[Member]) -> None:
        is_under_way = True

        def end() -> None:
            nonlocal is_under_way
            if is_under_way:
                is_under_way = False
                self._end(entity_id, queue)

        try:
            await self._together(entity_id, members, end)
        finally:
            for each in members:
                if not each.is_done.done():
                    each.is_done.set_result(False)
            end()

    def _end(self, entity_id: int, queue: _Queue) -> None:
        queue.under_way -= 1
        if queue.waiting:
            if queue.under_way < ABREAST:
                queue.stop_timer()
            self._go_on(entity_id, queue)
        elif not queue.under_way:
            del self._queues[entity_id]
