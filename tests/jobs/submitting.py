"""Jobs as tests submit them, the worker that does them, and what is left afterwards."""

import asyncio
from collections.abc import Sequence
from typing import Any

from app.domain.commands import (
    AccountReference,
    CancelJob,
    InvoiceReference,
    InvoiceSelection,
    SubmitNegativeLineConversions,
)
from app.domain.job import Job, JobItem
from app.domain.vocabulary import JobItemOutcome, JobStatus
from app.jobs.worker import Worker
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import ACCOUNT, Made, posted_invoice


async def negative_invoices(books: TestBooks, count: int) -> list[Made]:
    """Invoices of 400.00 - 100.00."""
    return [await posted_invoice(books, "400.00", "-100.00") for _ in range(count)]


async def submitted(books: TestBooks, invoices: Sequence[Made], **said: Any) -> str:
    """A job that converts the invoices; its id."""
    references = [InvoiceReference(id=each.id) for each in invoices]
    result = await books.perform(SubmitNegativeLineConversions(invoices=references, **said))
    job_id: str = result.outcome["job"]
    return job_id


async def submitted_selection(books: TestBooks, *accounts: str, **said: Any) -> str:
    """A job that converts whatever invoices of the accounts have negative lines; its id."""
    selection = InvoiceSelection(
        accounts=[AccountReference(number=each) for each in accounts or (ACCOUNT,)], **said
    )
    result = await books.perform(SubmitNegativeLineConversions(selection=selection))
    job_id: str = result.outcome["job"]
    return job_id


async def canceled(books: TestBooks, invoices: Sequence[Made]) -> str:
    """A job that was canceled before it began."""
    job_id = await submitted(books, invoices)
    await books.perform(CancelJob(job_id=job_id))
    return job_id


async def refused(books: TestBooks, invoices: Sequence[Made]) -> str:
    """A job that is done, whose items are settled invoices: refused or skipped; and one that there is not."""
    references = [*(InvoiceReference(id=each.id) for each in invoices), InvoiceReference(number="none")]
    result = await books.perform(SubmitNegativeLineConversions(invoices=references))
    job_id: str = result.outcome["job"]
    await until_done(books, job_id)
    return job_id


def worker(books: TestBooks, **said: Any) -> Worker:
    return Worker(books.database, **{"poll_seconds": 60, **said})


async def worked_off(books: TestBooks) -> None:
    """Every queued job is done."""
    hand = worker(books)
    while await hand.work_once():
        pass


async def until_done(books: TestBooks, job_id: str, hands: int = 1) -> None:
    """So many workers at once, until the job is done."""

    async def working() -> None:
        hand = worker(books)
        while (await job(books, job_id)).status is not JobStatus.DONE:
            await hand.work_once()

    await asyncio.gather(*(working() for _ in range(hands)))


async def job(books: TestBooks, job_id: str) -> Job:
    return await books.record(Job, job_id)


async def items(books: TestBooks, job_id: str) -> list[JobItem]:
    """In their order."""
    found = await books.of(JobItem, "job_id", job_id)
    return sorted(found, key=lambda each: each.position)


async def outcomes(books: TestBooks, job_id: str) -> list[JobItemOutcome]:
    return [each.outcome for each in await items(books, job_id)]


async def counts(books: TestBooks, job_id: str) -> tuple[int, int, int, int]:
    """Total, done, refused, skipped."""
    found = await job(books, job_id)
    return found.total, found.done, found.refused, found.skipped


async def every_item_has_one_effect(books: TestBooks, job_id: str) -> None:
    """A memo each, none twice, no memo besides, counts that say so, and books that hold."""
    done = [each for each in await items(books, job_id) if each.outcome is JobItemOutcome.DONE]
    memos = [each.credit_memo_id for each in done]
    assert len(set(memos)) == len(memos)
    made = await books.rows("SELECT id FROM credit_memo WHERE entity_id = :entity_id")
    assert {id for (id,) in made} == set(memos)
    assert (await job(books, job_id)).done == len(done)
    await assert_books_hold(books)
