"""Dataclasses that say something in each of their fields."""

import datetime as dt
from dataclasses import fields
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")
FIRST_DAY = dt.date(2026, 1, 1)


def saying_everything(kind: type[T], /, **said: Any) -> T:
    """With another value in each field, so that none can be taken for another."""
    hints = get_type_hints(kind)
    given = {
        each.name: _any_value(hints[each.name], each.name, place)
        for place, each in enumerate(fields(kind), start=1)  # type: ignore[arg-type]
    }
    return kind(**given | said)


def _any_value(hint: Any, name: str, place: int) -> Any:
    [kind, *_] = [each for each in (get_args(hint) or (hint,)) if each is not type(None)]
    if get_origin(hint) is dict or get_origin(kind) is dict:
        return {name: place}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return [*kind][-1]
    values = {
        bool: True,
        int: place,
        str: f"a {name}",
        Decimal: Decimal(place),
        dt.date: FIRST_DAY + dt.timedelta(days=place),
        dt.datetime: dt.datetime.combine(FIRST_DAY, dt.time(place % 24), dt.UTC),
    }
    return values.get(kind)
