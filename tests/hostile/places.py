"""Every place of an input where a value can stand, and an input that is acceptable but for that place."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    get_nullable_type,
    is_required_input_field,
)

Path = tuple[str | int, ...]
PLAIN: dict[str, Any] = {
    "String": "x",
    "ID": "x",
    "Decimal": "1.00",
    "Date": "2026-01-15",
    "DateTime": "2026-01-15T00:00:00Z",
    "CurrencyCode": "USD",
    "Int": 1,
    "Boolean": True,
    "JSONObject": {"a": 1},
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands and what type it should have."""

    path: Path
    type: GraphQLInputType


def places_of(kind: GraphQLInputType, path: Path = (), above: tuple[str, ...] = ()) -> Iterator[Place]:
    """The place itself and everything inside; a type that contains itself is entered once."""
    yield Place(path, kind)
    inner = get_nullable_type(kind)
    if isinstance(inner, GraphQLList):
        yield from places_of(inner.of_type, (*path, 0), above)
    elif isinstance(inner, GraphQLInputObjectType) and inner.name not in above:
        for name, field in inner.fields.items():
            yield from places_of(field.type, (*path, name), (*above, inner.name))


def plain(kind: GraphQLInputType) -> Any:
    """A value of the type with nothing in it that need not be."""
    inner = get_nullable_type(kind)
    if isinstance(inner, GraphQLList):
        return [plain(inner.of_type)]
    if isinstance(inner, GraphQLEnumType):
        return next(iter(inner.values))
    if isinstance(inner, GraphQLInputObjectType):
        if inner.is_one_of:
            name, field = next(iter(inner.fields.items()))
            return {name: plain(GraphQLNonNull(field.type))}
        return {
            name: plain(field.type) for name, field in inner.fields.items() if is_required_input_field(field)
        }
    return PLAIN[inner.name]


def with_value(kind: GraphQLInputType, base: Any, path: Path, value: Any) -> Any:
    """The base with the value at the path; what the path needs on its way is made."""
    if not path:
        return value
    step, *rest = path
    inner = get_nullable_type(kind)
    if isinstance(inner, GraphQLList):
        items = copy.copy(base) if base else [plain(inner.of_type)]
        return [with_value(inner.of_type, items[0], tuple(rest), value), *items[1:]]
    assert isinstance(inner, GraphQLInputObjectType)
    field = inner.fields[str(step)]
    known = base if isinstance(base, dict) else plain(kind)
    made = with_value(field.type, known.get(step), tuple(rest), value)
    return {step: made} if inner.is_one_of else known | {step: made}
