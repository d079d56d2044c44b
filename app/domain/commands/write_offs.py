"""Writing off what is owed or unused, and voiding invoices."""

import datetime as dt
from dataclasses import dataclass

from app.domain.commands.fields import (
    Command,
    CreditMemoReference,
    InvoiceReference,
    optional,
    required,
)
from app.domain.commands.jobs import InvoiceSelection, Submission


# Without slots: of several bases Python allows only one that has them.
@dataclass(frozen=True, kw_only=True)
class WriteOffReason:
    """Why something is written off: a reason is needed."""

    reason_code: str | None = optional(
        "One of the entity's reason codes. Default: its default one; without either a write-off is refused.",
        limit="reason_code",
    )
    description: str | None = optional("Why it is written off.", limit="description")


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOffCreditMemo(WriteOffReason, Command):
    """Give up what a posted memo has left: a posted debit memo over its balance, to which the memo is applied.

    Taken back by unapplying it, whole; the debit memo is then void (Zuora: write off a credit memo).
    """

    credit_memo: CreditMemoReference = required("The posted memo.")
    date: dt.date | None = optional(
        "The debit memo's date, not before the memo's. Default: today, or the memo's date where that is later."
    )
    expected_version: int | None = optional("Refuse unless the memo still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOffInvoice(WriteOffReason, Command):
    """Write off all that a posted invoice still owes: a posted memo over its balance, applied to it at once.

    What is still creditable is drawn from the positive lines, in proportion and with its tax; the rest is one line
    without tax. Taken back by unapplying it, whole; the memo is then void.
    """

    invoice: InvoiceReference = required("The posted invoice or debit memo.")
    comment: str | None = optional("A comment on the memo.")
    effective_date: dt.date | None = optional("Effective date of the memo.")
    expected_version: int | None = optional("Refuse unless the invoice still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceWriteOffEntry(WriteOffReason):
    """An invoice to write off."""

    invoice: InvoiceReference = required("The posted invoice or debit memo.")
    comment: str | None = optional("A comment on the memo.")
    effective_date: dt.date | None = optional("Effective date of the memo.")
    expected_version: int | None = optional(
        "Refuse this write-off unless the invoice still has this version when its turn comes."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteOffInvoices(Command):
    """Write off what invoices still owe, each with its own fate, and answer when all are done."""

    write_offs: list[InvoiceWriteOffEntry] = required(
        "At least one, at most 50; submitInvoiceWriteOffs takes more.", limit="invoice_write_offs"
    )
    atomic: bool = optional(
        "All or none: where one is refused the whole call is, with every reason.", default=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitInvoiceWriteOffs(WriteOffReason, Submission):
    """Submit a job that writes off what many invoices still owe, each with its own fate."""

    invoices: list[InvoiceReference] | None = optional(
        "The posted invoices, at most 10,000. Not beside a selection.", limit="job_inputs"
    )
    selection: InvoiceSelection | None = optional(
        "The invoices selected that still owe something, at most 1,000,000."
    )
    comment: str | None = optional("A comment on the memos.")
    effective_date: dt.date | None = optional("Effective date of the memos.")


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidInvoice(Command):
    """Take a posted invoice back whole, for good: a posted memo mirrors it and is applied to it.

    Nothing may be applied or paid, no line converted, and no memo drawn from it, drafts included.
    """

    invoice: InvoiceReference = required("The posted invoice.")
    reason_code: str | None = optional(
        "One of the entity's reason codes. Default: its default one.", limit="reason_code"
    )
    description: str | None = optional("Why it is voided.", limit="description")
    effective_date: dt.date | None = optional(
        "Effective date of the memo, not before the invoice's date. Default: none, or the invoice's date where that is"
        " still to come."
    )
    expected_version: int | None = optional("Refuse unless the invoice still has this version.")
