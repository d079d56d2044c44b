"""Walks that refund, write off and void on purpose, and take back what can be taken back: model and service agree."""

import pytest

from app.domain.entity import Settings
from app.domain.vocabulary import ApplicationLevel
from tests.stateful.steps import accepted, refused
from tests.stateful.walk import Walk

pytestmark = pytest.mark.parametrize(
    "entity_settings",
    [Settings(application_level=level) for level in ApplicationLevel],
    ids=list(ApplicationLevel),
)
WHY = {"reasonCode": "GOODWILL"}


async def test_a_write_off_of_lines_that_were_credited_and_paid_in_part_comes_and_goes(walk: Walk) -> None:
    """inv~1 has 100.00 + 8.25 and 50.00 + 3.13 + 1.00."""
    line = {"invoiceLineId": "invl~1", "amount": "33.33"}
    await accepted(walk, "createAndApplyCreditMemo", {"invoice": {"id": "inv~1"}, "lines": [line]})
    await accepted(walk, "recordPayment", {"invoice": {"id": "inv~1"}, "amount": "41.07"})
    for _ in range(2):
        made = await accepted(walk, "writeOffInvoice", {"invoice": {"id": "inv~1"}, **WHY})
        [row] = made.applications
        part = {"applicationId": row, "amount": "0.01"}
        assert await refused(walk, "unapplyCreditMemo", part) == "INVALID_AMOUNT"
        await accepted(walk, "unapplyCreditMemo", {"applicationId": row})
    await accepted(walk, "writeOffInvoice", {"invoice": {"id": "inv~1"}, **WHY})
    await walk.finish()


async def test_beyond_what_is_creditable_the_rest_is_written_off_without_tax(walk: Walk) -> None:
    """The credit of all of inv~1 is used on inv~2; then inv~1 owes all of its total, and nothing of it is creditable."""
    full = {"invoice": {"id": "inv~1"}, "fullCredit": True, "post": True}
    made = await accepted(walk, "createCreditMemoFromInvoice", full)
    target = {"invoice": {"id": "inv~2"}, "amount": "162.38"}
    named = {"creditMemo": {"id": made.credit_memos[0]}}
    await accepted(walk, "applyCreditMemo", {**named, "applications": [target]})
    written = await accepted(walk, "writeOffInvoice", {"invoice": {"id": "inv~1"}, **WHY})
    await accepted(walk, "unapplyCreditMemo", {"applicationId": written.applications[0]})
    await accepted(walk, "writeOffInvoice", {"invoice": {"id": "inv~1"}, **WHY})
    await walk.finish()


async def test_what_a_memo_has_left_is_refunded_written_off_and_taken_back(walk: Walk) -> None:
    memo = {"creditMemo": {"id": "cm~1"}}
    await accepted(
        walk, "applyCreditMemo", {**memo, "applications": [{"invoice": {"id": "inv~1"}, "amount": "15.00"}]}
    )
    paid_back = await accepted(walk, "refundCreditMemo", {**memo, "amount": "25.00"})
    written = await accepted(walk, "writeOffCreditMemo", {**memo, **WHY})
    assert await refused(walk, "refundCreditMemo", {**memo, "amount": "0.01"}) == "EXCEEDS_MEMO_BALANCE"
    await accepted(walk, "reverseRefund", {"refundId": paid_back.refunds[0]})
    again = await accepted(walk, "writeOffCreditMemo", {**memo, **WHY})
    await accepted(walk, "unapplyCreditMemo", {"applicationId": written.applications[0]})
    await accepted(walk, "unapplyCreditMemo", {"applicationId": again.applications[0]})
    await accepted(walk, "refundCreditMemo", {**memo, "amount": "105.00"})
    await walk.finish()


async def test_an_invoice_is_voided_and_stays_so(walk: Walk) -> None:
    """inv~2 mixes signs: 400.00 and -100.00 with their taxes."""
    made = await accepted(walk, "voidInvoice", {"invoice": {"id": "inv~2"}})
    assert (
        await refused(walk, "unapplyCreditMemo", {"applicationId": made.applications[0]}) == "INVALID_STATUS"
    )
    assert await refused(walk, "voidInvoice", {"invoice": {"id": "inv~2"}}) == "INVALID_STATUS"
    await accepted(walk, "recordPayment", {"invoice": {"id": "inv~1"}, "amount": "1.00"})
    assert await refused(walk, "voidInvoice", {"invoice": {"id": "inv~1"}}) == "ACTIVE_SETTLEMENT"
    await walk.finish()
