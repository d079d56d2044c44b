"""Exact amounts: signed integers of a currency's minor unit, and the only functions that round or split them.

Decimals exist at the door alone; within, 12.34 EUR is 1234 and 1200 JPY is 1200. No float, ever, and nothing
here depends on the ambient decimal context, whose 28 digits would round quantity × unit price silently.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from app.domain.currencies import MINOR_DIGITS

MAX_MINOR: Final = 10**15
"""Every amount is smaller than this in magnitude, in minor units."""

MAX_SCALED: Final = 10**18
"""Every quantity and rate is smaller than this once scaled: a 64-bit column holds it."""

MAX_UNIT_PRICE: Final = 10**15
"""Every unit price is smaller than this in magnitude, in whole units of its currency."""

QUANTITY_DIGITS: Final = 6
RATE_DIGITS: Final = 8
UNIT_PRICE_DIGITS: Final = 12


class UnknownCurrency(ValueError):
    """The code is not an ISO 4217 currency with a minor unit."""

    def __init__(self, currency: str) -> None:
        super().__init__(f"{currency!r} is not an ISO 4217 currency with a minor unit")
        self.currency = currency


class TooManyDecimals(ValueError):
    """The number is written with more decimals than its kind has; it is refused, never rounded."""

    def __init__(self, value: Decimal, allowed: int) -> None:
        super().__init__(f"{value} has more than {allowed} decimals")
        self.value = value
        self.allowed = allowed


class AmountOutOfRange(ValueError):
    """The number is not finite, or too large to be kept exactly."""


def minor_digits(currency: str) -> int:
    """The number of decimals of the currency. UnknownCurrency when the code has none."""
    try:
        return MINOR_DIGITS[currency]
    except KeyError:
        raise UnknownCurrency(currency) from None


def to_minor(amount: Decimal, digits: int) -> int:
    """The amount in minor units, exactly.

    Decimals count as written: 1200.00 has two, and is refused where the currency has none. Minus zero is 0.
    TooManyDecimals; AmountOutOfRange from MAX_MINOR on, and for NaN and infinities.
    """
    return _to_scaled(amount, digits, MAX_MINOR)


def quantity_to_scaled(quantity: Decimal) -> int:
    """The quantity in millionths. TooManyDecimals beyond six decimals, AmountOutOfRange from MAX_SCALED on."""
    return _to_scaled(quantity, QUANTITY_DIGITS, MAX_SCALED)


def rate_to_scaled(rate: Decimal) -> int:
    """The rate in hundred-millionths. TooManyDecimals beyond eight decimals, AmountOutOfRange from MAX_SCALED on."""
    return _to_scaled(rate, RATE_DIGITS, MAX_SCALED)


def unit_price_to_scaled(unit_price: Decimal) -> int:
    """The price in units of its twelfth decimal. TooManyDecimals beyond it, AmountOutOfRange from MAX_UNIT_PRICE on."""
    return _to_scaled(unit_price, UNIT_PRICE_DIGITS, MAX_UNIT_PRICE * 10**UNIT_PRICE_DIGITS)


_HUNDREDTHS = tuple(f".{number:02}" for number in range(100))


def minor_to_text(minor: int, digits: int) -> str:
    """The amount with exactly the currency's decimals: "12.34", "1200", "-0.05"."""
    # This runs for every amount of every answer, and most of them are such.
    if digits == 2:
        if minor >= 0:
            return f"{minor // 100}{_HUNDREDTHS[minor % 100]}"
        return f"-{-minor // 100}{_HUNDREDTHS[-minor % 100]}"
    if digits == 0:
        return str(minor)
    text = str(minor)
    if minor < 0:
        text = text[1:].zfill(digits + 1)
        return f"-{text[:-digits]}.{text[-digits:]}"
    if len(text) <= digits:
        text = text.zfill(digits + 1)
    return f"{text[:-digits]}.{text[-digits:]}"


def amount_text(minor: int, currency: str) -> str:
    """The amount as a caller writes it: `12.34`, `1200` JPY. UnknownCurrency."""
    return minor_to_text(minor, minor_digits(currency))


def scaled_to_text(value: int, digits: int, strip: bool) -> str:
    """A scaled quantity or rate as text; `strip` leaves out trailing zeros: "1.5", "2", never "2."."""
    text = minor_to_text(value, digits)
    if strip and digits:
        return text.rstrip("0").rstrip(".")
    return text


def round_half_away(numerator: int, denominator: int) -> int:
    """The quotient rounded to the nearest integer, halves away from zero; the one rounding function.

    It rounds the magnitude, so that charging a line and crediting it round alike.
    """
    quotient, remainder = divmod(abs(numerator), abs(denominator))
    if 2 * remainder >= abs(denominator):
        quotient += 1
    return quotient if (numerator < 0) == (denominator < 0) else -quotient


def split(total: int, weights: Sequence[int]) -> list[int]:
    """The total in parts proportional to the weights, largest remainder first, ties by position.

    The parts sum to the total, and none is further than one unit from its exact share: so a total that is no
    larger than the sum of the weights gives no part larger than its weight. Weights have one sign; the parts have
    the total's. ValueError when the weights are all zero, none at all, or of both signs.
    """
    if min(weights, default=0) < 0 < max(weights, default=0):
        raise ValueError("weights of both signs cannot share a total")
    whole = abs(sum(weights))
    if whole == 0:
        raise ValueError("weights that are all zero cannot share a total")
    magnitude = abs(total)
    parts: list[int] = []
    remainders: list[int] = []
    for weight in weights:
        part, remainder = divmod(magnitude * abs(weight), whole)
        parts.append(part)
        remainders.append(remainder)
    by_remainder = sorted(range(len(parts)), key=lambda position: -remainders[position])
    for position in by_remainder[: magnitude - sum(parts)]:
        parts[position] += 1
    return parts if total >= 0 else [-part for part in parts]


def extended_amount(quantity: Decimal, unit_price: Decimal, digits: int) -> int:
    """Quantity × unit price in minor units, computed exactly and rounded once.

    TooManyDecimals for a quantity of more than six decimals or a unit price of more than twelve;
    AmountOutOfRange when a factor or the product is.
    """
    scaled_quantity = quantity_to_scaled(quantity)
    scaled_price = unit_price_to_scaled(unit_price)
    exact = scaled_quantity * scaled_price * 10**digits
    minor = round_half_away(exact, 10 ** (QUANTITY_DIGITS + UNIT_PRICE_DIGITS))
    if abs(minor) >= MAX_MINOR:
        raise AmountOutOfRange(f"{quantity} × {unit_price} is too large")
    return minor


def _to_scaled(value: Decimal, digits: int, limit: int) -> int:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise AmountOutOfRange(f"{value} is not a finite number")
    if -exponent > digits:
        raise TooManyDecimals(value, digits)
    if not value:
        return 0
    # The size is judged before the integer is built: "1E+999999999" is twelve characters of input.
    if value.adjusted() + digits >= len(str(limit)):
        raise AmountOutOfRange(f"{value} is too large")
    numerator, denominator = value.as_integer_ratio()
    scaled: int = numerator * 10**digits // denominator
    if abs(scaled) >= limit:
        raise AmountOutOfRange(f"{value} is too large")
    return scaled
