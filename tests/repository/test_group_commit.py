"""SQLite: transactions that wait together are committed together, and each is still all or nothing for itself."""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import IntegrityError

from app.domain.violation import Rejected
from app.domain.vocabulary import Operation
from app.repository import tables, writer
from app.repository.books import Books, utc_now
from app.repository.identity import uuid7_hex
from app.repository.writer import WriterConnection
from tests.repository.works import ANY, leave_a_mark, marks
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import applying, posted_invoice, posted_memo
from tests.support.preloaded import PreloadedProcess

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

DID = ("created", "updated")
Work = Callable[[Books], Awaitable[None]]


def marking(key: str) -> Work:
    return lambda inside: leave_a_mark(inside, key)


@asynccontextmanager
async def sent(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """What the writer itself sends, but for the statements of the transactions."""
    seen: list[str] = []
    send = WriterConnection.send

    def noting(self: WriterConnection, text: str, arguments: Any = ()) -> list[Any]:
        if not arguments:
            seen.append(text)
        return send(self, text, arguments)

    monkeypatch.setattr(WriterConnection, "send", noting)
    yield seen
    monkeypatch.undo()


async def together(books: TestBooks, *works: Work, operation: Operation = ANY) -> list[Any]:
    """What becomes of the works: all of them wait before the first goes on."""
    begun, all_wait = threading.Event(), threading.Event()

    async def first(inside: Books) -> None:
        begun.set()
        all_wait.wait()
        await works[0](inside)

    tasks = [asyncio.ensure_future(books.database.transact(books.actor, operation, first))]
    await asyncio.to_thread(begun.wait)
    tasks += [
        asyncio.ensure_future(books.database.transact(books.actor, operation, each)) for each in works[1:]
    ]
    await asyncio.wait(tasks, timeout=0)
    all_wait.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, all who wait are taken along."""
    monkeypatch.setattr(writer, "TOGETHER_SECONDS", 60)


async def test_those_who_wait_are_committed_at_once(
    books: TestBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sent(monkeypatch) as seen:
        assert await together(books, *(marking(str(place)) for place in range(3))) == [None] * 3
    assert seen == ["BEGIN IMMEDIATE", "COMMIT"]
    assert await marks(books) == {"0", "1", "2"}


async def test_nobody_waits_for_long(books: TestBooks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "TOGETHER_SECONDS", 0)
    async with sent(monkeypatch) as seen:
        await together(books, marking("0"), marking("1"))
    assert seen == ["BEGIN IMMEDIATE", "COMMIT"] * 2


async def test_the_chunk_of_a_job_keeps_nobody_waiting_who_is_done(
    books: TestBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sent(monkeypatch) as seen:
        await together(books, marking("0"), marking("1"), operation=Operation.WORK_ON_JOB)
    assert seen == ["BEGIN IMMEDIATE", "COMMIT"] * 2


@pytest.mark.parametrize("failing", [0, 1, 2])
async def test_one_that_fails_takes_nothing_of_the_others_with_it(books: TestBooks, failing: int) -> None:
    async def fails(inside: Books) -> None:
        await leave_a_mark(inside, "failed")
        raise ValueError("in the middle")

    works = [marking(str(place)) for place in range(3)]
    works[failing] = fails
    outcomes = await together(books, *works)
    assert [type(each) for each in outcomes] == [
        ValueError if place == failing else type(None) for place in range(3)
    ]
    assert await marks(books) == {"0", "1", "2"} - {str(failing)}


@pytest.mark.parametrize("has_written", [False, True])
async def test_only_one_that_fails_after_it_has_written_has_the_others_run_anew(
    books: TestBooks, monkeypatch: pytest.MonkeyPatch, has_written: bool
) -> None:
    async def fails(inside: Books) -> None:
        if has_written:
            await leave_a_mark(inside, "failed")
        await inside.settings()
        raise ValueError("after all that was asked")

    async with sent(monkeypatch) as seen:
        await together(books, marking("0"), fails, marking("2"))
    assert seen == ["BEGIN IMMEDIATE", *(["ROLLBACK", "BEGIN IMMEDIATE"] if has_written else []), "COMMIT"]
    assert await marks(books) == {"0", "2"}


async def test_a_statement_that_takes_the_whole_transaction_with_it_loses_nobody_elses_work(
    books: TestBooks,
) -> None:
    """As SQLite does when a statement that writes is interrupted, or the disk is full."""

    async def ends_it(inside: Books) -> None:
        await leave_a_mark(inside, "failed")
        await inside.write(text("ROLLBACK"), {})
        raise ValueError("with everything")

    outcomes = await together(books, marking("0"), ends_it, marking("2"))
    assert [type(each) for each in outcomes] == [type(None), ValueError, type(None)]
    assert await marks(books) == {"0", "2"}


@pytest.mark.parametrize("leaving", [0, 1, 2])
async def test_one_whose_caller_leaves_before_the_commit_leaves_no_trace(
    books: TestBooks, leaving: int
) -> None:
    """All three are done, and a fourth that is under way sees the caller go."""
    loop, tasks = asyncio.get_running_loop(), list[asyncio.Task[None]]()

    async def sees_it_go(inside: Books) -> None:
        if not tasks[leaving].cancelling():
            left = threading.Event()
            loop.call_soon_threadsafe(lambda: (tasks[leaving].cancel(), loop.call_soon(left.set)))
            left.wait()
        await leave_a_mark(inside, "3")

    begun, all_wait = threading.Event(), threading.Event()

    async def first(inside: Books) -> None:
        begun.set()
        all_wait.wait()
        await leave_a_mark(inside, "0")

    for work in (first, marking("1"), marking("2"), sees_it_go):
        tasks.append(asyncio.ensure_future(books.database.transact(books.actor, ANY, work)))
        await asyncio.to_thread(begun.wait)
    all_wait.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [each is None for each in outcomes] == [place != leaving for place in range(4)]
    assert await marks(books) == {"0", "1", "2", "3"} - {str(leaving)}


async def test_a_commit_that_fails_keeps_nothing_of_anybody(books: TestBooks) -> None:
    async def fails_at_the_commit(inside: Books) -> None:
        await inside.write(text("PRAGMA defer_foreign_keys = ON"), {})
        account = account_row(inside.actor.entity_id + 1_000)
        await inside.write(insert(tables.account), account)

    outcomes = await together(books, marking("0"), fails_at_the_commit, marking("2"))
    assert [type(each) for each in outcomes] == [IntegrityError] * 3
    assert await marks(books) == set()
    await books.database.transact(books.actor, ANY, marking("again"))
    assert await marks(books) == {"again"}


def account_row(entity_id: int) -> dict[str, Any]:
    """Of an entity that there may not be."""
    row = {"entity_id": entity_id, "id": f"acc_{uuid7_hex()}", "number": "A", "name": "A", "currency": "USD"}
    return (
        row | {"version": 1} | {f"{did}_at": utc_now() for did in DID} | {f"{did}_by": "ada" for did in DID}
    )


async def test_a_process_that_dies_in_a_group_keeps_nothing_of_it(books: TestBooks, tmp_path: Path) -> None:
    """Two are done and not committed when the third is killed."""
    with PreloadedProcess(
        "tests.repository.dying_group",
        books.place.url,
        str(books.entity.id),
        output_file=tmp_path / "output",
        directory=Path(__file__).parents[2],
    ) as process:
        assert process.wait() == -signal.SIGKILL, process.output()
    assert await marks(books) == {"before"}
    await books.database.transact(books.actor, ANY, marking("after"))
    assert await marks(books) == {"before", "after"}


async def test_applications_that_are_committed_together_are_those_of_one_after_the_other(
    books: TestBooks,
) -> None:
    """Twelve of 10.00 for a memo of 100.00: ten are done, two are refused, whichever they are."""
    memo = await posted_memo(books, "100.00")
    invoices = [await posted_invoice(books, "10.00") for _ in range(12)]
    outcomes = await asyncio.gather(
        *(books.perform(applying(memo, (invoice, "10.00"))) for invoice in invoices), return_exceptions=True
    )
    assert sum(isinstance(each, Rejected) for each in outcomes) == 2
    assert sum(not isinstance(each, BaseException) for each in outcomes) == 10
    await assert_books_hold(books)
