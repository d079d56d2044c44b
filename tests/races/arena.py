"""Where races are run: server processes on one database."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest

from app.domain.entity import Settings
from app.repository.database import Database
from app.repository.opening import open_database
from tests.races.contest import warm_up
from tests.races.gates import NAMES
from tests.races.running import RunningServer
from tests.support.books import TestBooks, open_books
from tests.support.stores import Place


@dataclass(frozen=True, slots=True)
class Arena:
    """Servers on one database, and the database itself."""

    servers: tuple[RunningServer, ...]
    database: Database
    place: Place

    async def books(self, settings: Settings | None = None) -> TestBooks:
        """Empty books of a new entity; all gates are open, all pools warm."""
        for server in self.servers:
            await server.open(*NAMES)
        books = await open_books(self.database, self.place, settings or Settings())
        await warm_up(self.servers, books)
        return books


@dataclass(frozen=True, slots=True)
class Arenas:
    """Makes arenas."""

    runner: asyncio.Runner
    directories: pytest.TempPathFactory

    @contextmanager
    def on(self, place: Place, *, servers: int = 2, twin: bool = False) -> Iterator[Arena]:
        """So many processes on the database; they are killed when the context is left."""
        with ExitStack() as processes:
            started = tuple(
                processes.enter_context(
                    RunningServer(place.url, self.directories.mktemp("server"), twin=twin)
                )
                for _ in range(servers)
            )
            arena = Arena(started, self.runner.run(_opened(place)), place)
            yield arena
            self.runner.run(_closed(arena))


async def _opened(place: Place) -> Database:
    return open_database(place.url)


async def _closed(arena: Arena) -> None:
    for server in arena.servers:
        await server.hang_up()
    await arena.database.close()
