"""Credit memos: credit that an account holds, line by line, and where it came from."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from app.domain.record import Document, Metadata, Record
from app.domain.vocabulary import (
    CreditMemoSource,
    CreditMemoStatus,
    EInvoiceStatus,
    TaxMode,
    TaxRateType,
    TaxStatus,
    TaxStrategy,
    TransferStatus,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditMemo(Document):
    """Header. total = applied + refunded + balance (invariant 1)."""

    PREFIX: ClassVar[str] = "cm"

    number: str | None
    account_id: str
    currency: str
    status: CreditMemoStatus = CreditMemoStatus.DRAFT
    source: CreditMemoSource = CreditMemoSource.STANDALONE
    invoice_id: str | None = None
    reason_code: str | None = None
    description: str | None = None
    comment: str | None = None
    charge_amount: int
    tax_amount: int
    tax_exempt_amount: int = 0
    total_amount: int
    applied: int = 0
    refunded: int = 0
    balance: int
    effective_date: date | None = None
    credit_date: date | None = None
    memo_date: date
    """Effective date, else credit date, else the day of creation (Zuora: creditMemoDate)."""
    tax_date: date | None = None
    target_date: date | None = None
    expires_on: date | None = None
    tax_status: TaxStatus = TaxStatus.NOT_APPLICABLE
    tax_message: str | None = None
    exclude_from_auto_apply: bool = False
    auto_apply_upon_posting: bool = False
    exclude_from_revenue_accounting: bool = False
    transferred_to_accounting: TransferStatus = TransferStatus.NO
    reversed: bool = False
    external_reference: str | None = None
    external_reference_source: str | None = None
    content_fingerprint: str | None = None
    integration_id: str | None = None
    integration_status: str | None = None
    integration_origin: str | None = None
    integration_sync_date: str | None = None
    integration_transaction: str | None = None
    bill_to_contact: str | None = None
    bill_to_contact_snapshot: Metadata | None = None
    template: str | None = None
    source_type: str | None = None
    source_id: str | None = None
    sequence_set: str | None = None
    invoice_group_number: str | None = None
    e_invoice_status: EInvoiceStatus | None = None
    e_invoice_error_code: str | None = None
    e_invoice_error_message: str | None = None
    e_invoice_file_id: str | None = None
    latest_pdf_file_id: str | None = None
    metadata: Metadata | None = None
    edited_by: str | None = None
    """Who changed last what it says; None where nobody has since it was made. Submitting it is no such change."""
    approval_requested_at: datetime | None = None
    approval_requested_by: str | None = None
    """Whose limit its total is above."""
    approved_at: datetime | None = None
    approved_by: str | None = None
    posted_at: datetime | None = None
    posted_by: str | None = None
    canceled_at: datetime | None = None
    canceled_by: str | None = None
    voided_at: datetime | None = None
    voided_by: str | None = None
    position: int = 0
    """Position of the last balance entry in this document's history."""
    history_hash: str | None = None
    """The last hash of its chain of changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditMemoLine(Record):
    """balance = total - applied (invariant 3a). Negative only where it mirrors a negative invoice line."""

    PREFIX: ClassVar[str] = "cml"

    credit_memo_id: str
    line_number: int
    currency: str
    source_invoice_line_id: str | None = None
    sku: str | None = None
    description: str | None = None
    comment: str | None = None
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
    tax_strategy: TaxStrategy
    tax_mode: TaxMode = TaxMode.EXCLUSIVE
    tax_only: bool = False
    removed: bool = False
    """It was taken out of the draft, and counts nothing."""
    amount_prorated: bool = False
    """The amount was found from the quantity alone."""
    amount_to_tax: int | None = None
    """The amount as it was asked for (with its tax where INCLUSIVE), while its tax is not known yet; None otherwise."""
    amount: int
    tax_amount: int
    total_amount: int
    balance: int
    applied: int = 0
    order_item_id: str | None = None
    metadata: Metadata | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditMemoLineTax(Record):
    """A tax item of a memo line, with the invoice's tax item that it credits where there is one."""

    PREFIX: ClassVar[str] = "cmt"

    credit_memo_id: str
    credit_memo_line_id: str
    ordinal: int
    currency: str
    source_tax_item_id: str | None = None
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
