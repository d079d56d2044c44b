"""A second connection beside a snapshot sees what the snapshot sees."""

from typing import Any

import pytest
from sqlalchemy import text

from app.repository.database import Snapshot
from tests.support.books import TestBooks
from tests.support.building import posted_memo

MEMOS = text("SELECT COUNT(*) FROM credit_memo WHERE entity_id = :entity_id")
CONNECTION = text("SELECT pg_backend_pid(), current_setting('idle_in_transaction_session_timeout')")


async def test_what_came_after_a_snapshot_is_not_seen_beside_it(books: TestBooks) -> None:
    await posted_memo(books, "10.00")
    async with books.database.snapshot(books.entity.id) as snapshot:
        await snapshot.rows(MEMOS)
        await posted_memo(books, "20.00")
        async with books.database.beside(snapshot) as beside:
            assert [tuple(row) for row in await beside.rows(MEMOS)] == [(1,)]
    async with books.database.snapshot(books.entity.id) as later:
        assert [tuple(row) for row in await later.rows(MEMOS)] == [(2,)]


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_beside_a_snapshot_is_another_connection_and_each_waits_long_for_the_other(
    books: TestBooks,
) -> None:
    async with (
        books.database.snapshot(books.entity.id) as snapshot,
        books.database.beside(snapshot) as beside,
    ):
        (one, wait), (other, other_wait) = await said(snapshot), await said(beside)
    assert one != other
    assert (wait, other_wait) == ("1h", "1h")
    async with books.database.snapshot(books.entity.id) as later:
        assert (await said(later))[1] == "1min"


async def said(snapshot: Snapshot) -> tuple[Any, ...]:
    [row] = await snapshot.rows(CONNECTION)
    return tuple(row)
