"""Cursors: a row's place in one order, opaque to callers and of no use in another order."""

import base64
import binascii
import json
from datetime import UTC, date, datetime
from typing import Any

from app.api.http.fault import ClientFault
from app.repository.reads import Place
from app.validation.shape import is_storable


def encode(order: str, place: Place) -> str:
    """`order` names the list's type, sort field and direction; the cursor works there only."""
    value = place.value.isoformat() if isinstance(place.value, date | datetime) else place.value
    text = json.dumps([order, value, place.id], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(order: str, cursor: str, kind: type[Any]) -> Place:
    """ClientFault for anything that `encode` has not made for this order; `kind` is the sort column's Python type."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
        found_order, value, id = json.loads(text)
        if found_order != order or not isinstance(id, str) or not is_storable(id):
            raise ValueError(order)
        return Place(_value(value, kind), id)
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError) as error:
        raise ClientFault(
            f"The cursor does not belong to this list in this order ({order}).", "BAD_USER_INPUT"
        ) from error


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
