"""What an import does with an invoice of its file: what createInvoices does with one entry."""

from collections.abc import Mapping, Sequence

from app.domain.facts import Facts, Worksheet
from app.domain.invoice_import import ImportedInvoice
from app.domain.job import JobItem
from app.domain.reading import read
from app.domain.record import Metadata
from app.domain.violation import Path, Violation
from app.domain.vocabulary import JobKind
from app.repository.books import Books
from app.use_cases.invoices import draft_invoice, facts_for_invoices
from app.use_cases.job_work import Effect, JobWork
from app.use_cases.post_invoices import post_invoices
from app.validation.invoices import first_delivery_of, violations_of_invoice, violations_of_posted_entry


def _imported(options: Metadata, item: JobItem) -> ImportedInvoice:
    return read(ImportedInvoice, item.input)


async def _facts(books: Books, commands: Mapping[Path, ImportedInvoice]) -> Facts:
    return await facts_for_invoices(books, {(*at, "invoice"): each.invoice for at, each in commands.items()})


def _judge(command: ImportedInvoice, facts: Facts, at: Path) -> list[Violation]:
    path = (*at, "invoice")
    found = violations_of_invoice(command.invoice, facts, path)
    return found or violations_of_posted_entry(command.invoice, facts, path)


def _decide(sheet: Worksheet, command: ImportedInvoice, at: Path) -> Effect:
    invoice = draft_invoice(sheet, command.invoice, (*at, "invoice"))
    if not command.invoice.post:
        return Effect(invoice_id=invoice.id)
    [converted] = post_invoices(sheet, {(*at, "invoice"): invoice.id})
    return Effect(
        invoice_id=invoice.id, credit_memo_id=converted.credit_memo, application_id=converted.application
    )


def _is_never_idle(command: ImportedInvoice, violations: Sequence[Violation]) -> bool:
    """What breaks a rule is refused, whichever it is."""
    return False


def _delivered(command: ImportedInvoice, facts: Facts) -> str | None:
    return first_delivery_of(command.invoice, facts)


async def _lines(books: Books, items: Sequence[JobItem]) -> list[int]:
    return [len(item.input["invoice"]["lines"]) if item.input else 0 for item in items]


INVOICE_IMPORTS = JobWork(
    kind=JobKind.INVOICE_IMPORTS,
    command_of=_imported,
    facts=_facts,
    judge=_judge,
    decide=_decide,
    has_nothing_to_do=_is_never_idle,
    delivered=_delivered,
    lines=_lines,
)
