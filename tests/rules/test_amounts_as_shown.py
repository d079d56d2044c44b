"""How a refusal shows the amount that was asked for, and what it says of decimals."""

from decimal import Decimal

import pytest

from app.validation.amounts import (
    asked_amount,
    read_amount,
    read_extended,
    read_positive_amount,
    violations_of_quantity,
    violations_of_rate,
)


@pytest.mark.parametrize(
    ("written", "digits", "shown"),
    [
        ("12.3", 2, "12.30"),
        ("12", 2, "12.00"),
        ("-0.5", 3, "-0.500"),
        ("-0", 2, "0.00"),
        ("1200", 0, "1200"),
        ("0", 0, "0"),
        # No amounts of the currency: as they were written.
        ("1200.00", 0, "1200.00"),
        ("12.340", 2, "12.340"),
        ("-0.001", 2, "-0.001"),
        ("123456789012345678.5", 2, "123456789012345678.5"),
    ],
)
def test_an_amount_is_shown_in_the_decimals_of_its_currency_or_as_written(
    written: str, digits: int, shown: str
) -> None:
    assert asked_amount(Decimal(written), digits) == shown


@pytest.mark.parametrize(
    ("written", "digits", "shown"), [("-1", 2, "-1.00"), ("0", 3, "0.000"), ("0.001", 2, "0.001")]
)
def test_a_refused_amount_is_shown_by_the_same_rule(written: str, digits: int, shown: str) -> None:
    [violation] = read_positive_amount(Decimal(written), digits, ("amount",))[1]
    assert violation.asked == shown


def test_a_currency_without_decimals_is_said_to_have_none() -> None:
    [violation] = read_amount(Decimal("1200.00"), 0, ("amount",))[1]
    assert violation.message == "The currency has no decimals; nothing is rounded on the way in."
    [violation] = read_amount(Decimal("1.001"), 2, ("amount",))[1]
    assert violation.message == "At most 2 decimals are kept here; nothing is rounded on the way in."
    [violation] = violations_of_rate(Decimal("0.123456789"), ("rate",))
    assert violation.message == "At most 8 decimals are kept here; nothing is rounded on the way in."


def test_a_number_that_cannot_be_kept_is_refused_with_the_largest_that_can() -> None:
    for judged, largest in (
        (violations_of_quantity, "999999999999.999999"),
        (violations_of_rate, "9999999999.99999999"),
    ):
        assert judged(Decimal(largest), ("there",)) == judged(None, ("there",)) == []
        [violation] = judged(Decimal(largest) + 1, ("there",))
        assert (violation.code, violation.path, violation.allowed) == ("INVALID_AMOUNT", ("there",), largest)


@pytest.mark.parametrize(
    ("amount", "quantity", "price", "refused"),
    [
        ("1.001", None, None, ["amount"]),
        ("1E+20", None, None, ["amount"]),
        (None, None, None, ["amount"]),
        (None, "1", None, ["amount"]),
        (None, None, "1", ["amount"]),
        (None, "1E-7", "1", ["quantity"]),
        (None, "1E-7", "1E-13", ["quantity", "unit_price"]),
        (None, "10", "1E+12", ["unit_price"]),
    ],
)
def test_what_cannot_be_read_adds_nothing_to_a_sum(
    amount: str | None, quantity: str | None, price: str | None, refused: list[str]
) -> None:
    first, second, third = (None if each is None else Decimal(each) for each in (amount, quantity, price))
    minor, violations = read_extended(first, second, third, 2, ())
    assert minor == 0
    assert [each.path for each in violations] == [(name,) for name in refused]
