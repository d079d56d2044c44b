"""The worker: takes a chunk of a queued job, does it in one transaction, and looks for the next.

Any number of workers may be at the same jobs, in any number of processes. What a worker holds when its process ends is
rolled back by the database, and another one takes it up.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from time import perf_counter

from app.domain.actor import Actor
from app.domain.entity import TaxCallback
from app.domain.limits import DEFAULT_LIMITS, Limits
from app.domain.tax_engine import AskTax, TaxAnswers, TaxQuestion, nobody_to_ask
from app.domain.vocabulary import Operation
from app.jobs.share import Share
from app.repository.books import Books
from app.repository.database import Busy, Database
from app.repository.job_queue import QueuedJob, queued_jobs, submission_of
from app.repository.jobs import lies_in_the_work
from app.use_cases.run import with_answers
from app.use_cases.work_on_job import Chunk, give_up, work_on_job

logger = logging.getLogger(__name__)

NOBODY = "worker"
"""Who takes a job out of the queue that is not there."""
PATIENCE_SECONDS = 60.0
"""How long the database may take for anything that a worker asks of it: it is away then, or the line to it is cut."""
HELD_SECONDS = 0.25
"""How long a chunk should hold its locks: a request that waits for one of them waits no longer."""


class _Way:
    """How far a chunk has come, for whoever waits for it: `further` is set when it asks outside, or is judged."""

    def __init__(self) -> None:
        self.asks = False
        self.further = asyncio.Event()

    def ask(self) -> None:
        self.asks = True
        self.further.set()


class Worker:
    """Works until it is stopped; `run` may run several times at once. Nothing that goes wrong with a job ends it.

    Where transactions are written abreast, there is one chunk more in hand than `run` runs: while the database writes the
    one, this process reads and judges the next.
    """

    def __init__(
        self,
        database: Database,
        *,
        poll_seconds: float,
        held_seconds: float = HELD_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
        limits: Limits = DEFAULT_LIMITS,
        ask: AskTax = nobody_to_ask,
    ) -> None:
        self._database = database
        self._poll_seconds = poll_seconds
        self._held_seconds = held_seconds
        self._patience_seconds = patience_seconds
        self._limits = limits.in_a_job()
        self._ask = ask
        self._shares: dict[QueuedJob, Share] = {}
        self._asking: dict[asyncio.Task[bool], int] = {}
        """Chunks that wait for answers from outside, each with its entity."""
        self._writing: list[asyncio.Task[bool]] = []
        """Chunks that are judged, in the order in which they were."""
        self._hands = 0
        self._turn = 0
        self._call = asyncio.Event()
        self._is_stopped = False

    def wake(self) -> None:
        """Something was submitted: look at once, not at the next poll."""
        self._call.set()

    def stop(self) -> None:
        """Begin no other chunk; `run` returns when the one under way has been committed."""
        self._is_stopped = True
        self._call.set()

    async def run(self) -> None:
        """Work until `stop`. A cancellation rolls back the chunks under way."""
        async with self._hand():
            while not self._is_stopped:
                self._call.clear()
                if not await self._round():
                    await self._rest()

    async def work_off(self) -> None:
        """Work until nothing is queued that another has not in hand, or until `stop`."""
        async with self._hand():
            while not self._is_stopped and await self._round():
                pass

    async def work_once(self) -> bool:
        """A chunk of one job of each entity that has any, to its end; whether anything was done."""
        has_worked = await self._round()
        while self._writing:
            has_worked |= await self._writing.pop(0)
        return has_worked

    @asynccontextmanager
    async def _hand(self) -> AsyncIterator[None]:
        """Leaves no chunk behind: what is under way at the end is waited for, and after a cancellation rolled back."""
        self._hands += 1
        try:
            yield
            await asyncio.gather(*self._asking, *self._writing)
        except BaseException:
            await _ended(*self._asking, *self._writing)
            raise
        finally:
            self._hands -= 1

    async def _round(self) -> bool:
        """A chunk of one job of each entity that has any; whether anything was done.

        A chunk that asks outside goes on by itself. Its entity waits for the answers, at most so many at once as `run`
        runs; a server that does not answer holds up no other entity. One that is judged goes on by itself until the next
        one is.
        """
        has_worked = self._has_answers()
        for job in self._of_each_entity(await self._queued()):
            if self._is_stopped:
                break
            if list(self._asking.values()).count(job.entity_id) < max(self._hands, 1):
                has_worked |= await self._begin(job)
        if not has_worked and self._writing:
            return await self._writing.pop(0) or bool(self._writing)
        if not has_worked and self._asking:
            await self._rest(*self._asking)
            return True
        return has_worked

    def _has_answers(self) -> bool:
        """Whether a chunk that has asked outside came to its end and did anything."""
        ended = [each for each in self._asking if each.done()]
        for each in ended:
            del self._asking[each]
        return any(each.result() for each in ended)

    async def _begin(self, job: QueuedJob) -> bool:
        """Work on the job until its chunk is done, asks outside, or is judged and the one before it is done."""
        way = _Way()
        chunk, further = asyncio.create_task(self.work_on(job, way)), asyncio.create_task(way.further.wait())
        try:
            await asyncio.wait((chunk, further), return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            await _ended(chunk)
            raise
        finally:
            further.cancel()
        if chunk.done():
            return chunk.result()
        if way.asks:
            self._asking[chunk] = job.entity_id
            return True
        self._writing.append(chunk)
        return len(self._writing) == 1 or await self._writing.pop(0)

    async def _rest(self, *asking: asyncio.Task[bool]) -> None:
        """Until the next poll, a call, or the answers to one of those that are asking."""
        call = asyncio.create_task(self._call.wait())
        try:
            await asyncio.wait(
                (call, *asking), timeout=self._poll_seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            call.cancel()

    async def _queued(self) -> list[QueuedJob]:
        try:
            async with self._patience():
                queued = await queued_jobs(self._database)
        except Exception:
            logger.warning("the queue of jobs could not be read; trying again", exc_info=True)
            return []
        there = set(queued)
        self._shares = {job: share for job, share in self._shares.items() if job in there}
        return queued

    def _of_each_entity(self, queued: Sequence[QueuedJob]) -> list[QueuedJob]:
        """The entities take turns, and the jobs of an entity: none starves behind another's million items."""
        jobs: dict[int, list[QueuedJob]] = {}
        for each in queued:
            jobs.setdefault(each.entity_id, []).append(each)
        self._turn += 1
        return [own[self._turn % len(own)] for own in jobs.values()]

    async def work_on(self, job: QueuedJob, way: _Way | None = None) -> bool:
        """A chunk of this job; whether it was done, or the job has come further otherwise. `way` is told how far it is."""
        way = way or _Way()
        chunk = Chunk(on_judged=way.further.set) if self._database.writes_abreast else Chunk()
        try:
            share = await self._share(job)
            failures = share.failures
            held = await self._do_chunk(job, share, chunk, way)
        except Exception as error:
            if not lies_in_the_work(error):
                # A database that is busy or away: what was claimed is free again, and will be there.
                logger.log(_level(error), "job %s has to wait", job.job_id, exc_info=True)
                return False
            logger.exception("job %s: a chunk of %d items failed", job.job_id, len(chunk.claimed))
            return await self._without_the_culprit(job, chunk)
        if not chunk.claimed:
            return chunk.is_over
        share.note_done(len(chunk.claimed), held / self._held_seconds, failures)
        return True

    async def _share(self, job: QueuedJob) -> Share:
        if job not in self._shares:
            # A job that is not there has no submitter; its chunk only takes it out of the queue.
            async with self._patience():
                submitted = await submission_of(self._database, job)
            actor = Actor(
                entity_id=job.entity_id,
                name=NOBODY if submitted is None else submitted.name,
                permissions=frozenset(),
                limits=self._limits,
                approval_limits=None if submitted is None else submitted.approval_limits,
            )
            self._shares[job] = Share(actor)
        return self._shares[job]

    async def _do_chunk(self, job: QueuedJob, share: Share, chunk: Chunk, way: _Way) -> float:
        """How many seconds the chunk held its locks."""
        began = perf_counter()

        async def attempt(answers: TaxAnswers) -> Chunk:
            async def work(books: Books) -> Chunk:
                nonlocal began
                began = perf_counter()
                books.tax_answers = answers
                return await work_on_job(books, job.job_id, share.size, chunk)

            async with self._patience():
                return await self._database.transact(share.actor, Operation.WORK_ON_JOB, work)

        async def ask(
            callback: TaxCallback, questions: Sequence[TaxQuestion], *, preview: bool
        ) -> TaxAnswers:
            way.ask()
            return await self._ask(callback, questions, preview=preview)

        await with_answers(attempt, ask, preview=False)
        return perf_counter() - began

    @asynccontextmanager
    async def _patience(self) -> AsyncIterator[None]:
        """Busy when what is asked inside takes longer than a worker waits."""
        clock = asyncio.timeout(self._patience_seconds)
        try:
            async with clock:
                yield
        except TimeoutError as error:
            if not clock.expired():
                raise
            raise Busy from error

    async def _without_the_culprit(self, job: QueuedJob, chunk: Chunk) -> bool:
        """Halve what failed until one item is left, and refuse that one: the others are not held up by it."""
        share = self._shares.get(job)
        if share is None or not chunk.claimed:
            return False
        if len(chunk.claimed) > 1 and not chunk.is_atomic:
            share.note_failure(len(chunk.claimed))
            return True
        item_ids = [each.id for each in chunk.claimed]
        try:
            async with self._patience():
                await self._database.transact(
                    share.actor, Operation.WORK_ON_JOB, lambda books: give_up(books, job.job_id, item_ids)
                )
        except Exception:
            logger.warning("job %s: its failed item could not be refused yet", job.job_id, exc_info=True)
            return False
        return True


async def _ended(*chunks: asyncio.Task[bool]) -> None:
    """Cancelled, and rolled back."""
    for each in chunks:
        each.cancel()
    await asyncio.gather(*chunks, return_exceptions=True)


def _level(error: Exception) -> int:
    return logging.INFO if isinstance(error, Busy) else logging.WARNING
