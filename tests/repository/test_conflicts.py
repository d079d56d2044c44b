"""Conflicts are retried inside, bounded; who waits too long for a lock is told Busy."""

import asyncio
import sqlite3
from typing import Any

import pytest
from sqlalchemy import make_url, text

from app.domain.actor import Actor
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Account
from app.domain.facts import Changes
from app.repository import postgresql
from app.repository.books import Books, utc_now
from app.repository.database import Busy, Database
from app.repository.identity import new_id
from app.repository.opening import open_database
from app.repository.sqlite import SqliteDatabase
from tests.repository.works import ANY, leave_a_mark, marks, take_the_number
from tests.support.books import TestBooks
from tests.support.building import (
    posted_memo,
)

on_postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def failing_with(state: str, times: int) -> Any:
    """Work whose first so many runs meet the conflict, with its runs counted."""
    runs: list[int] = []

    async def work(inside: Books) -> str:
        runs.append(len(runs) + 1)
        await leave_a_mark(inside, "mark")
        if len(runs) <= times:
            raised = f"DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '{state}'; END $$"
            await inside.write(text(raised), None)
        return f"run {len(runs)}"

    return work, runs


@on_postgresql
@pytest.mark.parametrize("state", ["40001", "40P01", "23505"])
async def test_a_conflict_is_retried_inside(books: TestBooks, state: str) -> None:
    work, runs = failing_with(state, times=2)
    assert await books.database.transact(books.actor, ANY, work) == "run 3"
    assert runs == [1, 2, 3]
    assert await marks(books) == {"mark"}


@on_postgresql
@pytest.mark.parametrize("state", ["40001", "40P01", "23505"])
async def test_a_conflict_that_never_ends_is_busy(books: TestBooks, state: str) -> None:
    work, runs = failing_with(state, times=1000)
    with pytest.raises(Busy):
        await books.database.transact(books.actor, ANY, work)
    assert len(runs) == postgresql.ATTEMPTS
    assert await marks(books) == set()


@on_postgresql
async def test_any_other_error_is_not_retried(books: TestBooks) -> None:
    work, runs = failing_with("22012", times=1000)
    with pytest.raises(Exception, match="conflict"):
        await books.database.transact(books.actor, ANY, work)
    assert runs == [1]


@on_postgresql
async def test_two_who_lock_in_opposite_order_both_succeed(books: TestBooks) -> None:
    """A real deadlock: the database ends one of the two, which then runs again."""
    first, second = await posted_memo(books, "1.00"), await posted_memo(books, "1.00")
    met = asyncio.Barrier(2)
    runs = 0

    def locking(*memos: str) -> Any:
        attempts = 0

        async def work(inside: Books) -> None:
            nonlocal runs, attempts
            runs, attempts = runs + 1, attempts + 1
            await inside.lock(CreditMemo, memos[:1])
            if attempts == 1:
                await met.wait()
            await inside.lock(CreditMemo, memos[1:])
            await leave_a_mark(inside, memos[0])

        return work

    await asyncio.gather(
        books.database.transact(books.actor, ANY, locking(first.id, second.id)),
        books.database.transact(books.actor, ANY, locking(second.id, first.id)),
    )
    assert await marks(books) == {first.id, second.id}
    assert runs == 3


@on_postgresql
async def test_a_key_that_another_took_first_is_seen_on_the_second_run(books: TestBooks) -> None:
    met = asyncio.Barrier(2)
    seen: list[int] = []

    def making() -> Any:
        runs = 0

        async def work(inside: Books) -> None:
            nonlocal runs
            runs += 1
            known = await inside.matching(Account, "number", ["A-1"])
            seen.append(len(known))
            if runs == 1:
                await met.wait()
            if not known:
                now = utc_now()
                account = Account(
                    id=new_id(Account),
                    number="A-1",
                    name="Acme",
                    currency="USD",
                    created_at=now,
                    created_by="ada",
                    updated_at=now,
                    updated_by="ada",
                )
                await inside.record(Changes(new=(account,)))

        return work

    await asyncio.gather(*(books.database.transact(books.actor, ANY, making()) for _ in range(2)))
    assert seen == [0, 0, 1]
    assert await books.value("SELECT count(*) FROM account WHERE entity_id = :entity_id") == 1


async def holding(books: TestBooks, held: asyncio.Event, let_go: asyncio.Event) -> None:
    async def work(inside: Books) -> None:
        await take_the_number(inside)
        held.set()
        await let_go.wait()

    await books.database.transact(books.actor, ANY, work)


async def taking(database: Database, actor: Actor, way: str) -> None:
    if way == "transact":
        await database.transact(actor, ANY, take_the_number)
    else:
        async with database.rehearse(actor, ANY, take_the_number):
            pytest.fail("the lock came")


@on_postgresql
@pytest.mark.parametrize("way", ["transact", "rehearse"])
async def test_a_lock_that_does_not_come_in_time_is_busy(
    books: TestBooks, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setattr(postgresql, "LOCK_TIMEOUT_MS", 50)
    # A session is told when it begins how long it waits.
    impatient = open_database(books.place.url)
    held, let_go = asyncio.Event(), asyncio.Event()
    holder = asyncio.ensure_future(holding(books, held, let_go))
    await held.wait()
    with pytest.raises(Busy):
        await taking(impatient, books.actor, way)
    let_go.set()
    await holder
    await impatient.close()
    await books.database.transact(books.actor, ANY, take_the_number)


@on_sqlite
async def test_work_that_awaits_something_else_is_refused(books: TestBooks) -> None:
    async def work(inside: Books) -> None:
        await leave_a_mark(inside, "mark")
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="awaited something other than the books"):
        await books.database.transact(books.actor, ANY, work)
    assert await marks(books) == set()


@pytest.fixture
def impatient(books: TestBooks, runner: asyncio.Runner) -> Any:
    """The same file, opened by a service that waits 50 ms for a lock."""

    async def opened() -> Database:
        return SqliteDatabase(make_url(books.place.url), patience_seconds=0.05)

    database = runner.run(opened())
    yield database
    runner.run(database.close())


@on_sqlite
@pytest.mark.parametrize("way", ["transact", "rehearse"])
async def test_a_file_that_a_stranger_has_locked_is_busy(
    books: TestBooks, impatient: SqliteDatabase, way: str
) -> None:
    """A stranger takes no file lock: only SQLite's own time-out ends the waiting."""
    stranger = sqlite3.connect(books.place.url.removeprefix("sqlite:///"), isolation_level=None)
    stranger.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy):
        await taking(impatient, books.actor, way)
    stranger.execute("ROLLBACK")
    stranger.close()
    # Its turn may come later than that on a machine that has other things to do.
    impatient._writer._patience_seconds = 60
    await impatient.transact(books.actor, ANY, take_the_number)
