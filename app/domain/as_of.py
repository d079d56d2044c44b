"""As of when a balance is asked for, and what is to be said of the answer."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.domain.vocabulary import AsOfBasis

LONGEST_OPEN = timedelta(minutes=2)
"""How long after its instant a transaction may be committed: the database ends those that take longer, and clocks differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """How far the history is to be read: up to a number of the log, and to an instant. None: as far as it goes."""

    log: int | None = None
    at: datetime | None = None
    day: date | None = None
    """The entity's day of `at`."""
    by: AsOfBasis = AsOfBasis.RECORDED_AT

    @property
    def bound(self) -> dict[str, Any]:
        """The parameters of the statements in `repository/as_of`."""
        return {
            "log": self.log,
            "at": self.at,
            "day": self.day,
            "by_effect": self.by is AsOfBasis.EFFECTIVE_DATE,
        }

    def log_used(self, head: int) -> int:
        """The last number of the log that was looked at: with it the same question has the same answer at any time."""
        return head if self.log is None else min(self.log, head)

    def is_final(self, head: int, waiting: datetime | None, now: datetime) -> bool:
        """Whether nothing can be recorded any more that would count.

        `waiting`: the earliest instant of an entry that is committed and has no number yet.
        """
        if self.log is not None and self.log <= head:
            return True
        if self.at is None or self.by is AsOfBasis.EFFECTIVE_DATE:
            return False
        return self.at < now - LONGEST_OPEN and (waiting is None or waiting > self.at)
