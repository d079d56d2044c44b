"""What every stored value of the books is: immutable, with an id."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from app.domain.construction import construction_of, quickly_made

Metadata = dict[str, Any]
"""Custom fields: string keys, JSON scalars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A row of the books. Field names are the column names; the entity is implied by whose books these are.

    Amounts are integers of the currency's minor unit, quantities millionths, rates hundred-millionths.
    """

    PREFIX: ClassVar[str]
    """Begins every id of the kind, here, in the database and at every door: `inv_` + the hex of a UUIDv7."""

    id: str

    def __init_subclass__(cls) -> None:
        # With slots a dataclass is made twice; the first one has no fields of its own yet, an open class never has.
        if "__dataclass_fields__" in cls.__dict__:
            quickly_made(cls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Record):
    """A record that people create and change: it knows when, by whom, and counts its changes in `version`."""

    version: int = 1
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


R = TypeVar("R", bound=Record)


def of_values(kind: type[R], values: Iterable[Any]) -> R:
    """The record of all its fields' values, in the order in which they are declared. TypeError unless as many."""
    return construction_of(kind).of_values(*values)


def differ(one: Any, other: Any) -> bool:
    """Whether the books tell two values of a field apart: in JSON 1, 1.0 and true are three values, in Python one."""
    if one != other:
        return True
    return isinstance(one, dict) and _as_json(one) != _as_json(other)


def _as_json(value: Metadata) -> str:
    return json.dumps(value, sort_keys=True)


def changed(record: R, **others: Any) -> R:
    """The record with other values of these fields. TypeError for a field that it does not have."""
    kind = type(record)
    made = construction_of(kind).open_copy(record)
    try:
        for name, value in others.items():
            setattr(made, name, value)
    except AttributeError:
        raise TypeError(f"{kind.__name__} has no field {name!r}") from None
    made.__class__ = kind
    return made
