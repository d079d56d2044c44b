"""The date of a posted memo can be moved, but not behind what was done with its credit."""

import datetime as dt
from typing import Any

from app.domain.commands import CreditMemoReference, ReverseRefund, UnapplyCreditMemo, UpdateCreditMemo
from tests.support.books import TestBooks
from tests.support.building import Made, applied, posted_invoice, posted_memo, refunded
from tests.support.write_offs import writing_off_memo


def updating(memo: Made, **said: Any) -> UpdateCreditMemo:
    return UpdateCreditMemo(credit_memo=CreditMemoReference(id=memo.id), **said)


async def test_a_posted_memo_is_not_moved_behind_what_was_done_with_its_credit(books: TestBooks) -> None:
    first, third, fifth = (dt.date(2026, 2, day) for day in (1, 3, 5))
    memo = await posted_memo(books, "10.00", effective_date=first)
    refund = await refunded(books, memo, "1.00", date=fifth)
    await books.perform(ReverseRefund(refund_id=refund, date=fifth))
    await books.perform(updating(memo, effective_date=fifth))
    await books.perform(updating(memo, effective_date=third))
    written_off = (await books.perform(writing_off_memo(memo, date=third))).outcome
    for day in (dt.date(2026, 2, 4), None):
        [violation] = await books.refusal(updating(memo, effective_date=day))
        assert (violation.code, violation.path) == ("INVALID_DATE", ("effective_date",))
        assert violation.allowed == "2026-02-03 or earlier"
        assert violation.ids == (written_off["debit_memo"],)
    await books.perform(UnapplyCreditMemo(application_id=written_off["application"]))
    # Of what was refunded the day stays, though it was taken back; that of the write-off is none of a document any more.
    [violation] = await books.refusal(updating(memo, effective_date=None))
    assert violation.ids == (refund,)
    await books.perform(updating(memo, effective_date=fifth))


async def test_an_application_may_be_of_a_day_before_its_memo(books: TestBooks) -> None:
    """Its effective date is for reports, and changes no other field."""
    invoice, memo = await posted_invoice(books, "10.00"), await posted_memo(books, "10.00")
    await applied(books, memo, (invoice, "1.00"))
    await books.perform(updating(memo, effective_date=dt.date(2999, 1, 1)))
