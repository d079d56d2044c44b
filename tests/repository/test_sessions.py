"""Reading a statement at a time on PostgreSQL: a connection shows the rows of the entity that asks, and of nobody else."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url

from app.repository import line
from app.repository.books import Books
from app.repository.database import Busy
from app.repository.line import Line
from app.repository.postgresql import PostgresqlDatabase
from app.repository.sessions import Reading, Sessions
from tests.repository.direct import owner_connection, run
from tests.repository.interrupting import cancelled_at
from tests.repository.works import ANY, take_the_number
from tests.support.books import TestBooks
from tests.support.building import posted_memo

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)

EVERYBODY = "SELECT DISTINCT entity_id FROM credit_memo ORDER BY entity_id"
"""A statement without a filter: what it finds is up to row-level security alone."""
SLEEPING = "SELECT pg_sleep(60) AS sleeping_in_a_session"
ANSWER_SECONDS = 60.0
ENOUGH = 50


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, the server hears that somebody leaves."""
    monkeypatch.setattr(line, "PARTING_SECONDS", ANSWER_SECONDS)


@asynccontextmanager
async def sessions_of(books: TestBooks, most: int) -> AsyncIterator[tuple[Sessions, list[Any]]]:
    """So many sessions on the books' database, and the connections that they have made."""
    database = PostgresqlDatabase(make_url(books.place.url))
    made: list[Any] = []

    async def connect() -> Any:
        made.append(await database.reading_connection())
        return made[-1]

    try:
        yield Sessions(connect, Line(ANSWER_SECONDS), most=most), made
    finally:
        await database.close()


async def seen_by(sessions: Sessions, entity_id: int) -> list[int]:
    return [row[0] for row in await sessions.fetch(Reading(entity_id, plans_once=False), EVERYBODY, ())]


async def test_one_connection_shows_each_entity_its_own_rows(books: TestBooks) -> None:
    neighbour = await books.neighbour()
    await posted_memo(books, "10.00")
    await posted_memo(neighbour, "10.00")
    mine, theirs = books.entity.id, neighbour.entity.id
    async with sessions_of(books, 1) as (sessions, made):
        for entity_id in (mine, theirs, theirs, mine):
            assert await seen_by(sessions, entity_id) == [entity_id]
        assert len(made) == 1


async def test_entities_that_ask_at_once_each_see_their_own_rows(books: TestBooks) -> None:
    neighbour = await books.neighbour()
    await posted_memo(books, "10.00")
    await posted_memo(neighbour, "10.00")
    asking = [books.entity.id, neighbour.entity.id] * 10
    async with sessions_of(books, 3) as (sessions, made):
        seen = await asyncio.gather(*(seen_by(sessions, each) for each in asking))
        assert seen == [[each] for each in asking]
        assert len(made) == 3


async def test_an_entity_finds_the_connection_that_it_had(books: TestBooks) -> None:
    """Otherwise it would have to be set anew, which is another round trip."""
    neighbour = await books.neighbour()
    asking = [books.entity.id, neighbour.entity.id]
    async with sessions_of(books, 2) as (sessions, made):
        await asyncio.gather(*(seen_by(sessions, each) for each in asking))
        heard: list[str] = []
        for driver in made:
            driver.add_query_logger(lambda record: heard.append(record.query))
        for each in (*asking, *reversed(asking)):
            await seen_by(sessions, each)
        # The driver tells a moment later.
        await asyncio.sleep(0)
        assert heard == [EVERYBODY] * 4


async def test_who_asks_for_documents_and_lists_in_turn_soon_has_a_connection_for_each(
    books: TestBooks,
) -> None:
    async with sessions_of(books, 4) as (sessions, made):
        for plans_once in (True, False) * 3:
            await sessions.fetch(Reading(books.entity.id, plans_once), EVERYBODY, ())
        assert len(made) == 2
        assert {each.reading for each in sessions._idle} == {
            Reading(books.entity.id, each) for each in (True, False)
        }
        # With half of them open, the one that was not used for longest is set anew.
        neighbour = await books.neighbour()
        assert await seen_by(sessions, neighbour.entity.id) == []
        assert len(made) == 2


async def test_a_session_cannot_write(books: TestBooks) -> None:
    async with sessions_of(books, 1) as (sessions, _):
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await sessions.fetch(Reading(books.entity.id, True), "UPDATE account SET name = name", ())
        assert await seen_by(sessions, books.entity.id) == []


async def test_who_comes_beyond_the_last_connection_waits_and_not_for_ever(books: TestBooks) -> None:
    async with sessions_of(books, 1) as (sessions, made):
        sessions._line.answer_seconds = 0.05
        reading = Reading(books.entity.id, True)
        held = asyncio.ensure_future(sessions.fetch(reading, SLEEPING, ()))
        await until_asleep(books)
        with pytest.raises(Busy):
            await sessions.fetch(reading, "SELECT 1", ())
        # It was found out meanwhile that the server answers others: the statement only takes long.
        while len(made) < 2:
            await asleep(books)
        assert not held.done()
        held.cancel()
        await asyncio.wait([held])
        sessions._line.answer_seconds = ANSWER_SECONDS
        assert await rows_of(sessions, reading, "SELECT 1") == [(1,)]


async def test_a_statement_that_nobody_waits_for_ends_and_its_connection_is_nobodys(books: TestBooks) -> None:
    await posted_memo(books, "10.00")
    async with sessions_of(books, 1) as (sessions, _):
        held = asyncio.ensure_future(sessions.fetch(Reading(books.entity.id, True), SLEEPING, ()))
        await until_asleep(books)
        held.cancel()
        with pytest.raises(asyncio.CancelledError):
            await held
        assert await asleep(books) == 0
        [session] = sessions._idle
        assert await session.driver.fetch(EVERYBODY) == []
        assert await seen_by(sessions, books.entity.id) == [books.entity.id]


async def test_a_question_cancelled_at_any_wait_leaves_the_connection_to_others(books: TestBooks) -> None:
    await posted_memo(books, "10.00")
    async with sessions_of(books, 1) as (sessions, _):
        for wait in count(1):
            is_cancelled = await cancelled_at(wait, seen_by(sessions, books.entity.id))
            assert not sessions._free.locked()
            if not is_cancelled:
                break
            # The next one has to be set to its entity, too.
            assert await seen_by(sessions, books.entity.id) == [books.entity.id]
            for session in sessions._idle:
                session.reading = None
        assert 2 < wait < ENOUGH


async def test_a_connection_that_the_server_has_closed_is_replaced(books: TestBooks) -> None:
    async with sessions_of(books, 1) as (sessions, made):
        reading = Reading(books.entity.id, True)
        [(process,)] = await rows_of(sessions, reading, "SELECT pg_backend_pid()")
        await ended(books, process)
        while not made[0].is_closed():
            await asleep(books)
        assert await rows_of(sessions, reading, "SELECT 1") == [(1,)]
        assert len(made) == 2


def hears_farewell(driver: Any) -> None:
    """As from a server that goes away, and whose end of the connection is still on its way."""
    said = b"SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
    driver._protocol.data_received(b"E" + (len(said) + 4).to_bytes(4, "big") + said)


async def test_a_connection_that_has_heard_farewell_is_told_as_busy_and_replaced(books: TestBooks) -> None:
    async with sessions_of(books, 1) as (sessions, made):
        reading = Reading(books.entity.id, True)
        for other in (reading, Reading(books.entity.id, False)):
            assert await rows_of(sessions, reading, "SELECT 1") == [(1,)]
            hears_farewell(made[-1])
            with pytest.raises(Busy):
                await rows_of(sessions, other, "SELECT 1")
        assert await rows_of(sessions, reading, "SELECT 1") == [(1,)]
        assert len(made) == 3


async def test_a_transaction_on_a_connection_that_has_heard_farewell_is_told_as_busy(
    books: TestBooks,
) -> None:
    database = PostgresqlDatabase(make_url(books.place.url))
    await database.transact(books.actor, ANY, take_the_number)
    [driver] = database._drivers
    hears_farewell(driver)
    with pytest.raises(Busy):
        await database.transact(books.actor, ANY, take_the_number)

    async def in_the_middle(inside: Books) -> None:
        [living] = [each for each in database._drivers if not each.is_closed()]
        hears_farewell(living)
        await take_the_number(inside)

    with pytest.raises(Busy):
        await database.transact(books.actor, ANY, in_the_middle)
    await database.transact(books.actor, ANY, take_the_number)
    await database.close()


async def test_a_connection_that_ends_under_a_statement_is_told_as_busy(books: TestBooks) -> None:
    async with sessions_of(books, 1) as (sessions, _):
        reading = Reading(books.entity.id, True)
        [(process,)] = await rows_of(sessions, reading, "SELECT pg_backend_pid()")
        held = asyncio.ensure_future(sessions.fetch(reading, SLEEPING, ()))
        await until_asleep(books)
        await ended(books, process)
        with pytest.raises(Busy):
            await held
        assert await rows_of(sessions, reading, "SELECT 1") == [(1,)]


async def rows_of(sessions: Sessions, reading: Reading, text: str) -> Sequence[tuple[Any, ...]]:
    return [tuple(row) for row in await sessions.fetch(reading, text, ())]


async def asleep(books: TestBooks) -> int:
    """How many sleep on the server."""
    async with owner_connection(books.place) as connection:
        found = await run(
            connection,
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%sleeping_in_a_session'"
            " AND datname = current_database() AND pid <> pg_backend_pid()",
        )
        return int(found.scalar_one())


async def until_asleep(books: TestBooks) -> None:
    while not await asleep(books):
        pass


async def ended(books: TestBooks, process: int) -> None:
    async with owner_connection(books.place) as connection:
        await run(connection, f"SELECT pg_terminate_backend({process})")
