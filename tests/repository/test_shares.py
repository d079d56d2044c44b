"""An entity that takes all the connections it can get leaves some for the others."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from app.repository.database import Busy, Database
from app.repository.entities import NO_ENTITY
from app.repository.shares import Shares
from tests.support.books import TestBooks


def most_of(database: Database) -> int:
    """How many connections an entity may have at once."""
    shares: Shares = database._shares  # type: ignore[attr-defined]
    return shares._most


async def test_the_next_reader_of_an_entity_waits_while_all_others_come_in(books: TestBooks) -> None:
    neighbour = await books.neighbour()
    database = books.database
    async with AsyncExitStack() as held:
        first = database.snapshot(books.entity.id)
        await first.__aenter__()
        for _ in range(most_of(database) - 1):
            await held.enter_async_context(database.snapshot(books.entity.id))
        came = asyncio.Event()

        async def another() -> None:
            async with database.snapshot(books.entity.id):
                came.set()

        waiting = asyncio.create_task(another())
        for entity_id in (neighbour.entity.id, NO_ENTITY):
            async with database.snapshot(entity_id) as snapshot:
                assert snapshot.entity_id == entity_id
        assert not came.is_set()
        await first.__aexit__(None, None, None)
        await came.wait()
        await waiting


async def test_who_waits_too_long_is_told_to_try_again_and_nothing_is_left_behind() -> None:
    shares = Shares(1, seconds=0.01)
    async with shares.of(7):
        with pytest.raises(Busy):
            async with shares.of(7):
                raise AssertionError("there was room for one only")
        async with shares.of(8), shares.of(0), shares.of(0):
            pass
    assert (shares._turns, shares._users) == ({}, {})


async def test_places_are_given_in_the_order_in_which_they_were_asked_for() -> None:
    shares = Shares(1, seconds=60)
    order: list[int] = []

    async def come(number: int) -> None:
        async with shares.of(7):
            order.append(number)

    async with shares.of(7):
        coming = [asyncio.create_task(come(number)) for number in range(5)]
        await asyncio.sleep(0)
    await asyncio.gather(*coming)
    assert order == [0, 1, 2, 3, 4]
