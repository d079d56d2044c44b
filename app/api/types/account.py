"""Accounts and order items."""

import datetime as dt
from decimal import Decimal
from typing import Any

import strawberry

from app.api.declarations import DOCUMENTS, SumsPlan, column, measure, reference_source
from app.api.edges import connection, sums
from app.api.filters import filter_type
from app.api.lists import connection_type, order_type
from app.api.scalars import CurrencyCode, JSONObject, amount_answered
from app.api.types.as_of import balances_as_of
from app.api.types.node import Node, document
from app.api.types.trail import balance_trail
from app.repository import reads, tables


@strawberry.type(description="An amount in a currency, where currencies mix.")
class Money:
    amount: Decimal = strawberry.field(description="The amount, with the currency's own decimals.")
    currency: CurrencyCode = strawberry.field(description="Its currency.")


@strawberry.type(description="What an account owes and holds in one currency.")
class AccountBalance:
    owed: Money = strawberry.field(description="Sum of its posted invoices' balances.")
    unused_credit: Money = strawberry.field(description="Sum of its posted memos' balances.")


def _money(minor: int, currency: CurrencyCode) -> Money:
    return Money(amount=amount_answered(minor, currency), currency=currency)


def _balance(row: Any) -> AccountBalance:
    return AccountBalance(owed=_money(row.owed, row.currency), unused_credit=_money(row.credit, row.currency))


@document(
    tables.account, "acc", "The buyer whose invoices are credited (Salesforce, Zuora: billing account)."
)
class Account(Node):
    number: str = column("Account number.", filter=True, sort=True)
    name: str = column("The buyer's name.", filter=True, sort=True)
    currency: CurrencyCode = column("Default currency of its documents.", filter=True)
    external_reference: str | None = column("Its id in another system.", filter=True)
    external_reference_source: str | None = reference_source(
        "That system; none where the reference was given without one."
    )
    metadata: JSONObject | None = column("Custom fields.")
    version: int = column("Rises by one with each change.")
    created_at: dt.datetime = column("When it was made.", filter=True, sort=True)
    created_by: str = column("By whom.")
    updated_at: dt.datetime = column("When it last changed.", filter=True)
    updated_by: str = column("By whom.")

    balances = sums(
        AccountBalance,
        SumsPlan(reads.balances_of_accounts, "account_id", _balance),
        "What it owes and what credit it holds, per currency.",
    )
    balance_trail = balance_trail(
        "Account", "The rows that make what it owes and holds, in the order in which they were recorded."
    )
    balances_as_of = balances_as_of()
    changes = connection("DocumentChange", "document_id", "version", "Its change history, oldest first.")
    invoices = connection(
        "Invoice",
        "account_id",
        "invoice_date",
        "Its invoices and debit memos, newest first.",
        descending=True,
    )
    credit_memos = connection(
        "CreditMemo", "account_id", "memo_date", "Its credit memos, newest first.", descending=True
    )
    applications = connection(
        "CreditMemoApplication",
        "account_id",
        "recorded_at",
        "Its application history, newest first.",
        descending=True,
    )
    payments = connection(
        "Payment",
        "account_id",
        "payment_date",
        "Its payments and their reversals, newest first.",
        descending=True,
    )
    refunds = connection(
        "Refund",
        "account_id",
        "refund_date",
        "Its refunds and their reversals, newest first.",
        descending=True,
    )


@document(tables.order_item, "ord", "What was ordered; credit that counts a quantity adds to it.")
class OrderItem(Node):
    external_reference: str = column("The order item's id in the order system.")
    quantity: Decimal | None = measure("The quantity ordered.")
    quantity_credited: Decimal = measure("The quantity that memos have counted: a sum, not a cap.")

    invoice_lines = connection(
        "InvoiceLine", "order_item_id", "line_number", "The invoice lines that bill it."
    )
    credit_memo_lines = connection(
        "CreditMemoLine", "order_item_id", "line_number", "The memo lines that credit it."
    )


AccountConnection = connection_type(DOCUMENTS["Account"])
AccountFilter = filter_type(DOCUMENTS["Account"])
AccountOrder = order_type(DOCUMENTS["Account"])
