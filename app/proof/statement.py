"""Statement of an account: what was owed before a period, what moved it in the period, what is owed after."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.as_of import AsOf
from app.domain.entity import Settings
from app.domain.vocabulary import BalanceEntryKind
from app.proof.trial_balance import Rows
from app.repository.receivables import moves_of_account, opening_of_account

MEMO = "CREDIT_MEMO"
_FIRST, _LAST = date(2, 1, 1), date(9998, 12, 31)
_MATCHES = (BalanceEntryKind.APPLICATION, BalanceEntryKind.UNAPPLICATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What an account owes, and the credit that it has not used, in minor units."""

    owed: int = 0
    unapplied_credit: int = 0

    @property
    def balance(self) -> int:
        """Owed less credit."""
        return self.owed - self.unapplied_credit


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """A row of the statement, in minor units."""

    day: date
    kind: BalanceEntryKind
    document: str
    """INVOICE, DEBIT_MEMO or CREDIT_MEMO."""
    document_id: str
    number: str | None
    reference: str | None
    """Number of the application, refund or memo, or reference of the payment, that did it."""
    amount: int
    """Added to the balance."""
    matched: int
    """Credit that went to an invoice, or came back (negative): it leaves the balance as it is."""
    balance: int
    """Owed less credit, after the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One currency of an account."""

    currency: str
    opening: Standing
    lines: tuple[StatementLine, ...]
    closing: Standing


class TooLong(Exception):
    """The period has more rows than are told at once."""


async def statements(
    rows: Rows,
    account_id: str,
    settings: Settings,
    *,
    start: date | None = None,
    end: date | None = None,
    currency: str | None = None,
    as_of: AsOf | None = None,
    most_lines: int | None = None,
) -> list[Statement]:
    """By currency. A row counts by its document's, payment's or refund's date; else by the entity's day on which it took
    effect, or was recorded. Without an end the closing balances are those of the ledger. `as_of`: by when it was recorded. TooLong.
    """
    is_as_of = as_of is not None
    given: dict[str, Any] = {"account": account_id, "currency": currency}
    if as_of is not None:
        given |= {"log": as_of.log, "at": as_of.at}
    period = {"start": start, "start_moment": _beginning(settings, start)}
    opening: list[Any] = []
    if start is not None:
        opening = list(await rows(opening_of_account(is_as_of), **given, **period))
    following = end and min(end, _LAST) + timedelta(days=1)
    period |= {"end": end, "end_moment": _beginning(settings, following)}
    moves = list(await rows(moves_of_account(is_as_of), **given, **period))
    if most_lines is not None and len(moves) > most_lines:
        raise TooLong
    return _statements(settings, opening, moves)


def _beginning(settings: Settings, day: date | None) -> datetime | None:
    """The instant at which the entity's day begins; of days beyond what is ever recorded, the nearest that has one."""
    if day is None:
        return None
    known = min(max(day, _FIRST), _LAST)
    return datetime.combine(known, time(), ZoneInfo(settings.time_zone)).astimezone(UTC)


def _statements(settings: Settings, opening: Iterable[Any], moves: Iterable[Any]) -> list[Statement]:
    before: dict[str, Standing] = {}
    for row in opening:
        before[row.currency] = _moved(before.get(row.currency, Standing()), row.document, row.amount)
    of_currency: dict[str, list[tuple[date, Any]]] = {}
    for row in moves:
        day = row.dated or settings.day_of(row.moment)
        of_currency.setdefault(row.currency, []).append((day, row))
    return [
        _statement(currency, before.get(currency, Standing()), of_currency.get(currency, []))
        for currency in sorted(before.keys() | of_currency.keys())
    ]


def _statement(currency: str, opening: Standing, moves: list[tuple[date, Any]]) -> Statement:
    """Moves come in the order in which they were recorded, which is kept within a day."""
    standing = opening
    lines = []
    for day, row in sorted(moves, key=lambda each: each[0]):
        is_match = row.kind in _MATCHES
        if is_match and row.document == MEMO:
            # The invoice's side tells it for both.
            continue
        before, standing = standing.balance, _moved(standing, row.document, row.impact)
        if is_match:
            standing = _moved(standing, MEMO, row.impact)
        lines.append(
            StatementLine(
                day=day,
                kind=row.kind,
                document=row.document,
                document_id=row.document_id,
                number=row.number,
                reference=row.cause_number,
                amount=0 if is_match else standing.balance - before,
                matched=-row.impact if is_match else 0,
                balance=standing.balance,
            )
        )
    return Statement(currency=currency, opening=opening, lines=tuple(lines), closing=standing)


def _moved(standing: Standing, document: str, amount: int) -> Standing:
    if document == MEMO:
        return Standing(owed=standing.owed, unapplied_credit=standing.unapplied_credit + amount)
    return Standing(owed=standing.owed + amount, unapplied_credit=standing.unapplied_credit)
