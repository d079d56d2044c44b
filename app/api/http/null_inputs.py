"""Corrections to the core schema that Strawberry builds, for inputs whose fields must not be null.

Strawberry 0.341 keeps both rules to itself and graphql-core does not see them: its validation rule for @oneOf fails
with KeyError on an undefined variable and with AttributeError on a fragment that stands before the operation, and its
messages for `Maybe` show Python types to the client.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from graphql import (
    ArgumentNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLSchema,
    NullValueNode,
    ObjectValueNode,
    ValidationRule,
    get_named_type,
)
from strawberry.types.base import StrawberryMaybe, StrawberryObjectDefinition, StrawberryOptional

NEVER_NULL = "fields that may be absent but not null"
"""The key in an input type's `extensions` for the names of those fields."""


def never_null_message(name: str) -> str:
    """The message for a null where a value may only be left out."""
    return f"'{name}' must not be null: leave it out, or give it a value."


def is_never_null(type_: object) -> bool:
    """Whether a Strawberry type is `Maybe[T]`: absent or a value, unlike `Maybe[T | None]`."""
    return isinstance(type_, StrawberryMaybe) and not isinstance(type_.of_type, StrawberryOptional)


def refuse_nulls(names: frozenset[str]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """The conversion of an input object after coercion that finds nulls which came through variables."""

    def without_nulls(value: dict[str, Any]) -> dict[str, Any]:
        for name in names:
            if name in value and value[name] is None:
                raise GraphQLError(never_null_message(name), extensions={"code": "BAD_USER_INPUT"})
        return value

    return without_nulls


@cache
def correct_input_types(schema: GraphQLSchema, graphql_name: Callable[[Any], str]) -> None:
    """Tells graphql-core which input types are @oneOf, and which of their fields must not be null.

    `graphql_name` gives the name in the schema for a field's definition. A schema is looked through once.
    """
    for input_type in schema.type_map.values():
        if not isinstance(input_type, GraphQLInputObjectType):
            continue
        definition = input_type.extensions.get("strawberry-definition")
        if not isinstance(definition, StrawberryObjectDefinition):
            continue
        if definition.is_one_of:
            input_type.is_one_of = True
            vars(input_type)["out_type"] = GraphQLInputObjectType.out_type
            continue
        names = frozenset(graphql_name(field) for field in definition.fields if is_never_null(field.type))
        if names:
            input_type.extensions[NEVER_NULL] = names
            vars(input_type)["out_type"] = refuse_nulls(names)


class NeverNullRule(ValidationRule):
    """Refuses a literal null where an input may be absent but not null."""

    def enter_object_value(self, node: ObjectValueNode, *_: object) -> None:
        input_type = get_named_type(self.context.get_input_type())
        names = input_type.extensions.get(NEVER_NULL, frozenset()) if input_type else frozenset()
        for field in node.fields:
            if field.name.value in names and isinstance(field.value, NullValueNode):
                self.report_error(GraphQLError(never_null_message(field.name.value), field))

    def enter_argument(self, node: ArgumentNode, *_: object) -> None:
        argument = self.context.get_argument()
        definition = argument.extensions.get("strawberry-definition") if argument else None
        if isinstance(node.value, NullValueNode) and is_never_null(getattr(definition, "type", None)):
            self.report_error(GraphQLError(never_null_message(node.name.value), node))
