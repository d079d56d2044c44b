"""kill -9 to PostgreSQL itself: what it has acknowledged it still has, and the service finds its way back."""

import asyncio
import os
from collections.abc import Iterator

import pytest

from app.repository.migrating import SERVICE_ROLE, migrate
from tests.races.arena import Arena, Arenas
from tests.races.contest import race
from tests.races.killing import COMMITTED, IN_FLIGHT, ample_credit, holds_with, in_flight
from tests.races.running import spread
from tests.support.postgres import PostgresServer
from tests.support.stores import Place

ROUNDS = 20 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 1


@pytest.fixture(scope="module")
def mortal() -> Iterator[PostgresServer]:
    """A PostgreSQL that waits for the disk."""
    server = PostgresServer.start(durable=True)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def survivors(mortal: PostgresServer, arenas: Arenas, runner: asyncio.Runner) -> Iterator[Arena]:
    """Servers on it."""
    mortal.create_database("books")
    place = Place("postgresql", mortal.url("books", SERVICE_ROLE), mortal.url("books"))
    runner.run(migrate(place.owner_url))
    with arenas.on(place) as survivors:
        yield survivors


@pytest.mark.parametrize("round_", range(ROUNDS))
async def test_the_books_outlive_their_database(
    mortal: PostgresServer, survivors: Arena, round_: int
) -> None:
    """Twelve acknowledged, four committed and answered without the database, which is gone, eight not committed; then all
    are asked again.
    """
    books = await survivors.books()
    credit = await ample_credit(books)
    acknowledged = credit.asks("acknowledged")
    assert all(answer.did_it for answer in await race(survivors.servers, books, acknowledged))
    asks = credit.asks("kept?")
    server, _ = survivors.servers
    sent = await in_flight(server, books, asks)
    mortal.kill()
    await server.open("commit", "answer")
    answers = await asyncio.gather(*sent)
    assert sum(answer.did_it for answer in answers) == COMMITTED, [server.output()]
    assert sum(answer.error == "RETRY" for answer in answers) == IN_FLIGHT - COMMITTED, [server.output()]
    mortal.restart()
    retried = await asyncio.gather(
        *(each.ask(books, ask) for each, ask in spread([*acknowledged, *asks], survivors.servers))
    )
    assert [answer.error for answer in retried if answer.error] == []
    assert sum(answer.replayed for answer in retried) == IN_FLIGHT + COMMITTED
    assert sum(answer.did_it for answer in retried) == IN_FLIGHT - COMMITTED
    await holds_with(books, credit, 2 * IN_FLIGHT)
