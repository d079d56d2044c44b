"""Values of every form are kept, sealed and read as they were said: the ends of the calendar, custom fields."""

from dataclasses import replace
from datetime import UTC, date, datetime

from app.domain.application import CreditMemoApplication
from app.domain.commands import UnapplyCreditMemo
from app.domain.credit_memo import CreditMemo
from app.domain.invoice import Payment
from app.domain.refund import Refund
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import (
    Made,
    account,
    applied,
    applying,
    invoice_line,
    memo_line,
    paid,
    posted_invoice,
    posted_memo,
    refunded,
)
from tests.support.levels import at_both_levels

FIRST, LAST = date.min, date.max
FIRST_INSTANT, LAST_INSTANT = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@at_both_levels
async def test_books_hold_that_are_dated_at_the_ends_of_the_calendar(books: TestBooks) -> None:
    """PostgreSQL's driver keeps the four as infinities."""
    invoice = await posted_invoice(books, ("100.00", "8.25"), invoice_date=FIRST, due_date=LAST)
    memo = await posted_memo(books, ("100.00", "8.25"), effective_date=FIRST, expires_on=LAST)
    first, last = [await effective_on(books, memo, invoice, each) for each in (FIRST_INSTANT, LAST_INSTANT)]
    await books.perform(UnapplyCreditMemo(application_id=last))
    payment = await paid(books, invoice, "5.00", date=FIRST)
    refund = await refunded(books, memo, "5.00", date=LAST)
    found = [(await books.record(CreditMemoApplication, each)).effective_date for each in (first, last)]
    assert found == [FIRST_INSTANT, LAST_INSTANT]
    assert (await books.record(Payment, payment)).payment_date == FIRST
    assert (await books.record(Refund, refund)).refund_date == LAST
    await assert_books_hold(books)


async def test_books_hold_whose_documents_and_lines_have_custom_fields(books: TestBooks) -> None:
    said = {"text": "é \u2028", "number": 1.5, "large": 2**60, "flag": True, "nothing": None}
    await account(books, metadata=said)
    invoice = await posted_invoice(books, invoice_line("100.00", metadata=said), metadata=said)
    memo = await posted_memo(books, memo_line("50.00", metadata=said), metadata=said)
    await applied(books, memo, (invoice, "20.00"))
    assert (await books.record(CreditMemo, memo.id)).metadata == said
    await assert_books_hold(books)


async def effective_on(books: TestBooks, memo: Made, invoice: Made, instant: datetime) -> str:
    """An application of 10.00 that takes effect then."""
    command = applying(memo, (invoice, "10.00"))
    entries = [replace(each, effective_date=instant) for each in command.applications]
    made = await books.perform(replace(command, applications=entries))
    [application] = made.outcome["applications"]
    return str(application)
