"""Three worker processes at one job, killed with -9 again and again: every item's effect is there exactly once.

By default each is killed at a chosen statement or commit. With HYPOTHESIS_PROFILE=soak there are 30,000 items, and about
every second one of the workers, drawn by lot, is killed wherever it happens to be, and another put in its place.
"""

import asyncio
import os
import random
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.entity import Settings
from app.repository.opening import open_database
from tests.jobs.submitting import counts, every_item_has_one_effect
from tests.races.working import full_credits_behind_the_servers, posted_invoices
from tests.support.books import TestBooks, open_books
from tests.support.preloaded import PreloadedProcess
from tests.support.processes import WatchedProcess
from tests.support.stores import Store

IS_SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
ITEMS = 30_000 if IS_SOAK else 300
AT_ONCE = 3
DEATHS = (
    (("statement", 12), ("commit", 1), ("statement", 28)),
    (("commit", 2), ("statement", 21), ("statement", 30)),
    (("statement", 5), ("commit", 1), ("statement", 17)),
)
"""Generations of workers, and where each of them ends: all long before the last item."""
_NOT_CREDITED_ONCE = """
SELECT i.id, i.balance, count(m.id) FROM invoice i
LEFT JOIN credit_memo m ON m.entity_id = i.entity_id AND m.invoice_id = i.id AND m.total_amount = i.total_amount
WHERE i.entity_id = :entity_id GROUP BY i.id, i.balance HAVING count(m.id) <> 1 OR i.balance <> 0
"""


@pytest.fixture
def own_books(store: Store, runner: asyncio.Runner) -> Iterator[TestBooks]:
    """In a database of their own, where workers find no other job."""
    place = store.migrated()

    async def opened() -> TestBooks:
        return await open_books(open_database(place.url), place, Settings())

    books = runner.run(opened())
    yield books
    runner.run(books.database.close())


async def with_statistics(books: TestBooks) -> None:
    """PostgreSQL plans the audit by what it knows of the tables: after some minutes that is enough, here it is told."""
    if books.place.engine == "sqlite":
        return
    engine = books.place.as_owner()
    async with engine.connect() as connection:
        await connection.execute(text("ANALYZE"))
    await engine.dispose()


class Crew:
    """Worker processes; whoever is left when the context is left is killed too."""

    def __init__(self, books: TestBooks, directory: Path) -> None:
        self._books, self._directory = books, directory
        self._processes = ExitStack()
        self._started = 0

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        self._processes.close()

    def dying(self, point: str, count: int) -> WatchedProcess:
        """Kills itself at the point."""
        return self._start("tests.jobs.dying_worker", self._books.place.url, point, str(count))

    def working(self, *options: str) -> WatchedProcess:
        return self._start("app", "work", *options)

    def _start(self, module: str, *arguments: str) -> WatchedProcess:
        self._started += 1
        process = PreloadedProcess(
            module,
            *arguments,
            output_file=self._directory / f"worker-{self._started}.log",
            environment={"CREDIT_MEMO_DATABASE_URL": self._books.place.url},
        )
        return self._processes.enter_context(process)


def killed_where_they_must(crew: Crew) -> None:
    for generation in DEATHS:
        workers = [crew.dying(*death) for death in generation]
        ends = [each.wait() for each in workers]
        assert ends == [-signal.SIGKILL] * AT_ONCE, [each.output() for each in workers]
    assert crew.working("--until-done").wait() == 0


def killed_wherever_they_are(crew: Crew, books: TestBooks, job_id: str, runner: asyncio.Runner) -> None:
    workers = [crew.working() for _ in range(AT_ONCE)]
    deaths = 0
    while runner.run(_pending(books, job_id)):
        victim = random.randrange(AT_ONCE)
        with suppress(subprocess.TimeoutExpired):
            workers[victim].wait(random.uniform(0.5, 1.5))
        assert workers[victim].return_code is None, workers[victim].output()
        workers[victim].kill()
        workers[victim] = crew.working()
        deaths += 1
    print(f"{deaths} workers were killed")


async def _pending(books: TestBooks, job_id: str) -> int:
    total, *settled = await counts(books, job_id)
    return total - sum(settled)


def test_workers_killed_again_and_again_do_every_item_once(
    own_books: TestBooks, runner: asyncio.Runner, tmp_path: Path
) -> None:
    books = own_books

    async def submitted() -> str:
        for first in range(0, ITEMS, 1000):
            await posted_invoices(books, min(1000, ITEMS - first), "100.00", "20.00")
        return await full_credits_behind_the_servers(books)

    async def judged() -> None:
        await with_statistics(books)
        assert await counts(books, job_id) == (ITEMS, ITEMS, 0, 0)
        assert await books.rows(_NOT_CREDITED_ONCE) == []
        await every_item_has_one_effect(books, job_id)

    job_id = runner.run(submitted())
    with Crew(books, tmp_path) as crew:
        if IS_SOAK:
            killed_wherever_they_are(crew, books, job_id, runner)
        else:
            killed_where_they_must(crew)
    runner.run(judged())
