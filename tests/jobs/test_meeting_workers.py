"""Workers and callers who meet at one job at the worst moment. SQLite lets nobody in between: it has one writer."""

from collections.abc import Awaitable, Callable

import pytest

from app.domain.commands import CancelJob, ResumeJob
from app.domain.vocabulary import JobItemOutcome, Operation
from app.jobs.worker import Worker
from app.repository.books import Books
from app.repository.connection import BooksConnection
from app.repository.jobs import claim_items
from app.use_cases.work_on_job import Chunk, work_on_job
from tests.jobs.submitting import (
    counts,
    every_item_has_one_effect,
    negative_invoices,
    outcomes,
    submitted,
    until_done,
    worked_off,
    worker,
)
from tests.support.books import TestBooks, assert_books_hold
from tests.support.passing import PassingConnection

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)

DONE, PENDING = JobItemOutcome.DONE, JobItemOutcome.PENDING


class Interrupted(PassingConnection):
    """The connection it is given; after its first statement something else happens."""

    def __init__(self, connection: BooksConnection, happening: Callable[[], Awaitable[object]]) -> None:
        super().__init__(connection)
        self._happening = happening
        self._has_happened = False

    async def after(self) -> None:
        if not self._has_happened:
            self._has_happened = True
            await self._happening()


async def test_an_atomic_job_of_which_another_worker_has_a_part_is_left_to_it(books: TestBooks) -> None:
    """Two claims that run beside each other may share the items out; half of an atomic job is never done."""
    job_id = await submitted(books, await negative_invoices(books, 4), atomic=True)

    async def with_one_claimed(other: Books) -> None:
        assert len(await claim_items(other, job_id, 1)) == 1
        assert not await _others(books, job_id)
        assert await outcomes(books, job_id) == [PENDING] * 4

    await books.database.transact(books.actor, Operation.WORK_ON_JOB, with_one_claimed)
    await until_done(books, job_id, hands=3)
    assert await outcomes(books, job_id) == [DONE] * 4
    await every_item_has_one_effect(books, job_id)


async def _others(books: TestBooks, job_id: str) -> bool:
    """Whether a worker that comes now finds anything to do in the job."""
    hand: Worker = worker(books)
    before = await counts(books, job_id)
    await hand.work_once()
    return await counts(books, job_id) != before


async def test_a_job_resumed_while_a_worker_finds_it_canceled_stays_in_the_queue(books: TestBooks) -> None:
    """The worker has read CANCELED; when it comes to take the job out of the queue, it has just been put back."""
    await worked_off(books)
    job_id = await submitted(books, await negative_invoices(books, 3))
    await books.perform(CancelJob(job_id=job_id))

    async def finding_it_canceled(its: Books) -> Chunk:
        its._connection = Interrupted(its._connection, lambda: books.perform(ResumeJob(job_id=job_id)))
        return await work_on_job(its, job_id, 16, Chunk())

    await books.database.transact(books.actor, Operation.WORK_ON_JOB, finding_it_canceled)
    await assert_books_hold(books)
    await worked_off(books)
    assert await outcomes(books, job_id) == [DONE] * 3
    await every_item_has_one_effect(books, job_id)
