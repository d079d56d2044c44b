"""Exact amounts of the model: fractions of a currency's major unit, decimal strings at the edges."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor

ZERO = Fraction(0)
LARGEST_MINOR_AMOUNT = 10**15
DECIMALS_OF_CURRENCY = {"USD": 2, "EUR": 2, "GBP": 2, "BGN": 2, "HRK": 2, "JPY": 0, "KWD": 3}


def written_decimals(text: str) -> int:
    """Decimals count as written: "1200.00" has two."""
    return len(text.partition(".")[2])


def minor_unit(currency: str) -> Fraction:
    return Fraction(1, 10 ** DECIMALS_OF_CURRENCY[currency])


def rounded(value: Fraction, currency: str) -> Fraction:
    """Half away from zero on the magnitude, to the currency's minor unit."""
    unit = minor_unit(currency)
    magnitude = floor(abs(value) / unit + Fraction(1, 2)) * unit
    return magnitude if value >= 0 else -magnitude


def split(amount: Fraction, weights: Sequence[Fraction], currency: str) -> list[Fraction]:
    """Largest remainder over weights that are not negative; ties go to the earlier weight. Parts sum to the amount."""
    unit = minor_unit(currency)
    total = sum(weights, ZERO)
    if total == 0:
        assert amount == 0, "nothing to split an amount over"
        return [ZERO for _ in weights]
    exact = [amount * weight / total / unit for weight in weights]
    parts = [floor(share) for share in exact]
    missing = int(amount / unit) - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in by_remainder[:missing]:
        parts[index] += 1
    return [part * unit for part in parts]


def shown(value: Fraction, currency: str) -> str:
    """The decimal string GraphQL gives, with the currency's own number of decimals."""
    decimals = DECIMALS_OF_CURRENCY[currency]
    minor = value * 10**decimals
    assert minor.denominator == 1, f"{value} is no amount of {currency}"
    digits = str(abs(minor.numerator)).rjust(decimals + 1, "0")
    sign = "-" if minor < 0 else ""
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}" if decimals else f"{sign}{digits}"
