"""As of when a balance is read, which log number its answer names, and when that answer is final."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.domain.as_of import LONGEST_OPEN, AsOf
from app.domain.vocabulary import AsOfBasis

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=1)
SETTLED = NOW - LONGEST_OPEN - timedelta(microseconds=1)
"""The last instant at which nothing can be under way any more."""
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(("log", "used"), [(None, 7), (6, 6), (7, 7), (8, 7)])
def test_the_log_is_read_to_its_end_and_no_further_than_was_asked(log: int | None, used: int) -> None:
    assert AsOf(log=log).log_used(head=7) == used


FINAL: list[tuple[str, dict[str, Any], datetime | None, bool]] = [
    ("as it stands", {}, None, False),
    ("a number that is given", {"log": 7}, None, True),
    ("a number that is given, while others wait for theirs", {"log": 7}, LONG_AGO, True),
    ("a number to come", {"log": 8}, None, False),
    ("an instant long past", {"at": LONG_AGO}, None, True),
    ("the last instant that is settled", {"at": SETTLED}, None, True),
    ("an instant of which something may be under way", {"at": SETTLED + TICK}, None, False),
    ("now", {"at": NOW}, None, False),
    ("an instant while a later entry waits for its number", {"at": LONG_AGO}, LONG_AGO + TICK, True),
    ("an instant of which an entry waits for its number", {"at": LONG_AGO}, LONG_AGO, False),
    ("an instant after one of which an entry waits", {"at": LONG_AGO}, LONG_AGO - TICK, False),
    ("an instant, up to a number to come", {"at": LONG_AGO, "log": 8}, None, True),
    (
        "a day of effect: it can be dated back to",
        {"at": LONG_AGO, "by": AsOfBasis.EFFECTIVE_DATE},
        None,
        False,
    ),
    ("a day of effect up to a number", {"log": 7, "by": AsOfBasis.EFFECTIVE_DATE}, None, True),
]


@pytest.mark.parametrize(
    ("asked", "waiting", "expected"), [each[1:] for each in FINAL], ids=[each[0] for each in FINAL]
)
def test_an_answer_is_final_when_nothing_can_be_recorded_that_would_count(
    asked: dict[str, Any], waiting: datetime | None, expected: bool
) -> None:
    assert AsOf(**asked).is_final(head=7, waiting=waiting, now=NOW) is expected


def test_the_statements_are_told_the_number_the_instant_the_day_and_what_it_is_a_day_of() -> None:
    day = date(2026, 6, 14)
    recorded = AsOf(log=7, at=LONG_AGO, day=day)
    assert recorded.bound == {"log": 7, "at": LONG_AGO, "day": day, "by_effect": False}
    assert AsOf(day=day, by=AsOfBasis.EFFECTIVE_DATE).bound["by_effect"] is True
