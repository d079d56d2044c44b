"""The trial balance as a query."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import strawberry

from app.api.scalars import CurrencyCode, amount_answered
from app.proof.trial_balance import CodeBalance, CurrencyTotal, totals, trial_balance


@strawberry.type(description="What an accounting code was debited and credited with in a currency.")
class TrialBalanceLine:
    currency: CurrencyCode = strawberry.field(description="Currency of the amounts.")
    code: str = strawberry.field(description="The accounting code.")
    debit: Decimal = strawberry.field(description="Sum of the entries that debit it.")
    credit: Decimal = strawberry.field(description="Sum of the entries that credit it.")
    balance: Decimal = strawberry.field(description="Debit - credit.")


@strawberry.type(description="All codes of a currency together: both sides come to the same.")
class TrialBalanceTotal:
    currency: CurrencyCode = strawberry.field(description="Currency of the amounts.")
    debit: Decimal = strawberry.field(description="Sum of the debits.")
    credit: Decimal = strawberry.field(description="Sum of the credits.")


@strawberry.type(description="What the journal adds up to (a trial balance of what the service has posted).")
class TrialBalance:
    lines: list[TrialBalanceLine] = strawberry.field(description="By currency and code.")
    totals: list[TrialBalanceTotal] = strawberry.field(description="By currency.")


async def trial_balance_of(
    reader: Any, start: dt.date | None, end: dt.date | None, currency: str | None
) -> TrialBalance:
    """Of the entity of the snapshot."""
    found = await trial_balance(reader.rows, start=start, end=end, currency=currency)
    return TrialBalance(lines=_lines(found), totals=_totals(totals(found)))


def _lines(found: Iterable[CodeBalance]) -> list[TrialBalanceLine]:
    return [
        TrialBalanceLine(
            currency=CurrencyCode(each.currency),
            code=each.code,
            debit=amount_answered(each.debit, each.currency),
            credit=amount_answered(each.credit, each.currency),
            balance=amount_answered(each.balance, each.currency),
        )
        for each in found
    ]


def _totals(found: Iterable[CurrencyTotal]) -> list[TrialBalanceTotal]:
    return [
        TrialBalanceTotal(
            currency=CurrencyCode(each.currency),
            debit=amount_answered(each.debit, each.currency),
            credit=amount_answered(each.credit, each.currency),
        )
        for each in found
    ]
