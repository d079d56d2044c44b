"""Taking an invoice in: lines with their taxes, totals from the lines; posting makes it a claim on the buyer."""

from typing import Any

from app.domain.balances import move_balance, with_settlement
from app.domain.commands import InvoiceEntry, InvoiceLineEntry, TaxItem
from app.domain.external_reference import source_of
from app.domain.facts import Worksheet
from app.domain.fingerprint import content_fingerprint
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.lifecycle import stepped
from app.domain.memo_making import entry_amount, tax_item_fields
from app.domain.money import quantity_to_scaled, to_minor
from app.domain.vocabulary import BalanceEntryKind, InvoiceKind, InvoiceStatus


def line_taxes(entry: InvoiceLineEntry) -> list[TaxItem]:
    """The tax items of a line; a tax amount without items is one item (domain: ingestion)."""
    if entry.tax_items:
        return entry.tax_items
    if entry.tax_amount:
        return [TaxItem(amount=entry.tax_amount, code=entry.tax_code, jurisdiction=entry.jurisdiction)]
    return []


def line_total(entry: InvoiceLineEntry, digits: int) -> int:
    """The amount of a line with tax, in minor units; ValueError where the rules should have refused it."""
    return entry_amount(entry, digits) + sum(to_minor(each.amount, digits) for each in line_taxes(entry))


def make_invoice(
    sheet: Worksheet,
    entry: InvoiceEntry,
    *,
    number: str | None,
    account_id: str,
    currency: str,
    digits: int,
    order_item_ids: dict[str, str],
) -> Invoice:
    """Put a draft invoice down with its lines and tax items; `order_item_ids` maps external references to ids."""
    made = [
        (entry_amount(line, digits), [tax_item_fields(t, digits) for t in line_taxes(line)])
        for line in entry.lines
    ]
    charge = sum(amount for amount, _ in made)
    tax = sum(item["amount"] for _, items in made for item in items)
    moment = sheet.stamp.now
    invoice = sheet.add(
        Invoice(
            id=sheet.stamp.new_id(Invoice),
            kind=entry.kind or InvoiceKind.INVOICE,
            number=number,
            account_id=account_id,
            currency=currency,
            invoice_date=entry.invoice_date,
            due_date=entry.due_date,
            target_date=entry.target_date,
            charge_amount=charge,
            tax_amount=tax,
            total_amount=charge + tax,
            balance=charge + tax,
            reference_document=entry.reference_document,
            group_number=entry.group_number,
            external_reference=entry.external_reference,
            external_reference_source=source_of(entry),
            content_fingerprint=content_fingerprint(entry) if entry.external_reference else None,
            metadata=entry.metadata,
            created_at=moment,
            created_by=sheet.stamp.actor,
            updated_at=moment,
            updated_by=sheet.stamp.actor,
        )
    )
    for place, (line, (amount, items)) in enumerate(zip(entry.lines, made, strict=True), start=1):
        item_id = order_item_ids[line.order_item.external_reference] if line.order_item else None
        _add_line(sheet, invoice, line, place, amount, items, item_id)
    return invoice


def _add_line(
    sheet: Worksheet,
    invoice: Invoice,
    entry: InvoiceLineEntry,
    place: int,
    amount: int,
    items: list[dict[str, Any]],
    order_item_id: str | None,
) -> None:
    tax = sum(item["amount"] for item in items)
    line = sheet.add(
        InvoiceLine(
            id=sheet.stamp.new_id(InvoiceLine),
            invoice_id=invoice.id,
            line_number=entry.line_number or place,
            currency=invoice.currency,
            sku=entry.sku,
            description=entry.description,
            quantity=None if entry.quantity is None else quantity_to_scaled(entry.quantity),
            unit_of_measure=entry.unit_of_measure,
            unit_price=None if entry.unit_price is None else format(entry.unit_price, "f"),
            service_start=entry.service_start,
            service_end=entry.service_end,
            tax_code=entry.tax_code,
            jurisdiction=entry.jurisdiction,
            tax_exempt=entry.tax_exempt,
            accounting_code=entry.accounting_code,
            amount=amount,
            tax_amount=tax,
            total_amount=amount + tax,
            balance=amount + tax,
            order_item_id=order_item_id,
            metadata=entry.metadata,
        )
    )
    for ordinal, item in enumerate(items, start=1):
        sheet.add(
            InvoiceLineTax(
                **item,
                id=sheet.stamp.new_id(InvoiceLineTax),
                invoice_id=invoice.id,
                invoice_line_id=line.id,
                ordinal=ordinal,
                currency=invoice.currency,
            )
        )


def posted_invoice(sheet: Worksheet, invoice: Invoice) -> Invoice:
    """Make the invoice final: its total is the first entry of its history; a zero invoice is settled at once."""
    posted = move_balance(
        sheet,
        invoice,
        BalanceEntryKind.POSTING,
        invoice.total_amount,
        None,
        status=stepped(invoice.status, InvoiceStatus.POSTED),
        posted_at=sheet.moment(invoice),
        posted_by=sheet.stamp.actor,
    )
    return with_settlement(sheet, posted)
