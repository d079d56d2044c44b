"""An input becomes the command that Strawberry's own object of it says, whatever of it is given, null or left out."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    coerce_input_value,
    get_nullable_type,
)
from strawberry import UNSET, Some
from strawberry.types.arguments import convert_arguments

from app.api.http.null_inputs import correct_input_types
from app.api.inputs import command_of
from app.api.schema import made_schema
from app.domain.commands.fields import Absent
from app.use_cases.verbs import VERBS
from tests.hostile.places import PLAIN, places_of, plain, with_value
from tests.support.service import SUCCESS

STRAWBERRY = made_schema()
correct_input_types(STRAWBERRY._schema, STRAWBERRY.config.name_converter.from_field)
MUTATION = STRAWBERRY._schema.mutation_type
assert MUTATION is not None
VERB_OF = {each.command.__name__: each for each in VERBS.values()}


def whole(kind: GraphQLInputType) -> Any:
    """A value of the type with everything in it that there is, and lists of two."""
    inner = get_nullable_type(kind)
    if isinstance(inner, GraphQLList):
        return [whole(inner.of_type)] * 2
    if isinstance(inner, GraphQLEnumType):
        return list(inner.values)[-1]
    if isinstance(inner, GraphQLInputObjectType):
        if inner.is_one_of:
            name, field = list(inner.fields.items())[-1]
            return {name: whole(field.type)}
        return {name: whole(field.type) for name, field in inner.fields.items()}
    return PLAIN[inner.name]


def inputs(kind: GraphQLInputType) -> Iterator[Any]:
    """The least and the most that may be given, and these with each of their parts alone given, null or left out."""
    yield plain(kind)
    yield whole(kind)
    for place in places_of(kind):
        yield with_value(kind, None, place.path, whole(place.type))
        if (
            place.path
            and not isinstance(place.type, GraphQLNonNull)
            and not _is_one_of_several(kind, place.path)
        ):
            yield with_value(kind, None, place.path, None)
            yield with_value(kind, whole(kind), place.path, None)


def _is_one_of_several(kind: GraphQLInputType, path: tuple[str | int, ...]) -> bool:
    """Whether the last step goes into an input of which exactly one field is given."""
    inner: Any = get_nullable_type(kind)
    for step in path[:-1]:
        below = inner.of_type if isinstance(inner, GraphQLList) else inner.fields[str(step)].type
        inner = get_nullable_type(below)
    return isinstance(inner, GraphQLInputObjectType) and inner.is_one_of


def as_strawberry_says(given: Any, hint: Any) -> Any:
    """The value of Strawberry's object, or of a part of it, by the command's own hints."""
    if isinstance(given, Some):
        given = given.value
    if given is None or given is UNSET:
        return None
    if get_origin(hint) in (Union, UnionType):
        [hint] = [each for each in get_args(hint) if each not in (NoneType, Absent)]
    if get_origin(hint) is list:
        return [as_strawberry_says(each, get_args(hint)[0]) for each in given]
    if not is_dataclass(hint):
        return given
    hints, values = get_type_hints(hint), {}
    for each in fields(hint):
        said = getattr(given, each.name)
        value = as_strawberry_says(said, hints[each.name])
        if value is not None or (isinstance(said, Some) and said.value is None):
            values[each.name] = value
    return hint(**values)  # type: ignore[operator]


@pytest.mark.parametrize("mutation", sorted(SUCCESS))
def test_a_command_is_what_strawberrys_object_says(mutation: str) -> None:
    assert MUTATION is not None
    field = MUTATION.fields[mutation]
    kind = field.args["input"].type
    command = VERB_OF[mutation[0].upper() + mutation[1:]].command
    declared = field.extensions["strawberry-definition"]
    seen = 0
    for each in inputs(kind):
        given = coerce_input_value(each, kind)
        registry = STRAWBERRY.schema_converter.scalar_registry
        made = convert_arguments({"input": given}, declared.arguments, registry, STRAWBERRY.config)
        assert command_of(given, command) == as_strawberry_says(made["input"], command)
        seen += 1
    assert seen > 2
