"""Exact amounts: reading, writing, rounding and splitting them."""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.currencies import MINOR_DIGITS
from app.domain.money import (
    MAX_MINOR,
    MAX_SCALED,
    AmountOutOfRange,
    TooManyDecimals,
    UnknownCurrency,
    extended_amount,
    minor_digits,
    minor_to_text,
    quantity_to_scaled,
    rate_to_scaled,
    round_half_away,
    scaled_to_text,
    split,
    to_minor,
)

exhaustive = settings(derandomize=True, max_examples=200, deadline=None)
minors = st.integers(-MAX_MINOR + 1, MAX_MINOR - 1)
digits_of_currencies = st.sampled_from(sorted(set(MINOR_DIGITS.values())))


def half_away(exact: Fraction) -> int:
    magnitude = int(abs(exact) + Fraction(1, 2))
    return magnitude if exact >= 0 else -magnitude


@pytest.mark.parametrize(
    ("currency", "digits"),
    [
        ("EUR", 2),
        ("JPY", 0),
        ("ISK", 0),
        ("KWD", 3),
        ("CLF", 4),
        ("UYW", 4),
        ("MRU", 2),
        ("USN", 2),
        ("XOF", 0),
    ],
)
def test_a_currency_has_the_decimals_of_iso_4217(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


@pytest.mark.parametrize(
    "currency", ["BGN", "HRK", "EEK", "LVL", "LTL", "SKK", "DEM", "ANG", "CUC", "SLL", "ZWL"]
)
def test_a_withdrawn_currency_keeps_its_decimals(currency: str) -> None:
    assert minor_digits(currency) == 2


@pytest.mark.parametrize("currency", ["XAU", "XDR", "XXX", "XTS", "eur", "EURO", "", "BTC"])
def test_a_code_without_a_minor_unit_is_unknown(currency: str) -> None:
    with pytest.raises(UnknownCurrency, match="ISO 4217") as refused:
        minor_digits(currency)
    assert refused.value.currency == currency


def test_every_currency_code_is_three_capital_letters_listed_once() -> None:
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in MINOR_DIGITS)
    assert len(MINOR_DIGITS) == 165 + 54


@pytest.mark.parametrize(
    ("written", "digits", "minor"),
    [
        ("12.34", 2, 1234),
        ("12.3", 2, 1230),
        ("1200", 0, 1200),
        ("1.234", 3, 1234),
        ("1E+2", 2, 10000),
        ("0E+999999", 2, 0),
        ("-0", 2, 0),
        ("-0.00", 2, 0),
        ("-0.05", 2, -5),
        ("9999999999999.99", 2, MAX_MINOR - 1),
        ("-999999999999999", 0, 1 - MAX_MINOR),
    ],
)
def test_an_amount_is_read_exactly(written: str, digits: int, minor: int) -> None:
    read = to_minor(Decimal(written), digits)
    assert read == minor
    assert type(read) is int


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("1200.00", 0),
        ("1200.0", 0),
        ("1.001", 2),
        ("1.000", 2),
        ("0.00000", 4),
        ("0E-3", 2),
        ("1E-999999", 2),
    ],
)
def test_decimals_count_as_written(written: str, digits: int) -> None:
    with pytest.raises(TooManyDecimals) as refused:
        to_minor(Decimal(written), digits)
    assert refused.value.allowed == digits


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("10000000000000.00", 2),
        ("-1000000000000000", 0),
        ("1E+15", 0),
        ("1E+999999", 2),
        ("NaN", 2),
        ("sNaN", 2),
        ("-Infinity", 2),
    ],
)
def test_an_amount_out_of_range_is_refused(written: str, digits: int) -> None:
    with pytest.raises(AmountOutOfRange):
        to_minor(Decimal(written), digits)


@pytest.mark.parametrize(
    ("minor", "digits", "text"),
    [
        (1234, 2, "12.34"),
        (1200, 0, "1200"),
        (-1200, 0, "-1200"),
        (-5, 2, "-0.05"),
        (0, 2, "0.00"),
        (5, 3, "0.005"),
        (-100, 2, "-1.00"),
        (10000, 4, "1.0000"),
    ],
)
def test_an_amount_is_written_with_the_decimals_of_its_currency(minor: int, digits: int, text: str) -> None:
    assert minor_to_text(minor, digits) == text


@exhaustive
@given(minors, digits_of_currencies)
def test_what_is_written_is_read_back(minor: int, digits: int) -> None:
    text = minor_to_text(minor, digits)
    assert to_minor(Decimal(text), digits) == minor
    assert text == f"{Decimal(minor).scaleb(-digits):f}"


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(1, 2, 1), (-1, 2, -1), (1, -2, -1), (-1, -2, 1), (5, 2, 3), (49, 100, 0), (-149, 100, -1), (0, -7, 0)],
)
def test_halves_are_rounded_away_from_zero(numerator: int, denominator: int, rounded: int) -> None:
    assert round_half_away(numerator, denominator) == rounded


@exhaustive
@given(st.integers(-(10**40), 10**40), st.integers(-(10**20), 10**20).filter(bool))
def test_rounding_is_exact_at_any_size_and_the_same_for_both_signs(numerator: int, denominator: int) -> None:
    assert round_half_away(numerator, denominator) == half_away(Fraction(numerator, denominator))
    assert round_half_away(-numerator, denominator) == -round_half_away(numerator, denominator)


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (-100, [-1, -1, -1], [-34, -33, -33]),
        (2, [1, 1, 1], [1, 1, 0]),
        (5, [0, 3, 0], [0, 5, 0]),
        (10, [1, 2, 4], [1, 3, 6]),
        (0, [3, 4], [0, 0]),
    ],
)
def test_the_largest_remainders_get_what_is_over_and_ties_go_by_position(
    total: int, weights: Sequence[int], parts: Sequence[int]
) -> None:
    assert split(total, weights) == parts


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [3, -1]])
def test_weights_that_have_no_sum_or_two_signs_cannot_share(weights: Sequence[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(1, weights)


@exhaustive
@given(
    minors, st.lists(st.integers(0, MAX_MINOR), min_size=1, max_size=12).filter(any), st.sampled_from([1, -1])
)
def test_parts_sum_to_the_whole_and_none_is_a_unit_from_its_exact_share(
    total: int, weights: list[int], sign: int
) -> None:
    parts = split(total, [sign * weight for weight in weights])
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1
    assert split(-total, weights) == [-part for part in parts]


@exhaustive
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any), st.data())
def test_a_total_no_larger_than_the_weights_gives_no_part_larger_than_its_weight(
    weights: list[int], data: st.DataObject
) -> None:
    total = data.draw(st.integers(0, sum(weights)))
    parts = split(total, weights)
    assert all(0 <= part <= weight for part, weight in zip(parts, weights, strict=True))


@pytest.mark.parametrize(
    ("quantity", "unit_price", "digits", "minor"),
    [
        ("3", "9.99", 2, 2997),
        ("0.5", "0.01", 2, 1),
        ("-0.5", "0.01", 2, -1),
        ("1", "12.345", 2, 1235),
        ("-1", "12.345", 2, -1235),
        ("1.5", "1", 0, 2),
        ("0", "1", 2, 0),
        ("123456.789012", "98765.432109876543", 2, 1219326311367),
    ],
)
def test_quantity_times_unit_price_is_rounded_once(
    quantity: str, unit_price: str, digits: int, minor: int
) -> None:
    assert extended_amount(Decimal(quantity), Decimal(unit_price), digits) == minor


@exhaustive
@given(
    st.integers(-(10**16), 10**16),
    st.integers(-(10**16), 10**16),
    digits_of_currencies,
    st.sampled_from([3, 28]),
)
def test_quantity_times_unit_price_is_exact_whatever_the_decimal_context(
    quantity: int, unit_price: int, digits: int, precision: int
) -> None:
    exact = Fraction(quantity, 10**6) * Fraction(unit_price, 10**12) * 10**digits
    with localcontext() as wide:
        wide.prec = 60
        factors = Decimal(quantity).scaleb(-6), Decimal(unit_price).scaleb(-12)
    with localcontext() as narrow:
        narrow.prec = precision
        if abs(half_away(exact)) >= MAX_MINOR:
            with pytest.raises(AmountOutOfRange):
                extended_amount(*factors, digits)
        else:
            assert extended_amount(*factors, digits) == half_away(exact)


def test_a_product_just_below_a_half_is_not_rounded_up() -> None:
    # 8999991005000.994999999999999999 exactly; the 28 digits of the default context make it ….995, and so ….00.
    quantity, unit_price = Decimal("0.999999"), Decimal("9000000005001.000001000001")
    assert (quantity * unit_price).quantize(Decimal("0.001")) == Decimal("8999991005000.995")
    assert extended_amount(quantity, unit_price, 2) == 899999100500099


@pytest.mark.parametrize(
    ("quantity", "unit_price", "refusal"),
    [
        ("1.0000001", "1", TooManyDecimals),
        ("1", "0.0000000000001", TooManyDecimals),
        ("100000000", "100000000", AmountOutOfRange),
        ("1E+999999", "1", AmountOutOfRange),
        ("0", "1E+999999", AmountOutOfRange),
        ("0", "1000000000000000", AmountOutOfRange),
        ("10", "1000000000000", AmountOutOfRange),
        ("NaN", "1", AmountOutOfRange),
    ],
)
def test_factors_that_cannot_be_kept_exactly_are_refused(
    quantity: str, unit_price: str, refusal: type[ValueError]
) -> None:
    with pytest.raises(refusal):
        extended_amount(Decimal(quantity), Decimal(unit_price), 2)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [("1.500000", "1.5"), ("10", "10"), ("0.000001", "0.000001"), ("-0", "0"), ("2.0", "2")],
)
def test_a_quantity_is_written_without_trailing_zeros(written: str, canonical: str) -> None:
    assert scaled_to_text(quantity_to_scaled(Decimal(written)), 6, strip=True) == canonical


def test_a_rate_keeps_its_eight_decimals_unless_stripped() -> None:
    scaled = rate_to_scaled(Decimal("8.25"))
    assert scaled_to_text(scaled, 8, strip=False) == "8.25000000"
    assert scaled_to_text(scaled, 8, strip=True) == "8.25"
    assert scaled_to_text(1200, 0, strip=True) == "1200"


def test_a_quantity_or_rate_that_cannot_be_kept_exactly_is_refused() -> None:
    with pytest.raises(TooManyDecimals):
        quantity_to_scaled(Decimal("1.0000000"))
    with pytest.raises(TooManyDecimals):
        rate_to_scaled(Decimal("0.000000001"))
    with pytest.raises(AmountOutOfRange):
        quantity_to_scaled(Decimal(10**12))
    assert quantity_to_scaled(Decimal("-999999999999.999999")) == 1 - MAX_SCALED
