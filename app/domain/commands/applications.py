"""Applying credit to invoices and lines, and taking it back."""

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
from app.domain.vocabulary import AllocationRule, AutoApplyRule, MemoPrecedence


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


# Without slots: of several bases Python allows only one that has them.
@dataclass(frozen=True, kw_only=True)
class AutoApplyOptions:
    """How credit finds invoices."""

    rules: list[AutoApplyRule] | None = optional(
        "The rules, tried in this order over all memos, none twice. Default: MATCH_REFERENCE, MATCH_BALANCE,"
        " OLDEST_DUE.",
        limit="entity_data",
    )
    precedence: MemoPrecedence = optional(
        "Which memo is used before another within a rule.", default=MemoPrecedence.OLDEST_FIRST
    )
    currency: str | None = optional(
        "Only documents in this currency (ISO 4217). Default: all, each currency by itself.", limit="currency"
    )
    effective_date: dt.datetime | None = optional(
        "Of every application; for reporting only, changes no other field."
    )
    description: str | None = optional("Description of every application.", limit="description")
    allocation: AllocationRule | None = optional("How lines are settled where the entity settles lines.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoApplyCredits(Command, AutoApplyOptions):
    """Apply an account's open credit to what it owes, by rules. Each application says which rule made it.

    Excluded and expired memos are left out. With `dryRun` it shows every application that it would make.
    """

    account: AccountReference = required("The buyer.")
    credit_memos: list[CreditMemoReference] | None = optional(
        "Only these memos of the account, none twice. Default: all that have a balance.", limit="targets"
    )
    invoices: list[InvoiceReference] | None = optional(
        "Only these invoices and debit memos of the account, none twice. Default: all that are owed.",
        limit="targets",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LineApplicationEntry:
    """An invoice line to settle and what it gets."""

    invoice_line_id: str = required("The line of a posted invoice.", is_id=True)
    amount: Decimal = required("The credit it gets; at most its `maximumApplicable`.")
    effective_date: dt.datetime | None = optional("For reporting only; changes no other field.")
    description: str | None = optional("Description of the application.", limit="description")
    expected_version: int | None = optional("Refuse unless the line's invoice still has this version.")


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
    expected_invoice_version: int | None = optional("Refuse unless the invoice still has this version.")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnapplyCreditMemo(Unapplication):
    """Take back an application, whole or in part: a new UNAPPLIED row returns the amount to both sides."""

    application_id: str = required("The APPLIED row to take back.", is_id=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnapplyCreditMemoLine(Unapplication):
    """Take back one line application, whole or in part; its application's remaining amount falls with it."""

    line_application_id: str = required("The APPLIED line row to take back.", is_id=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCreditMemoApplication(Command):
    """Change the description of an application: the only thing in the history a caller may change."""

    application_id: str = required("The application.", is_id=True)
    description: str | None = optional("The new description; absent or null clears it.", limit="description")
    expected_version: int | None = optional("Refuse unless the application's memo still has this version.")
