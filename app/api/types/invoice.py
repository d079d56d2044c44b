"""Invoices and debit memos."""

import datetime as dt
from decimal import Decimal
from typing import Any

import strawberry

from app.api.declarations import DOCUMENTS, SumsPlan, column, money, reference_source
from app.api.edges import computed, connection, judged, one
from app.api.filters import filter_type
from app.api.lists import connection_type, order_type
from app.api.scalars import CurrencyCode, JSONObject
from app.api.types.ability import Ability, ability, answered, can_convert
from app.api.types.as_of import balance_as_of
from app.api.types.node import Node, document
from app.api.types.trail import balance_trail
from app.domain import invoice as domain
from app.domain.drawing import creditable_total
from app.domain.money import amount_text
from app.domain.vocabulary import InvoiceKind, InvoiceSource, InvoiceStatus, Operation, SettlementStatus
from app.repository import reads, tables
from app.repository.rows import record_from
from app.validation.credit_from_invoice import violations_of_creditable_invoice
from app.validation.documents import violations_of_invoice_life
from app.validation.invoices import violations_of_postable_invoice
from app.validation.write_offs import violations_of_invoice_to_write_off, violations_of_voidable_invoice


def _can_void(row: Any, drawn: list[str]) -> Ability:
    return answered(violations_of_voidable_invoice(record_from(domain.Invoice, row), is_drawn=bool(drawn)))


DRAWN = SumsPlan(reads.invoices_with_drawn_lines, "invoice_id", lambda row: str(row.invoice_id))


def _creditable(row: Any) -> str:
    return amount_text(creditable_total(row), row.currency)


@document(tables.invoice, "inv", "An invoice, or a debit memo: what a buyer owes.")
class Invoice(Node):
    kind: InvoiceKind = column("Invoice or debit memo.", filter=True)
    source: InvoiceSource = column("Who made it.", filter=True)
    number: str | None = column(
        "Document number; a draft of a gapless sequence has none yet.", filter=True, sort=True
    )
    account_id: strawberry.ID = column("The buyer's id.", filter=True)
    currency: CurrencyCode = column("Currency of all its amounts.", filter=True)
    status: InvoiceStatus = column("Where it is in its life.", filter=True)
    invoice_date: dt.date = column("Its date.", filter=True, sort=True)
    due_date: dt.date | None = column("The day by which it is to be paid.", filter=True, sort=True)
    target_date: dt.date | None = column("The billing run's target date.", filter=True)
    charge_amount: Decimal = money(
        "Sum of its lines without tax (Salesforce: TotalChargeAmount).", filter=True
    )
    tax_amount: Decimal = money("Sum of its lines' tax (Salesforce: TotalTaxAmount).", filter=True)
    total_amount: Decimal = money(
        "Sum of its lines with tax (Salesforce: TotalAmountWithTax).", filter=True, sort=True
    )
    balance: Decimal = money(
        "What is still owed: total - converted - credits applied - payments applied.", filter=True, sort=True
    )
    credits_applied: Decimal = money("Credit on it now (Salesforce: NetCreditsApplied).", filter=True)
    payments_applied: Decimal = money("Payments on it now (Salesforce: NetPaymentsApplied).", filter=True)
    converted_amount: Decimal = money(
        "Negative lines converted to credit, as a negative sum (Salesforce: TotalConvertedNegAmount).",
        filter=True,
    )
    credited_amount: Decimal = money("What memos have drawn from it, with tax; drafts reserve.", filter=True)
    creditable_amount = computed(
        Decimal, _creditable, "What memos may still draw from it as a whole, with tax."
    )
    settlement_status: SettlementStatus = column("How far it is settled.", filter=True)
    full_settlement_date: dt.date | None = column(
        "The day its balance reached 0; none while it is not 0.", filter=True
    )
    posted_at: dt.datetime | None = column("When it was posted.", filter=True)
    posted_by: str | None = column("By whom.")
    voided_at: dt.datetime | None = column("When it was voided.", filter=True)
    voided_by: str | None = column("By whom.")
    credit_memo_id: strawberry.ID | None = column(
        "Of a debit memo that the service made: the id of the memo whose credit it takes back.", filter=True
    )
    reason_code: str | None = column(
        "Of a debit memo that the service made: why it writes credit off.", filter=True
    )
    reference_document: str | None = column("A document that it refers to.")
    group_number: str | None = column("Invoice group number (Zuora).", filter=True)
    external_reference: str | None = column("Its id in another system.", filter=True)
    external_reference_source: str | None = reference_source(
        "That system; none where the reference was given without one."
    )
    metadata: JSONObject | None = column("Custom fields.")
    version: int = column("Rises by one with each change of it, its lines or its balance.")
    created_at: dt.datetime = column("When it was taken in.", filter=True, sort=True)
    created_by: str = column("By whom.")
    updated_at: dt.datetime = column("When it last changed.", filter=True)
    updated_by: str = column("By whom.")

    account = one("Account", "account_id", "The buyer.")
    credit_memo = one(
        "CreditMemo", "credit_memo_id", "The memo whose credit the debit memo takes back.", nullable=True
    )
    lines = connection("InvoiceLine", "invoice_id", "line_number", "Its lines, in order.")
    applications = connection(
        "CreditMemoApplication", "invoice_id", "invoice_position", "Credit applied and unapplied, in order."
    )
    payments = connection("Payment", "invoice_id", "invoice_position", "Payments and reversals, in order.")
    credit_memos = connection("CreditMemo", "invoice_id", "created_at", "Memos drawn from it, in order.")
    job_results = connection(
        "JobResult",
        "invoice_id",
        "recorded_at",
        "The items of jobs that were about it, in the order they were done.",
    )
    balance_entries = connection(
        "BalanceEntry",
        "document_id",
        "position",
        "Every change of its balance since posting: their sum is the balance.",
    )
    journal_entries = connection(
        "JournalEntry", "document_id", "position", "What a debit memo made here does to the ledger, in order."
    )
    balance_as_of = balance_as_of("invoice")
    changes = connection("DocumentChange", "document_id", "version", "Its change history, oldest first.")
    balance_trail = balance_trail("Invoice", "The rows that make its balance, each explained.")
    can_post = computed(
        Ability,
        ability(domain.Invoice, violations_of_postable_invoice),
        "Whether postInvoice would pass.",
        by_settings=True,
    )
    can_convert_negative_lines = can_convert
    can_credit = computed(
        Ability,
        ability(domain.Invoice, violations_of_creditable_invoice),
        "Whether createCreditMemoFromInvoice would pass, for lines of which enough is left to credit.",
    )
    can_write_off = computed(
        Ability,
        ability(domain.Invoice, violations_of_invoice_to_write_off),
        "Whether writeOffInvoice would pass, for a reason and within the limit of who asks.",
    )
    can_void = judged(
        Ability, _can_void, DRAWN, "Whether voidInvoice would pass, within the limit of who asks."
    )
    can_settle = computed(
        Ability,
        ability(domain.Invoice, lambda each: violations_of_invoice_life(each, Operation.APPLY_CREDIT_MEMO)),
        "Whether credit or payments may be applied to it, as far as its balance goes.",
    )


InvoiceConnection = connection_type(DOCUMENTS["Invoice"])
InvoiceFilter = filter_type(DOCUMENTS["Invoice"])
InvoiceOrder = order_type(DOCUMENTS["Invoice"])
