"""The append-only history of credit applied and unapplied (Salesforce: CreditMemoInvApplication and its line twin)."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.domain.construction import quickly_made
from app.domain.record import Record
from app.domain.vocabulary import (
    AllocationRule,
    ApplicationType,
    AutoApplyRule,
    BalanceEntryKind,
    HasBeenUnapplied,
    Operation,
    SettledLevel,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditMemoApplication(Record):
    """One row for each memo-invoice pair that an operation touches; its two balances are frozen."""

    PREFIX: ClassVar[str] = "app"

    number: str
    credit_memo_id: str
    invoice_id: str
    account_id: str
    currency: str
    type: ApplicationType
    level: SettledLevel
    amount: int
    impact_amount: int
    """Added to the invoice's balance: -amount when applied, +amount when unapplied (Salesforce: ImpactAmount)."""
    credit_memo_balance: int
    invoice_balance: int
    credit_memo_position: int
    invoice_position: int
    applied_date: datetime
    unapplied_date: datetime | None = None
    effective_date: datetime | None = None
    description: str | None = None
    associated_application_id: str | None = None
    """On an UNAPPLIED row: the APPLIED row that it takes back (Salesforce: AssociatedLineId)."""
    has_been_unapplied: HasBeenUnapplied
    allocation_rule: AllocationRule | None = None
    operation: Operation
    auto_apply_rule: AutoApplyRule | None = None
    auto_apply_rank: int | None = None
    """The rule's place in the order in which rules were tried, from 1."""
    job_item_id: str | None = None
    """The item of a job that made it, where the item is an account."""
    log_id: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditMemoLineApplication(Record):
    """The part of an application that went from one memo line to one invoice line."""

    PREFIX: ClassVar[str] = "lapp"

    application_id: str
    credit_memo_line_id: str
    invoice_line_id: str
    sequence: int
    """Place in the order of allocation, from 1."""
    currency: str
    type: ApplicationType
    amount: int
    impact_amount: int
    credit_memo_line_balance: int
    invoice_line_balance: int
    applied_date: datetime
    unapplied_date: datetime | None = None
    effective_date: datetime | None = None
    description: str | None = None
    associated_line_application_id: str | None = None
    has_been_unapplied: HasBeenUnapplied
    log_id: str
    recorded_at: datetime
    recorded_by: str


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceEntry:
    """A change of a document's balance, at its position in that document's history: 1, 2, 3 … without gaps."""

    document_id: str
    position: int
    currency: str
    kind: BalanceEntryKind
    impact_amount: int
    balance_before: int
    balance_after: int
    cause_id: str | None = None
    """The application, payment or refund that moved it; None where the document's own state did."""
    log_id: str
    recorded_at: datetime
    recorded_by: str
