"""Voiding an invoice: a memo mirrors it, is applied to it, and both are final (domain 4.10)."""

from datetime import date
from operator import attrgetter
from typing import Any

from app.domain.application import CreditMemoApplication
from app.domain.balances import with_settlement
from app.domain.credit_memo import CreditMemo
from app.domain.crediting import posted_over_invoice
from app.domain.drawing import Taken, charged, quantity_left, taxes_of
from app.domain.facts import Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.lifecycle import stepped
from app.domain.memo_making import NewMemoLine, credited_taxes, fields_of_source_line
from app.domain.proration import all_that_is_left
from app.domain.settling import apply_to_source
from app.domain.vocabulary import CreditMemoSource, InvoiceStatus, TaxStrategy


def has_drawn_lines(facts: Facts, invoice: Invoice) -> bool:
    """Whether a memo, drafts included, has drawn money or counted a quantity; amounts of both signs may come to 0."""
    lines = facts.of(InvoiceLine, "invoice_id", invoice.id)
    return any(line.amount_credited or line.tax_credited or line.quantity_credited for line in lines)


def date_of_void(sheet: Worksheet, invoice: Invoice, asked: date | None) -> date | None:
    """Effective date of the memo: the day asked for, else the invoice's own where that is still to come."""
    return asked or (invoice.invoice_date if invoice.invoice_date > sheet.stamp.today else None)


def void_invoice(
    sheet: Worksheet, invoice: Invoice, fields: dict[str, Any]
) -> tuple[CreditMemo, CreditMemoApplication | None]:
    """Make a posted memo of all its lines, apply it, and void the invoice. A total of 0 has nothing to apply.

    The memo has no number yet; `fields` are columns of its header.
    """
    lines = sorted(sheet.of(InvoiceLine, "invoice_id", invoice.id), key=attrgetter("line_number"))
    taken = [_whole(sheet, line) for line in lines]
    mirrored = [_mirrored(each) for each in taken]
    memo = posted_over_invoice(sheet, invoice, CreditMemoSource.INVOICE_VOID, taken, mirrored, fields)
    application = None
    if memo.total_amount:
        application = apply_to_source(sheet, memo, memo.total_amount, memo.description)
    current = sheet.get(Invoice, invoice.id)
    voided = sheet.change(
        current,
        status=stepped(current.status, InvoiceStatus.VOIDED),
        voided_at=sheet.moment(current),
        voided_by=sheet.stamp.actor,
    )
    with_settlement(sheet, voided)
    return memo, application


def _whole(facts: Facts, line: InvoiceLine) -> Taken:
    taxes = taxes_of(facts, line)
    state = charged(line, taxes)
    return Taken(
        line=line,
        taxes=taxes,
        state=state,
        drawn=all_that_is_left(state),
        quantity=quantity_left(line),
    )


def _mirrored(taken: Taken) -> NewMemoLine:
    return NewMemoLine(
        amount=taken.drawn.amount,
        taxes=credited_taxes(taken.line, taken.taxes, taken.drawn),
        fields=fields_of_source_line(taken.line)
        | {
            "quantity": None if taken.line.quantity is None else taken.quantity,
            "tax_strategy": TaxStrategy.COPY_FROM_INVOICE_LINE,
        },
    )
