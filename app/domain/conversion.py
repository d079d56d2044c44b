"""Turning negative invoice lines into credit (Salesforce: convert-to-credit): a restatement, not a credit drawn."""

from collections.abc import Sequence
from typing import Any

from app.domain.application import CreditMemoApplication
from app.domain.balances import move_balance, with_settlement
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.drawing import taxes_of
from app.domain.facts import Worksheet
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.memo_making import (
    NewMemoLine,
    fields_of_source_line,
    make_memo,
    post_memo,
    tax_fields_of_source,
)
from app.domain.settling import Settlement, settle
from app.domain.vocabulary import AllocationRule, BalanceEntryKind, CreditMemoSource, TaxStrategy


def convert_lines(
    sheet: Worksheet,
    invoice: Invoice,
    lines: Sequence[InvoiceLine],
    *,
    number: str | None,
    fields: dict[str, Any],
) -> CreditMemo:
    """Make a posted memo of the lines' positive counterparts; their balances go to 0, the invoice's rises by as much."""
    converted = -sum(line.total_amount for line in lines)
    memo = make_memo(
        sheet,
        number=number,
        account_id=invoice.account_id,
        currency=invoice.currency,
        source=CreditMemoSource.NEGATIVE_LINES,
        invoice_id=invoice.id,
        lines=[_positive_counterpart(sheet, line) for line in lines],
        fields=fields,
    )
    memo = post_memo(sheet, memo)
    for line in lines:
        sheet.change(line, converted_amount=line.total_amount, balance=0)
        for tax in taxes_of(sheet, line):
            sheet.change(tax, converted_amount=tax.amount)
    invoice = move_balance(
        sheet,
        invoice,
        BalanceEntryKind.CONVERSION,
        converted,
        memo.id,
        converted_amount=sheet.get(Invoice, invoice.id).converted_amount - converted,
    )
    with_settlement(sheet, invoice)
    return memo


def give_converted_back(sheet: Worksheet, memo: CreditMemo) -> None:
    """Put the memo's lines back on their invoice as they were before they were converted."""
    given_back = 0
    for memo_line in sheet.of(CreditMemoLine, "credit_memo_id", memo.id):
        line = sheet.get(InvoiceLine, memo_line.source_invoice_line_id or "")
        given_back += line.converted_amount
        sheet.change(line, converted_amount=0, balance=line.total_amount)
        for tax in taxes_of(sheet, line):
            sheet.change(tax, converted_amount=0)
    invoice = sheet.get(Invoice, memo.invoice_id or "")
    invoice = move_balance(
        sheet,
        invoice,
        BalanceEntryKind.CONVERSION_REVERSAL,
        given_back,
        memo.id,
        converted_amount=invoice.converted_amount - given_back,
    )
    with_settlement(sheet, invoice)


def apply_converted(
    sheet: Worksheet, memo_id: str, invoice_id: str, description: str | None = None
) -> CreditMemoApplication | None:
    """Apply the memo to the invoice of its lines, as much as both balances carry; None where that is nothing."""
    amount = min(sheet.get(Invoice, invoice_id).balance, sheet.get(CreditMemo, memo_id).balance)
    if amount <= 0:
        return None
    return settle(
        sheet,
        Settlement(
            credit_memo_id=memo_id,
            invoice_id=invoice_id,
            amount=amount,
            description=description,
            allocation=AllocationRule.HIGHEST_FIRST,
        ),
    )


def _positive_counterpart(sheet: Worksheet, line: InvoiceLine) -> NewMemoLine:
    """A refund is written as a negative quantity or as a negative price; its counterpart has neither."""
    return NewMemoLine(
        amount=-line.amount,
        taxes=[tax_fields_of_source(tax, -tax.amount, -tax.exempt_amount) for tax in taxes_of(sheet, line)],
        fields=fields_of_source_line(line)
        | {
            "quantity": None if line.quantity is None else abs(line.quantity),
            "unit_price": None if line.unit_price is None else line.unit_price.removeprefix("-"),
            "tax_strategy": TaxStrategy.COPY_FROM_INVOICE_LINE,
        },
    )
