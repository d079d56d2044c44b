"""Direct credit memos (Conga): credit for many invoices in one call, or submitted as a job (domain 4.9)."""

from dataclasses import replace

from app.domain.commands import CreateDirectCreditMemos, DirectCreditMemoEntry, SubmitDirectCreditMemos
from app.domain.entity import ReasonCode, Template
from app.domain.facts import Changes, Facts, Worksheet
from app.domain.invoice import Invoice
from app.domain.job import Job, JobItem, job_item_id
from app.domain.needs import needed
from app.domain.record import Metadata
from app.domain.violation import Path, reject_if_any, under
from app.domain.vocabulary import JobItemOutcome, JobStatus
from app.domain.writing import written
from app.repository.books import Books
from app.use_cases.direct_work import DIRECT
from app.use_cases.job_work import Fate, fates_of, number_effects, settled
from app.use_cases.submit_jobs import facts_for_selection, new_job, submit_list, submit_selection
from app.validation.direct_credit import violations_of_selected_options
from app.validation.documents import violations_of_no_lines
from app.validation.jobs import violations_of_inputs

INPUTS: Path = ("credit_memos",)


async def create_direct_credit_memos(books: Books, command: CreateDirectCreditMemos) -> Changes:
    """A job that is done at once, in one transaction; `atomic`: any refusal refuses the whole call."""
    entries = command.credit_memos
    reject_if_any(violations_of_no_lines(entries, INPUTS))
    commands: dict[Path, DirectCreditMemoEntry] = {
        (*INPUTS, place): entry for place, entry in enumerate(entries)
    }
    facts = await DIRECT.facts(books, commands)
    sheet = Worksheet(facts)
    fates = await fates_of(books, DIRECT, sheet, commands)
    if command.atomic:
        refused = [(at, fate) for at, fate in zip(commands, fates, strict=True) if _is_refused(fate)]
        reject_if_any(each for at, fate in refused for each in under(at, fate.violations))
    await number_effects(books, sheet, fates)
    job = _job_done(facts, fates, command)
    sheet.add(job)
    items = [
        sheet.add(settled(_item(facts, job, place, at, entry), fate, facts))
        for place, ((at, entry), fate) in enumerate(zip(commands.items(), fates, strict=True))
    ]
    return sheet.changes(
        job=job.id,
        results=[each.id for each in items],
        done=job.done,
        refused=job.refused,
        skipped=job.skipped,
    )


def _is_refused(fate: Fate) -> bool:
    return fate.outcome is JobItemOutcome.REFUSED


def _job_done(facts: Facts, fates: list[Fate], command: CreateDirectCreditMemos) -> Job:
    outcomes = [each.outcome for each in fates]
    return replace(
        _job(facts, command, {}),
        status=JobStatus.DONE,
        total=len(fates),
        done=outcomes.count(JobItemOutcome.DONE),
        refused=outcomes.count(JobItemOutcome.REFUSED),
        skipped=outcomes.count(JobItemOutcome.SKIPPED),
        started_at=facts.stamp.now,
        finished_at=facts.stamp.now,
    )


def _item(facts: Facts, job: Job, place: int, at: Path, entry: DirectCreditMemoEntry) -> JobItem:
    invoice = facts.named_record(Invoice, *at, "invoice")
    return JobItem(
        id=job_item_id(job.id, place),
        job_id=job.id,
        position=place,
        invoice_id=None if invoice is None else invoice.id,
        input=written(entry),
    )


async def submit_direct_credit_memos(books: Books, command: SubmitDirectCreditMemos) -> Changes:
    """A job of direct memos; a selection's options are those of every item, and so they are judged here."""
    reject_if_any(violations_of_inputs(command.credit_memos, command.selection, INPUTS))
    settings = await books.settings()
    if command.selection is None:
        entries = command.credit_memos or []
        facts = books.facts(settings, [])
        job = _job(facts, command, {})
        invoices, inputs = [each.invoice for each in entries], [written(each) for each in entries]
        return await submit_list(books, command, facts, job, invoices, inputs, INPUTS)
    selection = command.selection
    facts = await facts_for_selection(books, selection, settings, ReasonCode, Template)
    reject_if_any(violations_of_selected_options(selection, facts))
    which = {"accounts", "invoiceDate", "targetDateTime"}
    options = {name: value for name, value in written(selection).items() if name not in which}
    job = _job(facts, command, {**options, "fullCredit": True})
    return await submit_selection(books, command, facts, job, selection)


def _job(facts: Facts, command: CreateDirectCreditMemos | SubmitDirectCreditMemos, options: Metadata) -> Job:
    return new_job(facts, DIRECT.kind, options, atomic=command.atomic, permissions=needed(command))
