"""Taking in what the billing system made: accounts, invoices, payments."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from app.domain.commands.fields import (
    AccountReference,
    Command,
    InvoiceReference,
    optional,
    required,
)
from app.domain.record import Metadata
from app.domain.vocabulary import InvoiceKind, TaxRateType


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEntry:
    """An account to create, or to bring up to date, by its number; an optional field left out stays as it is."""

    number: str = required("The account number; the key of the upsert.", is_name=True)
    name: str = required("The buyer's name.", is_name=True)
    currency: str = required("Default currency of the account's documents (ISO 4217).", limit="currency")
    external_reference: str | None = optional(
        "The account's id in another system. Absent: it stays as it is, with its source.", is_name=True
    )
    external_reference_source: str | None = optional(
        "That system; it is set together with the reference, and absent then means none."
    )
    metadata: Metadata | None = optional(
        "Custom fields: string keys, JSON scalars; given ones replace all. Absent: they stay as they are."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertAccounts(Command):
    """Create accounts, or bring existing ones up to date, by number.

    Number, name and currency are set as given; what is absent (or null) of the rest is left as it is stored.
    """

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

    external_reference: str = required("The order item's id in the order system.", is_name=True)
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
    accounting_code: str | None = optional(
        "Where accounting keeps the amount; memo lines that credit the line take it over."
        " Default: the entity's code for revenue.",
        limit="accounting_code",
        is_name=True,
    )
    tax_amount: Decimal | None = optional("The line's tax; without tax items it becomes one item.")
    tax_items: list[TaxItem] | None = optional("The line's taxes; they add up to its tax.", limit="tax_items")
    order_item: OrderItemEntry | None = optional("The order item that the line bills.")
    metadata: Metadata | None = optional("Custom fields.")


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceEntry:
    """An invoice or debit memo as the billing system made it."""

    kind: InvoiceKind | None = optional("Default: INVOICE.")
    number: str | None = optional(
        "Document number. Default: the next one of the entity's sequence.", is_name=True
    )
    account: AccountReference = required("The buyer.")
    currency: str | None = optional("ISO 4217 code. Default: the account's.", limit="currency")
    invoice_date: dt.date = required("The date of the invoice.")
    due_date: dt.date | None = optional("The day by which it is to be paid.")
    target_date: dt.date | None = optional("The billing run's target date.")
    group_number: str | None = optional("Invoice group number.")
    reference_document: str | None = optional("A document that this one refers to.")
    external_reference: str | None = optional(
        "The invoice's id in another system. A second delivery with the same content returns the first invoice.",
        is_name=True,
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
        "The payment's id in another system. A second delivery with the same content returns the first payment.",
        is_name=True,
    )
    external_reference_source: str | None = optional("That system.")
    expected_version: int | None = optional("Refuse unless the invoice still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReversePayment(Command):
    """Take a recorded payment back, once and whole."""

    payment_id: str = required("The payment to take back.", is_id=True)
    date: dt.date | None = optional("The day of the reversal, not before the payment's. Default: today.")
    expected_version: int | None = optional("Refuse unless the payment's invoice still has this version.")
