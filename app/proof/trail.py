"""Explain: the rows that make a balance, in order, each in a sentence that names what caused it."""

import datetime as dt
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from app.domain.money import amount_text
from app.domain.vocabulary import BalanceEntryKind, Operation
from app.repository.database import Database, Snapshot
from app.repository.trails import MEMO, trail_of

ALL = 2**62
"""More places than a trail has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An entry of a document's history at its place in a trail, 1, 2, 3 … ; amounts in minor units of the currency."""

    place: int
    document_type: str
    """`CreditMemo` or `Invoice`, as the schema calls it."""
    document_id: str
    document_number: str | None
    position: int
    currency: str
    kind: BalanceEntryKind
    impact_amount: int
    balance_after: int
    """The document's."""
    owed: int
    """What the trail's invoices came to after the step, in its currency."""
    credit: int
    """What the trail's memos came to."""
    explanation: str
    cause_id: str | None
    log_id: str
    log_number: int | None
    """None while the entry has not got its number yet."""
    operation: Operation
    recorded_at: dt.datetime
    recorded_by: str


def step_of(row: Any) -> Step:
    """The step of a row of `trail_of`."""
    return Step(
        place=row.place,
        document_type=row.document_type,
        document_id=row.document_id,
        document_number=row.document_number,
        position=row.position,
        currency=row.currency,
        kind=row.kind,
        impact_amount=row.impact_amount,
        balance_after=row.balance_after,
        owed=row.owed,
        credit=row.credit,
        explanation=_EXPLANATIONS[row.kind](row),
        cause_id=row.cause_id,
        log_id=row.log_id,
        log_number=row.log_number,
        operation=row.operation,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )


async def trail(
    database: Database,
    snapshot: Snapshot,
    owner: str,
    id: str,
    currency: str | None = None,
    log: int | None = None,
) -> AsyncIterator[Step]:
    """The whole trail of a `CreditMemo`, an `Invoice` or an `Account`, without holding it.

    `log`: as it was when the log had come to that number.
    """
    given = {"values": [id], "currency": currency, "log": log, "after": 0, "through": ALL}
    async for row in database.stream(snapshot, trail_of(owner), given):
        yield step_of(row)


def _amount(row: Any) -> str:
    """What moved, without its sign: the sentence says which way."""
    return f"{amount_text(abs(row.impact_amount), row.currency)} {row.currency}"


def _application(row: Any) -> str:
    is_memo = row.document_type == MEMO
    where = f"to {_named(row.invoice_number)}" if is_memo else f"from {_named(row.memo_number)}"
    by = f", found by {row.auto_apply_rule} (rank {row.auto_apply_rank})" if row.auto_apply_rule else ""
    return f"{row.application_number}: {_amount(row)} applied {where}{by}."


def _unapplication(row: Any) -> str:
    is_memo = row.document_type == MEMO
    where = f"from {_named(row.invoice_number)}" if is_memo else f"for {_named(row.memo_number)}"
    return f"{row.application_number}: {_amount(row)} of {row.original_number} taken back {where}."


def _money_moved(row: Any, what: str) -> str:
    said = [f"by {row.method}"] if row.method else []
    said += [f"reference {row.reference}"] if row.reference else []
    return f"{_amount(row)} {what} on {row.moved_on}{' ' if said else ''}{', '.join(said)}."


def _named(number: str | None) -> str:
    return number or "a document without a number"


_EXPLANATIONS: dict[BalanceEntryKind, Callable[[Any], str]] = {
    BalanceEntryKind.POSTING: lambda row: f"Posted over its total of {_amount(row)}.",
    BalanceEntryKind.UNPOSTING: lambda row: f"A draft again: its total of {_amount(row)} left the books.",
    BalanceEntryKind.APPLICATION: _application,
    BalanceEntryKind.UNAPPLICATION: _unapplication,
    BalanceEntryKind.PAYMENT: lambda row: _money_moved(row, "paid"),
    BalanceEntryKind.PAYMENT_REVERSAL: lambda row: _money_moved(row, "of a payment taken back"),
    BalanceEntryKind.CONVERSION: lambda row: (
        f"Negative lines of {_amount(row)} became {_named(row.converted_number)}."
    ),
    BalanceEntryKind.CONVERSION_REVERSAL: lambda row: (
        f"{_named(row.converted_number)} was voided: its negative lines take {_amount(row)} off again."
    ),
    BalanceEntryKind.REFUND: lambda row: f"{_named(row.refund_number)}: {_money_moved(row, 'refunded')}",
    BalanceEntryKind.REFUND_REVERSAL: lambda row: _money_moved(row, "of a refund taken back"),
    BalanceEntryKind.VOID: lambda row: f"Voided: what was left of it, {_amount(row)}, left the books.",
}
