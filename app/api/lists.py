"""Connections and orders of a document type, made from its declared columns, and the pages asked of them."""

from enum import Enum, StrEnum
from typing import Any

import strawberry
from strawberry import UNSET

from app.api import cursors
from app.api.annotations import list_of, once, type_of
from app.api.declarations import DOCUMENTS, DocumentPlan, sortable_columns
from app.api.filters import condition_of, given_by_name
from app.api.reader import PageRequest, page_size
from app.domain.reading import camel
from app.repository.pages import Page


@strawberry.type(description="Where a page lies in its list (Relay).")
class PageInfo:
    has_next_page: bool = strawberry.field(description="There are rows after the page.")
    has_previous_page: bool = strawberry.field(description="There are rows before the page.")
    start_cursor: str | None = strawberry.field(description="Cursor of the page's first row.")
    end_cursor: str | None = strawberry.field(description="Cursor of the page's last row.")


@strawberry.enum(description="Which way a list is sorted.")
class OrderDirection(Enum):
    ASC = strawberry.enum_value("ASC", description="Smallest, earliest, A first; missing values last.")
    DESC = strawberry.enum_value("DESC", description="Largest, latest, Z first; missing values last.")


def connection_type(plan: DocumentPlan) -> type[Any]:
    """`XConnection` and `XEdge` (Relay), with the nodes beside the edges."""
    name = plan.name
    edge = type_of(
        f"{name}Edge",
        f"A {name} in a list.",
        {"node": (plan.type, f"The {name}."), "cursor": (str, "Its place in the list, for this order.")},
        make=strawberry.type,
    )

    async def total_count(root: Any, info: Any) -> Any:
        return await root.total_count()

    total_count.__annotations__ = {"info": strawberry.Info, "return": int}
    namespace = {
        "__annotations__": {"edges": list_of(edge), "nodes": list_of(plan.type), "page_info": PageInfo},
        "edges": strawberry.field(description="The rows with their cursors."),
        "nodes": strawberry.field(description="The rows."),
        "page_info": strawberry.field(description="Where the page lies in the list."),
        "total_count": strawberry.field(
            resolver=total_count, description="How many rows the whole list has; counted only when asked."
        ),
    }
    made: type[Any] = strawberry.type(
        type(f"{name}Connection", (), namespace), description=f"A page of a list of {name}."
    )
    return made


def order_type(plan: DocumentPlan) -> type[Any]:
    """`XOrder`: a sort field, out of an enum of the sortable columns, and a direction."""
    fields = Enum(  # type: ignore[misc]
        f"{plan.name}OrderField",
        {
            name.upper(): strawberry.enum_value(
                each.column or name, description=f"By `{camel(name)}`; ties go by id."
            )
            for name, each in sortable_columns(plan)
        },
    )
    return type_of(
        f"{plan.name}Order",
        f"How a list of {plan.name} is sorted.",
        {
            "field": (
                strawberry.enum(fields, description=f"What a list of {plan.name} can be sorted by."),
                "Sort by.",
            ),
            "direction": (OrderDirection, "Which way."),
        },
        make=strawberry.input,
    )


def page_request(
    plan: DocumentPlan,
    order: str,
    descending: bool,
    first: Any = UNSET,
    after: Any = UNSET,
    last: Any = UNSET,
    before: Any = UNSET,
    filter: Any = UNSET,
    order_by: Any = UNSET,
) -> PageRequest:
    """The arguments of a connection as a request; ClientFault for those that make no sense.

    Inputs are Strawberry's objects, or what graphql-core makes them from.
    """
    first, after, last, before = (None if each is UNSET else each for each in (first, after, last, before))
    filter, order_by = given_by_name(filter), given_by_name(order_by)
    if order_by is not None:
        order, descending = order_by["field"].value, order_by["direction"] is OrderDirection.DESC
    size, backward = page_size(first, last)
    name = _order_named(plan.name, order, descending)
    kind = _python_type(plan.name, order)
    page = Page(
        order=order,
        descending=descending,
        limit=size,
        backward=backward,
        after=None if after is None else cursors.decode(name, after, kind),
        before=None if before is None else cursors.decode(name, before, kind),
        condition=condition_of(plan, filter),
    )
    return PageRequest(page, name)


@once
def _order_named(document: str, column: str, descending: bool) -> cursors.Order:
    fields = {each.column or name: name.upper() for name, each in sortable_columns(DOCUMENTS[document])}
    direction = OrderDirection.DESC if descending else OrderDirection.ASC
    return cursors.Order(document, fields[column], direction.name)


@once
def _python_type(document: str, column: str) -> type[Any]:
    found = DOCUMENTS[document].table.c[column].type
    kind, words = found.python_type, getattr(found, "words", None)
    return words if isinstance(words, type) and issubclass(words, StrEnum) else kind
