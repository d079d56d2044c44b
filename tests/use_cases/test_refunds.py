"""Refunds through the books, on both databases: balances, history, numbers, second deliveries."""

import datetime as dt
from decimal import Decimal

import pytest

from app.domain.commands import ReverseRefund
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Settings
from app.domain.refund import Refund
from app.domain.vocabulary import ApplicationLevel
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import (
    applied,
    memo_balances,
    posted_invoice,
    posted_memo,
    refunded,
    refunding,
)

HISTORY = """SELECT position, kind, impact_amount, balance_after FROM balance_entry
  WHERE entity_id = :entity_id AND document_id = :document ORDER BY position"""


@pytest.mark.parametrize("level", list(ApplicationLevel))
async def test_a_refund_takes_from_the_memo_and_moves_no_line(
    books: TestBooks, level: ApplicationLevel
) -> None:
    await books.change_settings(Settings(application_level=level))
    memo, invoice = await posted_memo(books, "60.00", "40.00"), await posted_invoice(books, "30.00")
    await applied(books, memo, (invoice, "30.00"))
    refund = await books.record(Refund, await refunded(books, memo, "50.00", method="WIRE"))
    header = await books.record(CreditMemo, memo.id)
    assert (header.total_amount, header.applied, header.refunded, header.balance) == (10000, 3000, 5000, 2000)
    lines = {ApplicationLevel.INVOICE: ["60.00", "40.00"], ApplicationLevel.INVOICE_LINE: ["30.00", "40.00"]}
    assert await memo_balances(books, memo) == ["20.00", *lines[level]]
    assert (refund.number, refund.impact_amount, refund.credit_memo_balance) == ("RF-000001", -5000, 2000)
    assert refund.credit_memo_position == 3
    await assert_books_hold(books)


async def test_what_was_refunded_can_be_neither_refunded_again_nor_applied(books: TestBooks) -> None:
    memo, invoice = await posted_memo(books, "60.00"), await posted_invoice(books, "60.00")
    await refunded(books, memo, "45.00")
    assert await books.codes(refunding(memo, "15.01")) == ["EXCEEDS_MEMO_BALANCE"]
    await applied(books, memo, (invoice, "15.00"))
    assert await books.codes(refunding(memo, "0.01")) == ["EXCEEDS_MEMO_BALANCE"]
    await assert_books_hold(books)


async def test_a_refund_that_failed_leaves_the_credit_on_the_memo_and_both_rows_in_its_history(
    books: TestBooks,
) -> None:
    memo = await posted_memo(books, "60.00")
    id = await refunded(books, memo, "60.00")
    result = await books.perform(ReverseRefund(refund_id=id, description="Account closed"))
    reversal = await books.record(Refund, result.outcome["refund"])
    assert (reversal.number, reversal.description, reversal.reversed_refund_id) == (
        None,
        "Account closed",
        id,
    )
    assert await memo_balances(books, memo) == ["60.00", "60.00"]
    assert await books.rows(HISTORY, document=memo.id) == [
        (1, "POSTING", 6000, 6000),
        (2, "REFUND", -6000, 0),
        (3, "REFUND_REVERSAL", 6000, 6000),
    ]
    assert await books.codes(ReverseRefund(refund_id=id)) == ["ALREADY_REVERSED"]
    assert await books.codes(ReverseRefund(refund_id=reversal.id)) == ["INVALID_STATUS"]
    await assert_books_hold(books)


async def test_a_refund_delivered_twice_is_one_refund(books: TestBooks) -> None:
    memo = await posted_memo(books, "60.00")
    said = {"external_reference": "R-1", "external_reference_source": "bank"}
    first = await books.perform(refunding(memo, "20.00", **said))
    again = await books.perform(refunding(memo, "20.0", **said))
    assert (again.outcome, again.replayed) == (first.outcome, True)
    assert await books.codes(refunding(memo, "21.00", **said)) == ["EXTERNAL_REFERENCE_REUSED"]
    assert await memo_balances(books, memo) == ["40.00", "60.00"]
    assert await books.value("SELECT count(*) FROM refund WHERE entity_id = :entity_id") == 1
    # The next number: a delivery that made nothing has used none.
    other = await books.record(Refund, await refunded(books, memo, "1.00"))
    assert other.number == "RF-000002"


async def test_a_refund_is_dated_today_or_with_its_memo_where_that_is_later(books: TestBooks) -> None:
    later = dt.date(2999, 1, 1)
    today = dt.datetime.now(dt.UTC).date()
    one, other = await posted_memo(books, "9.00"), await posted_memo(books, "9.00", effective_date=later)
    days = [
        (await books.record(Refund, await refunded(books, memo, "1.00"))).refund_date for memo in (one, other)
    ]
    assert days[0] in (today, dt.datetime.now(dt.UTC).date())
    assert days[1] == later
    reversal = await books.perform(
        ReverseRefund(refund_id=(await books.of(Refund, "credit_memo_id", other.id))[0].id)
    )
    assert (await books.record(Refund, reversal.outcome["refund"])).refund_date == later


async def test_a_rehearsed_refund_leaves_no_row_and_no_number(books: TestBooks) -> None:
    memo = await posted_memo(books, "9.00")
    async with books.rehearse(refunding(memo, "9.00")) as (result, _):
        assert result.dry_run
    refund = await books.record(Refund, await refunded(books, memo, "9.00"))
    assert (refund.number, refund.amount) == ("RF-000001", 900)


async def test_amounts_of_a_currency_without_decimals_are_refunded_as_written(books: TestBooks) -> None:
    memo = await posted_memo(books, "1200", account_number="A-JPY", currency="JPY")
    assert await books.codes(refunding(memo, "1200.00")) == ["TOO_MANY_DECIMALS"]
    refund = await books.record(Refund, await refunded(books, memo, "1200"))
    assert refund.amount == Decimal(1200)
