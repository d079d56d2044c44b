"""Making a credit memo: its header from what the caller said, its lines with their taxes, its totals from the lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Protocol

from app.domain.balances import move_balance
from app.domain.commands import MemoHeader, MemoLineEntry, TaxItem
from app.domain.construction import quickly_made
from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.entity import ReasonCode
from app.domain.external_reference import source_of
from app.domain.facts import Facts, Worksheet
from app.domain.fingerprint import content_fingerprint
from app.domain.invoice import InvoiceLine, InvoiceLineTax
from app.domain.lifecycle import stepped
from app.domain.money import extended_amount, quantity_to_scaled, rate_to_scaled, to_minor
from app.domain.proration import Drawn, exempt_share
from app.domain.vocabulary import (
    BalanceEntryKind,
    CreditMemoSource,
    CreditMemoStatus,
    TaxMode,
    TaxStatus,
    TaxStrategy,
)


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class NewMemoLine:
    """A memo line before it has an id: amount without tax in minor units, and its tax items."""

    amount: int
    taxes: Sequence[dict[str, Any]]
    fields: dict[str, Any]

    @property
    def tax(self) -> int:
        return sum([item["amount"] for item in self.taxes])


def tax_item_fields(item: TaxItem, digits: int) -> dict[str, Any]:
    """A given tax item as the columns of a tax row; shared by invoices and memos."""
    return {
        "name": item.name,
        "code": item.code,
        "code_description": item.code_description,
        "jurisdiction": item.jurisdiction,
        "location_code": item.location_code,
        "rate": None if item.rate is None else rate_to_scaled(item.rate),
        "rate_description": item.rate_description,
        "rate_type": item.rate_type,
        "tax_date": item.tax_date,
        "amount": to_minor(item.amount, digits),
        "exempt_amount": 0 if item.exempt_amount is None else to_minor(item.exempt_amount, digits),
    }


def tax_fields_of_source(source: InvoiceLineTax, amount: int, exempt_amount: int) -> dict[str, Any]:
    """The invoice's tax item as the columns of the memo's, over the given part of it."""
    return {
        "source_tax_item_id": source.id,
        "name": source.name,
        "code": source.code,
        "code_description": source.code_description,
        "jurisdiction": source.jurisdiction,
        "location_code": source.location_code,
        "rate": source.rate,
        "rate_description": source.rate_description,
        "rate_type": source.rate_type,
        "tax_date": source.tax_date,
        "amount": amount,
        "exempt_amount": exempt_amount,
    }


def credited_taxes(
    line: InvoiceLine,
    sources: Sequence[InvoiceLineTax],
    drawn: Drawn,
    rates: Sequence[int | None] | None = None,
) -> list[dict[str, Any]]:
    """The tax items of which a credit takes a part, as the columns of the memo's; `rates`: by which it was found.

    The exempt amount of an item goes with its tax; of an item without tax, with the line's amount.
    """
    taxes = []
    for source, part, rate in zip(sources, drawn.taxes, rates or (None,) * len(sources), strict=True):
        share = (part, source.amount) if source.amount else (drawn.amount, line.amount)
        exempt = exempt_share(source.exempt_amount, *share)
        if part or exempt:
            fields = tax_fields_of_source(source, part, exempt)
            taxes.append(fields if rate is None else fields | {"rate": rate})
    return taxes


def fields_of_source_line(line: InvoiceLine) -> dict[str, Any]:
    """What a memo line takes over from the invoice line that it credits; the quantity is not among it."""
    return {
        "source_invoice_line_id": line.id,
        "sku": line.sku,
        "description": line.description,
        "unit_of_measure": line.unit_of_measure,
        "unit_price": line.unit_price,
        "service_start": line.service_start,
        "service_end": line.service_end,
        "tax_code": line.tax_code,
        "jurisdiction": line.jurisdiction,
        "tax_exempt": line.tax_exempt,
        "accounting_code": line.accounting_code,
        "order_item_id": line.order_item_id,
    }


class PricedEntry(Protocol):
    """A line of a request that says its amount, or of what it is made."""

    @property
    def amount(self) -> Decimal | None: ...
    @property
    def quantity(self) -> Decimal | None: ...
    @property
    def unit_price(self) -> Decimal | None: ...


def entry_amount(entry: PricedEntry, digits: int) -> int:
    """The amount of a line without tax, in minor units; ValueError where the rules should have refused it."""
    if entry.amount is not None:
        return to_minor(entry.amount, digits)
    if entry.quantity is None or entry.unit_price is None:
        return 0
    return extended_amount(entry.quantity, entry.unit_price, digits)


def standalone_line(
    entry: MemoLineEntry, strategy: TaxStrategy, digits: int, calculated: Sequence[dict[str, Any]] = ()
) -> NewMemoLine:
    """A line that credits no invoice line: its tax is what the caller gives, what an engine calculated, or none."""
    items = entry.tax_items or () if strategy is TaxStrategy.MANUAL_OVERRIDE else ()
    amount = 0 if entry.tax_only else entry_amount(entry, digits)
    if entry.tax_mode is TaxMode.INCLUSIVE:
        amount -= sum(item["amount"] for item in calculated)
    return NewMemoLine(
        amount=amount,
        taxes=[*(tax_item_fields(item, digits) for item in items), *calculated],
        fields={
            "sku": entry.sku,
            "description": entry.description,
            "comment": entry.comment,
            "quantity": None if entry.quantity is None else quantity_to_scaled(entry.quantity),
            "unit_of_measure": entry.unit_of_measure,
            "unit_price": None if entry.unit_price is None else format(entry.unit_price, "f"),
            "service_start": entry.service_start,
            "service_end": entry.service_end,
            "tax_code": entry.tax_code,
            "jurisdiction": entry.jurisdiction,
            "tax_exempt": entry.tax_exempt,
            "accounting_code": entry.accounting_code,
            "tax_strategy": strategy,
            "tax_mode": entry.tax_mode or TaxMode.EXCLUSIVE,
            "tax_only": entry.tax_only,
            "metadata": entry.metadata,
        },
    )


def header_fields(header: MemoHeader) -> dict[str, Any]:
    """What the caller said of the memo as a whole, as columns."""
    integration = header.integration
    return {
        "reason_code": header.reason_code,
        "template": header.template,
        "description": header.description,
        "comment": header.comment,
        "effective_date": header.effective_date,
        "tax_date": header.tax_date,
        "target_date": header.target_date,
        "expires_on": header.expires_on,
        "exclude_from_auto_apply": header.exclude_from_auto_apply,
        "auto_apply_upon_posting": header.auto_apply_upon_posting,
        "exclude_from_revenue_accounting": header.exclude_from_revenue_accounting,
        "external_reference": header.external_reference,
        "external_reference_source": source_of(header),
        "content_fingerprint": content_fingerprint(header) if header.external_reference else None,
        "bill_to_contact": header.bill_to_contact,
        "invoice_group_number": header.invoice_group_number,
        "integration_id": integration and integration.id,
        "integration_status": integration and integration.status,
        "integration_origin": integration and integration.origin,
        "integration_sync_date": integration and integration.sync_date,
        "integration_transaction": integration and integration.transaction,
        "metadata": header.metadata,
    }


def make_memo(
    sheet: Worksheet,
    *,
    number: str | None,
    account_id: str,
    currency: str,
    source: CreditMemoSource,
    invoice_id: str | None,
    lines: Sequence[NewMemoLine],
    fields: dict[str, Any],
) -> CreditMemo:
    """Put a draft memo down with its lines and tax items; its totals are the sums of its lines (invariant 0)."""
    charge = sum(line.amount for line in lines)
    tax = sum(line.tax for line in lines)
    taxed = any(line.taxes for line in lines)
    moment = sheet.stamp.now
    memo = sheet.add(
        CreditMemo(
            **fields,
            id=sheet.stamp.new_id(CreditMemo),
            number=number,
            account_id=account_id,
            currency=currency,
            source=source,
            invoice_id=invoice_id,
            charge_amount=charge,
            tax_amount=tax,
            tax_exempt_amount=sum(item.get("exempt_amount", 0) for line in lines for item in line.taxes),
            total_amount=charge + tax,
            balance=charge + tax,
            memo_date=fields.get("effective_date") or sheet.stamp.today,
            tax_status=TaxStatus.COMPLETE if taxed else TaxStatus.NOT_APPLICABLE,
            created_at=moment,
            created_by=sheet.stamp.actor,
            updated_at=moment,
            updated_by=sheet.stamp.actor,
        )
    )
    for line_number, line in enumerate(lines, start=1):
        add_line(sheet, memo, line_number, line)
    return memo


def add_line(sheet: Worksheet, memo: CreditMemo, line_number: int, line: NewMemoLine) -> None:
    """Put a new line of the memo down with its tax items."""
    tax = line.tax
    total = line.amount + tax
    memo_line = sheet.add(
        CreditMemoLine(
            **line.fields,
            id=sheet.stamp.new_id(CreditMemoLine),
            credit_memo_id=memo.id,
            line_number=line_number,
            currency=memo.currency,
            amount=line.amount,
            tax_amount=tax,
            total_amount=total,
            balance=total,
        )
    )
    for ordinal, item in enumerate(line.taxes, start=1):
        sheet.add(
            CreditMemoLineTax(
                **item,
                id=sheet.stamp.new_id(CreditMemoLineTax),
                credit_memo_id=memo.id,
                credit_memo_line_id=memo_line.id,
                ordinal=ordinal,
                currency=memo.currency,
            )
        )


def post_memo(sheet: Worksheet, memo: CreditMemo) -> CreditMemo:
    """Make the memo final: dated today, its whole total is the first entry of its history."""
    today = sheet.stamp.today
    return move_balance(
        sheet,
        memo,
        BalanceEntryKind.POSTING,
        memo.total_amount,
        None,
        status=stepped(memo.status, CreditMemoStatus.POSTED),
        credit_date=today,
        memo_date=memo.effective_date or today,
        posted_at=sheet.moment(memo),
        posted_by=sheet.stamp.actor,
    )


def default_reason(facts: Facts) -> str | None:
    """The entity's reason code for memos that name none, if it has one."""
    return next((each.code for each in facts.every(ReasonCode) if each.is_default and each.active), None)


def with_default_reason(command: MemoHeader, default: str | None) -> MemoHeader:
    """The header with the entity's default reason code where it names none (Zuora)."""
    return command if command.reason_code is not None else replace(command, reason_code=default)
