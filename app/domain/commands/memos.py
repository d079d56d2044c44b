"""Making credit memos, and moving them through their life."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from app.domain.commands.fields import (
    AccountReference,
    Command,
    CreditMemoReference,
    InvoiceReference,
    optional,
    required,
)
from app.domain.commands.ingestion import TaxItem
from app.domain.record import Metadata
from app.domain.vocabulary import OnTaxFailure, TaxMode, TaxStrategy


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

    tax_strategy: TaxStrategy | None = optional(
        "Tax strategy of lines that name none of their own. A line may name another than this or than the flag."
    )
    tax_auto_calculation: bool | None = optional(
        "Zuora's and Conga's flag: true is CALCULATE where a tax engine is configured, else COPY_FROM_INVOICE_LINE;"
        " false is IGNORE, or the given items. Refused beside a taxStrategy of the same input that says otherwise;"
        " a line's own taxStrategy overrides it."
    )
    reason_code: str | None = optional(
        "One of the entity's reason codes. Default: its default one.", limit="reason_code"
    )
    template: str | None = optional(
        "Code of the entity's template that the memo's document is made with (Conga: TemplateId)."
    )
    description: str | None = optional("What the credit is for.", limit="description")
    comment: str | None = optional("A comment.")
    effective_date: dt.date | None = optional("The day the memo takes effect.")
    tax_date: dt.date | None = optional("The day whose tax law applies.")
    target_date: dt.date | None = optional("Target date of the billing run, where one made it.")
    expires_on: dt.date | None = optional("Automatic application leaves the memo out after this day.")
    exclude_from_auto_apply: bool = optional("Leave the memo out of automatic application.", default=False)
    auto_apply_upon_posting: bool = optional(
        "Posting applies the memo to the invoice that it was drawn from, as far as both balances reach. Of a memo"
        " without an invoice it is only kept.",
        default=False,
    )
    exclude_from_revenue_accounting: bool = optional("Leave it out of revenue accounting.", default=False)
    external_reference: str | None = optional(
        "The memo's id in another system. A second delivery with the same content returns the first memo.",
        is_name=True,
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
    accounting_code: str | None = optional(
        "Where accounting keeps the amount. Default: the entity's code for revenue.",
        limit="accounting_code",
        is_name=True,
    )
    tax_strategy: TaxStrategy | None = optional("Overrides the memo's tax strategy and flag.")
    tax_mode: TaxMode | None = optional(
        "Default: EXCLUSIVE. INCLUSIVE: the amount contains its calculated tax."
    )
    tax_items: list[TaxItem] | None = optional("The line's taxes (MANUAL_OVERRIDE).", limit="tax_items")
    tax_only: bool = optional("Credit the given taxes and no amount.", default=False)
    metadata: Metadata | None = optional("Custom fields.")

    @property
    def gives_tax(self) -> bool:
        """Whether the caller says how much tax is credited."""
        return bool(self.tax_items)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCreditMemo(MemoHeader):
    """Create a standalone memo (Salesforce: generate; Zuora: create from charge)."""

    account: AccountReference = required("The buyer who gets the credit.")
    currency: str | None = optional("ISO 4217 code. Default: the account's.", limit="currency")
    lines: list[MemoLineEntry] = required("The lines, at least one, at most 1,000.", limit="lines")
    post: bool = optional(
        "Post it at once; otherwise it is a draft. Above the caller's limit it waits for approval.",
        default=False,
    )
    on_tax_failure: OnTaxFailure | None = optional(
        "What becomes of the memo when tax cannot be calculated. Default: REFUSE. DRAFT: it is a draft, whatever"
        " `post` says, with tax status ERROR; recalculateTax tries again."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceCreditEntry:
    """What to credit of one invoice line; what is not said is taken from that line."""

    invoice_line_id: str = required("The invoice line.", is_id=True)
    amount: Decimal | None = optional(
        "The credit on this line, with its line's sign; without tax unless the tax mode is INCLUSIVE. Default: the"
        " quantity's share of the line's amount; of a tax-only line all tax that is left. Not beside the given items"
        " of a tax-only line."
    )
    quantity: Decimal | None = optional(
        "The quantity credited, at most 6 decimals, with the sign of the line's. It is counted on the line and on its"
        " order item; beside an amount, the amount decides the money."
    )
    sku: str | None = optional("Product (SKU). Default: the invoice line's.")
    unit_of_measure: str | None = optional("Unit of the quantity. Default: the invoice line's.")
    service_start: dt.date | None = optional("First day of the service period. Default: the invoice line's.")
    service_end: dt.date | None = optional("Last day of the service period. Default: the invoice line's.")
    accounting_code: str | None = optional(
        "Where accounting keeps the amount. Default: the invoice line's.",
        limit="accounting_code",
        is_name=True,
    )
    tax_strategy: TaxStrategy | None = optional("Overrides the memo's tax strategy and flag.")
    tax_mode: TaxMode | None = optional(
        "Default: EXCLUSIVE. INCLUSIVE: the amount, which is then named, contains its tax."
    )
    tax_items: list[TaxItem] | None = optional("The taxes to credit (MANUAL_OVERRIDE).", limit="tax_items")
    tax_amount: Decimal | None = optional(
        "The tax to credit as one number (MANUAL_OVERRIDE), split over the line's tax items by what is left of each."
        " Not beside tax items."
    )
    tax_only: bool = optional(
        "Credit only the tax that belongs to the amount, or the given items.", default=False
    )
    description: str | None = optional("Default: the invoice line's.", limit="description")
    comment: str | None = optional("A comment.")
    metadata: Metadata | None = optional("Custom fields.")

    @property
    def gives_tax(self) -> bool:
        """Whether the caller says how much tax is credited."""
        return bool(self.tax_items) or self.tax_amount is not None

    @property
    def corrects_data(self) -> bool:
        """Whether it says something of the line besides money: then it may credit an amount of 0."""
        said = (self.description, self.comment, self.sku, self.unit_of_measure, self.metadata)
        further = (self.service_start, self.service_end, self.accounting_code)
        return any(each is not None for each in (*said, *further))


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAndApplyCreditMemo(MemoHeader):
    """Credit lines of a posted invoice: create the memo, post it and apply it in one step (Salesforce: credit)."""

    invoice: InvoiceReference = required("The posted invoice.")
    lines: list[InvoiceCreditEntry] = required("What to credit, at least one line.", limit="lines")
    expected_version: int | None = optional("Refuse unless the invoice still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCreditMemoFromInvoice(MemoHeader):
    """Credit a posted invoice, all that is left of it or lines of it (Zuora: create from invoice; Conga: direct)."""

    invoice: InvoiceReference = required("The posted invoice.")
    full_credit: bool = optional(
        "Credit all that is still creditable on every line: amount, tax, as the strategy says, and quantity.",
        default=False,
    )
    lines: list[InvoiceCreditEntry] | None = optional(
        "What to credit, at least one line; not looked at beside fullCredit. An amount of 0 passes where the line is"
        " tax-only, or corrects data: it says a description, comment, SKU, unit, service period, accounting code or metadata.",
        limit="lines",
    )
    post: bool = optional(
        "Post it at once; otherwise it is a draft. Above the caller's limit it waits for approval.",
        default=False,
    )
    apply_to_invoice: bool = optional(
        "Apply the memo to its invoice, as far as both balances reach: at once where it is posted, else when it is"
        " posted. The same as autoApplyUponPosting. Beside `post` a memo above the caller's limit is refused.",
        default=False,
    )
    on_tax_failure: OnTaxFailure | None = optional(
        "What becomes of the memo when tax cannot be calculated. Default: REFUSE. DRAFT: it is a draft, whatever"
        " `post` says, with tax status ERROR; recalculateTax tries again."
    )
    expected_version: int | None = optional("Refuse unless the invoice still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCreditMemo(Command):
    """Make a draft memo final: from then on it can be applied. Above the caller's limit it waits for approval."""

    credit_memo: CreditMemoReference = required("The draft memo.")
    expected_version: int | None = optional("Refuse unless the memo still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveCreditMemo(Command):
    """Post a memo that waits for approval. Whoever made it, changed it last or asked for approval cannot."""

    credit_memo: CreditMemoReference = required("The memo that waits.")
    expected_version: int | None = optional("Refuse unless the memo still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectCreditMemo(Command):
    """Give a memo that waits for approval back: it is a draft again."""

    credit_memo: CreditMemoReference = required("The memo that waits.")
    expected_version: int | None = optional("Refuse unless the memo still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalculateTax(Command):
    """Calculate the tax of a draft memo again, on every line whose strategy is CALCULATE."""

    credit_memo: CreditMemoReference = required("The draft memo.")
    expected_version: int | None = optional("Refuse unless the memo still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelCreditMemo(Command):
    """Give a memo up that is not posted; what it had reserved on an invoice is free again."""

    credit_memo: CreditMemoReference = required("The memo: a draft, or one that waits for approval.")
    expected_version: int | None = optional("Refuse unless the memo still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpostCreditMemo(Command):
    """Make a posted memo a draft again that was never applied nor refunded (Zuora: unpost). It keeps its number."""

    credit_memo: CreditMemoReference = required("The posted memo.")
    expected_version: int | None = optional("Refuse unless the memo still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidCreditMemo(Command):
    """Take a posted memo back of which nothing is applied or refunded (Salesforce: void; Stripe: void credit note).

    What it had drawn from its invoice can be credited again; converted lines are on their invoice as before. Final.
    """

    credit_memo: CreditMemoReference = required("The posted memo.")
    expected_version: int | None = optional("Refuse unless the memo still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseCreditMemo(Command):
    """Take a posted memo back through a debit memo that mirrors it, and to which it is applied (Zuora: reverse).

    What it had drawn from its invoice can be credited again. Final: that application cannot be unapplied.
    """

    credit_memo: CreditMemoReference = required("The posted memo, of source STANDALONE or INVOICE.")
    date: dt.date | None = optional(
        "The day of the debit memo, not before the memo's. Default: today, or the memo's date if that is later."
    )
    description: str | None = optional("Description of the application.", limit="description")
    expected_version: int | None = optional("Refuse unless the memo still has this version.")


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
