"""Statement of an account: what was owed before a period, what moved it in the period, what is owed after."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.domain.as_of import AsOf
from app.domain.entity import Settings
from app.domain.vocabulary import BalanceEntryKind
from app.proof.trial_balance import Rows
from app.repository.account_moves import (
    MATCHES,
    PLACE,
    dated_moves,
    moves_of_day,
    standing_at_place,
    standings_of_account,
    timed_moves,
)

MEMO = "CREDIT_MEMO"
ALL = 2**62
"""More rows than an account has."""
_INTO_DAY = timedelta(hours=11)
"""From the beginning of a day: as much of it is left to both sides, whatever the hour is put forward or back."""
_FIRST, _LAST = date(2, 1, 1), date(9998, 12, 31)


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
    standing: Standing
    """After the row."""

    @property
    def balance(self) -> int:
        """Owed less credit, after the row."""
        return self.standing.balance


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One currency of an account: where it stood before the period, and after."""

    currency: str
    opening: Standing
    closing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a row stands among all of an account: by its day, and within a day as it was recorded."""

    day: date
    recorded_at: datetime
    log_id: str
    document_id: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What a statement is asked for. A row counts by its document's, payment's or refund's date; else by the entity's day on
    which it took effect, or was recorded. Without an end the closing balances are those of the ledger. `as_of`: by when it was recorded.
    """

    account_id: str
    settings: Settings
    start: date | None = None
    end: date | None = None
    currency: str | None = None
    as_of: AsOf | None = None

    @property
    def is_as_of(self) -> bool:
        return self.as_of is not None

    @property
    def bound(self) -> dict[str, Any]:
        """The parameters that all statements of `account_moves` have."""
        following = self.end and min(self.end, _LAST) + timedelta(days=1)
        given: dict[str, Any] = {"account": self.account_id, "currency": self.currency}
        if self.as_of is not None:
            given |= {"log": self.as_of.log, "at": self.as_of.at}
        return given | {
            "end": self.end,
            "end_moment": self.beginning(following),
            "into_day": int((_INTO_DAY - self._offset).total_seconds()),
        }

    @property
    def _offset(self) -> timedelta:
        return datetime.now(ZoneInfo(self.settings.time_zone)).utcoffset() or timedelta()

    def beginning(self, day: date | None) -> datetime | None:
        """The instant at which the entity's day begins; of days beyond what is ever recorded, the nearest that has one."""
        if day is None:
            return None
        known = min(max(day, _FIRST), _LAST)
        return datetime.combine(known, time(), ZoneInfo(self.settings.time_zone)).astimezone(UTC)

    def asked_from(self, day: date | None, count: int) -> dict[str, Any]:
        """The parameters of so many moves from the day on."""
        return self.bound | {"day": day, "day_moment": self.beginning(day), "count": count}

    def of_day(self, day: date) -> dict[str, Any]:
        """The parameters of a day."""
        following = self.beginning(min(day, _LAST) + timedelta(days=1))
        return {"day": day, "day_moment": self.beginning(day), "following_moment": following}

    def place_of(self, row: Any) -> Place:
        day = row.dated or self.settings.day_of(row.moment)
        return Place(day=day, **{name: getattr(row, name) for name in PLACE})


async def statements(rows: Rows, period: Period) -> list[Statement]:
    """By currency."""
    sums = await rows(
        standings_of_account(period.is_as_of),
        **period.bound,
        start=period.start,
        start_moment=period.beginning(period.start),
    )
    opening: dict[str, Standing] = {}
    closing: dict[str, Standing] = {}
    for row in sums:
        for standing, amount in ((opening, row.before), (closing, row.after)):
            before = standing.get(row.currency, Standing())
            standing[row.currency] = _moved(before, row.document, row.is_match, amount)
    return [
        Statement(currency=each, opening=opening[each], closing=closing[each]) for each in sorted(closing)
    ]


async def lines_of(
    rows: Rows, period: Period, opening: Standing, count: int, after: Place | None = None
) -> tuple[Standing, list[tuple[Place, StatementLine]]]:
    """The next rows of a period in one currency, in their order, and where the account stood before them.

    `opening`: where it stood before the period.
    """
    if after is not None:
        opening = await _standing_at(rows, period, after)
    moves = await _next_moves(rows, period, count, after)
    places = [period.place_of(each) for each in moves]
    lines = _lines(opening, zip(places, moves, strict=True))
    return opening, list(zip(places, lines, strict=True))


async def _standing_at(rows: Rows, period: Period, place: Place) -> Standing:
    standing = Standing()
    found = await rows(
        standing_at_place(period.is_as_of), **period.bound, **period.of_day(place.day), **_at(place)
    )
    for row in found:
        standing = _moved(standing, row.document, row.is_match, row.impact)
    return standing


def _at(place: Place) -> dict[str, Any]:
    return {f"at_{name}": getattr(place, name) for name in PLACE}


async def _next_moves(rows: Rows, period: Period, count: int, after: Place | None) -> list[Any]:
    """The rest of the day that was begun, then whole days, then as much as is wanted of the last one."""
    found: list[Any] = []
    first_day = period.start
    if after is not None:
        found = await _of_day(rows, period, after.day, count, after)
        if len(found) == count or after.day >= _LAST:
            return found
        first_day = after.day + timedelta(days=1)
    left = count - len(found)
    asked = period.asked_from(first_day, left)
    known: list[tuple[Place, Any]] = []
    cut_on: list[date] = []
    for moves in (dated_moves, timed_moves):
        told = [(period.place_of(row), row) for row in await rows(moves(period.is_as_of), **asked)]
        known += told
        if len(told) == left:
            # There may be more of this day.
            cut_on.append(told[-1][0].day)
    last = min(cut_on, default=None)
    whole = [each for each in known if last is None or each[0].day < last]
    found += [row for _, row in sorted(whole, key=lambda each: _order(each[0]))]
    if last is not None and len(found) < count:
        found += await _of_day(rows, period, last, count - len(found))
    return found[:count]


async def _of_day(rows: Rows, period: Period, day: date, count: int, after: Place | None = None) -> list[Any]:
    begun = {} if after is None else _at(after)
    statement = moves_of_day(period.is_as_of, bool(begun))
    return list(await rows(statement, **period.bound, **period.of_day(day), **begun, count=count))


def _order(place: Place) -> tuple[Any, ...]:
    return (place.day, *(getattr(place, name) for name in PLACE))


async def all_lines(
    stream: Callable[[Any, dict[str, Any]], AsyncIterator[Any]], period: Period, opening: Standing
) -> AsyncIterator[StatementLine]:
    """Every row of a period in one currency; no more of them is held than one day has.

    `stream`: the rows of a statement with its parameters, without holding them all.
    """
    asked = period.asked_from(period.start, ALL)
    sides = [_by_day(period, stream(moves(period.is_as_of), asked)) for moves in (dated_moves, timed_moves)]
    heads = [await anext(each, None) for each in sides]
    standing = opening
    while days := [each[0] for each in heads if each is not None]:
        day, moves = min(days), []
        for side, head in enumerate(heads):
            if head is not None and head[0] == day:
                moves += head[1]
                heads[side] = await anext(sides[side], None)
        for line in _lines(standing, sorted(moves, key=lambda each: _order(each[0]))):
            standing = line.standing
            yield line


async def _by_day(
    period: Period, rows: AsyncIterator[Any]
) -> AsyncIterator[tuple[date, list[tuple[Place, Any]]]]:
    """Rows that come by day, a list for each."""
    moves: list[tuple[Place, Any]] = []
    async for row in rows:
        place = period.place_of(row)
        if moves and moves[-1][0].day != place.day:
            yield moves[-1][0].day, moves
            moves = []
        moves.append((place, row))
    if moves:
        yield moves[-1][0].day, moves


def _lines(standing: Standing, moves: Iterable[tuple[Place, Any]]) -> Iterator[StatementLine]:
    for place, row in moves:
        is_match = row.kind in MATCHES
        before, standing = standing, _moved(standing, row.document, is_match, row.impact)
        yield StatementLine(
            day=place.day,
            kind=row.kind,
            document=row.document,
            document_id=row.document_id,
            number=row.number,
            reference=row.cause_number,
            amount=standing.balance - before.balance,
            matched=-row.impact if is_match else 0,
            standing=standing,
        )


def _moved(standing: Standing, document: str, is_match: bool, amount: int) -> Standing:
    """A match takes from both sides, or gives back to both."""
    owed = 0 if document == MEMO else amount
    credit = amount if document == MEMO or is_match else 0
    return replace(standing, owed=standing.owed + owed, unapplied_credit=standing.unapplied_credit + credit)
