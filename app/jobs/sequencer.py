"""The sequencer: gives the entries of each entity's log their numbers, after they are committed.

Any number of sequencers may run, in any number of processes: an entity's entries are numbered by one at a time. What one
has not come to when its process ends, another one numbers.
"""

import asyncio
import logging
from collections.abc import Iterable

from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.repository.database import Busy, Database
from app.repository.entities import NO_ENTITY
from app.repository.log_numbers import (
    NUMBERED_AT_ONCE,
    entities_with_unnumbered_entries,
    number_entries,
)

logger = logging.getLogger(__name__)

NAME = "sequencer"
PAUSE_SECONDS = 0.25
"""How long it waits after a commit for others, so that a busy entity's entries are numbered together."""
SWEEP_SECONDS = 60.0
"""How often it looks at every entity: for what a process that ended, or one that does no such work, has left behind."""
PATIENCE_SECONDS = 60.0
"""How long the database may take: it is away then."""


class Sequencer:
    """Numbers what this process commits soon after, and what others have left from time to time; idle it does nothing."""

    def __init__(
        self,
        database: Database,
        *,
        pause_seconds: float = PAUSE_SECONDS,
        sweep_seconds: float = SWEEP_SECONDS,
    ) -> None:
        self._database = database
        self._pause_seconds = pause_seconds
        self._sweep_seconds = sweep_seconds
        self._waiting: set[int] = set()
        self._call = asyncio.Event()
        self._is_stopped = False
        database.on_commit = self._note

    def _note(self, actor: Actor, operation: Operation) -> None:
        """Something was committed in the entity, by others than this; what is of no entity has no log."""
        if operation is not Operation.NUMBER_LOG_ENTRIES and actor.entity_id != NO_ENTITY:
            self._waiting.add(actor.entity_id)
            self._call.set()

    def stop(self) -> None:
        """`run` returns when the transaction under way has been committed."""
        self._is_stopped = True
        self._call.set()

    async def run(self) -> None:
        """Number entries until `stop`. Nothing that goes wrong ends it."""
        while not self._is_stopped:
            await self.work_off()
            sweeps_at = asyncio.get_running_loop().time() + self._sweep_seconds
            while await self._is_called(before=sweeps_at):
                await asyncio.sleep(self._pause_seconds)
                await self._number(self._taken())

    async def _is_called(self, *, before: float) -> bool:
        """Whether something was committed before it is time to look everywhere, and it is not stopped."""
        # Whoever stops it in the middle of a round has called it, and that call is forgotten with the others.
        if self._is_stopped:
            return False
        try:
            async with asyncio.timeout_at(before):
                await self._call.wait()
        except TimeoutError:
            return False
        return not self._is_stopped

    def _taken(self) -> list[int]:
        self._call.clear()
        taken, self._waiting = sorted(self._waiting), set()
        return taken

    async def work_off(self) -> None:
        """Number what has no number yet, in every entity."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                found = await entities_with_unnumbered_entries(self._database)
        except Exception as error:
            logger.log(
                _level(error), "the log's entries could not be looked for; trying again", exc_info=True
            )
            return
        await self._number(found)

    async def _number(self, entity_ids: Iterable[int]) -> None:
        """Until none is left of each; an entity with which it fails has its turn at the next sweep."""
        for entity_id in entity_ids:
            try:
                while await self._number_some(entity_id) == NUMBERED_AT_ONCE and not self._is_stopped:
                    pass
            except Exception as error:
                logger.log(
                    _level(error), "the log of entity %d could not be numbered", entity_id, exc_info=True
                )

    async def _number_some(self, entity_id: int) -> int:
        actor = Actor(entity_id=entity_id, name=NAME, permissions=frozenset())
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self._database.transact(actor, Operation.NUMBER_LOG_ENTRIES, number_entries)


def _level(error: Exception) -> int:
    return logging.INFO if isinstance(error, Busy) else logging.WARNING
