"""Invoices written off by the job: a list or a selection, each with its own fate, within the submitter's limits."""

from typing import Any

from app.domain.commands import (
    AccountReference,
    InvoiceReference,
    InvoiceSelection,
    InvoiceWriteOffEntry,
    ReasonCodeEntry,
    RetryJob,
    SubmitInvoiceWriteOffs,
    UnapplyCreditMemo,
    UpsertReasonCodes,
    WriteOffInvoices,
)
from app.domain.credit_memo import CreditMemo
from app.domain.vocabulary import CreditMemoSource, CreditMemoStatus, JobItemOutcome
from tests.jobs.submitting import counts, every_item_has_one_effect, items, outcomes, until_done, worked_off
from tests.support.approving import as_clerk
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import ACCOUNT, Made, draft_invoice, invoice_balances, paid, posted_invoice

DONE, REFUSED, SKIPPED = JobItemOutcome.DONE, JobItemOutcome.REFUSED, JobItemOutcome.SKIPPED


def listing(*invoices: Made, **said: Any) -> SubmitInvoiceWriteOffs:
    references = [InvoiceReference(id=each.id) for each in invoices]
    return SubmitInvoiceWriteOffs(**{"invoices": references, "reason_code": "GOODWILL", **said})


def selecting(**said: Any) -> SubmitInvoiceWriteOffs:
    selection = InvoiceSelection(accounts=[AccountReference(number=ACCOUNT)])
    return SubmitInvoiceWriteOffs(**{"selection": selection, "reason_code": "GOODWILL", **said})


async def submitted(books: TestBooks, command: SubmitInvoiceWriteOffs) -> str:
    made: str = (await books.perform(command)).outcome["job"]
    return made


async def test_each_invoice_of_a_list_has_its_own_fate(books: TestBooks) -> None:
    taxed = await posted_invoice(books, ("100.00", "8.25"))
    settled, draft = await posted_invoice(books, "30.00"), await draft_invoice(books, "20.00")
    await paid(books, settled, "30.00")
    command = listing(taxed, settled, draft, Made("inv_none", ()), taxed, description="Insolvent")
    job_id = await submitted(books, command)
    await worked_off(books)
    assert await outcomes(books, job_id) == [DONE, SKIPPED, REFUSED, REFUSED, SKIPPED]
    first, *_ = await items(books, job_id)
    memo = await books.record(CreditMemo, first.credit_memo_id or "")
    assert (memo.source, memo.total_amount, memo.balance) == (CreditMemoSource.INVOICE_WRITE_OFF, 10825, 0)
    assert (memo.reason_code, memo.description, memo.created_by) == ("GOODWILL", "Insolvent", "ada")
    await every_item_has_one_effect(books, job_id)


async def test_a_selection_takes_what_is_owed_when_it_is_submitted(books: TestBooks) -> None:
    open_ones = [await posted_invoice(books, "10.00") for _ in range(3)]
    settled = await posted_invoice(books, "30.00")
    await paid(books, settled, "30.00")
    await posted_invoice(books, "10.00", "-50.00")
    await posted_invoice(books, "10.00", account_number="A-2")
    job_id = await submitted(books, selecting())
    await until_done(books, job_id, hands=2)
    assert await counts(books, job_id) == (3, 3, 0, 0)
    assert [(await invoice_balances(books, each))[0] for each in open_ones] == ["0.00"] * 3
    await every_item_has_one_effect(books, job_id)


async def test_what_a_job_wrote_off_is_taken_back_like_any_write_off(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "10.00")
    job_id = await submitted(books, listing(invoice))
    await worked_off(books)
    [item] = await items(books, job_id)
    await books.perform(UnapplyCreditMemo(application_id=item.application_id or ""))
    memo = await books.record(CreditMemo, item.credit_memo_id or "")
    assert memo.status is CreditMemoStatus.VOIDED
    await assert_books_hold(books)


async def test_a_job_writes_off_within_the_limit_of_its_submitter(books: TestBooks) -> None:
    within, above = await posted_invoice(books, "100.00"), await posted_invoice(books, "100.01")
    job_id = await submitted(as_clerk(books), listing(within, above))
    await worked_off(books)
    assert await outcomes(books, job_id) == [DONE, REFUSED]
    _, refused = await items(books, job_id)
    [violation] = refused.violations or []
    told = (violation["code"], violation["asked"], violation["allowed"])
    assert told == ("EXCEEDS_APPROVAL_LIMIT", "100.01", "100.00")
    retried = (await books.perform(RetryJob(job_id=job_id))).outcome["job"]
    await worked_off(books)
    assert await outcomes(books, retried) == [DONE]
    await assert_books_hold(books)


async def test_all_or_none(books: TestBooks) -> None:
    owing, draft = await posted_invoice(books, "10.00"), await draft_invoice(books, "10.00")
    job_id = await submitted(books, listing(owing, draft, atomic=True))
    await worked_off(books)
    assert DONE not in await outcomes(books, job_id)
    assert (await invoice_balances(books, owing))[0] == "10.00"


async def test_without_a_reason_nothing_is_submitted(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "10.00")
    for command in (listing(invoice, reason_code=None), selecting(reason_code="OLD")):
        assert await books.codes(command) == ["INVALID_REASON_CODE"]
    usual = ReasonCodeEntry(code="USUAL", label="Usual", is_default=True)
    await books.perform(UpsertReasonCodes(reason_codes=[usual]))
    job_id = await submitted(books, listing(invoice, reason_code=None))
    await worked_off(books)
    [item] = await items(books, job_id)
    assert (await books.record(CreditMemo, item.credit_memo_id or "")).reason_code == "USUAL"


def at_once(*entries: InvoiceWriteOffEntry, **said: Any) -> WriteOffInvoices:
    return WriteOffInvoices(write_offs=list(entries), **said)


def entry(invoice: Made, **said: Any) -> InvoiceWriteOffEntry:
    return InvoiceWriteOffEntry(
        **{"invoice": InvoiceReference(id=invoice.id), "reason_code": "GOODWILL", **said}
    )


async def test_a_few_are_written_off_in_the_call_itself_each_with_its_own_fate(books: TestBooks) -> None:
    one, other = await posted_invoice(books, "10.00"), await posted_invoice(books, "20.00")
    changed = entry(other, expected_version=99)
    command = at_once(entry(one), changed, entry(other, reason_code="OLD"), entry(one), entry(other))
    outcome = (await books.perform(command)).outcome
    job_id = outcome["job"]
    assert await outcomes(books, job_id) == [DONE, REFUSED, REFUSED, SKIPPED, DONE]
    assert (outcome["done"], outcome["refused"], outcome["skipped"]) == (2, 2, 1)
    codes = [[each["code"] for each in item.violations or ()] for item in await items(books, job_id)]
    assert codes == [[], ["VERSION_CONFLICT"], ["INVALID_REASON_CODE"], ["NOTHING_CREDITABLE"], []]
    await every_item_has_one_effect(books, job_id)


async def test_a_few_all_or_none_are_refused_with_every_reason(books: TestBooks) -> None:
    owing, draft = await posted_invoice(books, "10.00"), await draft_invoice(books, "10.00")
    violations = await books.refusal(at_once(entry(owing), entry(draft), entry(draft), atomic=True))
    assert [(each.code, each.path) for each in violations] == [
        ("INVALID_STATUS", ("write_offs", 1, "invoice")),
        ("INVALID_STATUS", ("write_offs", 2, "invoice")),
    ]
    assert await books.codes(at_once()) == ["NO_LINES"]
    assert (await invoice_balances(books, owing))[0] == "10.00"


async def test_the_same_key_answers_the_fates_of_the_first_call(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "10.00")
    command = at_once(entry(invoice), entry(Made("inv_none", ())), idempotency_key="once")
    first, again = await books.perform(command), await books.perform(command)
    assert (again.outcome, again.replayed) == (first.outcome, True)
    await assert_books_hold(books)
