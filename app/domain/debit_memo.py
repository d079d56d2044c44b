"""Debit memos that the service makes: posted documents that take credit back, by having it applied to them.

Nothing is ever drawn from one: it restates credit, and is no charge of its own (domain 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any

from app.domain.application import CreditMemoApplication
from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.facts import Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.invoice_making import posted_invoice
from app.domain.settling import Settlement, settle
from app.domain.vocabulary import AllocationRule, InvoiceKind, InvoiceSource

_MIRRORED = (
    "sku",
    "description",
    "quantity",
    "unit_of_measure",
    "unit_price",
    "service_start",
    "service_end",
    "tax_code",
    "jurisdiction",
    "tax_exempt",
    "accounting_code",
    "metadata",
)
"""What a line takes over from its memo line. Not the order item: nothing more was ordered."""
_MIRRORED_TAX = (
    "name",
    "code",
    "code_description",
    "jurisdiction",
    "location_code",
    "rate",
    "rate_description",
    "rate_type",
    "tax_date",
    "amount",
    "exempt_amount",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDebitLine:
    """A line before it has an id: amount without tax in minor units, the columns of its tax items, its other columns."""

    amount: int
    taxes: Sequence[dict[str, Any]] = ()
    fields: dict[str, Any]

    @property
    def tax(self) -> int:
        return sum(item["amount"] for item in self.taxes)


def mirrored_lines(facts: Facts, memo: CreditMemo) -> list[NewDebitLine]:
    """A line for each of the memo's, in order, negative ones included; tax items that came to nothing are left out."""
    lines = sorted(facts.of(CreditMemoLine, "credit_memo_id", memo.id), key=attrgetter("line_number"))
    return [
        NewDebitLine(
            amount=line.amount,
            taxes=_mirrored_taxes(facts, line),
            fields={name: getattr(line, name) for name in _MIRRORED},
        )
        for line in lines
        if not line.removed
    ]


def _mirrored_taxes(facts: Facts, line: CreditMemoLine) -> list[dict[str, Any]]:
    items = sorted(facts.of(CreditMemoLineTax, "credit_memo_line_id", line.id), key=attrgetter("ordinal"))
    return [
        {name: getattr(item, name) for name in _MIRRORED_TAX}
        for item in items
        if item.amount or item.exempt_amount
    ]


def make_debit_memo(
    sheet: Worksheet,
    memo: CreditMemo,
    lines: Sequence[NewDebitLine],
    *,
    source: InvoiceSource,
    dated: date,
    fields: dict[str, Any] | None = None,
) -> Invoice:
    """Put a posted debit memo down that takes credit of the memo back; it has no number yet.

    `fields` are further columns of its header. The caller applies the memo to it (`apply_to_debit_memo`).
    """
    charge, tax = sum(line.amount for line in lines), sum(line.tax for line in lines)
    moment = sheet.moment(memo)
    debit_memo = sheet.add(
        Invoice(
            **fields or {},
            id=sheet.stamp.new_id(Invoice),
            kind=InvoiceKind.DEBIT_MEMO,
            source=source,
            number=None,
            account_id=memo.account_id,
            currency=memo.currency,
            credit_memo_id=memo.id,
            invoice_date=dated,
            charge_amount=charge,
            tax_amount=tax,
            total_amount=charge + tax,
            balance=charge + tax,
            reference_document=memo.number,
            group_number=memo.invoice_group_number,
            created_at=moment,
            created_by=sheet.stamp.actor,
            updated_at=moment,
            updated_by=sheet.stamp.actor,
        )
    )
    for line_number, line in enumerate(lines, start=1):
        _add_line(sheet, debit_memo, line_number, line)
    return posted_invoice(sheet, debit_memo)


def apply_to_debit_memo(
    sheet: Worksheet, memo: CreditMemo, debit_memo: Invoice, description: str | None = None
) -> CreditMemoApplication | None:
    """Apply the memo to the whole of the debit memo; None where that is nothing.

    Highest balance first on both sides: of lines that mirror each other each goes to its own counterpart.
    """
    amount = sheet.get(Invoice, debit_memo.id).balance
    if amount == 0:
        return None
    return settle(
        sheet,
        Settlement(
            credit_memo_id=memo.id,
            invoice_id=debit_memo.id,
            amount=amount,
            description=description,
            allocation=AllocationRule.HIGHEST_FIRST,
        ),
    )


def _add_line(sheet: Worksheet, debit_memo: Invoice, line_number: int, line: NewDebitLine) -> None:
    tax = line.tax
    made = sheet.add(
        InvoiceLine(
            **line.fields,
            id=sheet.stamp.new_id(InvoiceLine),
            invoice_id=debit_memo.id,
            line_number=line_number,
            currency=debit_memo.currency,
            amount=line.amount,
            tax_amount=tax,
            total_amount=line.amount + tax,
            balance=line.amount + tax,
        )
    )
    for ordinal, item in enumerate(line.taxes, start=1):
        sheet.add(
            InvoiceLineTax(
                **item,
                id=sheet.stamp.new_id(InvoiceLineTax),
                invoice_id=debit_memo.id,
                invoice_line_id=made.id,
                ordinal=ordinal,
                currency=debit_memo.currency,
            )
        )
