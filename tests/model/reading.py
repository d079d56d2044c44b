"""Reading a command's input: amounts, dates, texts and references, with the codes that are true of them."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.model.ledger import Command, Ledger, external_key
from tests.model.money import (
    DECIMALS_OF_CURRENCY,
    LARGEST_MINOR_AMOUNT,
    minor_unit,
    rounded,
    written_decimals,
)
from tests.model.outcome import Accepted

TEXT_LIMITS = {
    "description": 1000,
    "comment": 255,
    "method": 255,
    "reference": 255,
    "externalReference": 255,
    "externalReferenceSource": 255,
    "referenceDocument": 255,
    "reasonCode": 40,
    "sku": 255,
    "unitOfMeasure": 255,
}
LARGEST_UNIT_PRICE = 10**15
DECIMAL_FIELDS = frozenset({"amount", "quantity", "unitPrice", "taxAmount", "rate", "exemptAmount"})
NOT_INPUT = frozenset({"idempotencyKey", "dryRun"})
NOT_CONTENT = NOT_INPUT | {"expectedVersion"}


def check_texts(value: Any, codes: set[str], name: str = "") -> None:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            check_texts(inner, codes, key)
    elif isinstance(value, list | tuple):
        for inner in value:
            check_texts(inner, codes, name)
    elif isinstance(value, str):
        if any(character == "\0" or "\ud800" <= character <= "\udfff" for character in value):
            codes.add("INVALID_TEXT")
        if len(value) > TEXT_LIMITS.get(name, len(value)):
            codes.add("LIMIT_EXCEEDED")


def read_decimal(text: str, decimals: int, codes: set[str]) -> Fraction:
    if written_decimals(text) > decimals:
        codes.add("TOO_MANY_DECIMALS")
    return Fraction(text)


def read_amount(text: str, currency: str, codes: set[str]) -> Fraction:
    """An amount of any sign, refused when written with more decimals than the currency has, never rounded."""
    value = read_decimal(text, DECIMALS_OF_CURRENCY[currency], codes)
    if abs(value) >= LARGEST_MINOR_AMOUNT * minor_unit(currency):
        codes.add("INVALID_AMOUNT")
    return value


def read_positive(text: str, currency: str, codes: set[str]) -> Fraction:
    value = read_amount(text, currency, codes)
    if value <= 0:
        codes.add("INVALID_AMOUNT")
    return value


def read_charge(line: Command, currency: str, codes: set[str]) -> Fraction | None:
    """A line's amount, else quantity x unit price rounded once; None when it says neither."""
    quantity, price = line.get("quantity"), line.get("unitPrice")
    counted = read_decimal(quantity, 6, codes) if quantity is not None else None
    priced = read_decimal(price, 12, codes) if price is not None else None
    if priced is not None and abs(priced) >= LARGEST_UNIT_PRICE:
        codes.add("INVALID_AMOUNT")
    if line.get("amount") is not None:
        return read_amount(line["amount"], currency, codes)
    if counted is None or priced is None:
        return None
    charge = rounded(counted * priced, currency)
    if abs(charge) >= LARGEST_MINOR_AMOUNT * minor_unit(currency):
        codes.add("INVALID_AMOUNT")
    return charge


def check_size(magnitude: Fraction, currency: str, codes: set[str]) -> None:
    """A document's total is an amount too; of mixed signs their magnitudes count, as conversion parts them."""
    if magnitude >= LARGEST_MINOR_AMOUNT * minor_unit(currency):
        codes.add("INVALID_AMOUNT")


def read_date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def read_instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None


def check_period(ledger: Ledger, day: date | datetime | None, codes: set[str]) -> None:
    """Nothing may lie on or before the closed-through date."""
    plain = day.date() if isinstance(day, datetime) else day
    if plain and ledger.closed_through and plain <= ledger.closed_through:
        codes.add("PERIOD_CLOSED")


def check_service_period(line: Command, otherwise: Command, codes: set[str]) -> None:
    """No end before its start; `otherwise` has what the line does not say."""
    start, end = (
        read_date(otherwise.get(name) if line.get(name) is None else line[name])
        for name in ("serviceStart", "serviceEnd")
    )
    if start and end and end < start:
        codes.add("INVALID_DATE")


def check_reason(ledger: Ledger, command: Command, codes: set[str]) -> None:
    given = command.get("reasonCode")
    known = ledger.reason_codes
    if given is not None and known is not None and given not in known | ledger.entity.not_for_direct:
        codes.add("INVALID_REASON_CODE")


def check_template(ledger: Ledger, command: Command, codes: set[str]) -> None:
    given = command.get("template")
    if given is not None and given not in ledger.entity.templates:
        codes.add("TEMPLATE_NOT_FOUND")
    elif given is not None and ledger.entity.templates[given] != "CREDIT_MEMO":
        codes.add("TEMPLATE_WRONG_TYPE")


def check_version(
    ledger: Ledger, handle: str, command: Command, codes: set[str], name: str = "expectedVersion"
) -> None:
    """Compares with the version the caller last read; a document never read is not judged."""
    expected, known = command.get(name), ledger.versions.get(handle)
    if expected is not None and known is not None and expected != known:
        codes.add("VERSION_CONFLICT")


def canonical(value: Any, without: frozenset[str], name: str = "") -> Any:
    """The content of an input as given (section 7): absent is null is false, decimals by value."""
    if isinstance(value, Mapping):
        kept = {key: canonical(inner, without, key) for key, inner in value.items() if key not in without}
        return {key: inner for key, inner in kept.items() if inner is not None and inner is not False}
    if isinstance(value, list | tuple):
        return [canonical(inner, without, name) for inner in value]
    if name in DECIMAL_FIELDS and isinstance(value, str):
        return format((Decimal(value) + 0).normalize(), "f")
    return value


def content_of(operation: str, command: Command, without: frozenset[str] = NOT_CONTENT) -> str:
    return json.dumps([operation, canonical(command, without)], sort_keys=True)


def delivery_key(kind: str, command: Command) -> tuple[str, str | None, str] | None:
    reference = command.get("externalReference")
    if reference is None:
        return None
    return (kind, *external_key({"source": command.get("externalReferenceSource"), "reference": reference}))


def find_delivery(
    ledger: Ledger, kind: str, operation: str, command: Command, codes: set[str]
) -> Accepted | None:
    """What the first delivery made, when this is a second one of the same content."""
    key = delivery_key(kind, command)
    if key is None or key not in ledger.deliveries:
        return None
    content, made = ledger.deliveries[key]
    if content == content_of(operation, command):
        return made
    codes.add("EXTERNAL_REFERENCE_REUSED")
    return None


def remember_delivery(ledger: Ledger, kind: str, operation: str, command: Command, made: Accepted) -> None:
    key = delivery_key(kind, command)
    if key is not None:
        ledger.deliveries[key] = (content_of(operation, command), made)
