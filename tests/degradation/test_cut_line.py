"""A line to PostgreSQL that swallows everything: clean errors in limited time, and afterwards all goes on by itself."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic

import httpx2
import pytest
from sqlalchemy import make_url

from app.api.http import endpoint
from app.domain.actor import Actor
from app.domain.vocabulary import JobStatus, Operation
from app.jobs.worker import Worker
from app.repository.books import Books
from app.repository.database import Busy, Database, T, Work
from app.repository.line import PARTING_SECONDS
from app.repository.postgresql import PostgresqlDatabase
from tests.jobs.submitting import every_item_has_one_effect, job, negative_invoices, submitted, worked_off
from tests.repository.works import ANY, leave_a_mark, marks, take_the_number
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import Made, posted_invoice, posted_memo
from tests.support.clocks import Clocks
from tests.support.cut_line import CutLine, line_to
from tests.support.passing import PassingDatabase
from tests.support.service import Service, mutation_document

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)

ANSWER_SECONDS = 2.0
LONG_SECONDS = 60.0
"""For whoever does not wait for the time limit."""
SLACK_SECONDS = 60.0
"""For a machine that has other things to do; what is cut off would wait for ever."""
AT_ONCE = 6


@pytest.fixture
def line(books: TestBooks) -> Iterator[CutLine]:
    with line_to(books.place.url) as line:
        yield line


@asynccontextmanager
async def database_behind(
    line: CutLine, books: TestBooks, **seconds: float
) -> AsyncIterator[PostgresqlDatabase]:
    """The books' database by way of the line."""
    limits = {"answer_seconds": ANSWER_SECONDS, "commit_seconds": ANSWER_SECONDS, **seconds}
    database = PostgresqlDatabase(make_url(line.url(books.place.url)), **limits)  # type: ignore[arg-type]
    try:
        yield database
        assert database.engine.sync_engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    finally:
        await database.close()


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """What is done inside takes no longer."""
    began = monotonic()
    yield
    assert monotonic() - began < seconds + SLACK_SECONDS


class Gated(PassingDatabase):
    """Transactions stop at a point of their own until they are told to go on."""

    def __init__(self, database: PostgresqlDatabase, *, before_work: bool = False) -> None:
        super().__init__(database)
        self._before_work = before_work
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.waiting = 0
        self.changed = asyncio.Condition()

    async def until_waiting(self, number: int) -> None:
        async with self.changed:
            await self.changed.wait_for(lambda: self.waiting >= number)

    async def transact(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        async def gated(books: Books) -> T:
            if self._before_work:
                await self._pass()
            result = await work(books)
            if not self._before_work:
                await self._pass()
            return result

        return await self._database.transact(actor, operation, gated)

    async def _pass(self) -> None:
        async with self.changed:
            self.waiting += 1
            self.changed.notify_all()
        try:
            await self.go_on.wait()
        finally:
            self.waiting -= 1


def service_on(database: Database, books: TestBooks, directory: Path) -> Service:
    return Service(replace(books, database=database), directory, time_limit_seconds=LONG_SECONDS)


async def apply(service: Service, memo: Made, invoice: Made, key: str) -> httpx2.Response:
    """1.00 of the memo to the invoice."""
    given = {
        "creditMemo": {"id": memo.id},
        "applications": [{"invoice": {"id": invoice.id}, "amount": "1.00"}],
        "idempotencyKey": key,
    }
    return await service.send(mutation_document("applyCreditMemo"), {"input": given})


def error_codes(response: httpx2.Response) -> list[str]:
    return [error["extensions"]["code"] for error in response.json().get("errors", [])]


async def applied_once_each(
    service: Service, books: TestBooks, memo: Made, invoice: Made, keys: list[str]
) -> int:
    """All keys are sent again; how many had been done before. Every key has one effect then, and the books hold."""
    answers = [(await apply(service, memo, invoice, key)).json() for key in keys]
    payloads = [answer["data"]["applyCreditMemo"] for answer in answers]
    assert [each["__typename"] for each in payloads] == ["CreditMemoApplied"] * len(keys)
    counted = await books.value("SELECT count(*) FROM credit_memo_application WHERE entity_id = :entity_id")
    assert counted == len(keys)
    await assert_books_hold(books)
    return sum(each["replayed"] for each in payloads)


async def test_requests_across_a_cut_line_are_told_to_try_again_and_then_all_goes_on(
    books: TestBooks, line: CutLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writers that begin, writers whose statements are on their way, and readers; connections old and new."""
    memo, invoice = await posted_memo(books, "50.00"), await posted_invoice(books, "50.00")
    clocks = Clocks()
    monkeypatch.setattr(endpoint, "asyncio", clocks)
    async with database_behind(line, books) as database:
        gated = Gated(database, before_work=True)
        service = service_on(gated, books, tmp_path)
        assert await service.read("{ entity { code } }") == {"entity": {"code": books.entity.code}}
        keys = [f"cut {place}" for place in range(AT_ONCE)]
        gated.go_on.clear()
        begun = [asyncio.ensure_future(apply(service, memo, invoice, key)) for key in keys[:3]]
        await gated.until_waiting(3)
        line.cut()
        gated.go_on.set()
        beginning = [
            *(asyncio.ensure_future(apply(service, memo, invoice, key)) for key in keys[3:]),
            *(asyncio.ensure_future(service.send("{ creditMemos { totalCount } }")) for _ in range(3)),
        ]
        async with within(2 * ANSWER_SECONDS + PARTING_SECONDS):
            # Nothing but the time limit ends a statement that is on its way.
            await asyncio.to_thread(line.until_lost, len(begun))
            clocks.run_out()
            answers = await asyncio.gather(*begun, *beginning)
        assert [error_codes(each) for each in answers] == [["RETRY"]] * (AT_ONCE + 3)
        line.mend()
        assert await applied_once_each(service, books, memo, invoice, keys) == 0


async def test_a_commit_that_is_swallowed_is_answered_and_did_not_happen(
    books: TestBooks, line: CutLine, tmp_path: Path
) -> None:
    memo, invoice = await posted_memo(books, "50.00"), await posted_invoice(books, "50.00")
    async with database_behind(line, books) as database:
        gated = Gated(database)
        service = service_on(gated, books, tmp_path)
        gated.go_on.clear()
        held = asyncio.ensure_future(apply(service, memo, invoice, "swallowed"))
        await gated.until_waiting(1)
        line.cut()
        gated.go_on.set()
        async with within(ANSWER_SECONDS):
            assert error_codes(await held) == ["RETRY"]
        line.mend()
        assert await applied_once_each(service, books, memo, invoice, ["swallowed"]) == 0


async def test_a_commit_whose_answer_is_swallowed_happened_and_its_key_says_so(
    books: TestBooks, line: CutLine, tmp_path: Path
) -> None:
    memo, invoice = await posted_memo(books, "50.00"), await posted_invoice(books, "50.00")
    async with database_behind(line, books) as database:
        gated = Gated(database)
        service = service_on(gated, books, tmp_path)
        gated.go_on.clear()
        held = asyncio.ensure_future(apply(service, memo, invoice, "committed"))
        await gated.until_waiting(1)
        line.cut_answers()
        gated.go_on.set()
        async with within(ANSWER_SECONDS):
            assert error_codes(await held) == ["RETRY"]
        line.mend()
        assert await applied_once_each(service, books, memo, invoice, ["committed"]) == 1


async def test_a_question_across_a_cut_line_is_told_to_try_again(
    books: TestBooks, line: CutLine, tmp_path: Path
) -> None:
    """It needs no BEGIN by whose silence the line would be found out, and no time limit ends it here."""
    memo = await posted_memo(books, "50.00")
    query = "query ($id: ID!) { creditMemo(by: {id: $id}) { number } }"
    async with database_behind(line, books) as database:
        service = service_on(database, books, tmp_path)
        before = await service.read(query, id=memo.id)
        line.cut()
        async with within(2 * ANSWER_SECONDS):
            assert error_codes(await service.send(query, {"id": memo.id})) == ["RETRY"]
        line.mend()
        assert await service.read(query, id=memo.id) == before


async def test_a_worker_with_a_chunk_across_a_cut_line_takes_it_up_again(
    books: TestBooks, line: CutLine
) -> None:
    await worked_off(books)
    job_id = await submitted(books, await negative_invoices(books, 3))
    async with database_behind(line, books) as database:
        gated = Gated(database, before_work=True)
        worker = Worker(gated, poll_seconds=0.05, patience_seconds=ANSWER_SECONDS)
        gated.go_on.clear()
        working = asyncio.ensure_future(worker.run())
        await gated.until_waiting(1)
        line.cut()
        gated.go_on.set()
        await asyncio.to_thread(line.until_lost, 2)
        assert (await job(books, job_id)).status is not JobStatus.DONE
        line.mend()
        while (await job(books, job_id)).status is not JobStatus.DONE:
            assert not working.done()
        worker.stop()
        await working
    await every_item_has_one_effect(books, job_id)


async def test_connections_that_lay_in_the_pool_are_not_tried_one_by_one(
    books: TestBooks, line: CutLine
) -> None:
    """Something on the way has forgotten them all. One caller finds it out, the next gets a new connection."""
    async with database_behind(line, books) as database:
        held = [database.snapshot(books.entity.id) for _ in range(AT_ONCE)]
        for each in held:
            await each.__aenter__()
        for each in held:
            await each.__aexit__(None, None, None)
        line.cut()
        line.forget()
        with pytest.raises(Busy):
            await database.transact(books.actor, ANY, lambda inside: leave_a_mark(inside, "lost"))
        line.mend()
        for place in range(AT_ONCE):
            await database.transact(books.actor, ANY, lambda inside: leave_a_mark(inside, f"mark {place}"))  # noqa: B023
    assert await marks(books) == {f"mark {place}" for place in range(AT_ONCE)}


async def test_the_server_ends_a_transaction_that_it_hears_nothing_more_of(
    books: TestBooks, line: CutLine
) -> None:
    """What it holds is free again although the line stays cut."""
    async with database_behind(line, books, idle_seconds=ANSWER_SECONDS) as database:
        gated = Gated(database)
        gated.go_on.clear()
        cut_off = asyncio.ensure_future(gated.transact(books.actor, ANY, take_the_number))
        await gated.until_waiting(1)
        line.cut()
        await books.database.transact(books.actor, ANY, take_the_number)
        gated.go_on.set()
        with pytest.raises(Busy):
            await cut_off


async def test_a_database_is_closed_across_a_cut_line(books: TestBooks, line: CutLine) -> None:
    async with database_behind(line, books) as database:
        async with database.snapshot(books.entity.id), database.snapshot(books.entity.id):
            pass
        line.cut()
        async with within(PARTING_SECONDS):
            await database.close()
