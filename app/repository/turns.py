"""Who begins at once, and who waits to go together with others."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.repository.database import Work
from app.repository.sharing import Member

T = TypeVar("T")

ABREAST = 2
"""So many transactions of an entity at once: while the database is busy with one, this process is with another."""
MOST = 16
"""Commands that share a transaction at most."""
PATIENCE_SECONDS = 0.01
"""For how long one waits for others to be done at most: they may be waiting for a lock."""


@dataclass(slots=True)
class _Queue:
    under_way: int = 0
    waiting: list[Member] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None


class Turns:
    """Of commands that may share transactions, entity by entity."""

    def __init__(self, together: Callable[[int, Sequence[Member]], Awaitable[None]]) -> None:
        self._together = together
        self._queues: dict[int, _Queue] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(
        self, actor: Actor, operation: Operation, work: Work[T], alone: Callable[[], Awaitable[T]]
    ) -> T:
        """What it comes to, in a transaction with others or, by `alone`, in one of its own."""
        queue = self._queues.setdefault(actor.entity_id, _Queue())
        if queue.under_way < ABREAST:
            return await self._alone(actor.entity_id, queue, alone)
        member = Member(actor, operation, work, asyncio.get_running_loop().create_future())
        queue.waiting.append(member)
        if queue.timer is None:
            queue.timer = asyncio.get_running_loop().call_later(
                PATIENCE_SECONDS, self._go, actor.entity_id, queue
            )
        if await member.answer is None:
            return await alone()
        return member.result

    async def _alone(self, entity_id, queue, alone):
        queue.under_way += 1
        try:
            return await alone()
        finally:
            self._end(entity_id, queue)

    def _end(self, entity_id, queue):
        queue.under_way -= 1
        if queue.waiting:
            if queue.under_way < ABREAST:
                self._go(entity_id, queue)
        elif not queue.under_way:
            self._queues.pop(entity_id, None)

    def _go(self, entity_id, queue):
        if queue.timer is not None:
            queue.timer.cancel()
            queue.timer = None
        members, queue.waiting = [e for e in queue.waiting[:MOST] if not e.answer.done()], queue.waiting[MOST:]
        if queue.waiting:
            queue.timer = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._go, entity_id, queue)
        if not members:
            return
        queue.under_way += 1
        task = asyncio.ensure_future(self._go_together(entity_id, queue, members))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _go_together(self, entity_id, queue, members):
        try:
            await self._together(entity_id, members)
        finally:
            self._end(entity_id, queue)
            for m in members:
                if not m.answer.done():
                    m.answer.set_result(None)
