"""What is dated before today is done under the settings it was judged by: no period closes meanwhile."""

import asyncio
import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select, text

from app.domain.commands import (
    CreditMemoReference,
    InvoiceReference,
    PostCreditMemo,
    PostInvoice,
    ReasonCodeEntry,
    ReverseCreditMemo,
    UnpostCreditMemo,
    UpdateCreditMemo,
    UpdateEntitySettings,
    UpsertReasonCodes,
)
from app.repository import tables
from app.repository.books import LONGEST_TRANSACTION, Books
from app.repository.entity_data import time_zones_left
from app.repository.types import own
from tests.repository.works import ANY
from tests.support.books import TestBooks
from tests.support.building import draft_invoice, draft_memo, posted_memo
from tests.support.processes import PATIENCE_SECONDS

# One writer at a time on SQLite: nobody closes anything while another writes.
on_postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
LONG_AGO = dt.date(2020, 1, 10)


async def is_held(books: TestBooks) -> bool:
    """Whether a transaction holds the entity's settings against a change."""
    owner = books.place.as_owner()
    try:
        async with owner.connect() as connection:
            found = await connection.execute(
                text("SELECT id FROM entity WHERE id = :id FOR NO KEY UPDATE SKIP LOCKED"),
                {"id": books.entity.id},
            )
            return found.first() is None
    finally:
        await owner.dispose()


async def posting_of(books: TestBooks, kind: str, day: dt.date) -> Any:
    if kind == "invoice":
        invoice = await draft_invoice(books, "10.00", invoice_date=day)
        return PostInvoice(invoice=InvoiceReference(id=invoice.id))
    if kind != "memo":
        posted = CreditMemoReference(id=(await posted_memo(books, "10.00", effective_date=day)).id)
        return {
            "unposting": UnpostCreditMemo(credit_memo=posted),
            "edit": UpdateCreditMemo(credit_memo=posted, effective_date=None),
            "reversal": ReverseCreditMemo(credit_memo=posted, date=day),
        }[kind]
    memo = await draft_memo(books, "10.00", effective_date=day)
    return PostCreditMemo(credit_memo=CreditMemoReference(id=memo.id))


@on_postgresql
@pytest.mark.parametrize("kind", ["invoice", "memo", "unposting", "edit", "reversal"])
@pytest.mark.parametrize(("day", "expected"), [(LONG_AGO, True), (dt.date(2999, 1, 1), False)])
async def test_who_posts_or_takes_back_what_is_back_dated_holds_the_settings(
    books: TestBooks, kind: str, day: dt.date, expected: bool
) -> None:
    posting = await posting_of(books, kind, day)
    assert not await is_held(books)
    async with asyncio.timeout(PATIENCE_SECONDS), books.rehearse(posting):
        # What is unposted leaves the day of its journal entries, whatever its own.
        assert await is_held(books) is (expected or kind == "unposting")


@on_postgresql
@pytest.mark.parametrize(
    ("moment", "expected"),
    [("14:54:59", False), ("14:55:00", True), ("14:59:59", True), ("15:00:00", False)],
)
async def test_whoever_dates_something_today_holds_the_settings_when_the_day_is_about_to_end(
    books: TestBooks, moment: str, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Tokyo, where a day ends at 15:00 UTC: what is committed after that could find the day closed."""
    monkeypatch.setattr("app.repository.books.LONGEST_TRANSACTION", LONGEST_TRANSACTION)
    await books.perform(UpdateEntitySettings(time_zone="Asia/Tokyo"))
    now = dt.datetime.fromisoformat(f"2026-06-15T{moment}+00:00")

    async def work(inside: Books) -> bool:
        inside._clock = lambda: now
        await inside.settings()
        return await is_held(books)

    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await books.database.transact(books.actor, ANY, work) is expected


@pytest.mark.parametrize(
    ("later", "expected"),
    [(dt.timedelta(minutes=5), {"UTC"}), (dt.timedelta(minutes=5, microseconds=1), set())],
)
async def test_a_time_zone_that_was_left_counts_for_as_long_as_a_command_may_be_under_way(
    books: TestBooks, later: dt.timedelta, expected: set[str]
) -> None:
    await books.perform(UpdateEntitySettings(time_zone="Asia/Tokyo"))
    await books.perform(UpsertReasonCodes(reason_codes=[ReasonCodeEntry(code="LATE")]))
    changes = tables.document_change
    moves = select(changes.c.recorded_at).where(own(changes)).order_by(changes.c.version)

    async def work(inside: Books) -> set[str]:
        [[moved], _] = await inside.rows(moves)
        return await time_zones_left(inside, moved + later - LONGEST_TRANSACTION)

    assert await books.database.transact(books.actor, ANY, work) == expected
