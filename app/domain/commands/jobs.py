"""Credit for many invoices at once, and the jobs that do it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from app.domain.commands.applications import AutoApplyOptions
from app.domain.commands.fields import AccountReference, Command, InvoiceReference, optional, required
from app.domain.vocabulary import OnTaxFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectCreditLineEntry:
    """What to credit of one invoice line."""

    invoice_line_id: str = required("The invoice line.", is_id=True)
    amount: Decimal = required("The credit on this line without tax; more than 0.")


# Without slots: of several bases Python allows only one that has them.
@dataclass(frozen=True, kw_only=True)
class DirectCreditOptions:
    """How direct credit memos are made."""

    reason_code: str | None = optional(
        "One of the entity's reason codes that direct memos may have. Default: its default one.",
        limit="reason_code",
    )
    auto_approve: bool = optional(
        "Post the memo (Conga: approve); otherwise it is a draft. Above the caller's limit it waits for approval.",
        default=False,
    )
    auto_apply: bool = optional(
        "Apply the posted memo to its invoice, as far as both balances reach; ignored without autoApprove.",
        default=False,
    )
    template: str | None = optional("Code of the template that the memo is printed with.")
    calculate_tax: bool | None = optional(
        "true is CALCULATE where a tax engine is configured, else COPY_FROM_INVOICE_LINE; false is IGNORE."
        " Default: the entity's tax strategy. A full credit takes all the tax that is left where tax is copied."
    )
    on_tax_failure: OnTaxFailure | None = optional(
        "What becomes of a memo whose tax cannot be calculated. Default: REFUSE."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectCreditMemoEntry(DirectCreditOptions):
    """A credit memo to make from an invoice (Conga: direct credit memo): fullCredit, or lines."""

    invoice: InvoiceReference = required("The posted invoice.")
    full_credit: bool = optional("All that is still creditable on every line.", default=False)
    lines: list[DirectCreditLineEntry] | None = optional(
        "What to credit; not looked at beside fullCredit.", limit="lines"
    )
    expected_invoice_version: int | None = optional(
        "Refuse this memo unless the invoice still has this version when its turn comes."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateDirectCreditMemos(Command):
    """Make credit memos from invoices, each with its own fate, and answer when all are done (Conga)."""

    credit_memos: list[DirectCreditMemoEntry] = required(
        "At least one, at most 50; submitDirectCreditMemos takes more.", limit="direct_credit_memos"
    )
    atomic: bool = optional(
        "All or none: where one is refused the whole call is, with every reason.", default=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSelection:
    """Posted invoices of accounts, as they are when the job is submitted, in number order."""

    accounts: list[AccountReference] = required("The buyers.", limit="accounts")
    invoice_date: dt.date | None = optional("Only invoices of this day or later.")
    target_date_time: dt.datetime | None = optional("Only invoices posted at this instant or before.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectCreditSelection(InvoiceSelection, DirectCreditOptions):
    """Posted invoices of accounts, as they are when the job is submitted, in number order; a full credit for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission(Command):
    """What every submission of a job can say."""

    atomic: bool = optional(
        "All items or none: where one is refused, nothing is made. At most 1,000 items.", default=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitDirectCreditMemos(Submission):
    """Submit a job that makes credit memos from invoices, each with its own fate: a list or a selection of them."""

    credit_memos: list[DirectCreditMemoEntry] | None = optional(
        "What to make, at most 10,000. Not beside a selection.", limit="job_inputs"
    )
    selection: DirectCreditSelection | None = optional(
        "A full credit for each invoice selected, at most 1,000,000; nothing left to credit is skipped."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitNegativeLineConversions(Submission):
    """Submit a job that converts all negative lines not yet converted of many invoices, each with its own fate."""

    invoices: list[InvoiceReference] | None = optional(
        "The posted invoices, at most 10,000. Not beside a selection.", limit="job_inputs"
    )
    selection: InvoiceSelection | None = optional(
        "The invoices selected that have a negative line not yet converted, at most 1,000,000."
    )
    effective_date: dt.date | None = optional("Effective date of the memos.")
    description: str | None = optional("Description of the memos.", limit="description")
    apply_to_invoice: bool = optional(
        "Apply each memo to its invoice at once, as far as both balances reach.", default=False
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitAutoApplications(Submission, AutoApplyOptions):
    """Submit a job that applies the open credit of many accounts to what they owe, each with its own fate."""

    accounts: list[AccountReference] | None = optional(
        "The buyers, at most 10,000, none twice. Not beside allAccounts.", limit="job_inputs"
    )
    all_accounts: bool = optional(
        "Every account that has open credit and owes something when the job is submitted, at most 1,000,000.",
        default=False,
    )
    preview: bool = optional(
        "Apply nothing: each item is skipped, and its `planned` says what would have been applied.",
        default=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelJob(Command):
    """Stop a job: what is done stays, what workers have in hand they finish, and the rest can be resumed."""

    job_id: str = required("The job.", is_id=True)
    expected_version: int | None = optional("Refuse unless the job still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeJob(Command):
    """Go on with a canceled job: its items without an outcome are done."""

    job_id: str = required("The canceled job.", is_id=True)
    expected_version: int | None = optional("Refuse unless the job still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryJob(Command):
    """Submit the refused items of a job that is done as a new job; of an atomic job, all its items."""

    job_id: str = required("The job, which has not been retried before.", is_id=True)
    expected_version: int | None = optional("Refuse unless the job still has this version.")
