"""A job works within the limits of its submitter as they were when it was submitted, and under that name."""

from dataclasses import replace
from decimal import Decimal

from app.domain.commands import (
    AccountReference,
    DirectCreditLineEntry,
    DirectCreditMemoEntry,
    DirectCreditSelection,
    InvoiceReference,
    RetryJob,
    SubmitDirectCreditMemos,
)
from app.domain.credit_memo import CreditMemo
from app.domain.job import Job
from app.domain.vocabulary import JobItemOutcome
from tests.jobs.submitting import (
    items,
    job,
    negative_invoices,
    outcomes,
    submitted,
    worked_off,
)
from tests.support.approving import approving, as_clerk
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import ACCOUNT, Made, invoice_balances, posted_invoice

DONE, REFUSED = JobItemOutcome.DONE, JobItemOutcome.REFUSED


async def memos_of(books: TestBooks, job_id: str) -> list[CreditMemo]:
    return [await books.record(CreditMemo, each.credit_memo_id or "") for each in await items(books, job_id)]


async def full_credits(books: TestBooks) -> str:
    """A job that credits all invoices of the account in full, posts the memos and has them applied."""
    selection = DirectCreditSelection(
        accounts=[AccountReference(number=ACCOUNT)], auto_approve=True, auto_apply=True
    )
    made: str = (await books.perform(SubmitDirectCreditMemos(selection=selection))).outcome["job"]
    return made


async def test_an_item_above_the_limit_waits_and_is_applied_when_it_is_approved(books: TestBooks) -> None:
    small, large = await posted_invoice(books, "100.00"), await posted_invoice(books, "100.01")
    job_id = await full_credits(as_clerk(books))
    await worked_off(books)
    assert await outcomes(books, job_id) == [DONE, DONE]
    posted, waiting = await memos_of(books, job_id)
    assert (posted.status, waiting.status) == ("POSTED", "PENDING_APPROVAL")
    assert (waiting.created_by, waiting.approval_requested_by) == ("clerk", "clerk")
    assert waiting.auto_apply_upon_posting
    assert [(await invoice_balances(books, each))[0] for each in (small, large)] == ["0.00", "100.01"]
    assert await as_clerk(books, USD=10_001).codes(approving(waiting)) == ["SELF_APPROVAL"]
    await books.perform(approving(waiting))
    assert (await invoice_balances(books, large))[0] == "0.00"
    await assert_books_hold(books)


async def test_a_conversion_above_the_limit_is_refused_and_names_it(books: TestBooks) -> None:
    """100.00 each."""
    invoices = await negative_invoices(books, 1)
    within = await submitted(as_clerk(books), invoices)
    above = await submitted(as_clerk(books, USD=9_999), await negative_invoices(books, 1))
    await worked_off(books)
    assert await outcomes(books, within) == [DONE]
    assert await outcomes(books, above) == [REFUSED]
    [item] = await items(books, above)
    [violation] = item.violations or []
    told = (violation["code"], violation["asked"], violation["allowed"])
    assert told == ("EXCEEDS_APPROVAL_LIMIT", "100.00", "99.99")


async def test_a_retried_item_is_done_within_the_limits_of_who_retries_it(books: TestBooks) -> None:
    above = await submitted(
        as_clerk(books, USD=9_999), await negative_invoices(books, 1), apply_to_invoice=True
    )
    await worked_off(books)
    retried = (await books.perform(RetryJob(job_id=above))).outcome["job"]
    await worked_off(books)
    assert await outcomes(books, retried) == [DONE]
    first, again = await job(books, above), await job(books, retried)
    assert (first.approval_limits, again.approval_limits) == ({"USD": 9_999}, None)
    assert first.permissions == again.permissions == ["credit_memos:apply", "invoices:convert", "jobs:write"]


async def test_a_submission_keeps_what_it_needed(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "10.00")

    async def permissions(entry: DirectCreditMemoEntry) -> list[str] | None:
        result = await books.perform(SubmitDirectCreditMemos(credit_memos=[entry]))
        return (await books.record(Job, result.outcome["job"])).permissions

    plain = _credit_of(invoice)
    assert await permissions(plain) == ["credit_memos:create", "jobs:write"]
    # autoApply without autoApprove is ignored, and needs nothing.
    assert await permissions(replace(plain, auto_apply=True)) == ["credit_memos:create", "jobs:write"]
    assert await permissions(replace(plain, auto_approve=True, auto_apply=True)) == [
        "credit_memos:apply",
        "credit_memos:create",
        "credit_memos:post",
        "jobs:write",
    ]


def _credit_of(invoice: Made) -> DirectCreditMemoEntry:
    line = DirectCreditLineEntry(invoice_line_id=invoice.lines[0], amount=Decimal("1.00"))
    return DirectCreditMemoEntry(invoice=InvoiceReference(id=invoice.id), lines=[line])
