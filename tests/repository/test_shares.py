"""An entity that takes all the connections it can get leaves some for the others."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from app.repository.database import Busy
from app.repository.entities import NO_ENTITY
from app.repository.shares import BESIDE_SECONDS, MOST_BESIDE_OTHERS, Shares
from tests.support.books import TestBooks


async def test_the_next_reader_of_an_entity_waits_while_all_others_come_in(books: TestBooks) -> None:
    neighbour = await books.neighbour()
    database = books.database
    async with AsyncExitStack() as held:
        async with database.snapshot(neighbour.entity.id):
            pass
        first = database.snapshot(books.entity.id)
        await first.__aenter__()
        for _ in range(MOST_BESIDE_OTHERS - 1):
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
    assert (shares._under_way, shares._waiting) == ({}, {})


class Clock:
    """Stands still until it is moved."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


async def let_in(shares: Shares, entity_id: int, number: int) -> tuple[int, list[asyncio.Task[None]]]:
    """How many of so many come in at once, and all of them; each stays until it is canceled."""
    inside = 0

    async def come() -> None:
        nonlocal inside
        async with shares.of(entity_id):
            inside += 1
            await asyncio.Event().wait()

    coming = [asyncio.create_task(come()) for _ in range(number)]
    await asyncio.sleep(0)
    return inside, coming


async def leave(coming: list[asyncio.Task[None]]) -> None:
    for each in coming:
        each.cancel()
    await asyncio.wait(coming)


async def test_an_entity_has_few_at_once_while_another_asks_and_all_of_its_part_alone() -> None:
    """Or what one has under way stands before each step of the other."""
    clock = Clock()
    shares = Shares(5, seconds=60, clock=clock)
    inside, coming = await let_in(shares, 7, 8)
    assert inside == 5
    await leave(coming)
    async with shares.of(8):
        inside, coming = await let_in(shares, 7, 8)
        assert inside == MOST_BESIDE_OTHERS
    clock.now += BESIDE_SECONDS
    coming[0].cancel()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert shares._under_way[7] == 5
    await leave(coming)
    assert (shares._under_way, shares._waiting) == ({}, {})


async def test_a_turn_that_comes_to_who_has_just_gone_is_the_next_ones() -> None:
    shares = Shares(1, seconds=60)
    _, [holder] = await let_in(shares, 7, 1)
    _, [gone] = await let_in(shares, 7, 1)
    _, [after] = await let_in(shares, 7, 1)
    holder.cancel()
    await asyncio.wait([holder])
    gone.cancel()
    await asyncio.wait([gone])
    await asyncio.sleep(0)
    assert shares._under_way[7] == 1
    assert 7 not in shares._waiting
    await leave([after])
    assert (shares._under_way, shares._waiting) == ({}, {})


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
