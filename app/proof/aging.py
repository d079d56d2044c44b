"""Aging: what accounts owe, by how long it is overdue, and the credit that they have not used."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.domain.as_of import AsOf
from app.proof.trial_balance import Rows
from app.repository.receivables import (
    CREDIT,
    account_named,
    accounts_with_documents,
    edge_names,
    owed_by_bucket,
    owed_by_bucket_as_of,
)

USUAL_BUCKETS = (30, 60, 90)
MOST_BUCKETS = 24
MOST_DAYS = 36_500


@dataclass(frozen=True, slots=True, kw_only=True)
class AgingLine:
    """One currency of an account, or of all that are told of, in minor units."""

    currency: str
    owed: tuple[int, ...]
    """Not due yet; then overdue by up to so many days, bucket by bucket; last, by more."""
    unapplied_credit: int

    @property
    def total_owed(self) -> int:
        """What the ledger says is owed on invoices and debit memos."""
        return sum(self.owed)

    @property
    def balance(self) -> int:
        """Owed less credit."""
        return self.total_owed - self.unapplied_credit


@dataclass(frozen=True, slots=True, kw_only=True)
class AgingOfAccount:
    account_id: str
    number: str
    name: str
    lines: tuple[AgingLine, ...]


def misplaced_bucket(buckets: Sequence[int]) -> int | None:
    """The place of the first bucket that is no number of days above the one before; None: all are."""
    for place, days in enumerate(buckets):
        if not (buckets[place - 1] if place else 0) < days <= MOST_DAYS:
            return place
    return None


def spans(buckets: Sequence[int]) -> list[tuple[int | None, int | None]]:
    """Days overdue, from and through, of what `AgingLine.owed` tells apart; None: without a bound."""
    starts = [None, 1, *(each + 1 for each in buckets)]
    return list(zip(starts, (0, *buckets, None), strict=True))


async def aging(
    rows: Rows,
    *,
    day: date,
    buckets: Sequence[int] = USUAL_BUCKETS,
    as_of: AsOf | None = None,
    after: str = "",
    count: int,
) -> list[AgingOfAccount]:
    """The next accounts by number after `after` that have documents with a history: at most so many.

    An invoice without a due date is due on its own. Buckets ascend.
    """
    accounts = await rows(accounts_with_documents(), after=after, count=count)
    return await _aged(rows, accounts, day, buckets, as_of)


async def aging_of_one(
    rows: Rows,
    account_id: str,
    *,
    day: date,
    buckets: Sequence[int] = USUAL_BUCKETS,
    as_of: AsOf | None = None,
) -> list[AgingOfAccount]:
    """The one account; none where there is no such account."""
    accounts = await rows(account_named(), id=account_id)
    return await _aged(rows, accounts, day, buckets, as_of)


async def _aged(
    rows: Rows, accounts: Iterable[Any], day: date, buckets: Sequence[int], as_of: AsOf | None
) -> list[AgingOfAccount]:
    known = list(accounts)
    lines = await _lines(rows, [each.id for each in known], day, buckets, as_of)
    return [
        AgingOfAccount(
            account_id=each.id, number=each.number, name=each.name, lines=tuple(lines.get(each.id, ()))
        )
        for each in known
    ]


def together(lines: Iterable[AgingLine]) -> list[AgingLine]:
    """One line of each currency."""
    found: dict[str, AgingLine] = {}
    for line in lines:
        before = found.get(line.currency)
        found[line.currency] = line if before is None else _sum(before, line)
    return [found[currency] for currency in sorted(found)]


def _sum(one: AgingLine, other: AgingLine) -> AgingLine:
    return AgingLine(
        currency=one.currency,
        owed=tuple(a + b for a, b in zip(one.owed, other.owed, strict=True)),
        unapplied_credit=one.unapplied_credit + other.unapplied_credit,
    )


def _days_before(day: date, days: int) -> date:
    return day - timedelta(days=min(days, (day - date.min).days))


async def _lines(
    rows: Rows, account_ids: Sequence[str], day: date, buckets: Sequence[int], as_of: AsOf | None
) -> dict[str, list[AgingLine]]:
    # On its due day an invoice is not overdue; by n days it is when the due day lies n days back.
    edges = [day, *(_days_before(day, each) for each in buckets)]
    count = len(edges)
    statement = owed_by_bucket(count) if as_of is None else owed_by_bucket_as_of(count)
    given: dict[str, Any] = dict(zip(edge_names(count), edges, strict=True))
    if as_of is not None:
        given |= as_of.bound
    found: dict[tuple[str, str], dict[int, int]] = {}
    for row in await rows(statement, values=sorted(account_ids), **given):
        found.setdefault((row.account_id, row.currency), {})[row.bucket] = row.amount
    lines: dict[str, list[AgingLine]] = {}
    for (account_id, currency), amounts in found.items():
        line = AgingLine(
            currency=currency,
            owed=tuple(amounts.get(place, 0) for place in range(len(edges) + 1)),
            unapplied_credit=amounts.get(CREDIT, 0),
        )
        lines.setdefault(account_id, []).append(line)
    return lines
