"""Write off what an invoice owes or a memo has left, and void invoices."""

from collections.abc import Mapping

from app.domain.commands import VoidInvoice, WriteOffCreditMemo, WriteOffInvoice
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.entity import ReasonCode
from app.domain.facts import Changes, Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax, OrderItem
from app.domain.memo_making import default_reason
from app.domain.record import Record
from app.domain.violation import Path, reject_if_any
from app.domain.voiding import date_of_void
from app.domain.voiding import void_invoice as voided
from app.domain.writing_off import write_off_invoice as written_off
from app.domain.writing_off import write_off_memo
from app.repository.books import Books
from app.use_cases.numbering import number_invoices, number_memos
from app.validation.write_offs import (
    violations_of_invoice_write_off,
    violations_of_memo_write_off,
    violations_of_void_invoice,
)


async def write_off_credit_memo(books: Books, command: WriteOffCreditMemo) -> Changes:
    """A posted debit memo over what the memo has left, to which the memo is applied."""
    settings = await books.settings(command.date)
    named = await books.locate(CreditMemo, {("credit_memo",): command.credit_memo})
    memos = await books.lock(CreditMemo, named.values())
    records: list[Record] = [*await books.all(ReasonCode), *memos]
    records += await books.children(CreditMemoLine, "credit_memo_id", [each.id for each in memos])
    facts = books.facts(settings, records, named)
    reject_if_any(violations_of_memo_write_off(command, facts))
    sheet = Worksheet(facts)
    memo = facts.get(CreditMemo, named["credit_memo",])
    debit_memo, application = write_off_memo(
        sheet,
        memo,
        dated=command.date or max(sheet.stamp.today, memo.memo_date),
        reason_code=command.reason_code or default_reason(facts),
        description=command.description,
    )
    await number_invoices(books, sheet, [debit_memo.id])
    return sheet.changes(credit_memo=memo.id, debit_memo=debit_memo.id, application=application.id)


async def write_off_invoice(books: Books, command: WriteOffInvoice) -> Changes:
    """A posted memo over what the invoice owes, applied to it."""
    facts = await facts_for_write_off(books, {(): command})
    reject_if_any(violations_of_invoice_write_off(command, facts))
    sheet = Worksheet(facts)
    memo_id, application_id = decide_write_off(sheet, command)
    await number_memos(books, sheet, [memo_id])
    return sheet.changes(credit_memo=memo_id, application=application_id, invoice=facts.named["invoice",])


def decide_write_off(sheet: Worksheet, command: WriteOffInvoice, at: Path = ()) -> tuple[str, str]:
    """Put memo and application down; their ids. The memo has no number yet."""
    memo, application = written_off(
        sheet,
        sheet.get(Invoice, sheet.named[(*at, "invoice")]),
        {
            "reason_code": command.reason_code or default_reason(sheet),
            "description": command.description,
            "comment": command.comment,
            "effective_date": command.effective_date,
        },
    )
    return memo.id, application.id


async def facts_for_write_off(books: Books, commands: Mapping[Path, WriteOffInvoice]) -> Facts:
    """For one command or for hundreds, each under its place in the input."""
    settings = await books.settings(*(each.effective_date for each in commands.values()))
    named = await books.locate(Invoice, {(*at, "invoice"): each.invoice for at, each in commands.items()})
    invoices = await books.lock(Invoice, named.values())
    ids = [each.id for each in invoices]
    records: list[Record] = [*await books.all(ReasonCode), *invoices]
    records += await books.children(InvoiceLine, "invoice_id", ids)
    records += await books.children(InvoiceLineTax, "invoice_id", ids)
    return books.facts(settings, records, named)


async def void_invoice(books: Books, command: VoidInvoice) -> Changes:
    """A posted memo mirrors the invoice and is applied to it; both are final."""
    settings = await books.settings(command.effective_date)
    named = await books.locate(Invoice, {("invoice",): command.invoice})
    invoices = await books.lock(Invoice, named.values())
    ids = [each.id for each in invoices]
    lines = await books.children(InvoiceLine, "invoice_id", ids)
    records: list[Record] = [*await books.all(ReasonCode), *invoices, *lines]
    records += await books.children(InvoiceLineTax, "invoice_id", ids)
    records += await books.lock(OrderItem, [each.order_item_id for each in lines if each.order_item_id])
    facts = books.facts(settings, records, named)
    reject_if_any(violations_of_void_invoice(command, facts))
    sheet = Worksheet(facts)
    invoice = facts.get(Invoice, named["invoice",])
    memo, application = voided(
        sheet,
        invoice,
        {
            "reason_code": command.reason_code or default_reason(facts),
            "description": command.description,
            "effective_date": date_of_void(sheet, invoice, command.effective_date),
        },
    )
    await number_memos(books, sheet, [memo.id])
    return sheet.changes(
        credit_memo=memo.id,
        application=None if application is None else application.id,
        invoice=named["invoice",],
    )
