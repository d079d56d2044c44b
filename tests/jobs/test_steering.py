"""Jobs are stopped, taken up again, tried again; whoever comes too late is told."""

import pytest
from sqlalchemy import text

from app.domain.commands import (
    AccountReference,
    CancelJob,
    InvoiceReference,
    InvoiceSelection,
    ResumeJob,
    RetryJob,
    ReversePayment,
    SubmitNegativeLineConversions,
)
from app.domain.vocabulary import JobItemOutcome, JobStatus
from tests.jobs.submitting import (
    counts,
    every_item_has_one_effect,
    items,
    job,
    negative_invoices,
    outcomes,
    submitted,
    worked_off,
    worker,
)
from tests.support.books import TestBooks, trace
from tests.support.building import ACCOUNT, paid

DONE, REFUSED, SKIPPED = JobItemOutcome.DONE, JobItemOutcome.REFUSED, JobItemOutcome.SKIPPED
PENDING = JobItemOutcome.PENDING
FIRST_CHUNK = 16
ITEMS = text(
    "SELECT invoice_id FROM job_item WHERE entity_id = :entity_id AND job_id = :job_id ORDER BY position"
)


async def test_a_canceled_job_keeps_what_is_done_and_goes_on_when_it_is_resumed(books: TestBooks) -> None:
    job_id = await submitted(books, await negative_invoices(books, 20))
    hand = worker(books)
    assert await hand.work_once()
    await books.perform(CancelJob(job_id=job_id))
    canceled = await job(books, job_id)
    assert (canceled.status, canceled.canceled_by) == (JobStatus.CANCELED, "ada")
    await worked_off(books)
    assert await outcomes(books, job_id) == [DONE] * FIRST_CHUNK + [PENDING] * 4
    await books.perform(ResumeJob(job_id=job_id))
    assert (await job(books, job_id)).status is JobStatus.RUNNING
    await worked_off(books)
    assert await counts(books, job_id) == (20, 20, 0, 0)
    await every_item_has_one_effect(books, job_id)


async def test_a_job_canceled_before_it_began_begins_when_it_is_resumed(books: TestBooks) -> None:
    job_id = await submitted(books, await negative_invoices(books, 1))
    await books.perform(CancelJob(job_id=job_id))
    await worked_off(books)
    assert await outcomes(books, job_id) == [PENDING]
    await books.perform(ResumeJob(job_id=job_id))
    assert (await job(books, job_id)).status is JobStatus.QUEUED
    await worked_off(books)
    assert await outcomes(books, job_id) == [DONE]


async def test_what_was_refused_is_retried_once_as_a_job_of_its_own(books: TestBooks) -> None:
    first, second = await negative_invoices(books, 2)
    payment = await paid(books, second, "1.00")
    job_id = await submitted(books, [first, second], description="Overcharged")
    await worked_off(books)
    assert await outcomes(books, job_id) == [DONE, REFUSED]
    await books.perform(ReversePayment(payment_id=payment))
    retried = (await books.perform(RetryJob(job_id=job_id))).outcome["job"]
    found = await job(books, retried)
    assert (found.retried_job_id, found.options) == (job_id, {"description": "Overcharged"})
    assert [(each.position, each.invoice_id) for each in await items(books, retried)] == [(0, second.id)]
    assert await books.codes(RetryJob(job_id=job_id)) == ["INVALID_STATUS"]
    await worked_off(books)
    assert await outcomes(books, retried) == [DONE]
    assert await books.value("SELECT count(*) FROM credit_memo WHERE entity_id = :entity_id") == 2


async def test_a_job_without_refused_items_is_not_retried(books: TestBooks) -> None:
    job_id = await submitted(books, await negative_invoices(books, 1))
    assert await books.codes(RetryJob(job_id=job_id)) == ["INVALID_STATUS"]
    await worked_off(books)
    assert await books.codes(RetryJob(job_id=job_id)) == ["INVALID_STATUS"]


@pytest.mark.parametrize("command", [CancelJob, ResumeJob, RetryJob])
async def test_another_entitys_job_is_not_found(
    books: TestBooks, command: type[CancelJob] | type[ResumeJob] | type[RetryJob]
) -> None:
    neighbour = await books.neighbour()
    job_id = await submitted(neighbour, await negative_invoices(neighbour, 1))
    assert await books.codes(command(job_id=job_id)) == ["NOT_FOUND"]
    assert "VERSION_CONFLICT" in await neighbour.codes(command(job_id=job_id, expected_version=7))
    await worked_off(neighbour)


async def test_a_done_job_can_be_neither_canceled_nor_resumed(books: TestBooks) -> None:
    job_id = await submitted(books, await negative_invoices(books, 1))
    assert await books.codes(ResumeJob(job_id=job_id)) == ["INVALID_STATUS"]
    await worked_off(books)
    assert await books.codes(CancelJob(job_id=job_id)) == ["INVALID_STATUS"]
    assert await books.codes(ResumeJob(job_id=job_id)) == ["INVALID_STATUS"]


async def test_an_atomic_job_does_all_or_nothing(books: TestBooks) -> None:
    first, second = await negative_invoices(books, 2)
    payment = await paid(books, second, "1.00")
    job_id = await submitted(books, [first, second], atomic=True)
    await worked_off(books)
    assert await outcomes(books, job_id) == [SKIPPED, REFUSED]
    [because] = (await items(books, job_id))[0].violations or []
    assert because["message"].startswith("Item 1 of this atomic job was refused")
    assert await books.value("SELECT count(*) FROM credit_memo WHERE entity_id = :entity_id") == 0
    await books.perform(ReversePayment(payment_id=payment))
    retried = (await books.perform(RetryJob(job_id=job_id))).outcome["job"]
    await worked_off(books)
    assert await outcomes(books, retried) == [DONE, DONE]
    await every_item_has_one_effect(books, retried)


async def test_the_same_submission_twice_is_one_job(books: TestBooks) -> None:
    [invoice] = await negative_invoices(books, 1)
    command = SubmitNegativeLineConversions(
        invoices=[InvoiceReference(id=invoice.id)], idempotency_key="january"
    )
    first = await books.perform(command)
    await worked_off(books)
    second = await books.perform(command)
    assert (second.outcome, second.replayed) == (first.outcome, True)
    assert await books.value("SELECT count(*) FROM job WHERE entity_id = :entity_id") == 1
    await every_item_has_one_effect(books, first.outcome["job"])


@pytest.mark.parametrize("is_selected", [False, True], ids=["list", "selection"])
async def test_a_rehearsed_submission_shows_its_items_and_keeps_nothing(
    books: TestBooks, is_selected: bool
) -> None:
    [invoice] = await negative_invoices(books, 1)
    selection = InvoiceSelection(accounts=[AccountReference(number=ACCOUNT)])
    command = SubmitNegativeLineConversions(
        invoices=None if is_selected else [InvoiceReference(id=invoice.id)],
        selection=selection if is_selected else None,
    )
    before = await trace(books.place)
    async with books.rehearse(command) as (result, snapshot):
        rows = await snapshot.rows(ITEMS, {"job_id": result.outcome["job"]})
        assert [row.invoice_id for row in rows] == [invoice.id]
    assert await trace(books.place) == before
