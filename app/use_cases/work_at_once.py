"""A few items of a kind of job, done in the call itself: kept as a job that is done, so that a replay reads their fates."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from app.domain.facts import Changes, Facts, Worksheet
from app.domain.invoice import Invoice
from app.domain.job import Job, JobItem, job_item_id
from app.domain.violation import Path, reject_if_any, under
from app.domain.vocabulary import JobItemOutcome, JobStatus
from app.domain.writing import written
from app.repository.books import Books
from app.use_cases.job_work import Fate, JobWork, fates_of, number_effects, settled

C = TypeVar("C")


async def done_at_once(
    books: Books, work: JobWork[C], facts: Facts, commands: Mapping[Path, C], job: Job
) -> Changes:
    """Each with its own fate, in one transaction; of an atomic job any refusal refuses the whole call."""
    sheet = Worksheet(facts)
    fates = await fates_of(books, work, sheet, commands)
    if job.atomic:
        refused = [(at, fate) for at, fate in zip(commands, fates, strict=True) if _is_refused(fate)]
        reject_if_any(each for at, fate in refused for each in under(at, fate.violations))
    await number_effects(books, sheet, fates)
    done = sheet.add(_done(job, facts, fates))
    items = [
        sheet.add(settled(_item(facts, done, place, at, command), fate, facts))
        for place, ((at, command), fate) in enumerate(zip(commands.items(), fates, strict=True))
    ]
    return sheet.changes(
        job=done.id,
        results=[each.id for each in items],
        done=done.done,
        refused=done.refused,
        skipped=done.skipped,
    )


def _is_refused(fate: Fate) -> bool:
    return fate.outcome is JobItemOutcome.REFUSED


def _done(job: Job, facts: Facts, fates: Sequence[Fate]) -> Job:
    outcomes = [each.outcome for each in fates]
    return replace(
        job,
        status=JobStatus.DONE,
        total=len(fates),
        done=outcomes.count(JobItemOutcome.DONE),
        refused=outcomes.count(JobItemOutcome.REFUSED),
        skipped=outcomes.count(JobItemOutcome.SKIPPED),
        started_at=facts.stamp.now,
        finished_at=facts.stamp.now,
    )


def _item(facts: Facts, job: Job, place: int, at: Path, command: Any) -> JobItem:
    invoice = facts.named_record(Invoice, *at, "invoice")
    return JobItem(
        id=job_item_id(job.id, place),
        job_id=job.id,
        position=place,
        invoice_id=None if invoice is None else invoice.id,
        input=written(command),
    )
