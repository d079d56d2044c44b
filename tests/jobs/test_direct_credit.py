"""Direct credit memos (Conga): one result for each input, in input order, each with its own fate."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    AccountReference,
    CreateDirectCreditMemos,
    DirectCreditLineEntry,
    DirectCreditMemoEntry,
    DirectCreditSelection,
    InvoiceReference,
    SubmitDirectCreditMemos,
)
from app.domain.credit_memo import CreditMemo
from app.domain.invoice import Invoice
from app.domain.job import JobItem
from app.domain.limits import DEFAULT_LIMITS
from app.domain.vocabulary import CreditMemoStatus, JobItemOutcome, JobStatus
from tests.jobs.submitting import (
    counts,
    every_item_has_one_effect,
    items,
    job,
    outcomes,
    until_done,
)
from tests.support.books import TestBooks, assert_books_hold, trace
from tests.support.building import ACCOUNT, Made, account, draft_invoice, posted_invoice

DONE, REFUSED, SKIPPED = JobItemOutcome.DONE, JobItemOutcome.REFUSED, JobItemOutcome.SKIPPED


def full(invoice: Made, **said: Any) -> DirectCreditMemoEntry:
    return DirectCreditMemoEntry(invoice=InvoiceReference(id=invoice.id), full_credit=True, **said)


def lines(invoice: Made, *amounts: str, **said: Any) -> DirectCreditMemoEntry:
    """So much of its lines in their order."""
    entries = [
        DirectCreditLineEntry(invoice_line_id=line, amount=Decimal(amount))
        for line, amount in zip(invoice.lines, amounts, strict=False)
    ]
    return DirectCreditMemoEntry(invoice=InvoiceReference(id=invoice.id), lines=entries, **said)


def reasons(item: JobItem) -> list[tuple[str, str]]:
    return [(each["code"], ".".join(map(str, each["path"]))) for each in item.violations or ()]


async def test_each_input_has_its_own_fate_and_the_answer_is_a_job_that_is_done(books: TestBooks) -> None:
    first, second = [await posted_invoice(books, ("100.00", "8.25"), "40.00") for _ in range(2)]
    draft = await draft_invoice(books, "10.00")
    entries = [
        full(first, auto_approve=True, auto_apply=True),
        lines(second, "50.00", auto_apply=True, reason_code="GOODWILL"),
        full(draft),
        full(first),
        lines(second, "50.01"),
    ]
    result = await books.perform(CreateDirectCreditMemos(credit_memos=entries))
    job_id = result.outcome["job"]
    found = await items(books, job_id)
    assert result.outcome["results"] == [each.id for each in found]
    assert [each.outcome for each in found] == [DONE, DONE, REFUSED, SKIPPED, REFUSED]
    assert (result.outcome["done"], result.outcome["refused"], result.outcome["skipped"]) == (2, 2, 1)
    assert [reasons(each) for each in found[2:]] == [
        [("INVALID_STATUS", "invoice")],
        [("NOTHING_CREDITABLE", "full_credit")],
        [("EXCEEDS_CREDITABLE_AMOUNT", "lines.0.amount")],
    ]
    whole, part = [await books.record(CreditMemo, each.credit_memo_id or "") for each in found[:2]]
    assert (whole.status, whole.total_amount, whole.balance) == (CreditMemoStatus.POSTED, 148_25, 0)
    assert (part.status, part.total_amount, part.reason_code) == (CreditMemoStatus.DRAFT, 54_13, "GOODWILL")
    assert (whole.number, part.number) == ("CM-000001", "CM-000002")
    assert (await books.record(Invoice, first.id)).balance == 0
    assert (await job(books, job_id)).status is JobStatus.DONE
    await every_item_has_one_effect(books, job_id)


async def test_an_atomic_call_is_refused_as_a_whole_with_every_reason(books: TestBooks) -> None:
    good = await posted_invoice(books, "100.00")
    draft = await draft_invoice(books, "10.00")
    entries = [full(good), full(draft), lines(good, "-1.00", reason_code="NONE")]
    before = await trace(books.place)
    violations = await books.refusal(CreateDirectCreditMemos(credit_memos=entries, atomic=True))
    assert [(each.code, each.path) for each in violations] == [
        ("INVALID_STATUS", ("credit_memos", 1, "invoice")),
        ("INVALID_REASON_CODE", ("credit_memos", 2, "reason_code")),
        ("INVALID_AMOUNT", ("credit_memos", 2, "lines", 0, "amount")),
    ]
    assert await trace(books.place) == before
    result = await books.perform(CreateDirectCreditMemos(credit_memos=[full(good), full(good)], atomic=True))
    assert await outcomes(books, result.outcome["job"]) == [DONE, SKIPPED]


async def test_neither_a_full_credit_nor_lines_is_no_credit(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    entry = DirectCreditMemoEntry(invoice=InvoiceReference(id=invoice.id))
    result = await books.perform(CreateDirectCreditMemos(credit_memos=[entry]))
    [item] = await items(books, result.outcome["job"])
    assert reasons(item) == [("NO_LINES", "lines")]
    assert await books.codes(CreateDirectCreditMemos(credit_memos=[])) == ["NO_LINES"]


async def test_more_inputs_than_the_limit_are_for_a_job(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    few = replace(books, actor=replace(books.actor, limits=replace(DEFAULT_LIMITS, direct_credit_memos=1)))
    command = CreateDirectCreditMemos(credit_memos=[full(invoice)] * 2)
    assert await few.codes(command) == ["LIMIT_EXCEEDED"]
    assert DEFAULT_LIMITS.direct_credit_memos == 50


async def test_the_same_call_twice_makes_its_memos_once(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    command = CreateDirectCreditMemos(credit_memos=[lines(invoice, "10.00")], idempotency_key="once")
    first, second = await books.perform(command), await books.perform(command)
    assert (second.outcome, second.replayed) == (first.outcome, True)
    await every_item_has_one_effect(books, first.outcome["job"])


@pytest.mark.parametrize("count", [1, 3])
async def test_a_selection_credits_every_invoice_in_full_and_skips_what_is_credited(
    books: TestBooks, count: int
) -> None:
    invoices = [await posted_invoice(books, ("100.00", "8.25"), "-20.00") for _ in range(count)]
    await books.perform(CreateDirectCreditMemos(credit_memos=[full(invoices[0], auto_approve=True)]))
    selection = DirectCreditSelection(
        accounts=[AccountReference(number=ACCOUNT)],
        reason_code="GOODWILL",
        auto_approve=True,
        auto_apply=True,
    )
    result = await books.perform(SubmitDirectCreditMemos(selection=selection))
    job_id = result.outcome["job"]
    assert (await job(books, job_id)).options == {
        "reasonCode": "GOODWILL",
        "autoApprove": True,
        "autoApply": True,
        "fullCredit": True,
    }
    await until_done(books, job_id)
    assert await outcomes(books, job_id) == [SKIPPED] + [DONE] * (count - 1)
    assert await counts(books, job_id) == (count, count - 1, 0, 1)
    for item in (await items(books, job_id))[1:]:
        memo = await books.record(CreditMemo, item.credit_memo_id or "")
        assert (memo.total_amount, memo.balance, memo.reason_code) == (88_25, 0, "GOODWILL")
    await assert_books_hold(books)


async def test_a_list_is_submitted_with_what_each_input_says(books: TestBooks) -> None:
    first, second = [await posted_invoice(books, "100.00") for _ in range(2)]
    entries = [lines(first, "10.00"), full(second, auto_approve=True), lines(first, "0.00")]
    job_id = (await books.perform(SubmitDirectCreditMemos(credit_memos=entries))).outcome["job"]
    await until_done(books, job_id, hands=2)
    found = await items(books, job_id)
    assert [each.outcome for each in found] == [DONE, DONE, REFUSED]
    assert reasons(found[2]) == [("INVALID_AMOUNT", "lines.0.amount")]
    await every_item_has_one_effect(books, job_id)


async def test_what_a_selections_items_share_is_refused_before_there_are_items(books: TestBooks) -> None:
    await account(books)
    selection = DirectCreditSelection(
        accounts=[AccountReference(number=ACCOUNT)], reason_code="OLD", template="NONE"
    )
    violations = await books.refusal(SubmitDirectCreditMemos(selection=selection))
    assert [(each.code, each.path) for each in violations] == [
        ("INVALID_REASON_CODE", ("selection", "reason_code")),
        ("TEMPLATE_NOT_FOUND", ("selection", "template")),
    ]
