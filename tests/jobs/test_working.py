"""A worker brings every item of a job to its outcome: one after another, each once."""

from app.domain.commands import InvoiceReference, SubmitNegativeLineConversions
from app.domain.credit_memo import CreditMemo
from app.domain.vocabulary import CreditMemoSource, JobItemOutcome, JobStatus, ViolationCode
from tests.jobs.submitting import (
    counts,
    every_item_has_one_effect,
    items,
    job,
    negative_invoices,
    outcomes,
    submitted,
    submitted_selection,
    worked_off,
)
from tests.support.books import TestBooks
from tests.support.building import posted_invoice

DONE, REFUSED, SKIPPED = JobItemOutcome.DONE, JobItemOutcome.REFUSED, JobItemOutcome.SKIPPED


async def test_every_item_of_a_job_is_done_in_the_submitters_name(books: TestBooks) -> None:
    invoices = await negative_invoices(books, 3)
    job_id = await submitted(books, invoices, description="Overcharged", apply_to_invoice=True)
    assert (await job(books, job_id)).status is JobStatus.QUEUED
    await worked_off(books)
    found = await job(books, job_id)
    assert (found.status, found.total, found.done) == (JobStatus.DONE, 3, 3)
    assert found.started_at is not None
    assert found.finished_at is not None
    for invoice, item in zip(invoices, await items(books, job_id), strict=True):
        assert (item.outcome, item.invoice_id, item.violations) == (DONE, invoice.id, None)
        assert item.credit_memo_id is not None
        assert item.application_id is not None
        memo = await books.record(CreditMemo, item.credit_memo_id)
        assert (memo.invoice_id, memo.source) == (invoice.id, CreditMemoSource.NEGATIVE_LINES)
        assert (memo.description, memo.created_by, memo.balance) == ("Overcharged", "ada", 0)
    await every_item_has_one_effect(books, job_id)


async def test_numbers_go_up_with_the_items(books: TestBooks) -> None:
    job_id = await submitted(books, await negative_invoices(books, 3), apply_to_invoice=True)
    await worked_off(books)
    rows = await books.rows(
        "SELECT m.number, a.number FROM job_item i"
        " JOIN credit_memo m ON m.entity_id = i.entity_id AND m.id = i.credit_memo_id"
        " JOIN credit_memo_application a ON a.entity_id = i.entity_id AND a.id = i.application_id"
        " WHERE i.entity_id = :entity_id AND i.job_id = :job_id ORDER BY i.position",
        job_id=job_id,
    )
    assert rows == [(f"CM-00000{place}", f"CM-00000{place}-2") for place in (1, 2, 3)]


async def test_a_refused_item_keeps_its_reasons_and_holds_up_nobody(books: TestBooks) -> None:
    [first, last] = await negative_invoices(books, 2)
    plain = await posted_invoice(books, "10.00")
    references = [
        InvoiceReference(id=first.id),
        InvoiceReference(number="nowhere"),
        InvoiceReference(id=plain.id),
        InvoiceReference(id=last.id),
    ]
    result = await books.perform(SubmitNegativeLineConversions(invoices=references))
    job_id = result.outcome["job"]
    await worked_off(books)
    assert await outcomes(books, job_id) == [DONE, REFUSED, SKIPPED, DONE]
    assert await counts(books, job_id) == (4, 2, 1, 1)
    refused = (await items(books, job_id))[1]
    assert refused.invoice_id is None
    assert refused.violations is not None
    [violation] = refused.violations
    assert violation["code"] == ViolationCode.NOT_FOUND
    assert violation["path"] == ["invoice"]
    assert violation["asked"] == "nowhere"
    await every_item_has_one_effect(books, job_id)


async def test_an_invoice_named_twice_is_converted_once(books: TestBooks) -> None:
    [invoice] = await negative_invoices(books, 1)
    job_id = await submitted(books, [invoice, invoice])
    await worked_off(books)
    assert await outcomes(books, job_id) == [DONE, SKIPPED]
    await every_item_has_one_effect(books, job_id)


async def test_a_selection_is_fixed_when_it_is_submitted_in_number_order(books: TestBooks) -> None:
    first, second = await negative_invoices(books, 2)
    await posted_invoice(books, "10.00")
    job_id = await submitted_selection(books)
    [late] = await negative_invoices(books, 1)
    await worked_off(books)
    done = await items(books, job_id)
    assert [each.invoice_id for each in done] == [first.id, second.id]
    assert [each.position for each in done] == [0, 1]
    assert [each.id[-8:] for each in done] == ["_0000000", "_0000001"]
    assert late.id not in {each.invoice_id for each in done}
    await every_item_has_one_effect(books, job_id)


async def test_a_selection_of_nothing_is_done_at_once(books: TestBooks) -> None:
    await posted_invoice(books, "10.00")
    found = await job(books, await submitted_selection(books))
    assert (found.status, found.total) == (JobStatus.DONE, 0)
    assert await books.value("SELECT count(*) FROM job_queue WHERE entity_id = :entity_id") == 0
