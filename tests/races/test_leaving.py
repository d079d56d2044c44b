"""Whoever runs out of time or hangs up leaves nothing half done, no transaction open and no connection out."""

import asyncio

import pytest

from tests.races.arena import Arena
from tests.races.catalogue import apply
from tests.races.contest import race
from tests.races.killing import ample_credit, effects, holds_with
from tests.races.running import Ask, RunningServer
from tests.support.books import TestBooks


async def late(server: RunningServer, books: TestBooks, ask: Ask, gate: str) -> None:
    """The request is held at the gate until its time is over."""
    await server.close(gate)
    asked = asyncio.ensure_future(server.ask(books, ask))
    await server.until_waiting(gate, 1)
    await server.run_out_of_time()
    assert (await asked).error == "RETRY"
    await server.open(gate)


@pytest.mark.parametrize("gate", ["write", "commit"])
async def test_a_request_over_the_time_limit_leaves_no_transaction(arena: Arena, gate: str) -> None:
    """It is stopped before its first write, or after its last one: nothing of it is there, and the key is free."""
    books = await arena.books()
    credit = await ample_credit(books)
    ask, *others = credit.asks("time")
    hasty, _ = arena.servers
    await late(hasty, books, ask, gate)
    # Were rows or the file still locked, these would not come through.
    assert all(answer.did_it for answer in await race(arena.servers, books, others))
    await hasty.until_no_connection_is_in_use()
    assert await effects(books) == len(others)
    assert (await hasty.ask(books, ask)).did_it
    await holds_with(books, credit, len(others) + 1)


async def test_a_commit_that_outlasts_the_time_limit_is_found_by_its_key(arena: Arena) -> None:
    books = await arena.books()
    hasty, _ = arena.servers
    credit = await ample_credit(books)
    ask = apply(credit.memo, (credit.invoice, "1.00"), key="late")
    await late(hasty, books, ask, "answer")
    assert (await hasty.ask(books, ask)).replayed
    await holds_with(books, credit, 1)


@pytest.mark.parametrize("gate", ["write", "commit", "answer"])
async def test_whoever_hangs_up_has_one_effect_once_all_is_repeated(arena: Arena, gate: str) -> None:
    """Eight clients hang up while their requests are held; two processes then get them all again."""
    books = await arena.books()
    credit = await ample_credit(books)
    asks = credit.asks("hung up")[:8]
    server, _ = arena.servers
    await server.close("start")
    await server.close(gate)
    sent = [asyncio.ensure_future(server.ask(books, ask)) for ask in asks]
    await server.until_waiting("start", len(asks))
    await server.open("start")
    await server.until_waiting(gate, 1)
    for client in sent:
        client.cancel()
    await asyncio.wait(sent)
    assert all(client.cancelled() for client in sent)
    await server.open(gate)
    answers = await race(arena.servers, books, asks)
    assert all(answer.done for answer in answers)
    await holds_with(books, credit, len(asks))
    for each in arena.servers:
        await each.until_no_connection_is_in_use()
