"""The statement of an account as a query."""

import datetime as dt
from decimal import Decimal
from typing import Any

import strawberry

from app.api.http.fault import ClientFault
from app.api.scalars import CurrencyCode, amount_answered
from app.api.types.as_of import as_of_asked
from app.domain.vocabulary import BalanceEntryKind
from app.proof import statement as proof

MOST_LINES = 2_500
"""Rows of a statement that are told at once; the terminal tells of longer periods."""


@strawberry.type(description="What an account owes and holds at a time.")
class AccountStanding:
    owed: Decimal = strawberry.field(description="What is owed on posted invoices and debit memos.")
    unapplied_credit: Decimal = strawberry.field(description="Posted credit that is not used.")
    balance: Decimal = strawberry.field(description="Owed - unapplied credit.")


@strawberry.type(description="A row of a statement.")
class StatementLine:
    date: dt.date = strawberry.field(description="The day by which it counts.")
    kind: BalanceEntryKind = strawberry.field(description="What moved the balance.")
    document_type: str = strawberry.field(description="INVOICE, DEBIT_MEMO or CREDIT_MEMO.")
    document_id: strawberry.ID = strawberry.field(description="The document whose balance it moved.")
    number: str | None = strawberry.field(description="The document's number.")
    reference: str | None = strawberry.field(
        description="Number of the application, refund or memo that did it, or the payment's reference."
    )
    amount: Decimal = strawberry.field(description="Added to the balance.")
    matched: Decimal = strawberry.field(
        description="Credit that went to an invoice, below 0 where it came back: it leaves the balance as it is."
    )
    balance: Decimal = strawberry.field(description="The balance after it: owed - unapplied credit.")


@strawberry.type(
    description="What an account owed before a period, what moved it, and what it owed after, in one currency."
)
class AccountStatement:
    currency: CurrencyCode = strawberry.field(description="Currency of the amounts.")
    opening: AccountStanding = strawberry.field(description="Before the first day.")
    lines: list[StatementLine] = strawberry.field(
        description="In the order of their days, within a day in the order in which they were recorded."
    )
    closing: AccountStanding = strawberry.field(
        description="After the last day; without a last day, what the ledger says."
    )


async def statements_of(
    reader: Any,
    account_id: str,
    start: dt.date | None,
    end: dt.date | None,
    currency: str | None,
    as_of: Any,
) -> list[AccountStatement]:
    """By currency. ClientFault where the period has more rows than are told at once."""
    settings = await reader.settings()
    try:
        found = await proof.statements(
            reader.rows,
            account_id,
            settings,
            start=start,
            end=end,
            currency=currency,
            as_of=None if as_of is None else as_of_asked(settings, as_of),
            most_lines=MOST_LINES,
        )
    except proof.TooLong as error:
        message = (
            f"The period has more than {MOST_LINES} rows: ask for a shorter one, or `credit-memos statement`."
        )
        raise ClientFault(message, "BAD_USER_INPUT") from error
    return [_statement(each) for each in found]


def _statement(found: proof.Statement) -> AccountStatement:
    return AccountStatement(
        currency=CurrencyCode(found.currency),
        opening=_standing(found.opening, found.currency),
        lines=[_line(each, found.currency) for each in found.lines],
        closing=_standing(found.closing, found.currency),
    )


def _standing(found: proof.Standing, currency: str) -> AccountStanding:
    return AccountStanding(
        owed=amount_answered(found.owed, currency),
        unapplied_credit=amount_answered(found.unapplied_credit, currency),
        balance=amount_answered(found.balance, currency),
    )


def _line(found: proof.StatementLine, currency: str) -> StatementLine:
    return StatementLine(
        date=found.day,
        kind=found.kind,
        document_type=found.document,
        document_id=strawberry.ID(found.document_id),
        number=found.number,
        reference=found.reference,
        amount=amount_answered(found.amount, currency),
        matched=amount_answered(found.matched, currency),
        balance=amount_answered(found.balance, currency),
    )
