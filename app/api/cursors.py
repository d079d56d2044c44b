"""Cursors: a row's place in one order, opaque to callers and of no use in another order."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from app.api.http.fault import ClientFault
from app.repository.pages import Place
from app.validation.shape import is_storable

_ORDER = re.compile(r"([A-Za-z]{1,40})\.([A-Z_]{1,40})\.(ASC|DESC)")


@dataclass(frozen=True, slots=True)
class Order:
    """The order of a list, in the schema's words: the type of its rows, `XOrderField` and `OrderDirection`."""

    type: str
    field: str
    direction: str

    def __str__(self) -> str:
        return f"orderBy: {{field: {self.field}, direction: {self.direction}}}"


def encode(order: Order, place: Place) -> str:
    """The cursor of a place; it works in lists of this order only."""
    value = place.value.isoformat() if isinstance(place.value, date | datetime) else place.value
    text = json.dumps([_name(order), value, place.id], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(order: Order, cursor: str, kind: type[Any]) -> Place:
    """ClientFault for anything that `encode` has not made for this order; `kind` is the sort column's Python type."""
    found_order = None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        found_order, value, id = json.loads(text)
        if found_order != _name(order) or not isinstance(id, str) or not is_storable(id):
            raise ValueError(order)
        return Place(_value(value, kind), id)
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError) as error:
        raise ClientFault(_misplaced(found_order, order), "BAD_USER_INPUT") from error


def _name(order: Order) -> str:
    return f"{order.type}.{order.field}.{order.direction}"


def _misplaced(found: Any, asked: Order) -> str:
    """What is wrong with a cursor, by the order that stands in it."""
    match = _ORDER.fullmatch(found) if isinstance(found, str) else None
    made_for = Order(*match.groups()) if match else asked
    if made_for.type != asked.type:
        return f"The cursor is of a list of {made_for.type}; this is a list of {asked.type}."
    if made_for != asked:
        return f"The cursor was made for `{made_for}`; this list is asked for with `{asked}`."
    return f"This is no cursor that a list of {asked.type} has answered."


def _value(value: Any, kind: type[Any]) -> Any:
    if value is None:
        return None
    if kind in (date, datetime):
        read = kind.fromisoformat(value)
        if kind is datetime and read.tzinfo is None:
            raise ValueError(value)
        return read.astimezone(UTC) if kind is datetime else read
    if kind is int and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    if issubclass(kind, str) and isinstance(value, str) and is_storable(value):
        return kind(value)
    raise ValueError(value)
