"""Submit jobs: the items are fixed here, and done by workers (domain 4.9)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from app.domain.commands import (
    InvoiceReference,
    InvoiceSelection,
    RetryJob,
    Submission,
    SubmitNegativeLineConversions,
)
from app.domain.entity import Account, Settings
from app.domain.facts import Changes, Facts
from app.domain.invoice import Invoice
from app.domain.job import Job, JobItem, job_item_id
from app.domain.needs import needed
from app.domain.record import Metadata, Record
from app.domain.violation import Path, Violation, reject_if_any
from app.domain.vocabulary import JobKind, JobStatus
from app.domain.writing import written
from app.repository.books import Books
from app.repository.job_queue import put_in_queue
from app.repository.jobs import Wanted, insert_retried, insert_selected, known_invoices
from app.use_cases.job_facts import facts_of_job
from app.validation.documents import violations_of_day
from app.validation.jobs import (
    violations_of_count,
    violations_of_inputs,
    violations_of_retry,
    violations_of_selection,
)

SELECTION = ("selection",)
Rule = Callable[[Facts], list[Violation]]


async def submit_negative_line_conversions(books: Books, command: SubmitNegativeLineConversions) -> Changes:
    """A job of conversions, whose options are those of the command."""
    reject_if_any(violations_of_inputs(command.invoices, command.selection, ("invoices",)))
    settings = await books.settings(command.effective_date)
    reject_if_any(violations_of_day(command.effective_date, settings, ("effective_date",)))
    options = written(
        replace(command, idempotency_key=None, dry_run=False, atomic=False, invoices=None, selection=None)
    )
    if command.selection is not None:
        facts = await facts_for_selection(books, command.selection, settings)
        job = _of_conversions(facts, command, options)
        return await submit_selection(
            books, command, facts, job, command.selection, with_convertible_lines=True
        )
    facts = books.facts(settings, [])
    job = _of_conversions(facts, command, options)
    invoices = command.invoices or []
    inputs: list[Metadata] = [{"invoice": written(each)} for each in invoices]
    return await submit_list(books, command, facts, job, invoices, inputs, ("invoices",))


def _of_conversions(facts: Facts, command: SubmitNegativeLineConversions, options: Metadata) -> Job:
    kind = JobKind.NEGATIVE_LINE_CONVERSIONS
    return new_job(facts, kind, options, atomic=command.atomic, permissions=needed(command))


async def retry_job(books: Books, command: RetryJob) -> Changes:
    """The refused items as a new job, with the first one's options."""
    facts = await facts_of_job(books, command.job_id)
    retried = facts.find(Job, command.job_id)
    retries = await books.children(Job, "retried_job_id", [command.job_id])
    reject_if_any(violations_of_retry(retried, retries, command.job_id, command.expected_version))
    first = facts.get(Job, command.job_id)
    job = replace(
        new_job(
            facts,
            first.kind,
            first.options or {},
            atomic=first.atomic,
            permissions=first.permissions or (),
        ),
        retried_job_id=first.id,
    )
    return await queued(books, facts, job, await insert_retried(books, job, first))


def new_job(
    facts: Facts, kind: JobKind, options: Metadata, *, atomic: bool, permissions: Iterable[str]
) -> Job:
    """A job that has no items yet. Its items are done within the limits of approval that its submitter has now: what
    was accepted does not change with a role, and a token's roles cannot be looked up later.
    """
    stamp = facts.stamp
    return Job(
        id=stamp.new_id(Job),
        kind=kind,
        atomic=atomic,
        options=options or None,
        total=0,
        permissions=sorted(permissions),
        approval_limits=None if facts.approval_limits is None else dict(facts.approval_limits),
        created_at=stamp.now,
        created_by=stamp.actor,
        updated_at=stamp.now,
        updated_by=stamp.actor,
    )


async def facts_for_selection(
    books: Books, selection: InvoiceSelection, settings: Settings, *more: type[Record]
) -> Facts:
    """The accounts that a selection names, and all records of further kinds."""
    path: Path = (*SELECTION, "accounts")
    named = await books.locate(
        Account, {(*path, place): each for place, each in enumerate(selection.accounts)}
    )
    records: list[Record] = [*await books.find(Account, named.values())]
    for kind in more:
        records += await books.all(kind)
    return books.facts(settings, records, named)


async def submit_selection(
    books: Books,
    command: Submission,
    facts: Facts,
    job: Job,
    selection: InvoiceSelection,
    *,
    with_convertible_lines: bool = False,
    with_balance: bool = False,
) -> Changes:
    """Items for the invoices that are selected now; whoever posts another one meanwhile comes too late."""
    reject_if_any(violations_of_selection(selection, facts))
    wanted = Wanted(
        account_ids=list(facts.named.values()),
        invoiced_from=selection.invoice_date,
        posted_until=selection.target_date_time,
        with_convertible_lines=with_convertible_lines,
        with_balance=with_balance,
    )
    limits = facts.limits
    most = limits.atomic_items if command.atomic else limits.job_items
    count = await insert_selected(books, job, wanted, most)
    reject_if_any(violations_of_count(count, command, limits, SELECTION))
    return await queued(books, facts, job, count)


async def submit_list(
    books: Books,
    command: Submission,
    facts: Facts,
    job: Job,
    invoices: Sequence[InvoiceReference],
    inputs: Sequence[Metadata],
    path: Path,
) -> Changes:
    """An item for each input; an invoice that is not there is refused when its turn comes."""
    reject_if_any(violations_of_count(len(inputs), command, facts.limits, path))
    job = replace(job, total=len(inputs))
    items = await _items_of(books, job, invoices, inputs)
    await put_in_queue(books, job.id, facts.stamp.now)
    return Changes(new=(job, *items), outcome={"job": job.id})


async def _items_of(
    books: Books, job: Job, invoices: Sequence[InvoiceReference], inputs: Sequence[Metadata]
) -> list[JobItem]:
    """The job's items, with the invoices they are about as far as there are such."""
    located = await books.locate(Invoice, {(place,): each for place, each in enumerate(invoices)})
    known = await known_invoices(books, located.values())
    items = []
    for place, input in enumerate(inputs):
        invoice_id = located.get((place,))
        items.append(
            JobItem(
                id=job_item_id(job.id, place),
                job_id=job.id,
                position=place,
                invoice_id=invoice_id if invoice_id in known else None,
                input=input,
            )
        )
    return items


async def queued(books: Books, facts: Facts, job: Job, count: int) -> Changes:
    """The job, which has been put down with its items, with their number; nothing to do is done at once."""
    now = facts.stamp.now
    if count:
        await put_in_queue(books, job.id, now)
        after = replace(job, total=count)
    else:
        after = replace(job, status=JobStatus.DONE, started_at=now, finished_at=now)
    return Changes(changed=((job, after),), outcome={"job": job.id})
