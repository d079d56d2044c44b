"""Fields that need the same document wait for it together, and one that is given up takes nothing from the others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from strawberry.dataloader import DataLoader

from app.api.operation import BooksOperation
from app.api.reader import Reader, _loaded
from app.repository.database import Database, Snapshot
from tests.support.access import SEAL
from tests.support.books import TestBooks
from tests.support.building import posted_memo
from tests.support.passing import PassingDatabase


class Slow(PassingDatabase):
    """Nobody gets a snapshot, and whoever gives up waiting for one takes a while for that."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.is_asked = asyncio.Event()
        self.is_over = False

    @asynccontextmanager
    async def snapshot(self, entity_id: int) -> AsyncIterator[Snapshot]:
        self.is_asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            self.is_over = True
        async with self._database.snapshot(entity_id) as snapshot:
            yield snapshot


async def test_whoever_waits_for_the_same_is_answered_though_another_is_cancelled() -> None:
    async def load(keys: list[str]) -> list[str]:
        return [f"found {key}" for key in keys]

    loader: DataLoader[str, str] = DataLoader(load_fn=load)
    given_up, other = (asyncio.ensure_future(_loaded(loader, "it")) for _ in range(2))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await other == "found it"
    with pytest.raises(asyncio.CancelledError):
        await given_up


async def test_whoever_waits_for_several_is_answered_though_another_is_cancelled(books: TestBooks) -> None:
    memos = [await posted_memo(books, amount) for amount in ("1.00", "2.00")]
    async with books.database.snapshot(books.entity.id) as snapshot:

        async def opened() -> Snapshot:
            return snapshot

        reader = Reader(opened)
        given_up = asyncio.ensure_future(reader.one("CreditMemo", "id", memos[0].id))
        others = asyncio.ensure_future(reader.by_ids("CreditMemo", [each.id for each in memos]))
        # Both have asked before either is answered.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        given_up.cancel()
        assert [each.row.id for each in await others] == [each.id for each in memos]
        with pytest.raises(asyncio.CancelledError):
            await given_up


async def test_an_operation_is_closed_when_nothing_is_read_for_it_any_more(books: TestBooks) -> None:
    """What was cut short may still hold a connection, which another would get broken."""
    database = Slow(books.database)
    operation = BooksOperation(database, books.actor, None, SEAL)
    given_up = asyncio.ensure_future(operation.reader.one("CreditMemo", "id", "cm_x"))
    await database.is_asked.wait()
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert not database.is_over
    await operation.close()
    assert database.is_over
