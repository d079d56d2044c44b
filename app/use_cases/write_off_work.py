"""Write-offs of many invoices, each with its own fate: a few in the call itself, any number as a job (domain 4.10)."""

from collections.abc import Sequence
from dataclasses import fields, replace

from app.domain.commands import (
    InvoiceWriteOffEntry,
    SubmitInvoiceWriteOffs,
    WriteOffInvoice,
    WriteOffInvoices,
)
from app.domain.entity import ReasonCode
from app.domain.facts import Changes, Facts, Worksheet
from app.domain.job import Job, JobItem
from app.domain.needs import needed
from app.domain.reading import read
from app.domain.record import Metadata
from app.domain.violation import Path, Violation, reject_if_any
from app.domain.vocabulary import JobKind, ViolationCode
from app.domain.writing import written
from app.repository.books import Books
from app.use_cases.job_work import Effect, JobWork, input_of
from app.use_cases.submit_jobs import facts_for_selection, new_job, submit_list, submit_selection
from app.use_cases.work_at_once import done_at_once
from app.use_cases.write_offs import decide_write_off, facts_for_write_off
from app.validation.documents import violations_of_day, violations_of_no_lines
from app.validation.jobs import violations_of_inputs
from app.validation.write_offs import violations_of_invoice_write_off, violations_of_needed_reason

INVOICES: Path = ("invoices",)
WRITTEN_OFF: Path = ("write_offs",)


async def write_off_invoices(books: Books, command: WriteOffInvoices) -> Changes:
    """A job that is done at once, in one transaction; `atomic`: any refusal refuses the whole call."""
    entries = command.write_offs
    reject_if_any(violations_of_no_lines(entries, WRITTEN_OFF))
    commands = {(*WRITTEN_OFF, place): _asked_for(each) for place, each in enumerate(entries)}
    facts = await facts_for_write_off(books, commands)
    job = new_job(facts, WRITE_OFFS.kind, {}, atomic=command.atomic, permissions=needed(command))
    return await done_at_once(books, WRITE_OFFS, facts, commands, job)


def _asked_for(entry: InvoiceWriteOffEntry) -> WriteOffInvoice:
    """The same in the words of writeOffInvoice, which has a field for each of the entry's."""
    return WriteOffInvoice(**{each.name: getattr(entry, each.name) for each in fields(entry)})


async def submit_invoice_write_offs(books: Books, command: SubmitInvoiceWriteOffs) -> Changes:
    """An item for each invoice named, or for each selected one that owes something now."""
    reject_if_any(violations_of_inputs(command.invoices, command.selection, INVOICES))
    settings = await books.settings(command.effective_date)
    reject_if_any(violations_of_day(command.effective_date, settings, ("effective_date",)))
    if command.selection is not None:
        facts = await facts_for_selection(books, command.selection, settings, ReasonCode)
        reject_if_any(violations_of_needed_reason(command.reason_code, facts))
        job = _job(facts, command)
        return await submit_selection(books, command, facts, job, command.selection, with_balance=True)
    facts = books.facts(settings, await books.all(ReasonCode))
    reject_if_any(violations_of_needed_reason(command.reason_code, facts))
    invoices = command.invoices or []
    inputs: list[Metadata] = [{"invoice": written(each)} for each in invoices]
    return await submit_list(books, command, facts, _job(facts, command), invoices, inputs, INVOICES)


def _job(facts: Facts, command: SubmitInvoiceWriteOffs) -> Job:
    options = written(
        replace(command, idempotency_key=None, dry_run=False, atomic=False, invoices=None, selection=None)
    )
    kind = JobKind.INVOICE_WRITE_OFFS
    return new_job(facts, kind, options, atomic=command.atomic, permissions=needed(command))


def _command(options: Metadata, item: JobItem) -> WriteOffInvoice:
    return read(WriteOffInvoice, input_of(options, item))


def _decide(sheet: Worksheet, command: WriteOffInvoice, at: Path) -> Effect:
    memo_id, application_id = decide_write_off(sheet, command, at)
    return Effect(credit_memo_id=memo_id, application_id=application_id)


def _owes_nothing(command: WriteOffInvoice, violations: Sequence[Violation]) -> bool:
    return [each.code for each in violations] == [ViolationCode.NOTHING_CREDITABLE]


WRITE_OFFS = JobWork(
    kind=JobKind.INVOICE_WRITE_OFFS,
    command_of=_command,
    facts=facts_for_write_off,
    judge=violations_of_invoice_write_off,
    decide=_decide,
    has_nothing_to_do=_owes_nothing,
)
