"""Whether what is asked of a mutation's answer leads on: from the documents that it changed to others beside them."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from graphql import GraphQLResolveInfo
from strawberry.types.nodes import SelectedField, Selection, convert_selections
from strawberry.utils.str_converters import to_camel_case

from app.api.declarations import DOCUMENTS, ConnectionPlan, JudgedPlan, ListPlan, OnePlan, SumsPlan

LEADING = (OnePlan, ListPlan, ConnectionPlan, SumsPlan, JudgedPlan)
OF_ITSELF = {("Credential", "roles")}
"""Found in other rows, and yet said of the document itself."""


def leads_on(info: GraphQLResolveInfo[Any]) -> bool:
    """Whether a field below the documents of the answer is another document, a list of others, or a sum over them."""
    payloads = convert_selections(info, info.field_nodes)
    documents = (each for payload in payloads for each in _fields(payload.selections))
    return any(field.name in _edges() for each in documents for field in _fields(each.selections))


@cache
def _edges() -> frozenset[str]:
    """Such fields of all documents, by their names in the schema."""
    return frozenset(
        to_camel_case(name)
        for document, plan in DOCUMENTS.items()
        for name, field in plan.fields.items()
        if isinstance(field, LEADING) and (document, name) not in OF_ITSELF
    )


def _fields(selections: Iterable[Selection]) -> Iterator[SelectedField]:
    for each in selections:
        if isinstance(each, SelectedField):
            yield each
        else:
            yield from _fields(each.selections)
