"""The scalars of the schema, each strict about what it takes, in place of Strawberry's loose ones.

Strawberry's own Decimal takes NaN, floats, `1_000` and full-width digits, its DateTime a time without an offset, its
Date a week number. A value that is refused here is a fault of the client, found before anything is executed.
"""

import datetime
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NewType, TypeVar

import strawberry
from graphql import (
    GraphQLError,
    ListValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    value_from_ast_untyped,
)
from strawberry.types.scalar import ScalarDefinition

from app.domain.money import amount_text

CurrencyCode = NewType("CurrencyCode", str)
"""Three upper-case letters; whether a currency of that code is known is a business rule."""

JSONObject = NewType("JSONObject", dict[str, Any])
"""A JSON object, for metadata only."""

Value = TypeVar("Value")

DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,12})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
CURRENCY_CODE = re.compile(r"[A-Z]{3}")
DEEPEST_JSON = 32
LARGEST_JSON_INTEGER = 2**63 - 1


def refused(scalar: str, expected: str) -> GraphQLError:
    """The fault; it does not repeat the value, which may be long or no text at all."""
    return GraphQLError(f"{scalar} must be {expected}.", extensions={"code": "BAD_USER_INPUT"})


def located(error: GraphQLError, node: ValueNode) -> GraphQLError:
    """The same fault with its place in the document."""
    return GraphQLError(error.message, node, extensions=error.extensions)


def parse_decimal(text: str) -> Decimal:
    """An exact number: no exponent, no sign but minus, at most 18 digits before the point and 12 after it."""
    if not DECIMAL.fullmatch(text):
        raise refused(
            "Decimal", 'a string such as "-12.50", with up to 18 digits before the point and 12 after it'
        )
    return Decimal(text)


def decimal_text(value: object) -> str:
    """A decimal without exponent; text is taken to have been written so already."""
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    raise TypeError(f"a {type(value).__name__} is no decimal")


def amount_answered(minor: int, currency: str) -> Any:
    """What a `Decimal` of an answer is made of: its text, which the scalar takes as it is."""
    return amount_text(minor, currency)


def parse_date(text: str) -> datetime.date:
    """A day of the calendar (RFC 3339 full-date)."""
    if DATE.fullmatch(text):
        try:
            return datetime.date.fromisoformat(text)
        except ValueError as error:
            raise refused("Date", "a day of the calendar") from error
    raise refused("Date", 'a string such as "2026-11-21"')


def date_text(value: object) -> str:
    """A day as YYYY-MM-DD; text is taken to be so already."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} is no date")


def parse_date_time(text: str) -> datetime.datetime:
    """An instant in UTC (RFC 3339 date-time); digits below a microsecond are refused unless they are 0."""
    match = DATE_TIME.fullmatch(text)
    if match is None:
        raise refused("DateTime", 'a string with an offset, such as "2026-11-21T09:30:00Z"')
    date, time, fraction, offset = match.groups()
    fraction = fraction or "0"
    if fraction[6:].strip("0"):
        raise refused("DateTime", "precise to a microsecond at most")
    try:
        # Written out in the one form that every version of Python reads alike.
        local = datetime.datetime.fromisoformat(
            f"{date}T{time}.{fraction[:6].ljust(6, '0')}{'+00:00' if offset in 'Zz' else offset}"
        )
        return local.astimezone(datetime.UTC)
    except (ValueError, OverflowError) as error:
        raise refused("DateTime", "an instant that exists") from error


def date_time_text(value: object) -> str:
    """An instant in UTC with Z, as RFC 3339 writes it; text is taken to be so already."""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime.datetime) and value.tzinfo is not None:
        return value.astimezone(datetime.UTC).replace(tzinfo=None).isoformat() + "Z"
    raise TypeError(f"a {type(value).__name__} is no instant with an offset")


def parse_currency_code(text: str) -> CurrencyCode:
    """Three upper-case ASCII letters, as in ISO 4217."""
    if not CURRENCY_CODE.fullmatch(text):
        raise refused("CurrencyCode", 'three upper-case letters, such as "EUR"')
    return CurrencyCode(text)


def currency_code_text(value: object) -> str:
    """The code as it is."""
    if isinstance(value, str):
        return value
    raise TypeError(f"a {type(value).__name__} is no currency code")


def is_json(value: object) -> bool:
    """Whether every JSON parser reads the same from it: no NaN, no integer over 63 bits, not too deep."""
    values: list[tuple[object, int]] = [(value, 1)]
    while values:
        item, depth = values.pop()
        if depth > DEEPEST_JSON:
            return False
        if isinstance(item, dict):
            if not all(isinstance(name, str) for name in item):
                return False
            values.extend((inner, depth + 1) for inner in item.values())
        elif isinstance(item, list):
            values.extend((inner, depth + 1) for inner in item)
        elif isinstance(item, float):
            if not math.isfinite(item):
                return False
        elif isinstance(item, int):
            if abs(item) > LARGEST_JSON_INTEGER:
                return False
        elif item is not None and not isinstance(item, str):
            return False
    return True


def parse_json_object(value: object) -> JSONObject:
    """An object, of values that keep their meaning in storage."""
    if not isinstance(value, dict) or not is_json(value):
        raise refused(
            "JSONObject", f"an object, at most {DEEPEST_JSON} levels deep, with integers of 64 bits at most"
        )
    return JSONObject(value)


def has_variable(node: ValueNode) -> bool:
    """Whether a variable stands somewhere inside the literal."""
    nodes = [node]
    while nodes:
        inner = nodes.pop()
        if isinstance(inner, VariableNode):
            return True
        if isinstance(inner, ListValueNode):
            nodes.extend(inner.values)
        elif isinstance(inner, ObjectValueNode):
            nodes.extend(field.value for field in inner.fields)
    return False


def parse_json_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> JSONObject:
    """An object that is written out in the document; a variable may only stand for the whole."""
    if has_variable(node):
        raise located(
            refused("JSONObject", "one variable as a whole, or written out without variables"), node
        )
    try:
        return parse_json_object(value_from_ast_untyped(node))
    except ValueError as error:
        # Python refuses to read an integer of thousands of digits.
        raise located(refused("JSONObject", "an object with integers of 64 bits at most"), node) from error
    except GraphQLError as error:
        raise located(error, node) from error


def json_object(value: object) -> dict[str, Any]:
    """The object as it is stored."""
    if isinstance(value, dict) and is_json(value):
        return value
    raise TypeError(f"a {type(value).__name__} is no JSON object")


def text_scalar(
    name: str,
    description: str,
    parse: Callable[[str], Value],
    serialize: Callable[[object], str],
    specified_by_url: str | None = None,
) -> ScalarDefinition:
    """A scalar whose every value is a string, in variables and in documents."""

    def parse_value(value: object) -> Value:
        if not isinstance(value, str):
            raise refused(name, "a string")
        return parse(value)

    def parse_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Value:
        try:
            return parse_value(node.value if isinstance(node, StringValueNode) else None)
        except GraphQLError as error:
            raise located(error, node) from error

    return strawberry.scalar(
        name=name,
        description=description,
        serialize=serialize,
        parse_value=parse_value,
        parse_literal=parse_literal,
        specified_by_url=specified_by_url,
    )


SCALAR_MAP: Mapping[object, ScalarDefinition] = {
    Decimal: text_scalar(
        "Decimal",
        "An exact decimal number as a string: an optional minus, up to 18 digits before the point and, after it, up to "
        '12, such as "1250.00". Never a JSON number, which many clients would round.',
        parse_decimal,
        decimal_text,
    ),
    datetime.date: text_scalar(
        "Date",
        'A day of the calendar without a time of day, such as "2026-11-21".',
        parse_date,
        date_text,
        "https://www.rfc-editor.org/rfc/rfc3339",
    ),
    datetime.datetime: text_scalar(
        "DateTime",
        "An instant with its offset from UTC, precise to a microsecond at most, such as "
        '"2026-11-21T10:30:00+01:00". Always answered in UTC, such as "2026-11-21T09:30:00Z".',
        parse_date_time,
        date_time_text,
        "https://www.rfc-editor.org/rfc/rfc3339",
    ),
    CurrencyCode: text_scalar(
        "CurrencyCode",
        'A currency by its code of three letters in ISO 4217, such as "EUR".',
        parse_currency_code,
        currency_code_text,
    ),
    JSONObject: strawberry.scalar(
        name="JSONObject",
        description="A JSON object with names and values of the client's own choice. Only metadata has this type.",
        serialize=json_object,
        parse_value=parse_json_object,
        parse_literal=parse_json_literal,
    ),
}
"""For `StrawberryConfig(scalar_map=...)`: which scalar a field has by the Python type it is annotated with."""
