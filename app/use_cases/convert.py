"""Convert negative invoice lines into a posted memo, and apply it to their invoice where asked."""

from app.domain.commands import ConvertNegativeInvoiceLines
from app.domain.conversion import convert_lines
from app.domain.credit_memo import CreditMemo
from app.domain.facts import Changes, Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.record import Record
from app.domain.settling import Settlement, settle
from app.domain.violation import reject_if_any
from app.domain.vocabulary import AllocationRule, SequenceKind
from app.repository.books import Books
from app.validation.convert import lines_to_convert, violations_of_convert


async def convert_negative_invoice_lines(books: Books, command: ConvertNegativeInvoiceLines) -> Changes:
    """One memo line for each converted line; `apply_to_invoice` uses as much as both balances carry."""
    facts = await _facts_for_convert(books, command)
    reject_if_any(violations_of_convert(command, facts))
    invoice = facts.get(Invoice, facts.named["invoice",])
    lines = lines_to_convert(command, facts, invoice)
    [number] = await books.next_numbers(SequenceKind.CREDIT_MEMO, 1, final=True)
    sheet = Worksheet(facts)
    memo = convert_lines(
        sheet,
        invoice,
        lines,
        number=number,
        fields={"effective_date": command.effective_date, "description": command.description},
    )
    application_id = None
    amount = min(sheet.get(Invoice, invoice.id).balance, sheet.get(CreditMemo, memo.id).balance)
    if command.apply_to_invoice and amount > 0:
        application_id = settle(
            sheet,
            Settlement(
                credit_memo_id=memo.id,
                invoice_id=invoice.id,
                amount=amount,
                description=command.description,
                allocation=AllocationRule.HIGHEST_FIRST,
            ),
        ).id
    return sheet.changes(credit_memo=memo.id, invoice=invoice.id, application=application_id)


async def _facts_for_convert(books: Books, command: ConvertNegativeInvoiceLines) -> Facts:
    settings = await books.settings(command.effective_date)
    named = await books.locate(Invoice, {("invoice",): command.invoice})
    invoices = await books.lock(Invoice, named.values())
    records: list[Record] = [*invoices]
    records += await books.children(InvoiceLine, "invoice_id", [each.id for each in invoices])
    records += await books.children(InvoiceLineTax, "invoice_id", [each.id for each in invoices])
    known = {record.id for record in records}
    records += await books.find(
        InvoiceLine, [each for each in command.invoice_line_ids or () if each not in known]
    )
    return books.facts(settings, records, named)
