"""Books that are furnished once for tests that only ask."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from app.domain.entity import Settings
from app.repository.database import Database
from tests.support.books import open_books
from tests.support.service import Service
from tests.support.stores import Place


def furnished_once(
    furnish: Callable[[Service], Awaitable[None]],
    database: Database,
    place: Place,
    runner: asyncio.Runner,
    tmp_path_factory: pytest.TempPathFactory,
) -> Service:
    """The service over the books of a new entity; jobs that wait there are worked off by the workers of other tests."""

    async def made() -> Service:
        service = Service(await open_books(database, place, Settings()), tmp_path_factory.mktemp("furnished"))
        await furnish(service)
        return service

    return runner.run(made())
