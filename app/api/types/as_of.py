"""Balances as they were, from the history alone."""

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any

import strawberry

from app.api.annotations import optional, optional_argument, type_of
from app.api.declarations import AskedPlan
from app.api.edges import asked
from app.api.filters import given_by_name
from app.api.scalars import CurrencyCode, amount_answered
from app.domain.as_of import AsOf
from app.domain.entity import Settings
from app.domain.vocabulary import AsOfBasis
from app.repository.as_of import balances_of_accounts, balances_of_documents

AsOfInput = type_of(
    "AsOf",
    "As of when; everything given holds together. Nothing given: as far as the log is numbered.",
    {
        "log": (optional(int), "Up to this number of the log: exact at any time."),
        "at": (
            optional(dt.datetime),
            "Up to this instant: exact once the transactions that were open then have ended.",
        ),
        "by": (optional(AsOfBasis), "What counts as having been at `at`; RECORDED_AT by default."),
    },
    make=strawberry.input,
    is_input=True,
)
ARGUMENTS = {"as_of": optional_argument(AsOfInput, "As of when.")}
_LOG_NUMBER = (
    "The last number of the log that was looked at: asked with it, too, the answer is the same for ever."
)
_IS_FINAL = (
    "Nothing can be recorded any more that would change the answer. False while transactions that began before may be"
    " open."
)


@strawberry.type(description="A balance as it was.")
class BalanceAsOf:
    balance: Decimal = strawberry.field(description="The balance; 0 before the document was posted.")
    log_number: int = strawberry.field(description=_LOG_NUMBER)
    is_final: bool = strawberry.field(description=_IS_FINAL)


@strawberry.type(description="What an account owed and held in one currency.")
class AccountCurrencyAsOf:
    currency: CurrencyCode = strawberry.field(description="The currency.")
    owed: Decimal = strawberry.field(description="Sum of its invoices' balances, debit memos included.")
    unused_credit: Decimal = strawberry.field(description="Sum of its memos' balances.")


@strawberry.type(description="What an account owed and held.")
class AccountBalancesAsOf:
    balances: list[AccountCurrencyAsOf] = strawberry.field(
        description="Per currency in which anything had moved."
    )
    log_number: int = strawberry.field(description=_LOG_NUMBER)
    is_final: bool = strawberry.field(description=_IS_FINAL)


def balance_as_of(table: str) -> Any:
    """The field of a document that has a balance; `table` is the name of its table."""
    plan = AskedPlan(
        partial(balances_of_documents, table), "document_id", as_of_asked, _of_document, by_settings=True
    )
    return asked(BalanceAsOf, plan, ARGUMENTS, "Its balance as it was, from the history alone.")


def balances_as_of() -> Any:
    """The field of an account."""
    plan = AskedPlan(balances_of_accounts, "account_id", as_of_asked, _of_account, by_settings=True)
    return asked(AccountBalancesAsOf, plan, ARGUMENTS, "What it owed and held, from the history alone.")


def as_of_asked(settings: Settings, as_of: Any = None) -> AsOf:
    """What the argument means in the entity."""
    given = given_by_name(as_of) or {}
    at = given.get("at")
    return AsOf(
        log=given.get("log"),
        at=at,
        day=None if at is None else settings.day_of(at),
        by=given.get("by") or AsOfBasis.RECORDED_AT,
    )


def _of_document(asked_for: AsOf, rows: list[Any]) -> BalanceAsOf:
    [row] = rows
    return BalanceAsOf(
        balance=amount_answered(row.balance, row.currency),
        log_number=asked_for.log_used(row.head),
        is_final=_is_final(asked_for, row),
    )


def _of_account(asked_for: AsOf, rows: list[Any]) -> AccountBalancesAsOf:
    return AccountBalancesAsOf(
        balances=[
            AccountCurrencyAsOf(
                currency=row.currency,
                owed=amount_answered(row.owed, row.currency),
                unused_credit=amount_answered(row.credit, row.currency),
            )
            for row in rows
            if row.currency is not None
        ],
        log_number=asked_for.log_used(rows[0].head),
        is_final=_is_final(asked_for, rows[0]),
    )


def _is_final(asked_for: AsOf, row: Any) -> bool:
    return asked_for.is_final(row.head, row.waiting, dt.datetime.now(dt.UTC))
