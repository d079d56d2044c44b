"""Changing a memo that is in the books: a patch, of which absent leaves and null clears."""

import datetime as dt
from dataclasses import dataclass

from app.domain.commands.fields import Absent, Command, CreditMemoReference, optional, patch, required
from app.domain.commands.memos import Integration, InvoiceCreditEntry, MemoLineEntry
from app.domain.record import Metadata
from app.domain.vocabulary import OnTaxFailure, TaxStrategy


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoLineChange(MemoLineEntry):
    """A line of a standalone draft: it replaces a line, or is a new one."""

    credit_memo_line_id: str | None = optional(
        "The line that it replaces, in all that it says. Absent: a new line.", is_id=True
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCreditMemo(Command):
    """Change a memo (Zuora: update): a draft in everything but account, currency, source and invoice; a posted one in
    description, comment, effective date, metadata, exclude flag, expiry and integration fields.

    What is absent stays as it is, null clears it.
    """

    credit_memo: CreditMemoReference = required("The memo: a draft, or a posted one.")
    expected_version: int | None = optional("Refuse unless the memo still has this version.")

    description: str | Absent | None = patch("What the credit is for.", limit="description")
    comment: str | Absent | None = patch("A comment.")
    effective_date: dt.date | Absent | None = patch(
        "The day the memo takes effect. Of a posted memo neither the old nor the new day is in a closed period."
    )
    expires_on: dt.date | Absent | None = patch("Automatic application leaves the memo out after this day.")
    exclude_from_auto_apply: bool | Absent | None = patch(
        "Leave the memo out of automatic application. Null is false."
    )
    integration: Integration | Absent | None = patch(
        "Where the memo stands in a connected system; what it leaves out is cleared."
    )
    metadata: Metadata | Absent | None = patch("Custom fields: these in place of all there were.")

    reason_code: str | Absent | None = patch(
        "Draft: one of the entity's reason codes. Null: none.", limit="reason_code"
    )
    template: str | Absent | None = patch("Draft: code of the entity's template.")
    tax_date: dt.date | Absent | None = patch(
        "Draft: the day whose tax law applies. Lines that stay keep their tax; recalculateTax finds it anew."
    )
    target_date: dt.date | Absent | None = patch("Draft: target date of the billing run.")
    auto_apply_upon_posting: bool | Absent | None = patch(
        "Draft: posting applies the memo to the invoice that it was drawn from. Null is false."
    )
    exclude_from_revenue_accounting: bool | Absent | None = patch(
        "Draft: leave it out of revenue accounting. Null is false."
    )
    external_reference: str | Absent | None = patch("Draft: the memo's id in another system.", is_name=True)
    external_reference_source: str | Absent | None = patch("Draft: that system.")
    bill_to_contact: str | Absent | None = patch("Draft: the contact the memo is addressed to.")
    invoice_group_number: str | Absent | None = patch("Draft: invoice group number.")

    tax_strategy: TaxStrategy | None = optional(
        "Tax strategy of the lines given that name none of their own; the memo's other lines keep theirs."
    )
    tax_auto_calculation: bool | None = optional(
        "Zuora's flag, for the lines given: true is CALCULATE where a tax engine is configured, else"
        " COPY_FROM_INVOICE_LINE; false is IGNORE, or the given items."
    )
    on_tax_failure: OnTaxFailure | None = optional(
        "What becomes of the change when tax of a line given cannot be calculated. Default: REFUSE. DRAFT: it is made,"
        " with tax status ERROR."
    )
    lines: list[MemoLineChange] | None = optional(
        "Of a standalone draft: lines to replace, and new ones. Lines that are not named stay.", limit="lines"
    )
    invoice_lines: list[InvoiceCreditEntry] | None = optional(
        "Of a draft drawn from an invoice: what to credit of these invoice lines instead, or as well. The credit of"
        " others stays.",
        limit="lines",
    )
    remove_line_ids: list[str] | None = optional(
        "Of a draft: lines to take out. They stay in the books, marked as removed, and count nothing.",
        limit="lines",
        is_id=True,
    )


EDITABLE_WHEN_POSTED = (
    "description",
    "comment",
    "effective_date",
    "expires_on",
    "exclude_from_auto_apply",
    "integration",
    "metadata",
)
EDITABLE_IN_DRAFT = (
    *EDITABLE_WHEN_POSTED,
    "reason_code",
    "template",
    "tax_date",
    "target_date",
    "auto_apply_upon_posting",
    "exclude_from_revenue_accounting",
    "external_reference",
    "external_reference_source",
    "bill_to_contact",
    "invoice_group_number",
)
"""What the patch says of the memo as a whole."""
LINES = ("lines", "invoice_lines", "remove_line_ids")
"""What it says of its lines."""
OF_LINES_GIVEN = ("tax_strategy", "tax_auto_calculation", "on_tax_failure")
"""How what it says of lines is meant."""
