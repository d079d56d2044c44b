"""Everybody at once, over HTTP, in two processes: exactly what the balance allows, every loser told why.

Each race is run a second time by a twin of the service that does not lock. It must be caught, or the race proves
nothing: on PostgreSQL at more successes than the balance allows, on SQLite at requests that come to nothing.
"""

import os
import re

import pytest

from tests.races.arena import Arena
from tests.races.catalogue import RACES, Race
from tests.races.contest import findings, race

ROUNDS = 50 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 2

each_race = pytest.mark.parametrize("contested", RACES.values(), ids=list(RACES))


@each_race
@pytest.mark.parametrize("round_", range(ROUNDS))
async def test_nothing_is_over_and_nothing_is_lost(arena: Arena, contested: Race, round_: int) -> None:
    books = await arena.books(contested.entity_settings)
    answers = await race(arena.servers, books, await contested.prepare(books))
    assert await findings(books, answers, contested.expected) == []


@each_race
async def test_the_twin_without_locks_is_caught(twin: Arena, contested: Race) -> None:
    books = await twin.books(contested.entity_settings)
    asks = await contested.prepare(books)
    answers = await race(twin.servers, books, asks, from_the_same_facts=True)
    found = await findings(books, answers, contested.expected)
    pattern = contested.twin_finds[books.place.engine]
    assert any(re.search(pattern, each) for each in found), found
