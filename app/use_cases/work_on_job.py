"""Work on a job: a chunk of its items in one transaction, effects, outcomes and counts together.

So an item is done exactly once, whatever ends the process: its outcome and its effect are committed or neither is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.domain.facts import Changes, Facts, Worksheet
from app.domain.job import Job, JobItem
from app.domain.violation import Path, Violation
from app.domain.vocabulary import JobItemOutcome, JobStatus, ViolationCode
from app.repository.books import Books
from app.repository.job_queue import take_from_queue
from app.repository.jobs import claim_items, claim_named, count_outcomes
from app.repository.record import Prepared
from app.use_cases.job_kinds import KINDS
from app.use_cases.job_work import Fate, JobWork, fates_of, ids_to_change, number_effects, settled

CHUNK_LINES = 10_000
"""Invoice lines that a chunk of several items may have: what it holds in memory is bounded, whatever the invoices."""

_ENDED = (JobStatus.CANCELED, JobStatus.DONE)


def do_nothing() -> None:
    """Of a chunk for whose progress nobody waits."""


@dataclass(slots=True)
class Chunk:
    """What one transaction did with a job; filled in as it goes, so that whoever catches its failure can see."""

    claimed: Sequence[JobItem] = ()
    is_atomic: bool = False
    is_over: bool = False
    """The job has no more work: it is done, canceled, or was never there."""
    on_judged: Callable[[], None] = do_nothing
    """Called when all is decided: from here on the database has more to do than this process."""


async def work_on_job(books: Books, job_id: str, size: int, chunk: Chunk) -> Chunk:
    """The next items of the job, at most `size`, of an atomic job all of them."""
    chunk.claimed, chunk.is_over = (), False
    found = await books.find(Job, [job_id])
    if not found or found[0].status in _ENDED:
        await _end(books, job_id)
        chunk.is_over = True
        return chunk
    [job] = found
    chunk.is_atomic = job.atomic
    chunk.claimed = await _claimed(books, job, size)
    if chunk.claimed:
        await _do(books, job, chunk)
    return chunk


async def _end(books: Books, job_id: str) -> None:
    """Out of the queue, unless it has been resumed meanwhile: its lock is what puts it there and takes it away."""
    if all(job.status in _ENDED for job in await books.lock(Job, [job_id])):
        await take_from_queue(books, job_id)


async def _claimed(books: Books, job: Job, size: int) -> Sequence[JobItem]:
    """What this worker does now; of an atomic job everything, or nothing where another worker has some of it."""
    if not job.atomic:
        return await _of_bearable_size(books, KINDS[job.kind], await claim_items(books, job.id, size))
    items = await claim_items(books, job.id, job.total)
    return items if len(items) == job.total else ()


async def give_up(books: Books, job_id: str, item_ids: Sequence[str]) -> None:
    """Refuse items at which the service itself fails, so that the job goes on without them."""
    items = await claim_named(books, item_ids)
    if not items:
        return
    facts = books.facts(await books.settings(), await books.find(Job, [job_id]))
    fate = Fate(outcome=JobItemOutcome.REFUSED, violations=(_INTERNAL_ERROR,))
    outcomes = [(item, settled(item, fate, facts)) for item in items]
    await _record(books, facts, facts.get(Job, job_id), Changes(), outcomes)


_INTERNAL_ERROR = Violation(
    code=ViolationCode.INTERNAL_ERROR,
    message="The service failed at this item; its log says how. retryJob tries it again.",
)


async def _of_bearable_size(books: Books, work: JobWork[Any], items: Sequence[JobItem]) -> Sequence[JobItem]:
    """The first items, as many as have few lines enough together, one at least. The others stay as they are."""
    sum_of_lines = 0
    for place, lines in enumerate(await work.lines(books, items)):
        sum_of_lines += lines
        if sum_of_lines > CHUNK_LINES and place:
            return items[:place]
    return items


async def _do(books: Books, job: Job, chunk: Chunk) -> None:
    work: JobWork[Any] = KINDS[job.kind]
    commands: dict[Path, Any] = {
        (item.position,): work.command_of(job.options or {}, item) for item in chunk.claimed
    }
    facts = await work.facts(books, commands)
    sheet = Worksheet(facts)
    fates = await fates_of(books, work, sheet, commands)
    refused = next((n for n, each in enumerate(fates) if each.outcome is JobItemOutcome.REFUSED), None)
    if job.atomic and refused is not None:
        because = _refused_elsewhere(chunk.claimed[refused].position, fates[refused])
        sheet, fates = Worksheet(facts), [_without_effect(each, because) for each in fates]
    items = [(item, settled(item, fate, facts)) for item, fate in zip(chunk.claimed, fates, strict=True)]
    prepared = await books.prepared(_effect(job, sheet.changes(), items), but=ids_to_change(sheet, fates))
    chunk.on_judged()
    await number_effects(books, sheet, fates)
    chunk.is_over = await _record(books, facts, job, sheet.changes(), items, prepared)


def _without_effect(fate: Fate, because: Violation) -> Fate:
    """All or none: what would have been done is skipped where something else is refused."""
    if fate.outcome is not JobItemOutcome.DONE:
        return fate
    return Fate(outcome=JobItemOutcome.SKIPPED, violations=(because,))


def _refused_elsewhere(position: int, fate: Fate) -> Violation:
    message = f"Item {position} of this atomic job was refused, so nothing was made."
    return Violation(code=fate.violations[0].code, message=message)


async def _record(
    books: Books,
    facts: Facts,
    job: Job,
    changes: Changes,
    items: Sequence[tuple[JobItem, JobItem]],
    prepared: Prepared | None = None,
) -> bool:
    """Whether that were the last items of the job."""
    await books.record(_effect(job, changes, items), prepared)
    return await count_outcomes(books, job.id, [after for _, after in items], facts.stamp.now)


def _effect(job: Job, changes: Changes, items: Sequence[tuple[JobItem, JobItem]]) -> Changes:
    """With the items' outcomes. The log entry names the job, and the items name the entry."""
    return replace(changes, referring=tuple(items), outcome={"job": job.id, "items": len(items)})
