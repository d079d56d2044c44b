"""While the database writes one chunk, the worker reads and judges the next: on PostgreSQL, for SQLite has one writer."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.domain.actor import Actor
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Settings
from app.domain.vocabulary import JobItemOutcome, Operation
from app.jobs.worker import Worker
from app.repository.books import Books
from app.repository.connection import BooksConnection, Sent
from app.repository.database import Database, T, Work
from app.repository.typed import Row, Statement
from tests.jobs.submitting import (
    counts,
    every_item_has_one_effect,
    items,
    negative_invoices,
    outcomes,
    submitted,
    worker,
)
from tests.jobs.test_failing_items import put_position
from tests.support.books import SEQUENCES, TestBooks, assert_books_hold, open_books
from tests.support.passing import PassingDatabase
from tests.support.stores import Place

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)

ITEMS = 40
"""Two chunks of 16, as the first are, and a third."""
PATIENCE_SECONDS = 120


class Meeting:
    """Where the first chunk waits with its numbers, and nothing written, until so many have asked for theirs."""

    def __init__(self, number: int) -> None:
        self.asked = 0
        self._number = number
        self._both, self._all = asyncio.Event(), asyncio.Event()

    def ask(self) -> None:
        self.asked += 1
        if self.asked == 2:
            self._both.set()
        if self.asked == self._number:
            self._all.set()

    async def both(self) -> None:
        """Two chunks are under way: one has its numbers, and the other waits for its own."""
        await asyncio.wait_for(self._both.wait(), PATIENCE_SECONDS)

    async def wait(self) -> None:
        await asyncio.wait_for(self._all.wait(), PATIENCE_SECONDS)


class MeetingConnection:
    """The connection it is given, by way of the meeting."""

    def __init__(self, connection: BooksConnection, meeting: Meeting) -> None:
        self._connection, self._meeting = connection, meeting

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    async def rows(self, statement: Statement, parameters: Mapping[str, Any]) -> list[Row]:
        if str(statement).startswith("UPDATE number_sequence"):
            self._meeting.ask()
        return await self._connection.rows(statement, parameters)

    async def write(self, statements: Sequence[Sent]) -> None:
        await self._meeting.wait()
        await self._connection.write(statements)


class MeetingDatabase(PassingDatabase):
    """The database it is given, by way of the meeting."""

    def __init__(self, database: Database, number: int) -> None:
        super().__init__(database)
        self.meeting = Meeting(number)

    async def transact(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        async def meeting(books: Books) -> T:
            books._connection = MeetingConnection(books._connection, self.meeting)
            return await work(books)

        return await self._database.transact(actor, operation, meeting)


@pytest.fixture(params=[False, True], ids=["leased", "gapless"])
def numbered(
    request: pytest.FixtureRequest, database: Database, place: Place, runner: asyncio.Runner
) -> TestBooks:
    sequences = [replace(each, gapless=request.param) for each in SEQUENCES]
    return runner.run(open_books(database, place, Settings(), sequences=sequences))


async def test_two_chunks_at_once_number_their_memos_without_a_gap_in_the_order_of_the_items(
    numbered: TestBooks,
) -> None:
    job_id = await submitted(numbered, await negative_invoices(numbered, ITEMS))
    database = MeetingDatabase(numbered.database, 2)
    await Worker(database, poll_seconds=60).work_off()
    assert database.meeting.asked > 2
    assert await counts(numbered, job_id) == (ITEMS, ITEMS, 0, 0)
    await every_item_has_one_effect(numbered, job_id)
    memos = [
        await numbered.record(CreditMemo, each.credit_memo_id or "") for each in await items(numbered, job_id)
    ]
    numbers = [int((each.number or "").rpartition("-")[2]) for each in memos]
    assert numbers == list(range(numbers[0], numbers[0] + ITEMS))


async def test_an_item_that_fails_is_found_while_other_chunks_go_on(
    books: TestBooks, caplog: pytest.LogCaptureFixture
) -> None:
    invoices = await negative_invoices(books, ITEMS)
    await put_position(books, invoices[3], 0)
    job_id = await submitted(books, invoices)
    with caplog.at_level(logging.CRITICAL, "app.jobs.worker"):
        await worker(books).work_off()
    refused = [
        place for place, each in enumerate(await outcomes(books, job_id)) if each is JobItemOutcome.REFUSED
    ]
    assert refused == [3]
    assert await counts(books, job_id) == (ITEMS, ITEMS - 1, 1, 0)
    await put_position(books, invoices[3], 1)
    await assert_books_hold(books)


async def test_several_hands_of_one_process_leave_nothing_behind(books: TestBooks) -> None:
    """One that finds nothing left ends while others are still at it."""
    job_id = await submitted(books, await negative_invoices(books, ITEMS))
    hand = worker(books)
    await asyncio.gather(*(hand.work_off() for _ in range(4)))
    assert await counts(books, job_id) == (ITEMS, ITEMS, 0, 0)
    await every_item_has_one_effect(books, job_id)


async def test_a_worker_that_is_cancelled_rolls_both_chunks_back(books: TestBooks) -> None:
    job_id = await submitted(books, await negative_invoices(books, ITEMS))
    database = MeetingDatabase(books.database, 3)
    working = asyncio.create_task(Worker(database, poll_seconds=60).work_off())
    await database.meeting.both()
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert await outcomes(books, job_id) == [JobItemOutcome.PENDING] * ITEMS
    await worker(books).work_off()
    await every_item_has_one_effect(books, job_id)
