"""Convert negative invoice lines into a posted memo, and apply it to their invoice where asked."""

from collections.abc import Mapping

from app.domain.commands import ConvertNegativeInvoiceLines
from app.domain.conversion import apply_converted, convert_lines
from app.domain.facts import Changes, Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.record import Record
from app.domain.violation import Path, reject_if_any
from app.repository.books import Books
from app.use_cases.numbering import number_memos
from app.validation.convert import lines_to_convert, violations_of_convert


async def convert_negative_invoice_lines(books: Books, command: ConvertNegativeInvoiceLines) -> Changes:
    """One memo line for each converted line; `apply_to_invoice` uses as much as both balances carry."""
    facts = await facts_for_convert(books, {(): command})
    reject_if_any(violations_of_convert(command, facts))
    sheet = Worksheet(facts)
    memo_id, application_id = convert(sheet, command)
    await number_memos(books, sheet, [memo_id])
    return sheet.changes(credit_memo=memo_id, invoice=facts.named["invoice",], application=application_id)


def convert(sheet: Worksheet, command: ConvertNegativeInvoiceLines, at: Path = ()) -> tuple[str, str | None]:
    """Put memo and application down; their ids. The memo has no number yet."""
    invoice = sheet.get(Invoice, sheet.named[(*at, "invoice")])
    memo = convert_lines(
        sheet,
        invoice,
        lines_to_convert(command, sheet, invoice),
        number=None,
        fields={"effective_date": command.effective_date, "description": command.description},
    )
    if not command.apply_to_invoice:
        return memo.id, None
    application = apply_converted(sheet, memo.id, invoice.id, command.description)
    return memo.id, application.id if application else None


async def facts_for_convert(books: Books, commands: Mapping[Path, ConvertNegativeInvoiceLines]) -> Facts:
    """For one command or for hundreds, each under its place in the input."""
    settings = await books.settings(*(each.effective_date for each in commands.values()))
    references = {(*at, "invoice"): each.invoice for at, each in commands.items()}
    named = await books.locate(Invoice, references)
    invoices = await books.lock(Invoice, named.values())
    records: list[Record] = [*invoices]
    records += await books.children(InvoiceLine, "invoice_id", [each.id for each in invoices])
    records += await books.children(InvoiceLineTax, "invoice_id", [each.id for each in invoices])
    known = {record.id for record in records}
    asked = [id for each in commands.values() for id in each.invoice_line_ids or () if id not in known]
    records += await books.find(InvoiceLine, asked)
    return books.facts(settings, records, named)
