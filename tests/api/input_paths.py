"""Whether a path of a violation exists in the input type of its mutation."""

from collections.abc import Sequence

from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLSchema,
    build_schema,
    get_nullable_type,
)

from app.api.schema import sdl

schema: GraphQLSchema = build_schema(sdl())


def input_of(mutation: str) -> GraphQLInputObjectType:
    """The type of the mutation's one argument."""
    assert schema.mutation_type is not None
    kind = get_nullable_type(schema.mutation_type.fields[mutation].args["input"].type)
    assert isinstance(kind, GraphQLInputObjectType)
    return kind


def exists(mutation: str, path: Sequence[str]) -> bool:
    """Every part is a field of the type before it, or a place in a list."""
    kind: object = input_of(mutation)
    for part in path:
        if isinstance(kind, GraphQLList):
            if not part.isdigit():
                return False
            kind = get_nullable_type(kind.of_type)
        elif isinstance(kind, GraphQLInputObjectType):
            if part not in kind.fields:
                return False
            kind = get_nullable_type(kind.fields[part].type)
        else:
            # Below metadata the names are the caller's own.
            return str(kind) == "JSONObject"
    return True
