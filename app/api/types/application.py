"""The application history and its line twin."""

import datetime as dt
from decimal import Decimal
from typing import Any

import strawberry

from app.api.declarations import DOCUMENTS, column, money
from app.api.edges import computed, connection, many, one
from app.api.filters import filter_type
from app.api.lists import connection_type, order_type
from app.api.scalars import CurrencyCode
from app.api.types.ability import Ability, answered
from app.api.types.node import Node, document
from app.domain import application as domain
from app.domain.invoice import Invoice
from app.domain.vocabulary import (
    AllocationRule,
    ApplicationType,
    AutoApplyRule,
    HasBeenUnapplied,
    Operation,
    SettledLevel,
)
from app.repository import tables
from app.repository.rows import record_from
from app.validation.unapply import violations_of_final_application, violations_of_takeable


def _can_unapply(row: Any, invoice: Any) -> Ability:
    application = record_from(domain.CreditMemoApplication, row)
    violations = violations_of_takeable(application, row.remaining_amount or 0)
    if application.type is ApplicationType.APPLIED:
        violations += violations_of_final_application(record_from(Invoice, invoice), ("application_id",))
    return answered(violations)


@document(
    tables.credit_memo_application,
    "app",
    "A row of the application history: credit that went from a memo to an invoice, or came back"
    " (Salesforce: CreditMemoInvApplication).",
)
class CreditMemoApplication(Node):
    number: str = column(
        "The memo's number and its place in the memo's history, e.g. CM-000017-3"
        " (Salesforce: CreditMemoInvoiceNumber).",
        filter=True,
        sort=True,
    )
    credit_memo_id: strawberry.ID = column(
        "The memo's id (Salesforce: CreditMemoId).", filter=True, sort=True
    )
    invoice_id: strawberry.ID = column("The invoice's id (Salesforce: InvoiceId).", filter=True, sort=True)
    account_id: strawberry.ID = column("The buyer's id.", filter=True)
    associated_application_id: strawberry.ID | None = column(
        "On an UNAPPLIED row: the id of the application it takes back (Salesforce: AssociatedLineId).",
        filter=True,
        sort=True,
    )
    currency: CurrencyCode = column("Currency of its amounts.", filter=True)
    type: ApplicationType = column("Applied or unapplied (Salesforce: Type).", filter=True, sort=True)
    level: SettledLevel = column("Whether it moved lines as well.", filter=True)
    amount: Decimal = money(
        "What was applied or unapplied; above 0 in both (Salesforce: Amount).", filter=True, sort=True
    )
    impact_amount: Decimal = money(
        "Added to the invoice's balance: -amount when applied, +amount when unapplied (Salesforce: ImpactAmount).",
        filter=True,
        sort=True,
    )
    credit_memo_balance: Decimal = money(
        "The memo's balance after the action, frozen (Salesforce: CreditMemoBalance).", filter=True, sort=True
    )
    invoice_balance: Decimal = money(
        "The invoice's balance after the action, frozen (Salesforce: InvoiceBalance).", filter=True, sort=True
    )
    credit_memo_position: int = column("Its place in the history of the memo's balance.", sort=True)
    invoice_position: int = column("Its place in the history of the invoice's balance.", sort=True)
    date: dt.datetime = column(
        "When it was done (Salesforce: Date).", of="recorded_at", filter=True, sort=True
    )
    applied_date: dt.datetime = column(
        "When credit was applied; on an UNAPPLIED row its original's (Salesforce: AppliedDate).",
        filter=True,
        sort=True,
    )
    unapplied_date: dt.datetime | None = column(
        "When the last of it was unapplied (Salesforce: UnappliedDate).", filter=True, sort=True
    )
    effective_date: dt.datetime | None = column(
        "For reporting only; changes no other field (Salesforce: EffectiveDate).", filter=True, sort=True
    )
    description: str | None = column(
        "What it says of itself; all of it that can be changed.", filter=True, sort=True
    )
    has_been_unapplied: HasBeenUnapplied = column("Salesforce: HasBeenUnapplied.", filter=True, sort=True)
    remaining_amount: Decimal | None = money(
        "What of it is still applied; none on an UNAPPLIED row.", filter=True
    )
    allocation_rule: AllocationRule | None = column(
        "How its lines were found; none where the caller named them."
    )
    operation: Operation = column("The command that made it.", filter=True)
    auto_apply_rule: AutoApplyRule | None = column(
        "The rule that found the invoice, where one did.", filter=True
    )
    auto_apply_rank: int | None = column("That rule's place in the order in which rules were tried, from 1.")
    job_item_id: strawberry.ID | None = column(
        "The id of the job's item that it was made for, where the job goes over accounts.", filter=True
    )
    recorded_by: str = column("Who did it.", filter=True)

    credit_memo = one("CreditMemo", "credit_memo_id", "The memo (Salesforce: CreditMemo).")
    invoice = one("Invoice", "invoice_id", "The invoice (Salesforce: Invoice).")
    account = one("Account", "account_id", "The buyer.")
    associated_application = one(
        "CreditMemoApplication",
        "associated_application_id",
        "On an UNAPPLIED row: the application it takes back (Salesforce: AssociatedLine).",
        nullable=True,
    )
    job_result = one(
        "JobResult",
        "job_item_id",
        "The job's item that it was made for, where the job goes over accounts.",
        nullable=True,
    )
    unapplications = many(
        "CreditMemoApplication",
        "associated_application_id",
        "credit_memo_position",
        "The rows that took this one back, in order.",
    )
    line_applications = connection(
        "CreditMemoLineApplication",
        "application_id",
        "sequence",
        "Its parts by line, in the order of allocation.",
    )
    can_unapply = computed(
        Ability,
        _can_unapply,
        "Whether unapplyCreditMemo would pass.",
        parent=("Invoice", "invoice_id"),
    )


@document(
    tables.credit_memo_line_application,
    "lapp",
    "The part of an application that went from one memo line to one invoice line"
    " (Salesforce: CreditMemoLineInvoiceLine).",
)
class CreditMemoLineApplication(Node):
    sequence: int = column("Its place in the order of allocation, from 1.", sort=True)
    currency: CurrencyCode = column("Currency of its amounts.")
    type: ApplicationType = column("Applied or unapplied.", filter=True)
    amount: Decimal = money("What was applied or unapplied; above 0 in both.", filter=True)
    impact_amount: Decimal = money("Added to the invoice line's balance.", filter=True)
    credit_memo_line_balance: Decimal = money(
        "The memo line's balance after the action, frozen.", filter=True
    )
    invoice_line_balance: Decimal = money("The invoice line's balance after the action, frozen.", filter=True)
    date: dt.datetime = column("When it was done.", of="recorded_at", filter=True, sort=True)
    applied_date: dt.datetime = column("When credit was applied (Salesforce: AppliedDateTime).", filter=True)
    unapplied_date: dt.datetime | None = column(
        "When the last of it was unapplied (Salesforce: UnappliedDateTime).", filter=True
    )
    effective_date: dt.datetime | None = column(
        "For reporting only (Salesforce: EffectiveDateTime).", filter=True
    )
    description: str | None = column("What it says of itself.", filter=True)
    has_been_unapplied: HasBeenUnapplied = column("Salesforce: UnappliedStatus.", filter=True)
    remaining_amount: Decimal | None = money(
        "What of it is still applied; none on an UNAPPLIED row.", filter=True
    )
    recorded_by: str = column("Who did it.")

    application = one("CreditMemoApplication", "application_id", "The application it is part of.")
    credit_memo_line = one("CreditMemoLine", "credit_memo_line_id", "The memo line.")
    invoice_line = one("InvoiceLine", "invoice_line_id", "The invoice line.")
    associated_line_application = one(
        "CreditMemoLineApplication",
        "associated_line_application_id",
        "On an UNAPPLIED row: the line application it takes back (Salesforce: RelatedCrMemoLineInvcLine).",
        nullable=True,
    )


CreditMemoApplicationConnection = connection_type(DOCUMENTS["CreditMemoApplication"])
CreditMemoApplicationFilter = filter_type(DOCUMENTS["CreditMemoApplication"])
CreditMemoApplicationOrder = order_type(DOCUMENTS["CreditMemoApplication"])
CreditMemoLineApplicationConnection = connection_type(DOCUMENTS["CreditMemoLineApplication"])
CreditMemoLineApplicationFilter = filter_type(DOCUMENTS["CreditMemoLineApplication"])
CreditMemoLineApplicationOrder = order_type(DOCUMENTS["CreditMemoLineApplication"])
