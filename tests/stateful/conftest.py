"""Books for walks: a database of the test's own, a new one at times, so that a look at all its tables stays short."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.entity import Settings
from app.repository.database import Database
from app.repository.opening import open_database
from tests.stateful.walk import Walk
from tests.support.books import TestBooks, open_books
from tests.support.service import Service
from tests.support.stores import Place, Store

WALKS_A_DATABASE = 25


class Walks:
    """Opens walks, each in an entity of its own."""

    def __init__(self, store: Store, runner: asyncio.Runner, directory: Path) -> None:
        self._store, self._runner, self._directory = store, runner, directory
        self._opened = 0
        self._place: Place | None = None
        self._database: Database | None = None

    def open(self, settings: Settings) -> Walk:
        if self._opened % WALKS_A_DATABASE == 0:
            self.close()
            self._place = self._store.migrated()
        self._opened += 1
        assert self._place is not None
        books = self._runner.run(self._open_books(self._place, settings))
        # A walk reads all documents after each step, faster than a client's budget comes back.
        return Walk(Service(books, self._directory, cost_budget=0), settings)

    async def _open_books(self, place: Place, settings: Settings) -> TestBooks:
        if self._database is None:
            self._database = open_database(place.url)
        return await open_books(self._database, place, settings)

    def close(self) -> None:
        if self._database is not None:
            self._runner.run(self._database.close())
            self._database = None


@pytest.fixture(scope="module")
def walks(store: Store, runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walks]:
    walks = Walks(store, runner, tmp_path_factory.mktemp("walks"))
    yield walks
    walks.close()


@pytest.fixture
def walk(walks: Walks, runner: asyncio.Runner, entity_settings: Settings) -> Walk:
    """A walk that has begun."""
    opened = walks.open(entity_settings)
    runner.run(opened.begin())
    return opened
