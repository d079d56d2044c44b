"""An instant counts by the entity's day; a decimal counts by all of its digits; one event has one time."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.domain.commands import CreateInvoices, InvoiceEntry, InvoiceLineEntry
from app.domain.commands.fields import AccountReference
from app.domain.entity import Settings
from app.domain.fingerprint import fingerprint
from app.validation.documents import reused_external_reference, violations_of_day, violations_of_period
from tests.rules.facts import seen

MARCH = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("zone", "instant", "is_closed"),
    [
        ("America/New_York", datetime(2026, 4, 1, 2, tzinfo=UTC), True),
        ("America/New_York", datetime(2026, 4, 1, 5, tzinfo=UTC), False),
        ("Asia/Tokyo", datetime(2026, 3, 31, 23, tzinfo=UTC), False),
        ("UTC", datetime(2026, 3, 31, 23, tzinfo=UTC), True),
    ],
)
def test_an_instant_is_closed_by_the_day_it_has_in_the_entity(
    zone: str, instant: datetime, is_closed: bool
) -> None:
    settings = Settings(time_zone=zone, closed_through=MARCH)
    assert bool(violations_of_day(instant, settings, ("effective_date",))) is is_closed


def test_the_last_digit_of_a_long_price_makes_another_request() -> None:
    def asked(price: str) -> str:
        line = InvoiceLineEntry(unit_price=Decimal(price), quantity=Decimal(1))
        entry = InvoiceEntry(account=AccountReference(number="A-1"), invoice_date=MARCH, lines=[line])
        return fingerprint(CreateInvoices(invoices=[entry]))

    assert asked("123456789012345678.123456789011") != asked("123456789012345678.123456789012")
    assert asked("10.0") == asked("10.00") == asked("10")


@pytest.mark.parametrize(
    ("start", "end"),
    [(None, None), (MARCH, None), (None, MARCH), (MARCH, MARCH), (MARCH, date(2026, 4, 1))],
)
def test_a_period_may_be_open_and_as_short_as_a_day(start: date | None, end: date | None) -> None:
    assert violations_of_period(start, end, ("lines", 0)) == []


def test_a_period_that_ends_before_it_starts_is_told_of_its_end() -> None:
    assert seen(violations_of_period(MARCH, date(2026, 3, 30), ("lines", 0))) == [
        ("INVALID_DATE", ("lines", 0, "service_end"), "2026-03-30", "2026-03-31 or later")
    ]


@pytest.mark.parametrize(("existing", "ids"), [("inv_1", ("inv_1",)), ("", ())])
def test_a_reused_reference_names_what_has_it_once_that_has_an_id(
    existing: str, ids: tuple[str, ...]
) -> None:
    assert reused_external_reference("E", existing).ids == ids
