"""Stop a job and take it up again."""

from app.domain.commands import CancelJob, ResumeJob
from app.domain.facts import Changes, Worksheet
from app.domain.job import Job
from app.domain.violation import reject_if_any
from app.domain.vocabulary import JobStatus
from app.repository.books import Books
from app.repository.job_queue import put_in_queue, take_from_queue
from app.use_cases.job_facts import facts_of_job
from app.validation.jobs import violations_of_cancel, violations_of_resume


async def cancel_job(books: Books, command: CancelJob) -> Changes:
    """Out of the queue; what a worker has in hand ends as it would have."""
    facts = await facts_of_job(books, command.job_id)
    job = facts.find(Job, command.job_id)
    reject_if_any(violations_of_cancel(job, command.job_id, command.expected_version))
    sheet = Worksheet(facts)
    job = facts.get(Job, command.job_id)
    await take_from_queue(books, job.id)
    sheet.change(
        job,
        status=JobStatus.CANCELED,
        canceled_at=sheet.moment(job),
        canceled_by=facts.stamp.actor,
    )
    return sheet.changes(job=job.id)


async def resume_job(books: Books, command: ResumeJob) -> Changes:
    """Back into the queue. Something is left: a job whose last item ends after the cancel is DONE all the same."""
    facts = await facts_of_job(books, command.job_id)
    job = facts.find(Job, command.job_id)
    reject_if_any(violations_of_resume(job, command.job_id, command.expected_version))
    sheet = Worksheet(facts)
    job = facts.get(Job, command.job_id)
    await put_in_queue(books, job.id, facts.stamp.now)
    sheet.change(job, status=JobStatus.QUEUED if job.started_at is None else JobStatus.RUNNING)
    return sheet.changes(job=job.id)
