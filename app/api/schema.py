"""The schema, put together; its text is `schema.graphql`."""

from functools import cache
from typing import Any

import strawberry
from graphql import build_schema, lexicographic_sort_schema, print_schema
from strawberry.schema.config import StrawberryConfig

from app.api.declarations import DOCUMENTS
from app.api.mutation_field import resolve_directly
from app.api.mutations import Mutation
from app.api.queries import Query
from app.api.scalars import SCALAR_MAP


@cache
def made_schema() -> strawberry.Schema:
    """One for all who ask in a process. Every document type is named, so that `node` can answer each."""
    types: list[Any] = [plan.type for plan in DOCUMENTS.values()]
    schema = strawberry.Schema(
        query=Query,
        mutation=Mutation,
        types=types,
        config=StrawberryConfig(scalar_map=dict(SCALAR_MAP)),
    )
    resolve_directly(schema._schema)
    return schema


@cache
def sdl() -> str:
    """The schema as text, in a stable order (Strawberry's own sorting breaks unions)."""
    sorted_schema = lexicographic_sort_schema(build_schema(made_schema().as_str()))
    return print_schema(sorted_schema) + "\n"
