"""Credit lines of an invoice: create the memo, post it and apply it in one step (Salesforce: credit)."""

from app.domain.application import CreditMemoApplication
from app.domain.commands import CreateAndApplyCreditMemo, InvoiceCreditEntry
from app.domain.credit_memo import CreditMemo
from app.domain.drawing import charged, draw_from_line, taxes_of
from app.domain.facts import Changes, Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.memo_making import (
    NewMemoLine,
    credited_taxes,
    fields_of_source_line,
    header_fields,
    make_memo,
    post_memo,
    tax_item_fields,
    with_default_reason,
)
from app.domain.money import minor_digits
from app.domain.proration import Drawn
from app.domain.settling import Settlement, settle
from app.domain.tax_choice import line_strategy, matched_items, named_amount, taking_of
from app.domain.violation import reject_if_any
from app.domain.vocabulary import AllocationRule, CreditMemoSource, SequenceKind, TaxMode, TaxStrategy
from app.repository.books import Books
from app.use_cases.deliveries import first_delivery
from app.use_cases.memo_headers import records_of_headers
from app.validation.credit import violations_of_create_and_apply
from app.validation.documents import default_reason


async def create_and_apply_credit_memo(books: Books, command: CreateAndApplyCreditMemo) -> Changes:
    """One memo line for each invoice line credited; at line level each settles the line it came from."""
    facts = await _facts_for_credit(books, command)
    first = await first_delivery(books, CreditMemo, command)
    if first is not None:
        made = await books.children(CreditMemoApplication, "credit_memo_id", [first.id])
        application = min(made, key=lambda each: each.credit_memo_position)
        return Changes(
            outcome={
                "credit_memo": first.id,
                "application": application.id,
                "invoice": application.invoice_id,
            },
            repeated=True,
        )
    reject_if_any(violations_of_create_and_apply(command, facts))
    invoice = facts.get(Invoice, facts.named["invoice",])
    sheet = Worksheet(facts)
    credits = [_credit(entry, command, facts) for entry in command.lines]
    [number] = await books.next_numbers(SequenceKind.CREDIT_MEMO, 1, final=True)
    memo = make_memo(
        sheet,
        number=number,
        account_id=invoice.account_id,
        currency=invoice.currency,
        source=CreditMemoSource.INVOICE,
        invoice_id=invoice.id,
        lines=[line for line, _ in credits],
        fields=header_fields(with_default_reason(command, default_reason(facts))),
    )
    for entry, (_, drawn) in zip(command.lines, credits, strict=True):
        draw_from_line(sheet, entry.invoice_line_id, drawn)
    memo = post_memo(sheet, memo)
    application = settle(
        sheet,
        Settlement(
            credit_memo_id=memo.id,
            invoice_id=invoice.id,
            amount=memo.total_amount,
            description=command.description,
            allocation=AllocationRule.SOURCE_LINE,
        ),
    )
    return sheet.changes(credit_memo=memo.id, application=application.id, invoice=invoice.id)


async def _facts_for_credit(books: Books, command: CreateAndApplyCreditMemo) -> Facts:
    settings = await books.settings(command.effective_date)
    named = await books.locate(Invoice, {("invoice",): command.invoice})
    records = await records_of_headers(books, [command])
    invoices = await books.lock(Invoice, named.values())
    records += invoices
    records += await books.children(InvoiceLine, "invoice_id", [each.id for each in invoices])
    records += await books.children(InvoiceLineTax, "invoice_id", [each.id for each in invoices])
    known = {record.id for record in records}
    records += await books.find(
        InvoiceLine, [each.invoice_line_id for each in command.lines if each.invoice_line_id not in known]
    )
    return books.facts(settings, records, named)


def _credit(
    entry: InvoiceCreditEntry, command: CreateAndApplyCreditMemo, facts: Facts
) -> tuple[NewMemoLine, Drawn]:
    """The memo line for an entry and what it draws."""
    line = facts.get(InvoiceLine, entry.invoice_line_id)
    digits = minor_digits(line.currency)
    strategy = line_strategy(entry, command, facts.settings)
    sources = taxes_of(facts, line)
    taking = taking_of(entry, strategy, charged(line, sources), sources, digits)
    drawn = taking.drawn(named_amount(entry, digits))
    if strategy is TaxStrategy.MANUAL_OVERRIDE:
        taxes = [
            tax_item_fields(matched.item, digits)
            | {"source_tax_item_id": None if matched.place is None else sources[matched.place].id}
            for matched in matched_items(entry.tax_items or (), sources, digits)
        ]
    else:
        taxes = [] if strategy is TaxStrategy.IGNORE else credited_taxes(line, sources, drawn)
    fields = fields_of_source_line(line) | {
        "description": entry.description or line.description,
        "comment": entry.comment,
        "tax_strategy": strategy,
        "tax_mode": entry.tax_mode or TaxMode.EXCLUSIVE,
        "tax_only": entry.tax_only,
        "metadata": entry.metadata,
    }
    return NewMemoLine(amount=drawn.amount, taxes=taxes, fields=fields), drawn
