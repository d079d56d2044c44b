"""What every stored value of the books is: immutable, with an id."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple, TypeVar

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Record):
    """A record that people create and change: it knows when, by whom, and counts its changes in `version`."""

    version: int = 1
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


R = TypeVar("R", bound=Record)


class _Shape(NamedTuple):
    """How a kind of record is taken apart and put together, past the constructor: at a third of its cost."""

    puts: Mapping[str, Callable[[Record, Any], None]]
    """For each field, in the order in which they are declared, what sets it in a record still in the making."""
    values: Callable[[Record], tuple[Any, ...]]


_shapes: dict[type[Record], _Shape] = {}


def _shape(kind: type[Record]) -> _Shape:
    if kind not in _shapes:
        names = [each.name for each in fields(kind)]
        _shapes[kind] = _Shape({name: getattr(kind, name).__set__ for name in names}, attrgetter(*names))
    return _shapes[kind]


def of_values(kind: type[R], values: Iterable[Any]) -> R:
    """The record of all its fields' values, in the order in which they are declared. ValueError unless as many."""
    made = object.__new__(kind)
    for put, value in zip(_shape(kind).puts.values(), values, strict=True):
        put(made, value)
    return made


def differ(one: Any, other: Any) -> bool:
    """Whether the books tell two values of a field apart: in JSON 1, 1.0 and true are three values, in Python one."""
    if one != other:
        return True
    return isinstance(one, dict) and _as_json(one) != _as_json(other)


def _as_json(value: Metadata) -> str:
    return json.dumps(value, sort_keys=True)


def changed(record: R, **others: Any) -> R:
    """The record with other values of these fields. TypeError for a field that it does not have."""
    puts, values = _shape(type(record))
    made = of_values(type(record), values(record))
    for name, value in others.items():
        if name not in puts:
            raise TypeError(f"{type(record).__name__} has no field {name!r}")
        puts[name](made, value)
    return made
