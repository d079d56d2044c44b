"""Invoices and debit memos: what the buyer owes, line by line, and what credit has drawn from it.

Two measures never to be mixed: *balance* is what may still be applied or paid; *creditable* is what memos may still
draw. Credited, converted and applied amounts carry the sign of what they reduce.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from app.domain.record import Document, Metadata, Record
from app.domain.vocabulary import (
    InvoiceKind,
    InvoiceSource,
    InvoiceStatus,
    PaymentType,
    SettlementStatus,
    TaxRateType,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice(Document):
    """Header. balance = total - converted - credits applied - payments applied (invariant 3)."""

    PREFIX: ClassVar[str] = "inv"

    kind: InvoiceKind = InvoiceKind.INVOICE
    source: InvoiceSource = InvoiceSource.INGESTED
    number: str | None
    account_id: str
    currency: str
    status: InvoiceStatus = InvoiceStatus.DRAFT
    invoice_date: date
    due_date: date | None = None
    target_date: date | None = None
    charge_amount: int
    tax_amount: int
    total_amount: int
    balance: int
    credits_applied: int = 0
    payments_applied: int = 0
    converted_amount: int = 0
    credited_amount: int = 0
    """Drawn by memos, tax included."""
    settlement_status: SettlementStatus = SettlementStatus.NOT_SETTLED
    full_settlement_date: date | None = None
    posted_at: datetime | None = None
    posted_by: str | None = None
    voided_at: datetime | None = None
    voided_by: str | None = None
    credit_memo_id: str | None = None
    """Of a debit memo that the service made: the memo whose credit it takes back."""
    reason_code: str | None = None
    """Why a debit memo that the service made writes credit off."""
    reference_document: str | None = None
    group_number: str | None = None
    external_reference: str | None = None
    external_reference_source: str | None = None
    content_fingerprint: str | None = None
    """Hash of the delivered input: a second delivery under the same external reference is compared with it."""
    metadata: Metadata | None = None
    position: int = 0
    """Position of the last balance entry in this document's history."""
    history_hash: str | None = None
    """The last hash of its chain of changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine(Record):
    """balance = total - converted - applied; payments and header applications move no line (invariant 3a)."""

    PREFIX: ClassVar[str] = "invl"

    invoice_id: str
    line_number: int
    currency: str
    sku: str | None = None
    description: str | None = None
    quantity: int | None = None
    unit_of_measure: str | None = None
    unit_price: str | None = None
    service_start: date | None = None
    service_end: date | None = None
    tax_code: str | None = None
    jurisdiction: str | None = None
    tax_exempt: bool = False
    accounting_code: str | None = None
    """Where accounting keeps its amount; None: under the entity's code for revenue."""
    amount: int
    tax_amount: int
    total_amount: int
    balance: int
    credits_applied: int = 0
    converted_amount: int = 0
    quantity_credited: int = 0
    amount_credited: int = 0
    tax_credited: int = 0
    amount_copied: int = 0
    """The part of amount_credited whose tax was taken automatically (C of the cumulative proportion)."""
    quantity_prorated: int = 0
    """The part of quantity_credited from credits whose amount was found from their quantity."""
    amount_prorated: int = 0
    """The part of amount_credited that those credits took."""
    order_item_id: str | None = None
    metadata: Metadata | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLineTax(Record):
    """A tax item of an invoice line."""

    PREFIX: ClassVar[str] = "invt"

    invoice_id: str
    invoice_line_id: str
    ordinal: int
    currency: str
    name: str | None = None
    code: str | None = None
    code_description: str | None = None
    jurisdiction: str | None = None
    location_code: str | None = None
    rate: int | None = None
    rate_description: str | None = None
    rate_type: TaxRateType | None = None
    tax_date: date | None = None
    amount: int
    exempt_amount: int = 0
    converted_amount: int = 0
    credited_amount: int = 0
    copied_amount: int = 0
    """The part of credited_amount that was taken automatically (T of the cumulative proportion)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderItem(Record):
    """What was ordered; credit that counts a quantity adds to it (a sum, not a cap)."""

    PREFIX: ClassVar[str] = "ord"

    external_reference: str
    quantity: int | None = None
    quantity_credited: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Record):
    """A fact recorded from outside; reversed once, whole, by a second row. The service moves no money."""

    PREFIX: ClassVar[str] = "pay"

    invoice_id: str
    account_id: str
    currency: str
    type: PaymentType
    amount: int
    impact_amount: int
    """Added to the invoice's balance: negative when received, positive when reversed."""
    invoice_balance: int
    invoice_position: int
    payment_date: date
    method: str | None = None
    reference: str | None = None
    external_reference: str | None = None
    external_reference_source: str | None = None
    content_fingerprint: str | None = None
    reversed_payment_id: str | None = None
    """On a REVERSED row: the payment that it takes back."""
    log_id: str
    recorded_at: datetime
    recorded_by: str
