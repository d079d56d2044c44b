"""What a caller can ask for. GraphQL's input types are made from these classes, and so is the fingerprint of a call.

A field says what it means (its description is the schema's) and how long it may be; absent and null are the same.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.domain.record import Metadata
from app.domain.vocabulary import AllocationRule, InvoiceKind, TaxMode, TaxRateType, TaxStrategy


def required(description: str, *, limit: str = "text", is_id: bool = False) -> Any:
    """A field that must be given; `limit` names how long its text or list may be (app.domain.limits)."""
    return field(metadata={"description": description, "limit": limit, "is_id": is_id})


def optional(description: str, *, limit: str = "text", is_id: bool = False, default: Any = None) -> Any:
    return field(default=default, metadata={"description": description, "limit": limit, "is_id": is_id})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalReference:
    """A document's name in another system."""

    source: str = required("The system, e.g. `netsuite`.")
    reference: str = required("The document's id there.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A document, named in exactly one way."""

    id: str | None = optional("Its id here.", is_id=True)
    number: str | None = optional("Its document number.")
    external_reference: ExternalReference | None = optional("Its id in another system.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReference(Reference):
    """An account, named in exactly one way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceReference(Reference):
    """An invoice or debit memo, named in exactly one way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditMemoReference(Reference):
    """A credit memo, named in exactly one way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What every mutation's input carries besides its own fields."""

    idempotency_key: str | None = optional(
        "Makes a retry safe: a second call with the same key and input changes nothing and answers the first"
        " call's documents as they are now, with `replayed: true`. Same key, other input: refused. Never expires."
    )
    dry_run: bool = optional(
        "Show what the call would do, with every field of the answer, and keep nothing.", default=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEntry:
    """An account to create, or to bring up to date, by its number."""

    number: str = required("The account number; the key of the upsert.")
    name: str = required("The buyer's name.")
    currency: str = required("Default currency of the account's documents (ISO 4217).", limit="currency")
    external_reference: str | None = optional("The account's id in another system.")
    external_reference_source: str | None = optional("That system.")
    metadata: Metadata | None = optional("Custom fields: string keys, JSON scalars.")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertAccounts(Command):
    """Create accounts, or bring existing ones up to date, by number."""

    accounts: list[AccountEntry] = required("The accounts, at most 1,000.", limit="accounts")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxItem:
    """One tax on a line (Zuora: taxItem)."""

    name: str | None = optional("Name of the tax, e.g. `STATE TAX`.")
    code: str | None = optional("Tax code.")
    code_description: str | None = optional("What the tax code stands for.")
    jurisdiction: str | None = optional("Taxing jurisdiction, e.g. `CALIFORNIA`.")
    location_code: str | None = optional("Location code of the jurisdiction.")
    rate: Decimal | None = optional("Rate: 0.0625 is 6.25 % when the type is PERCENTAGE; at most 8 decimals.")
    rate_description: str | None = optional("What the rate stands for.")
    rate_type: TaxRateType | None = optional("How the rate is meant.")
    tax_date: dt.date | None = optional("The day whose tax law applies.")
    amount: Decimal = required("The tax, with the line's sign.")
    exempt_amount: Decimal | None = optional("The part of the amount that is exempt from this tax.")
    source_tax_item_id: str | None = optional(
        "On a memo line drawn from an invoice line: the invoice's tax item that this one credits.", is_id=True
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderItemEntry:
    """The order item that a line bills."""

    external_reference: str = required("The order item's id in the order system.")
    quantity: Decimal | None = optional("The quantity ordered.")


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLineEntry:
    """A line of an invoice as the billing system made it."""

    line_number: int | None = optional("Default: its place in the list, from 1.")
    sku: str | None = optional("Product (SKU).")
    description: str | None = optional("What was billed.", limit="description")
    quantity: Decimal | None = optional("Quantity, at most 6 decimals.")
    unit_of_measure: str | None = optional("Unit of the quantity.")
    unit_price: Decimal | None = optional("Price of one unit, at most 12 decimals.")
    amount: Decimal | None = optional(
        "Amount without tax; negative for a discount. Default: quantity x price."
    )
    service_start: dt.date | None = optional("First day of the service period.")
    service_end: dt.date | None = optional("Last day of the service period.")
    tax_code: str | None = optional("Tax code of the product.")
    jurisdiction: str | None = optional("Taxing jurisdiction of the line.")
    tax_exempt: bool = optional("The line is exempt from tax.", default=False)
    tax_amount: Decimal | None = optional("The line's tax; without tax items it becomes one item.")
    tax_items: list[TaxItem] | None = optional("The line's taxes; they add up to its tax.", limit="tax_items")
    order_item: OrderItemEntry | None = optional("The order item that the line bills.")
    metadata: Metadata | None = optional("Custom fields.")


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceEntry:
    """An invoice or debit memo as the billing system made it."""

    kind: InvoiceKind | None = optional("Default: INVOICE.")
    number: str | None = optional("Document number. Default: the next one of the entity's sequence.")
    account: AccountReference = required("The buyer.")
    currency: str | None = optional("ISO 4217 code. Default: the account's.", limit="currency")
    invoice_date: dt.date = required("The date of the invoice.")
    due_date: dt.date | None = optional("The day by which it is to be paid.")
    target_date: dt.date | None = optional("The billing run's target date.")
    group_number: str | None = optional("Invoice group number.")
    reference_document: str | None = optional("A document that this one refers to.")
    external_reference: str | None = optional(
        "The invoice's id in another system. A second delivery with the same content returns the first invoice."
    )
    external_reference_source: str | None = optional("That system.")
    metadata: Metadata | None = optional("Custom fields.")
    post: bool = optional("Post it at once.", default=False)
    lines: list[InvoiceLineEntry] = required("The lines, at least one, at most 1,000.", limit="lines")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateInvoices(Command):
    """Take in invoices and debit memos with their lines and taxes; all or none."""

    invoices: list[InvoiceEntry] = required("The invoices, at most 1,000.", limit="invoices")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostInvoice(Command):
    """Make a draft invoice final: from then on it can be paid, and credit can be applied to it."""

    invoice: InvoiceReference = required("The draft invoice.")
    expected_version: int | None = optional("Refuse unless the invoice still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPayment(Command):
    """Record a payment that was received elsewhere."""

    invoice: InvoiceReference = required("The posted invoice that was paid.")
    amount: Decimal = required("What was paid; at most the invoice's balance.")
    date: dt.date | None = optional("The day of the payment. Default: today in the entity's time zone.")
    method: str | None = optional("How it was paid, e.g. `WIRE`.")
    reference: str | None = optional("The payer's reference.")
    external_reference: str | None = optional(
        "The payment's id in another system. A second delivery with the same content returns the first payment."
    )
    external_reference_source: str | None = optional("That system.")
    expected_version: int | None = optional("Refuse unless the invoice still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversePayment(Command):
    """Take a recorded payment back, once and whole."""

    payment_id: str = required("The payment to take back.", is_id=True)
    date: dt.date | None = optional("The day of the reversal, not before the payment's. Default: today.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """Where the memo stands in a connected system (Zuora: the NetSuite fields)."""

    id: str | None = optional("The memo's id there (IntegrationId__NS).")
    status: str | None = optional("Status of the synchronization (IntegrationStatus__NS).")
    origin: str | None = optional("Origin of the object there (Origin__NS).")
    sync_date: str | None = optional("When it was synchronized (SyncDate__NS).")
    transaction: str | None = optional("Related transaction there (Transaction__NS).")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoHeader(Command):
    """What a caller may say of a new memo as a whole."""

    tax_strategy: TaxStrategy | None = optional("Tax strategy of lines that name none of their own.")
    tax_auto_calculation: bool | None = optional(
        "Zuora's and Conga's flag: true is CALCULATE where a tax engine is configured, else COPY_FROM_INVOICE_LINE;"
        " false is IGNORE, or the given items."
    )
    reason_code: str | None = optional(
        "One of the entity's reason codes. Default: its default one.", limit="reason_code"
    )
    description: str | None = optional("What the credit is for.", limit="description")
    comment: str | None = optional("A comment.")
    effective_date: dt.date | None = optional("The day the memo takes effect.")
    tax_date: dt.date | None = optional("The day whose tax law applies.")
    target_date: dt.date | None = optional("Target date of the billing run, where one made it.")
    expires_on: dt.date | None = optional("Automatic application leaves the memo out after this day.")
    exclude_from_auto_apply: bool = optional("Leave the memo out of automatic application.", default=False)
    auto_apply_upon_posting: bool = optional(
        "Apply the memo to its invoice when it is posted.", default=False
    )
    exclude_from_revenue_accounting: bool = optional("Leave it out of revenue accounting.", default=False)
    external_reference: str | None = optional(
        "The memo's id in another system. A second delivery with the same content returns the first memo."
    )
    external_reference_source: str | None = optional("That system.")
    bill_to_contact: str | None = optional("The contact the memo is addressed to.")
    invoice_group_number: str | None = optional("Invoice group number.")
    integration: Integration | None = optional("Where the memo stands in a connected system.")
    metadata: Metadata | None = optional("Custom fields: string keys, JSON scalars.")


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoLineEntry:
    """A line of a standalone memo."""

    amount: Decimal | None = optional("The credit without tax. Default: quantity x price.")
    quantity: Decimal | None = optional("Quantity, at most 6 decimals.")
    unit_price: Decimal | None = optional("Price of one unit, at most 12 decimals.")
    unit_of_measure: str | None = optional("Unit of the quantity.")
    sku: str | None = optional("Product (SKU).")
    description: str | None = optional("What is credited.", limit="description")
    comment: str | None = optional("A comment.")
    service_start: dt.date | None = optional("First day of the service period.")
    service_end: dt.date | None = optional("Last day of the service period.")
    tax_code: str | None = optional("Tax code of the product.")
    jurisdiction: str | None = optional("Taxing jurisdiction.")
    tax_exempt: bool = optional("The line is exempt from tax.", default=False)
    tax_strategy: TaxStrategy | None = optional("Overrides the memo's tax strategy.")
    tax_mode: TaxMode | None = optional("Default: EXCLUSIVE.")
    tax_items: list[TaxItem] | None = optional("The line's taxes (MANUAL_OVERRIDE).", limit="tax_items")
    tax_only: bool = optional("Credit the given taxes and no amount.", default=False)
    metadata: Metadata | None = optional("Custom fields.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCreditMemo(MemoHeader):
    """Create a standalone memo (Salesforce: generate; Zuora: create from charge)."""

    account: AccountReference = required("The buyer who gets the credit.")
    currency: str | None = optional("ISO 4217 code. Default: the account's.", limit="currency")
    lines: list[MemoLineEntry] = required("The lines, at least one, at most 1,000.", limit="lines")
    post: bool = optional("Post it at once; otherwise it is a draft.", default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceCreditEntry:
    """What to credit of one invoice line."""

    invoice_line_id: str = required("The invoice line.", is_id=True)
    amount: Decimal | None = optional(
        "The credit on this line; without tax unless the tax mode is INCLUSIVE. May be left out of a tax-only line:"
        " then all tax that is left, or the given items."
    )
    tax_strategy: TaxStrategy | None = optional("Overrides the memo's tax strategy.")
    tax_mode: TaxMode | None = optional("Default: EXCLUSIVE. INCLUSIVE: the amount contains its tax.")
    tax_items: list[TaxItem] | None = optional("The taxes to credit (MANUAL_OVERRIDE).", limit="tax_items")
    tax_only: bool = optional("Credit only the tax that belongs to the amount.", default=False)
    description: str | None = optional("Default: the invoice line's.", limit="description")
    comment: str | None = optional("A comment.")
    metadata: Metadata | None = optional("Custom fields.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAndApplyCreditMemo(MemoHeader):
    """Credit lines of a posted invoice: create the memo, post it and apply it in one step (Salesforce: credit)."""

    invoice: InvoiceReference = required("The posted invoice.")
    lines: list[InvoiceCreditEntry] = required("What to credit, at least one line.", limit="lines")
    expected_version: int | None = optional("Refuse unless the invoice still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCreditMemo(Command):
    """Make a draft memo final: from then on it can be applied."""

    credit_memo: CreditMemoReference = required("The draft memo.")
    expected_version: int | None = optional("Refuse unless the memo still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelCreditMemo(Command):
    """Give a draft memo up; what it had reserved on an invoice is free again."""

    credit_memo: CreditMemoReference = required("The draft memo.")
    expected_version: int | None = optional("Refuse unless the memo still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationEntry:
    """An invoice to settle and what it gets."""

    invoice: InvoiceReference = required("The posted invoice or debit memo.")
    amount: Decimal = required("The credit it gets; at most its balance.")
    effective_date: dt.datetime | None = optional("For reporting only; changes no other field.")
    description: str | None = optional("Description of the application.", limit="description")
    expected_version: int | None = optional("Refuse unless the invoice still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyCreditMemo(Command):
    """Apply a posted memo to posted invoices of its account, in the order given; all or none."""

    credit_memo: CreditMemoReference = required("The posted memo.")
    applications: list[ApplicationEntry] = required("The invoices, none twice.", limit="targets")
    allocation: AllocationRule | None = optional("How lines are settled where the entity settles lines.")
    expected_version: int | None = optional("Refuse unless the memo still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineApplicationEntry:
    """An invoice line to settle and what it gets."""

    invoice_line_id: str = required("The line of a posted invoice.", is_id=True)
    amount: Decimal = required("The credit it gets; at most its `maximumApplicable`.")
    effective_date: dt.datetime | None = optional("For reporting only; changes no other field.")
    description: str | None = optional("Description of the application.", limit="description")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyCreditMemoLine(Command):
    """Apply one line of a posted memo to lines of posted invoices of its account; all or none."""

    credit_memo_line_id: str = required("The memo line.", is_id=True)
    applications: list[LineApplicationEntry] = required("The invoice lines, none twice.", limit="targets")
    expected_version: int | None = optional("Refuse unless the memo still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unapplication(Command):
    """What every unapply says besides what it takes back."""

    amount: Decimal | None = optional("How much to take back. Default: all that remains.")
    effective_date: dt.datetime | None = optional(
        "For reporting; not before the application's. Default: the later of now and that."
    )
    description: str | None = optional("Why it is taken back.", limit="description")
    expected_version: int | None = optional("Refuse unless the memo still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnapplyCreditMemo(Unapplication):
    """Take back an application, whole or in part: a new UNAPPLIED row returns the amount to both sides."""

    application_id: str = required("The APPLIED row to take back.", is_id=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnapplyCreditMemoLine(Unapplication):
    """Take back one line application, whole or in part; its application's remaining amount falls with it."""

    line_application_id: str = required("The APPLIED line row to take back.", is_id=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertNegativeInvoiceLines(Command):
    """Turn negative lines of a posted, unsettled invoice into a posted memo of their positive counterparts."""

    invoice: InvoiceReference = required("The posted invoice.")
    invoice_line_ids: list[str] | None = optional(
        "The negative lines. Default: all that are not converted yet.", limit="lines", is_id=True
    )
    effective_date: dt.date | None = optional("Effective date of the memo.")
    description: str | None = optional("Description of the memo.", limit="description")
    apply_to_invoice: bool = optional(
        "Apply the memo to the invoice at once, as far as both balances reach.", default=False
    )
    expected_version: int | None = optional("Refuse unless the invoice still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCreditMemoApplication(Command):
    """Change the description of an application: the only thing in the history a caller may change."""

    application_id: str = required("The application.", is_id=True)
    description: str | None = optional("The new description; absent or null clears it.", limit="description")
