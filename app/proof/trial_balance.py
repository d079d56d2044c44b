"""Trial balance: what each accounting code was debited and credited with; in each currency both come to the same."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.repository.ledger_sums import sums_by_code

Rows = Callable[..., Awaitable[Iterable[Any]]]
"""Runs a statement on an entity's books, with its parameters by name; returns its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeBalance:
    """One code in one currency, in minor units."""

    currency: str
    code: str
    debit: int
    credit: int

    @property
    def balance(self) -> int:
        """Debit less credit."""
        return self.debit - self.credit


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyTotal:
    """All codes of one currency together."""

    currency: str
    debit: int
    credit: int


async def trial_balance(
    rows: Rows, *, start: date | None = None, end: date | None = None, currency: str | None = None
) -> list[CodeBalance]:
    """By currency and code, of entries dated from `start` through `end`."""
    found = await rows(sums_by_code(), start=start, end=end, currency=currency)
    return [
        CodeBalance(currency=row.currency, code=row.code, debit=row.debit, credit=row.credit) for row in found
    ]


def totals(lines: Iterable[CodeBalance]) -> list[CurrencyTotal]:
    """The sums of each currency, in the order in which the currencies come."""
    found: dict[str, tuple[int, int]] = {}
    for line in lines:
        debit, credit = found.get(line.currency, (0, 0))
        found[line.currency] = (debit + line.debit, credit + line.credit)
    return [
        CurrencyTotal(currency=currency, debit=debit, credit=credit)
        for currency, (debit, credit) in found.items()
    ]
