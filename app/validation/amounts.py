"""Rules about numbers as a caller writes them."""

from decimal import Decimal

from app.domain.money import (
    MAX_MINOR,
    MAX_SCALED,
    MAX_UNIT_PRICE,
    QUANTITY_DIGITS,
    RATE_DIGITS,
    UNIT_PRICE_DIGITS,
    AmountOutOfRange,
    TooManyDecimals,
    amount_text,
    extended_amount,
    minor_to_text,
    quantity_to_scaled,
    rate_to_scaled,
    scaled_to_text,
    to_minor,
    unit_price_to_scaled,
)
from app.domain.violation import Path, Violation
from app.domain.vocabulary import ViolationCode


def quantity_text(quantity: int) -> str:
    """The quantity as a caller writes it: `1.5`, `10`."""
    return scaled_to_text(quantity, QUANTITY_DIGITS, strip=True)


def asked_amount(value: Decimal, digits: int) -> str:
    """An amount that was asked for: in the currency's decimals where it is an amount, else exactly as written."""
    try:
        return minor_to_text(to_minor(value, digits), digits)
    except (TooManyDecimals, AmountOutOfRange):
        return format(value, "f")


def read_amount(value: Decimal, digits: int, path: Path) -> tuple[int, list[Violation]]:
    """The amount in minor units, or why it is none: decimals count as written, nothing is rounded."""
    try:
        return to_minor(value, digits), []
    except TooManyDecimals:
        return 0, [_too_many_decimals(value, digits, path)]
    except AmountOutOfRange:
        return 0, [_out_of_range(value, minor_to_text(MAX_MINOR - 1, digits), path)]


def read_positive_amount(value: Decimal, digits: int, path: Path) -> tuple[int, list[Violation]]:
    """Like read_amount, and the amount must be greater than 0."""
    minor, violations = read_amount(value, digits, path)
    if not violations and minor <= 0:
        violations = [
            Violation(
                code=ViolationCode.INVALID_AMOUNT,
                message="The amount must be greater than 0.",
                path=path,
                asked=minor_to_text(minor, digits),
            )
        ]
    return minor, violations


def violations_of_quantity(value: Decimal | None, path: Path) -> list[Violation]:
    """Quantities have at most 6 decimals."""
    if value is None:
        return []
    try:
        quantity_to_scaled(value)
    except TooManyDecimals:
        return [_too_many_decimals(value, QUANTITY_DIGITS, path)]
    except AmountOutOfRange:
        return [_out_of_range(value, minor_to_text(MAX_SCALED - 1, QUANTITY_DIGITS), path)]
    return []


def violations_of_unit_price(value: Decimal | None, path: Path) -> list[Violation]:
    """Unit prices have at most 12 decimals, and stay below 10^15."""
    if value is None:
        return []
    try:
        unit_price_to_scaled(value)
    except TooManyDecimals:
        return [_too_many_decimals(value, UNIT_PRICE_DIGITS, path)]
    except AmountOutOfRange:
        largest = MAX_UNIT_PRICE * 10**UNIT_PRICE_DIGITS - 1
        return [_out_of_range(value, minor_to_text(largest, UNIT_PRICE_DIGITS), path)]
    return []


def violations_of_rate(value: Decimal | None, path: Path) -> list[Violation]:
    """Rates have at most 8 decimals."""
    if value is None:
        return []
    try:
        rate_to_scaled(value)
    except TooManyDecimals:
        return [_too_many_decimals(value, RATE_DIGITS, path)]
    except AmountOutOfRange:
        return [_out_of_range(value, minor_to_text(MAX_SCALED - 1, RATE_DIGITS), path)]
    return []


def read_extended(
    amount: Decimal | None,
    quantity: Decimal | None,
    unit_price: Decimal | None,
    digits: int,
    path: Path,
) -> tuple[int, list[Violation]]:
    """A line's amount: the one given, else quantity x price, rounded once, half away from zero."""
    violations = violations_of_quantity(quantity, (*path, "quantity"))
    violations += violations_of_unit_price(unit_price, (*path, "unit_price"))
    if amount is not None:
        minor, wrong = read_amount(amount, digits, (*path, "amount"))
        return minor, violations + wrong
    if quantity is None or unit_price is None:
        return 0, [
            *violations,
            Violation(
                code=ViolationCode.INVALID_AMOUNT,
                message="Give an amount, or a quantity and a unit price.",
                path=(*path, "amount"),
            ),
        ]
    if violations:
        return 0, violations
    try:
        return extended_amount(quantity, unit_price, digits), []
    except AmountOutOfRange:
        return 0, [_out_of_range(unit_price, minor_to_text(MAX_MINOR - 1, digits), (*path, "unit_price"))]


def exceeds(
    code: ViolationCode, message: str, path: Path, asked: int, allowed: int, currency: str, *ids: str
) -> Violation:
    """More was asked than there is; the violation names the largest amount that would pass."""
    return Violation(
        code=code,
        message=message,
        path=path,
        asked=amount_text(asked, currency),
        allowed=amount_text(allowed, currency),
        ids=ids,
    )


def _too_many_decimals(value: Decimal, digits: int, path: Path) -> Violation:
    kept = f"At most {digits} decimals are kept here" if digits else "The currency has no decimals"
    return Violation(
        code=ViolationCode.TOO_MANY_DECIMALS,
        message=f"{kept}; nothing is rounded on the way in.",
        path=path,
        asked=format(value, "f"),
        allowed=str(digits),
    )


def _out_of_range(value: Decimal, largest: str, path: Path) -> Violation:
    return Violation(
        code=ViolationCode.INVALID_AMOUNT,
        message="The number is too large to be kept exactly.",
        path=path,
        asked=format(value, "f"),
        allowed=largest,
    )
