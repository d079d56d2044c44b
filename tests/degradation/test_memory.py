"""The memory of a server does not grow with the requests that it has answered.

A hundred requests by default, which only keep this running; with HYPOTHESIS_PROFILE=soak a million on each database, or as
many as SOAK_REQUESTS says.
"""

import asyncio
import os
from pathlib import Path

import pytest

from app.domain.entity import Settings
from app.repository.opening import open_database
from tests.degradation.stopping import TOKEN, server_on
from tests.degradation.traffic import Traffic
from tests.support.books import TestBooks, assert_books_hold, open_books
from tests.support.building import posted_memo
from tests.support.stores import Place, Store

IS_SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
REQUESTS = int(os.environ.get("SOAK_REQUESTS", 1_000_000 if IS_SOAK else 100))
SAMPLES = 20
MOST_GROWTH_MIB = 16
"""From the middle of all requests to the end."""
PROC = Path("/proc")


def resident_mib(pid: int) -> float:
    """Memory of a process that is not swapped out."""
    pages = int((PROC / str(pid) / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"] if IS_SOAK else ["sqlite"], indirect=True)
@pytest.mark.skipif(not PROC.is_dir(), reason="there is no /proc here to read the memory of a process from")
def test_memory_is_flat_however_many_requests_are_answered(
    store: Store, runner: asyncio.Runner, tmp_path: Path
) -> None:
    place = store.migrated()
    books, sizes, statuses = runner.run(_asked(place, tmp_path))
    print(f"{REQUESTS} requests, {dict(statuses)}; MiB: {', '.join(f'{each:.1f}' for each in sizes)}")
    assert set(statuses) == {200, 401}
    assert statuses[401] == REQUESTS // 10
    half = sizes[len(sizes) // 2 :]
    assert max(half) - half[0] < MOST_GROWTH_MIB, sizes
    runner.run(_hold(books))


async def _asked(place: Place, directory: Path) -> tuple[TestBooks, list[float], dict[int, int]]:
    books = await open_books(open_database(place.url), place, Settings())
    for _ in range(5):
        await posted_memo(books, "10.00", "5.00")
    async with server_on(place, directory, ACCESS_SECONDS="60") as server:
        traffic = Traffic(server.port, books.entity.code, TOKEN)
        sizes = []
        for _ in range(SAMPLES):
            await traffic.send(REQUESTS // SAMPLES)
            sizes.append(resident_mib(server.process.pid))
        await server.told_to_stop()
        await server.has_ended()
    return books, sizes, traffic.statuses


async def _hold(books: TestBooks) -> None:
    await assert_books_hold(books)
    await books.database.close()
