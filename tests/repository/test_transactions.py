"""transact keeps all or nothing and retries conflicts, rehearse keeps nothing, a snapshot stands still."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select, text

from app.domain.violation import Rejected
from app.repository.books import Books
from tests.repository.works import ANY, leave_a_mark, take_the_number
from tests.support.books import TestBooks, trace
from tests.support.building import (
    applied,
    applying,
    crediting,
    invoice_balances,
    one_row_of_everything,
    paid,
    posted_invoice,
    posted_memo,
)


class Failed(Exception):
    """A bug inside the work."""


async def test_a_failed_transaction_leaves_no_trace(books: TestBooks) -> None:
    await one_row_of_everything(books)
    before = await trace(books.place)

    async def work(inside: Books) -> None:
        await leave_a_mark(inside, "mark")
        await take_the_number(inside)
        raise Failed

    with pytest.raises(Failed):
        await books.database.transact(books.actor, ANY, work)
    assert await trace(books.place) == before


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_a_statement_of_a_transaction_is_planned_once_for_all_values(books: TestBooks) -> None:
    mode = select(func.current_setting("plan_cache_mode"))

    async def work(inside: Books) -> str:
        [[found]] = await inside.rows(mode)
        return str(found)

    assert await books.database.transact(books.actor, ANY, work) == "force_generic_plan"
    async with books.database.rehearse(books.actor, ANY, work) as (rehearsed, _):
        assert rehearsed == "force_generic_plan"
    async with books.database.snapshot(books.actor.entity_id) as snapshot:
        assert [tuple(row) for row in await snapshot.rows(mode)] == [("auto",)]


async def test_a_rejected_application_leaves_no_trace(books: TestBooks) -> None:
    invoice, memo = await posted_invoice(books, "30.00"), await posted_memo(books, "50.00")
    before = await trace(books.place)
    assert await books.codes(applying(memo, (invoice, "31.00"), idempotency_key="key")) == [
        "EXCEEDS_INVOICE_BALANCE"
    ]
    assert await trace(books.place) == before


async def test_a_rehearsal_shows_its_effect_and_keeps_nothing(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"))
    before = await trace(books.place)
    command = crediting(invoice, (0, "50.00"), idempotency_key="key")
    for _ in range(2):
        async with books.rehearse(command) as (result, snapshot):
            [row] = await snapshot.rows(
                text("SELECT balance, number FROM credit_memo WHERE entity_id = :entity_id AND id = :id"),
                {"id": result.outcome["credit_memo"]},
            )
            assert tuple(row) == (0, "CM-000001")
            assert (result.dry_run, result.replayed) == (True, False)
        assert await trace(books.place) == before
    assert not (await books.perform(command)).replayed


async def test_a_rehearsal_keeps_nothing_when_its_reader_fails(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    before = await trace(books.place)

    async def read() -> None:
        async with books.rehearse(crediting(invoice, (0, "50.00"))):
            raise Failed

    with pytest.raises(Failed):
        await read()
    assert await trace(books.place) == before
    assert books.connections_in_use() == 0


async def test_a_rehearsal_that_is_refused_keeps_nothing(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    before = await trace(books.place)

    async def attempt() -> None:
        async with books.rehearse(crediting(invoice, (0, "100.01"))):
            pytest.fail("accepted")

    with pytest.raises(Rejected):
        await attempt()
    assert await trace(books.place) == before
    assert books.connections_in_use() == 0


async def test_a_snapshot_stands_still_while_another_commits(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    statement = text("SELECT balance FROM invoice WHERE entity_id = :entity_id AND id = :id")
    counted = text("SELECT count(*) FROM balance_entry WHERE entity_id = :entity_id")

    async def seen(snapshot: Any) -> tuple[int, int]:
        [[balance]] = await snapshot.rows(statement, {"id": invoice.id})
        [[entries]] = await snapshot.rows(counted)
        return balance, entries

    async with books.database.snapshot(books.entity.id) as earlier:
        assert await seen(earlier) == (10000, 1)
        await paid(books, invoice, "40.00")
        assert await seen(earlier) == (10000, 1)
        async with books.database.snapshot(books.entity.id) as later:
            assert await seen(later) == (6000, 2)
        assert await seen(earlier) == (10000, 1)


async def test_concurrent_statements_of_one_snapshot_queue(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    statement = text("SELECT balance FROM invoice WHERE entity_id = :entity_id AND id = :id")
    async with books.database.snapshot(books.entity.id) as snapshot:
        found = await asyncio.gather(*(snapshot.rows(statement, {"id": invoice.id}) for _ in range(20)))
    assert [[tuple(row) for row in rows] for rows in found] == [[(10000,)]] * 20


async def test_a_stream_gives_every_row_once(books: TestBooks) -> None:
    for _ in range(3):
        await posted_memo(books, "1.00")
    statement = text("SELECT number FROM credit_memo WHERE entity_id = :entity_id ORDER BY number")
    async with books.database.snapshot(books.entity.id) as snapshot:
        found = [row.number async for row in books.database.stream(snapshot, statement)]
    assert found == ["CM-000001", "CM-000002", "CM-000003"]


async def test_parallel_payments_wait_for_each_other_and_none_is_lost(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    await asyncio.gather(*(paid(books, invoice, "1.00") for _ in range(30)))
    assert await invoice_balances(books, invoice) == ["70.00", "100.00"]
    positions = await books.rows(
        "SELECT position FROM balance_entry WHERE entity_id = :entity_id AND document_id = :id ORDER BY position",
        id=invoice.id,
    )
    assert [position for (position,) in positions] == list(range(1, 32))


async def test_parallel_applications_never_use_a_memo_twice(books: TestBooks) -> None:
    """Found on a warm pool without row locks: 103.00 applied from a memo of 50.00."""
    invoices = [await posted_invoice(books, "20.00") for _ in range(5)]
    memo = await posted_memo(books, "50.00")
    results = await asyncio.gather(
        *(applied(books, memo, (invoice, "20.00")) for invoice in invoices), return_exceptions=True
    )
    assert sum(isinstance(each, list) for each in results) == 2
    assert (
        await books.value(
            "SELECT applied FROM credit_memo WHERE entity_id = :entity_id AND id = :id", id=memo.id
        )
        == 4000
    )
