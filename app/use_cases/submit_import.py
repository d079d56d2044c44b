"""Submit an import: the file's invoices become items of one job, batch by batch, which is queued at the file's end.

How far the file has been read is committed with the items that came of it. So a submission that was killed goes on
where it stopped, and one that never goes on leaves a job at which nobody works.
"""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.facts import Worksheet
from app.domain.invoice_import import FileReading, SubmitInvoiceImport, reading_of
from app.domain.job import Job, JobItem, job_item_id
from app.domain.needs import needed
from app.domain.record import Metadata
from app.domain.vocabulary import JobKind, JobStatus
from app.repository.books import Books
from app.repository.job_queue import put_in_queue
from app.use_cases.job_facts import facts_of_job
from app.use_cases.submit_jobs import new_job


async def begin_import(books: Books, reading: FileReading) -> str:
    """The id of the one job that the entity has for this content; made now, or earlier."""
    key = f"import-{reading.format}-{reading.content}"
    command = SubmitInvoiceImport(idempotency_key=key, format=reading.format)
    outcome = await books.claim(command)
    if outcome is not None:
        job_id: str = outcome["job"]
        return job_id
    sheet = Worksheet(books.facts(await books.settings(), []))
    job = new_job(
        sheet,
        JobKind.INVOICE_IMPORTS,
        reading.as_options(),
        atomic=False,
        permissions=needed(command),
    )
    sheet.add(replace(job, status=JobStatus.SUBMITTING))
    await books.record(sheet.changes(job=job.id))
    return job.id


async def add_to_import(
    books: Books, job_id: str, before: FileReading, inputs: Sequence[Metadata], after: FileReading
) -> Job:
    """The job with items for what was read next; unchanged where somebody else has read further than `before`."""
    facts = await facts_of_job(books, job_id)
    job = facts.get(Job, job_id)
    if job.status is not JobStatus.SUBMITTING or reading_of(job) != before:
        return job
    sheet = Worksheet(facts)
    for position, each in enumerate(inputs, start=job.total):
        sheet.add(JobItem(id=job_item_id(job.id, position), job_id=job.id, position=position, input=each))
    job = sheet.change(job, total=job.total + len(inputs), options=after.as_options())
    await books.record(sheet.changes(job=job.id, items=len(inputs)))
    return job


async def end_import(books: Books, job_id: str) -> Job:
    """The file is read to its end: workers find the job; one without items is done at once."""
    facts = await facts_of_job(books, job_id)
    job = facts.get(Job, job_id)
    if job.status is not JobStatus.SUBMITTING:
        return job
    sheet = Worksheet(facts)
    if job.total:
        job = sheet.change(job, status=JobStatus.QUEUED)
        await put_in_queue(books, job.id, facts.stamp.now)
    else:
        now = sheet.moment(job)
        job = sheet.change(job, status=JobStatus.DONE, started_at=now, finished_at=now)
    await books.record(sheet.changes(job=job.id))
    return job
