"""Commands to JSON, as `reading` reads it: what a job keeps of each of its items."""

import datetime as dt
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.domain.commands.fields import ABSENT
from app.domain.reading import camel


def written(command: object) -> dict[str, Any]:
    """The dataclass as a JSON object; what is absent or has its default is left out. `read` gives the same back."""
    if not is_dataclass(command):
        raise TypeError(f"a {type(command).__name__} is no command")
    return {
        camel(each.name): _value(given)
        for each in fields(command)
        if ((given := getattr(command, each.name)) is not None or each.default is ABSENT)
        and (each.default is MISSING or given != each.default)
    }


def _value(value: Any) -> Any:
    if is_dataclass(value):
        return written(value)
    if isinstance(value, list):
        return [_value(each) for each in value]
    if isinstance(value, StrEnum):
        return value.name
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    return value
