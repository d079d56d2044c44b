"""Past the time limit the work in the database ends too, not only the waiting for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select, text

from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.repository.books import Books
from app.repository.database import Snapshot, T, Work
from tests.repository.direct import owner_connection, run
from tests.support.books import TestBooks, trace
from tests.support.passing import PassingDatabase
from tests.support.service import Service, mutation_document

ENDLESS = (
    "WITH RECURSIVE endless(n) AS (SELECT 1 UNION ALL SELECT 1 FROM endless) SELECT count(*) FROM endless"
)
READING = text(f"{ENDLESS} WHERE CAST(:entity_id AS INTEGER) IS NOT NULL")
WRITING = select(text(f"({ENDLESS})"))
SECONDS = 0.3


class EndlessReads(PassingDatabase):
    """From some moment on every snapshot begins with a statement that has no end."""

    has_begun = False

    @asynccontextmanager
    async def snapshot(self, entity_id: int) -> AsyncIterator[Snapshot]:
        async with self._database.snapshot(entity_id) as snapshot:
            if self.has_begun:
                await snapshot.rows(READING)
            yield snapshot


class EndlessWrites(PassingDatabase):
    """Every transaction and every rehearsal ends its work with a statement that has no end."""

    async def transact(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        return await self._database.transact(actor, operation, endless(work))

    @asynccontextmanager
    async def rehearse(
        self, actor: Actor, operation: Operation, work: Work[T]
    ) -> AsyncIterator[tuple[T, Snapshot]]:
        async with self._database.rehearse(actor, operation, endless(work)) as rehearsed:
            yield rehearsed


def endless(work: Work[T]) -> Work[T]:
    async def worked(books: Books) -> T:
        result = await work(books)
        await books.rows(WRITING)
        return result

    return worked


async def nothing_is_under_way(books: TestBooks) -> None:
    """Returns when the server runs none of the endless statements; one that goes on runs into the test's own limit.

    On SQLite the answer itself comes only after the statement, and a writer's next transaction after it.
    """
    assert books.connections_in_use() == 0
    if books.place.engine == "postgresql":
        running = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'"
            " AND query LIKE '%endless%' AND pid <> pg_backend_pid()"
        )
        async with owner_connection(books.place) as connection:
            while (await run(connection, running)).scalar_one():
                pass


def assert_out_of_time(sent: httpx2.Response) -> None:
    assert (sent.status_code, sent.headers["Retry-After"]) == (503, "1")
    (error,) = sent.json()["errors"]
    assert error["extensions"]["code"] == "RETRY"
    assert error["message"].startswith(f"The operation was cancelled after {SECONDS:g} seconds.")


async def test_a_query_is_ended_at_the_time_limit_in_the_database_as_well(
    books: TestBooks, tmp_path: Path
) -> None:
    database = EndlessReads(books.database)
    service = Service(replace(books, database=database), tmp_path)
    patience = service.endpoint.time_limit_seconds
    query = "{ entity { code } }"
    # Who asks is read once, and is no matter of the query.
    assert (await service.read(query))["entity"]["code"] == books.entity.code
    database.has_begun, service.endpoint.time_limit_seconds = True, SECONDS
    assert_out_of_time(await service.send(query))
    await nothing_is_under_way(books)
    database.has_begun, service.endpoint.time_limit_seconds = False, patience
    assert (await service.read(query))["entity"]["code"] == books.entity.code


@pytest.mark.parametrize("dry_run", [False, True], ids=["", "dry run"])
async def test_a_mutation_is_ended_at_the_time_limit_and_leaves_no_trace(
    books: TestBooks, tmp_path: Path, dry_run: bool
) -> None:
    database = EndlessWrites(books.database)
    slow = Service(replace(books, database=database), tmp_path, time_limit_seconds=SECONDS)
    accounts = [{"number": "A-1", "name": "A", "currency": "USD"}]
    before = await trace(books.place)
    document = mutation_document("upsertAccounts")
    assert_out_of_time(await slow.send(document, {"input": {"accounts": accounts, "dryRun": dry_run}}))
    await nothing_is_under_way(books)
    assert await trace(books.place) == before
    again = await Service(books, tmp_path).mutate("upsertAccounts", {"accounts": accounts})
    assert again["__typename"] == "AccountsUpserted"
