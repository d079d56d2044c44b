"""A caller may go away at any moment: all or nothing is kept, no connection stays out, no transaction stays open."""

import asyncio
import contextlib
import sqlite3
import threading
from itertools import count
from typing import cast

import pytest
from sqlalchemy import text

from app.domain.entity import Settings
from app.repository.books import Books
from app.repository.driven import DrivenConnection
from app.repository.opening import open_database
from tests.repository.direct import owner_connection, run
from tests.repository.interrupting import cancelled_at
from tests.repository.works import ANY, leave_a_mark, marks, take_the_number
from tests.support.books import TestBooks, open_books, trace
from tests.support.building import crediting, posted_invoice
from tests.support.stores import Store

ENOUGH = 200


async def no_transaction_is_open(books: TestBooks) -> None:
    """Returns when the database knows of none: a closed session's transaction ends a moment later.

    One that stays open runs into the test's own time limit.
    """
    if books.place.engine == "sqlite":
        path = books.place.url.removeprefix("sqlite:///")
        # The stranger takes no file lock and waits as long as busy_timeout lets it.
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=5)) as stranger:
            stranger.execute("BEGIN IMMEDIATE")
            stranger.execute("ROLLBACK")
        return
    open_ones = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND (state LIKE 'idle in transaction%' OR (state = 'active' AND pid <> pg_backend_pid()))"
    )
    async with owner_connection(books.place) as connection:
        while (await run(connection, open_ones)).scalar_one():
            pass


async def test_a_transaction_cancelled_at_any_wait_is_kept_whole_or_not_at_all(books: TestBooks) -> None:
    async def work(inside: Books) -> None:
        await leave_a_mark(inside, key)
        await take_the_number(inside)

    kept = 0
    for wait in count(1):
        key = f"mark {wait}"
        cancelled = await cancelled_at(wait, books.database.transact(books.actor, ANY, work))
        assert books.connections_in_use() == 0
        found = key in await marks(books)
        kept += found
        await no_transaction_is_open(books)
        [[taken]] = await books.rows(
            "SELECT next - 1 FROM number_sequence WHERE entity_id = :entity_id AND kind = 'CREDIT_MEMO'"
        )
        assert taken == kept
        if not cancelled:
            assert found
            break
    assert 1 < wait < ENOUGH


async def test_a_rehearsal_cancelled_at_any_wait_keeps_nothing(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    before = await trace(books.place)
    statement = text("SELECT balance FROM invoice WHERE entity_id = :entity_id")

    async def rehearsed() -> None:
        async with books.rehearse(crediting(invoice, (0, "50.00"))) as (_, snapshot):
            await snapshot.rows(statement)

    for wait in count(1):
        cancelled = await cancelled_at(wait, rehearsed())
        assert books.connections_in_use() == 0
        await no_transaction_is_open(books)
        if not cancelled:
            break
    assert 3 < wait < ENOUGH
    assert await trace(books.place) == before


async def test_a_snapshot_cancelled_at_any_wait_gives_its_connection_back(books: TestBooks) -> None:
    statement = text("SELECT count(*) FROM invoice WHERE entity_id = :entity_id")

    async def read() -> None:
        async with books.database.snapshot(books.entity.id) as snapshot:
            await snapshot.rows(statement)

    for wait in count(1):
        cancelled = await cancelled_at(wait, read())
        assert books.connections_in_use() == 0
        await no_transaction_is_open(books)
        if not cancelled:
            break
    assert 2 < wait < ENOUGH


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_a_snapshot_whose_connection_was_thrown_away_meanwhile_is_left_like_any_other(
    books: TestBooks,
) -> None:
    """As it is where a statement is cut, and cut again while it takes leave of the server."""
    statement = text("SELECT count(*) FROM invoice WHERE entity_id = :entity_id")
    async with books.database.snapshot(books.entity.id) as snapshot:
        cast(DrivenConnection, snapshot._connection).driver.terminate()
    async with books.database.snapshot(books.entity.id) as snapshot:
        assert (await snapshot.rows(statement))[0][0] == 0


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_commit_under_way_is_never_cut(store: Store, runner: asyncio.Runner) -> None:
    """The commit waits for a lock that a deferred trigger wants; its caller is cancelled twice meanwhile."""
    place = store.migrated()

    async def waiting_commit() -> None:
        database = open_database(place.url)
        books = await open_books(database, place, Settings())
        async with owner_connection(place) as owner:
            for statement in (
                "CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
                " $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$",
                "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON log_entry DEFERRABLE INITIALLY DEFERRED"
                " FOR EACH ROW EXECUTE FUNCTION wait_at_commit()",
                "SELECT pg_advisory_lock(7)",
            ):
                await run(owner, statement)
            caller = asyncio.ensure_future(
                database.transact(books.actor, ANY, lambda inside: leave_a_mark(inside, "mark"))
            )
            waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            while not (await run(owner, waiting)).scalar_one():
                assert not caller.done()
            for _ in range(2):
                caller.cancel()
                # The caller has had its turn when this query is answered.
                await run(owner, waiting)
                assert not caller.done()
            await run(owner, "SELECT pg_advisory_unlock(7)")
            with pytest.raises(asyncio.CancelledError):
                await caller
        assert await marks(books) == {"mark"}
        assert books.connections_in_use() == 0
        await no_transaction_is_open(books)
        await database.close()

    runner.run(waiting_commit())


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_caller_who_leaves_the_queue_leaves_no_trace(books: TestBooks) -> None:
    busy, go_on = threading.Event(), threading.Event()

    async def slow(inside: Books) -> None:
        busy.set()
        go_on.wait()
        await leave_a_mark(inside, "slow")

    running = asyncio.ensure_future(books.database.transact(books.actor, ANY, slow))
    await asyncio.to_thread(busy.wait)
    queued = asyncio.ensure_future(
        books.database.transact(books.actor, ANY, lambda inside: leave_a_mark(inside, "queued"))
    )
    await asyncio.wait([queued], timeout=0)
    queued.cancel()
    with pytest.raises(asyncio.CancelledError):
        await queued
    go_on.set()
    await running
    await books.database.transact(books.actor, ANY, lambda inside: leave_a_mark(inside, "next"))
    assert await marks(books) == {"slow", "next"}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_who_waits_for_the_writer_lock_and_leaves_gives_it_back(books: TestBooks) -> None:
    """A rehearsal holds the lock; a second one waits for it in a thread, and its caller goes away."""
    entered, leave = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with books.database.rehearse(books.actor, ANY, take_the_number):
            entered.set()
            await leave.wait()

    async def wait_in_vain() -> None:
        async with books.database.rehearse(books.actor, ANY, take_the_number):
            pytest.fail("two had the lock")

    holder = asyncio.ensure_future(hold())
    await entered.wait()
    waiter = asyncio.ensure_future(wait_in_vain())
    await asyncio.wait([waiter], timeout=0)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    # What still waits, in its thread, belongs to nobody: the lock comes to it yet, and goes back.
    abandoned = asyncio.all_tasks() - {asyncio.current_task(), holder}
    leave.set()
    await holder
    await asyncio.gather(*abandoned)
    await books.database.transact(books.actor, ANY, take_the_number)
