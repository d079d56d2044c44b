"""A SQLite file that somebody else keeps locked: limited waiting, a limited queue, and afterwards all goes on."""

import asyncio
import contextlib
import fcntl
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import make_url

from app.repository import sqlite, writer
from app.repository.books import Books
from app.repository.database import Busy, Database
from app.repository.sqlite import SqliteDatabase
from tests.repository.works import ANY, leave_a_mark, marks, take_the_number
from tests.support.books import TestBooks, assert_books_hold
from tests.support.service import Service, mutation_document

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

PATIENCE_SECONDS = 0.3


@asynccontextmanager
async def impatient(books: TestBooks) -> AsyncIterator[SqliteDatabase]:
    """The books' file, opened by a service that does not wait for long."""
    database = SqliteDatabase(make_url(books.place.url), patience_seconds=PATIENCE_SECONDS)
    try:
        yield database
    finally:
        await database.close()


@contextlib.contextmanager
def a_process_that_takes_no_turns(path: str) -> Iterator[None]:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as stranger:
        stranger.execute("BEGIN IMMEDIATE")
        yield
        stranger.execute("ROLLBACK")


@contextlib.contextmanager
def a_process_whose_turn_does_not_end(path: str) -> Iterator[None]:
    file = os.open(f"{path}.lock", os.O_RDWR)
    fcntl.flock(file, fcntl.LOCK_EX)
    yield
    os.close(file)


async def leave(database: Database, books: TestBooks, key: str) -> None:
    await database.transact(books.actor, ANY, lambda inside: leave_a_mark(inside, key))


async def has_left(database: Database, books: TestBooks, key: str) -> bool:
    try:
        await leave(database, books, key)
    except Busy:
        return False
    return True


@pytest.mark.parametrize("locked", [a_process_that_takes_no_turns, a_process_whose_turn_does_not_end])
async def test_writers_are_told_to_try_again_readers_read_and_then_all_goes_on(
    books: TestBooks,
    tmp_path: Path,
    locked: Callable[[str], AbstractContextManager[None]],
) -> None:
    account = {"number": "A-1", "name": "A", "currency": "USD"}
    async with impatient(books) as database:
        service = Service(replace(books, database=database), tmp_path)
        with locked(books.place.url.removeprefix("sqlite:///")):
            for dry_run in (False, True, False):
                given = {
                    "accounts": [account],
                    "dryRun": dry_run,
                    "idempotencyKey": None if dry_run else "key",
                }
                document = (
                    "mutation ($input: UpsertAccountsInput!) { upsertAccounts(input: $input) { __typename } }"
                )
                answer = (await service.send(document, {"input": given})).json()
                assert answer["errors"][0]["extensions"]["code"] == "RETRY"
            assert await service.read("{ accounts { totalCount } }") == {"accounts": {"totalCount": 0}}
        given = {"accounts": [account], "idempotencyKey": "key"}
        document = mutation_document("upsertAccounts")
        # The threads that were left waiting have their turns first, and who waits has little patience.
        while "errors" in (answer := (await service.send(document, {"input": given})).json()):
            assert answer["errors"][0]["extensions"]["code"] == "RETRY"
        done = answer["data"]["upsertAccounts"]
        assert (done["__typename"], done["replayed"]) == ("AccountsUpserted", False)
    await assert_books_hold(books)


async def test_a_lock_that_came_too_late_keeps_nobody_out(books: TestBooks) -> None:
    """Whoever gave up has left a thread waiting for the file: the next writers take their turns all the same."""
    path = books.place.url.removeprefix("sqlite:///")
    async with impatient(books) as database, impatient(books) as other:
        turns = count()
        for _ in range(2):
            with a_process_whose_turn_does_not_end(path):
                for each in (database, other):
                    with pytest.raises(Busy):
                        await each.transact(books.actor, ANY, take_the_number)
            for each in (database, other):
                # The threads that were left waiting have their turns first, and who waits has little patience.
                while not await has_left(each, books, f"turn {next(turns)}"):
                    pass
    assert len(await marks(books)) == 4


async def test_the_queue_of_writers_is_limited(books: TestBooks, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more than may wait is refused at once; the others have their turns."""
    monkeypatch.setattr(writer, "MOST_WAITING", 3)
    begun, go_on = threading.Event(), threading.Event()

    async def slow(inside: Books) -> None:
        begun.set()
        go_on.wait()
        await leave_a_mark(inside, "slow")

    running = asyncio.ensure_future(books.database.transact(books.actor, ANY, slow))
    await asyncio.to_thread(begun.wait)
    waiting = [asyncio.ensure_future(leave(books.database, books, f"waiting {place}")) for place in range(3)]
    await asyncio.wait(waiting, timeout=0)
    with pytest.raises(Busy):
        await leave(books.database, books, "too many")
    go_on.set()
    await asyncio.gather(running, *waiting)
    assert await marks(books) == {"slow", "waiting 0", "waiting 1", "waiting 2"}


async def test_who_waited_too_long_for_a_turn_in_the_process_is_told_to_try_again(books: TestBooks) -> None:
    """A writer in front takes longer than anybody waits."""
    async with impatient(books) as database:
        begun, go_on = threading.Event(), threading.Event()

        async def slow(inside: Books) -> None:
            begun.set()
            go_on.wait()
            await leave_a_mark(inside, "slow")

        # It is to have its turn however slow the machine is.
        database._writer._patience_seconds = 60
        running = asyncio.ensure_future(database.transact(books.actor, ANY, slow))
        await asyncio.to_thread(begun.wait)
        database._writer._patience_seconds = PATIENCE_SECONDS
        behind = asyncio.ensure_future(leave(database, books, "behind"))
        # It is told when its turn comes, if not before.
        await asyncio.wait([behind], timeout=2 * PATIENCE_SECONDS)
        go_on.set()
        with pytest.raises(Busy):
            await behind
        await running
    assert await marks(books) == {"slow"}


async def test_a_reader_for_whom_there_is_no_connection_is_told_to_try_again(
    books: TestBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "POOL_SECONDS", PATIENCE_SECONDS)
    others = [await books.neighbour() for _ in range(2)]
    database = SqliteDatabase(make_url(books.place.url), readers=1)
    try:
        async with AsyncExitStack() as readers:
            for each in others:
                await readers.enter_async_context(database.snapshot(each.entity.id))
            with pytest.raises(Busy):
                await readers.enter_async_context(database.snapshot(books.entity.id))
        async with database.snapshot(books.entity.id):
            pass
    finally:
        await database.close()
