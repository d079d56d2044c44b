"""The graph's tests talk to the service over HTTP, in process."""

import asyncio
from pathlib import Path

import pytest

from app.domain.entity import Settings
from app.repository.database import Database
from tests.api.assorted import make_assorted
from tests.support.books import TestBooks, open_books
from tests.support.service import Service, service
from tests.support.stores import Place

__all__ = ["service"]


@pytest.fixture(scope="module")
def assorted_books(database: Database, place: Place, runner: asyncio.Runner) -> TestBooks:
    """Made once, for tests that only read."""

    async def made() -> TestBooks:
        books = await open_books(database, place, Settings())
        await make_assorted(books)
        return books

    return runner.run(made())


@pytest.fixture
def assorted(assorted_books: TestBooks, tmp_path: Path) -> Service:
    """The service over books of every sort, which nobody changes."""
    return Service(assorted_books, tmp_path)
