"""kill -9 in the middle of everything: what was committed stands, what was not is gone, a key tells which is which."""

import asyncio
import os

import pytest

from tests.races.arena import Arena
from tests.races.killing import COMMITTED, IN_FLIGHT, ample_credit, effects, holds_with, in_flight
from tests.races.running import UNANSWERED, spread

ROUNDS = 30 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 1


@pytest.mark.parametrize("round_", range(ROUNDS))
async def test_every_request_in_flight_has_one_effect_once_it_is_repeated(arena: Arena, round_: int) -> None:
    """Of twelve unanswered requests four were committed; their repetitions say so, and only theirs."""
    books = await arena.books()
    credit = await ample_credit(books)
    asks = credit.asks("kept?")
    victim, _ = arena.servers
    sent = await in_flight(victim, books, asks)
    victim.kill()
    assert {answer.error for answer in await asyncio.gather(*sent)} == {UNANSWERED}
    assert await effects(books) == COMMITTED
    await victim.restart()
    retried = await asyncio.gather(*(server.ask(books, ask) for server, ask in spread(asks, arena.servers)))
    assert sum(answer.replayed for answer in retried) == COMMITTED
    assert sum(answer.did_it for answer in retried) == IN_FLIGHT - COMMITTED
    await holds_with(books, credit, IN_FLIGHT)


@pytest.mark.parametrize("round_", range(ROUNDS))
async def test_whatever_moment_death_chooses_nothing_acknowledged_is_lost(arena: Arena, round_: int) -> None:
    """No gates: the first answer is the signal to kill, so that the rest is anywhere between arrival and answer."""
    books = await arena.books()
    credit = await ample_credit(books)
    asks = [ask for wave in range(2) for ask in credit.asks(f"wave {wave}")]
    victim, _ = arena.servers
    await victim.close("start")
    sent = [asyncio.ensure_future(victim.ask(books, ask)) for ask in asks]
    await victim.until_waiting("start", len(asks))
    await victim.open("start")
    await asyncio.wait(sent, return_when=asyncio.FIRST_COMPLETED)
    victim.kill()
    answers = await asyncio.gather(*sent)
    acknowledged = [answer.did_it for answer in answers]
    assert any(acknowledged)
    assert all(answer.did_it or answer.error == UNANSWERED for answer in answers)
    await victim.restart()
    retried = await asyncio.gather(*(server.ask(books, ask) for server, ask in spread(asks, arena.servers)))
    assert [answer for answer in retried if not answer.done] == []
    assert all(answer.replayed for answer, known in zip(retried, acknowledged, strict=True) if known)
    await holds_with(books, credit, len(asks))
