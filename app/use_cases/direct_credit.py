"""Direct credit memos (Conga): credit for many invoices in one call, or submitted as a job (domain 4.9)."""

from app.domain.commands import CreateDirectCreditMemos, DirectCreditMemoEntry, SubmitDirectCreditMemos
from app.domain.entity import ReasonCode, Template
from app.domain.facts import Changes, Facts
from app.domain.job import Job
from app.domain.needs import needed
from app.domain.record import Metadata
from app.domain.violation import Path, reject_if_any
from app.domain.writing import written
from app.repository.books import Books
from app.use_cases.direct_work import DIRECT
from app.use_cases.submit_jobs import facts_for_selection, new_job, submit_list, submit_selection
from app.use_cases.work_at_once import done_at_once
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
    return await done_at_once(books, DIRECT, facts, commands, _job(facts, command, {}))


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
