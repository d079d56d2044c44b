"""Two server processes on one database for all races of an engine, and a weakened pair on a database of its own."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.races.arena import Arena, Arenas
from tests.races.weakening import drop_unique_positions
from tests.support.stores import Store


@pytest.fixture(scope="session")
def arenas(runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Arenas:
    return Arenas(runner, tmp_path_factory)


@pytest.fixture(scope="session")
def arena(store: Store, arenas: Arenas) -> Iterator[Arena]:
    """The service as it is; no process of it has had to report an error of its own."""
    with arenas.on(store.migrated()) as arena:
        yield arena
        assert [server.output() for server in arena.servers if "Traceback" in server.output()] == []


@pytest.fixture(scope="session")
def twin(store: Store, arenas: Arenas, runner: asyncio.Runner) -> Iterator[Arena]:
    """The service without its locks, keys and unique positions."""
    place = store.migrated()
    runner.run(drop_unique_positions(place))
    with arenas.on(place, twin=True) as twin:
        yield twin
