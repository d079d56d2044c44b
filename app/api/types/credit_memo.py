"""Credit memos."""

import datetime as dt
from decimal import Decimal
from typing import Any

import strawberry

from app.api.declarations import DOCUMENTS, SumsPlan, column, money, reference_source
from app.api.edges import computed, connection, judged, many, one
from app.api.filters import filter_type
from app.api.lists import connection_type, order_type
from app.api.scalars import CurrencyCode, JSONObject
from app.api.types.ability import Ability, ability, answered
from app.api.types.as_of import balance_as_of
from app.api.types.node import Node, document
from app.api.types.trail import balance_trail
from app.domain import credit_memo as domain
from app.domain.actor import Actor
from app.domain.entity import Settings
from app.domain.violation import Violation
from app.domain.vocabulary import (
    BalanceEntryKind,
    CreditMemoSource,
    CreditMemoStatus,
    EInvoiceStatus,
    TaxStatus,
    TransferStatus,
)
from app.repository import reads, tables
from app.repository.rows import record_from
from app.validation.apply import violations_of_applicable_memo
from app.validation.memo_editing import violations_of_editable_memo
from app.validation.posting import (
    violations_of_approvable_memo,
    violations_of_cancelable_memo,
    violations_of_postable_memo,
    violations_of_rejectable_memo,
)
from app.validation.recalculate import violations_of_recalculable_memo
from app.validation.refunds import violations_of_refundable_memo
from app.validation.undoing import (
    violations_of_reversible_memo,
    violations_of_unpostable_memo,
    violations_of_voidable_memo,
)
from app.validation.write_offs import violations_of_memo_to_write_off


def _approvable(memo: domain.CreditMemo, settings: Settings, viewer: Actor) -> list[Violation]:
    return violations_of_approvable_memo(memo, settings, viewer.name, viewer.approving_limits)


def _can_recalculate_tax(row: Any, calculated: list[str], settings: Settings) -> Ability:
    memo = record_from(domain.CreditMemo, row)
    return answered(violations_of_recalculable_memo(memo, settings, has_calculated_lines=bool(calculated)))


CALCULATED = SumsPlan(
    reads.memos_with_calculated_lines, "credit_memo_id", lambda row: str(row.credit_memo_id)
)
USES = SumsPlan(reads.uses_of_memos, "document_id", lambda row: row.kind)


def _can_unpost(row: Any, uses: list[str], settings: Settings) -> Ability:
    kinds = {BalanceEntryKind(each) for each in uses}
    return answered(violations_of_unpostable_memo(record_from(domain.CreditMemo, row), kinds, settings))


GAPLESS = SumsPlan(reads.gapless_sequences_of_memos, "id", reads.is_promised)


def _can_cancel(row: Any, promised: list[bool]) -> Ability:
    memo = record_from(domain.CreditMemo, row)
    return answered(violations_of_cancelable_memo(memo, has_gapless_number=any(promised)))


SETTLED_CONVERSIONS = SumsPlan(reads.conversions_of_settled_invoices, "id", lambda row: str(row.id))


def _can_void(row: Any, settled: list[str]) -> Ability:
    memo = record_from(domain.CreditMemo, row)
    return answered(violations_of_voidable_memo(memo, is_settled=bool(settled)))


@document(tables.credit_memo, "cm", "Credit that an account holds (Stripe: credit note).")
class CreditMemo(Node):
    number: str | None = column(
        "Document number; a draft of a gapless sequence has none yet.", filter=True, sort=True
    )
    account_id: strawberry.ID = column("The buyer's id (Zuora: accountId).", filter=True)
    invoice_id: strawberry.ID | None = column(
        "The id of the invoice it was drawn from (Zuora: referredInvoiceId).", filter=True
    )
    currency: CurrencyCode = column("Currency of all its amounts.", filter=True)
    status: CreditMemoStatus = column("Where it is in its life.", filter=True)
    source: CreditMemoSource = column("What gave rise to it (Salesforce: SourceAction).", filter=True)
    reason_code: str | None = column("Why credit was given.", filter=True)
    description: str | None = column("What the credit is for.", filter=True)
    comment: str | None = column("A comment.")
    charge_amount: Decimal = money(
        "Sum of its lines without tax (Salesforce: TotalChargeAmount).", filter=True
    )
    tax_amount: Decimal = money("Sum of its lines' tax (Salesforce: TotalTaxAmount).", filter=True)
    tax_exempt_amount: Decimal = money("Zuora: totalTaxExemptAmount.", filter=True)
    total_amount: Decimal = money(
        "Sum of its lines with tax (Zuora: amount; Salesforce: TotalAmountWithTax).", filter=True, sort=True
    )
    applied: Decimal = money(
        "Applied to invoices now (Zuora: appliedAmount; Salesforce: NetCreditsApplied).", filter=True
    )
    refunded: Decimal = money("Paid back to the buyer (Zuora: refundAmount).", filter=True)
    balance: Decimal = money(
        "What can still be applied (Salesforce: Balance; Zuora: unappliedAmount).", filter=True, sort=True
    )
    effective_date: dt.date | None = column("The day it takes effect.", filter=True)
    credit_date: dt.date | None = column("The day it was posted.", filter=True)
    memo_date: dt.date = column(
        "Effective date, else credit date, else day of creation (Zuora: creditMemoDate).",
        filter=True,
        sort=True,
    )
    tax_date: dt.date | None = column("The day whose tax law applies.")
    target_date: dt.date | None = column("The billing run's target date.", filter=True)
    expires_on: dt.date | None = column("Automatic application leaves it out after this day.", filter=True)
    tax_status: TaxStatus = column("Whether its tax is known.")
    tax_message: str | None = column("What the tax engine said.")
    exclude_from_auto_apply: bool = column("Automatic application leaves it out.", filter=True)
    auto_apply_upon_posting: bool = column(
        "Posting applies it to the invoice that it was drawn from, as far as both balances reach.",
        filter=True,
    )
    exclude_from_revenue_accounting: bool = column(
        "Left out of revenue accounting (Zuora: excludeItemBillingFromRevenueAccounting)."
    )
    transferred_to_accounting: TransferStatus = column("Whether accounting has taken it.", filter=True)
    reversed: bool = column("It was taken back through a debit memo.")
    external_reference: str | None = column("Its id in another system.", filter=True)
    external_reference_source: str | None = reference_source(
        "That system; none where the reference was given without one."
    )
    integration_id: str | None = column("Its id in a connected system (Zuora: IntegrationId__NS).")
    integration_status: str | None = column("State of its synchronization (Zuora: IntegrationStatus__NS).")
    integration_origin: str | None = column("Where it comes from there (Zuora: Origin__NS).")
    integration_sync_date: str | None = column("When it was synchronized (Zuora: SyncDate__NS).")
    integration_transaction: str | None = column("Related transaction there (Zuora: Transaction__NS).")
    bill_to_contact: str | None = column("The contact it is addressed to (Zuora: billToContactId).")
    bill_to_contact_snapshot: JSONObject | None = column("The contact as it was at posting.")
    template: str | None = column("The template that its document is made with (Conga: TemplateId).")
    source_type: str | None = column("What kind of object it was made from (Zuora: sourceType).")
    source_id: str | None = column("That object's id (Zuora: sourceId).")
    sequence_set: str | None = column("The sequence set that numbered it (Zuora: sequenceSetId).")
    invoice_group_number: str | None = column("Invoice group number (Zuora).")
    e_invoice_status: EInvoiceStatus | None = column("Where its e-invoice file stands.")
    e_invoice_error_code: str | None = column("Why it could not be made: the code.")
    e_invoice_error_message: str | None = column("Why it could not be made: the message.")
    e_invoice_file_id: str | None = column("The e-invoice file.")
    latest_pdf_file_id: str | None = column("The latest PDF of it.")
    metadata: JSONObject | None = column("Custom fields.")
    approval_requested_at: dt.datetime | None = column("Since when it waits, or waited, for approval.")
    approval_requested_by: str | None = column("Who submitted it: its total is above the limit of that one.")
    approved_at: dt.datetime | None = column("When it was approved, and so posted.")
    approved_by: str | None = column("By whom.")
    posted_at: dt.datetime | None = column("When it was posted.", filter=True)
    posted_by: str | None = column("By whom.")
    canceled_at: dt.datetime | None = column("When it was canceled.")
    canceled_by: str | None = column("By whom.")
    voided_at: dt.datetime | None = column("When it was voided.")
    voided_by: str | None = column("By whom.")
    version: int = column("Rises by one with each change of it, its lines or its balance.")
    created_at: dt.datetime = column("When it was made.", filter=True, sort=True)
    created_by: str = column("By whom.", filter=True)
    updated_at: dt.datetime = column("When it last changed.", filter=True, sort=True)
    updated_by: str = column("By whom.", filter=True)

    account = one("Account", "account_id", "The buyer.")
    invoice = one(
        "Invoice", "invoice_id", "The invoice it was drawn from (Zuora: referredInvoiceId).", nullable=True
    )
    lines = connection("CreditMemoLine", "credit_memo_id", "line_number", "Its lines, in order.")
    debit_memos = connection(
        "Invoice", "credit_memo_id", "created_at", "The debit memos that took credit of it back, in order."
    )
    applications = connection(
        "CreditMemoApplication", "credit_memo_id", "credit_memo_position", "Its applications, in order."
    )
    refunds = connection(
        "Refund", "credit_memo_id", "credit_memo_position", "Refunds and reversals, in order."
    )
    balance_entries = connection(
        "BalanceEntry",
        "document_id",
        "position",
        "Every change of its balance since posting: their sum is the balance.",
    )
    job_results = many(
        "JobResult", "credit_memo_id", "position", "The item of the job that made it: one at most."
    )
    journal_entries = connection(
        "JournalEntry", "document_id", "position", "What it does to the ledger, in order."
    )
    balance_as_of = balance_as_of("credit_memo")
    changes = connection("DocumentChange", "document_id", "version", "Its change history, oldest first.")
    balance_trail = balance_trail("CreditMemo", "The rows that make its balance, each explained.")
    can_apply = computed(
        Ability,
        ability(domain.CreditMemo, violations_of_applicable_memo),
        "Whether applyCreditMemo would pass, for an amount within both balances.",
    )
    can_write_off = computed(
        Ability,
        ability(domain.CreditMemo, violations_of_memo_to_write_off),
        "Whether writeOffCreditMemo would pass, for a reason.",
    )
    can_refund = computed(
        Ability,
        ability(domain.CreditMemo, violations_of_refundable_memo),
        "Whether refundCreditMemo would pass, for an amount within its balance.",
    )
    can_post = computed(
        Ability,
        ability(domain.CreditMemo, violations_of_postable_memo),
        "Whether postCreditMemo would pass: it may then wait for approval.",
        by_settings=True,
    )
    can_approve = computed(
        Ability,
        ability(domain.CreditMemo, _approvable),
        "Whether approveCreditMemo would pass, by whoever asks.",
        by_settings=True,
        by_viewer=True,
    )
    can_recalculate_tax = judged(
        Ability,
        _can_recalculate_tax,
        CALCULATED,
        "Whether recalculateTax would pass, if the tax engine answers and the invoice leaves enough.",
        by_settings=True,
    )
    can_reject = computed(
        Ability,
        ability(domain.CreditMemo, violations_of_rejectable_memo),
        "Whether rejectCreditMemo would pass.",
    )
    can_cancel = judged(Ability, _can_cancel, GAPLESS, "Whether cancelCreditMemo would pass.")
    can_update = computed(
        Ability,
        ability(domain.CreditMemo, violations_of_editable_memo),
        "Whether updateCreditMemo would pass: of a draft for nearly everything, of a posted one for what moves no money.",
    )
    can_unpost = judged(
        Ability,
        _can_unpost,
        USES,
        "Whether unpostCreditMemo would pass.",
        by_settings=True,
    )
    can_void = judged(Ability, _can_void, SETTLED_CONVERSIONS, "Whether voidCreditMemo would pass.")
    can_reverse = computed(
        Ability,
        ability(domain.CreditMemo, violations_of_reversible_memo),
        "Whether reverseCreditMemo would pass.",
    )


CreditMemoConnection = connection_type(DOCUMENTS["CreditMemo"])
CreditMemoFilter = filter_type(DOCUMENTS["CreditMemo"])
CreditMemoOrder = order_type(DOCUMENTS["CreditMemo"])
