"""Pages of lists: by the place of a row in an order, never by counting rows that are left out.

A statement is made once for each shape of page; from which place is a parameter. How many rows is part of it: a plan
that has to do for any number of them sorts the whole table.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    PrimaryKeyConstraint,
    Select,
    Table,
    UniqueConstraint,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)

from app.repository.concerned import Unsought
from app.repository.conditions import Condition, Every, Test, begins_with_concerned, clause_of, parted
from app.repository.remembered import remembered
from app.repository.types import IdList, among, in_code_order, own
from app.repository.virtual_columns import column_of, named

SHAPES = 1_000
"""How many statements are remembered: clients may ask for lists in any number of ways."""


@dataclass(frozen=True, slots=True)
class Place:
    """A row's place in an order: its sort value and its id."""

    value: Any
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What part of a list is asked for. `backward` reads from the end; the rows still come in the list's order."""

    order: str
    descending: bool
    limit: int
    backward: bool = False
    after: Place | None = None
    before: Place | None = None
    condition: Condition | None = None


def page_of(table: Table, page: Page, columns: Sequence[str] | None = None) -> Select[Any]:
    """A page of all rows of the entity; its parameters are `parameters_of` the page. No columns: all of them."""
    return _one_page(table, None, _shape(page), _names(columns))


def page_below(table: Table, parent: str, page: Page, columns: Sequence[str] | None = None) -> Select[Any]:
    """A page of one parent's list, bound as `parent`."""
    return _one_page(table, parent, _shape(page), _names(columns))


def pages_of(
    table: Table,
    parent: str,
    page: Page,
    columns: Sequence[str] | None = None,
    dialect: Dialect | None = None,
) -> Select[Any]:
    """The same page of each parent's list in one statement; parents are bound as `values`, each once.

    For PostgreSQL's dialect it is one that stops at the last row of each page where an index has the order.
    """
    can_stop = dialect is not None and dialect.name == "postgresql" and _is_unique(table, parent, page.order)
    pages = _abreast if can_stop else _pages
    return pages(table, parent, _shape(page), _names(columns))


def parameters_of(page: Page) -> dict[str, Any]:
    """What the statements of a page are run with, beside the parents."""
    _, values = parted(page.condition)
    found: dict[str, Any] = {**values}
    for name, place in (("after", page.after), ("before", page.before)):
        if place is not None:
            found[f"{name}_id"] = place.id
            if place.value is not None:
                found[f"{name}_value"] = place.value
    return found


def _names(columns: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if columns is None else tuple(columns)


def _shape(page: Page) -> Page:
    condition, _ = parted(page.condition)
    return replace(page, after=_kind(page.after), before=_kind(page.before), condition=condition)


def _kind(place: Place | None) -> Place | None:
    """A place of which only the type of its value is known, None for a missing one."""
    return place and Place(None if place.value is None else type(place.value), "")


@lru_cache(maxsize=SHAPES)
def _one_page(table: Table, parent: str | None, shape: Page, columns: tuple[str, ...] | None) -> Select[Any]:
    statement = select(*named(table, columns)).where(own(table), *_conditions(table, shape))
    if parent is not None:
        statement = statement.where(table.c[parent] == bindparam("parent"))
    return statement.order_by(*_ordering(table, shape, parent)).limit(_as_text(shape.limit))


@lru_cache(maxsize=SHAPES)
def _pages(table: Table, parent: str, shape: Page, columns: tuple[str, ...] | None) -> Select[Any]:
    place = (
        func.row_number()
        .over(partition_by=table.c[parent], order_by=_ordering(table, shape, parent))
        .label("place_in_page")
    )
    inner = (
        select(*named(table, columns), place)
        .where(own(table), among(table.c[parent], "values"), *_conditions(table, shape))
        .subquery()
    )
    return (
        select(*(each for each in inner.c if each.name != "place_in_page"))
        .where(inner.c.place_in_page <= _as_text(shape.limit))
        .order_by(inner.c[parent], inner.c.place_in_page)
    )


@lru_cache(maxsize=SHAPES)
def _abreast(table: Table, parent: str, shape: Page, columns: tuple[str, ...] | None) -> Select[Any]:
    """Parent by parent, as a list of all rows with their places has to be sorted."""
    parents = func.unnest(bindparam("values", type_=IdList())).table_valued("id").render_derived()
    page = (
        select(*named(table, columns))
        .where(own(table), table.c[parent] == parents.c.id, *_conditions(table, shape))
        .order_by(*_ordering(table, shape, parent))
        .limit(_as_text(shape.limit))
        .lateral()
    )
    return select(*page.c).select_from(parents).join(page, true())


def _as_text(limit: int) -> ColumnElement[int]:
    return literal_column(str(int(limit)), BigInteger())


@remembered
def _is_unique(table: Table, parent: str | None, order: str) -> bool:
    """No two rows of a list have the same value to be sorted by."""
    if table.c[order].nullable:
        return False
    every = {"entity_id", parent, order}
    return any(
        {each.name for each in key.columns} <= every
        for key in table.constraints
        if isinstance(key, UniqueConstraint | PrimaryKeyConstraint)
    )


def _ordering(table: Table, shape: Page, parent: str | None) -> list[ColumnElement[Any]]:
    """By the sort column, then by id, both one way; missing values come last, whichever way."""
    column, id = table.c[shape.order], column_of(table, "id")
    descending = shape.descending != shape.backward
    keys: list[ColumnElement[Any]] = []
    # Where an index has the order, an id behind it would have to be sorted by.
    for each in (column,) if _is_unique(table, parent, shape.order) else (column, id):
        sorted_by = in_code_order(each)
        key = sorted_by.desc() if descending else sorted_by.asc()
        # An index is read backwards only where nobody asks for missing values at the same end as forwards.
        if getattr(each, "nullable", False) and not _is_given(shape):
            key = key.nulls_first() if shape.backward else key.nulls_last()
        keys.append(key)
    return keys


def _is_given(shape: Page) -> bool:
    """Whether only rows are let through that have a value to sort by."""
    given = Test(shape.order, "is_null", False)
    return isinstance(shape.condition, Every) and given in shape.condition.parts


def _conditions(table: Table, shape: Page) -> Iterable[ColumnElement[bool]]:
    if shape.condition is not None:
        yield clause_of(table, shape.condition)
    if shape.after is not None:
        yield _beyond(table, shape, "after", shape.after, forward=True)
    if shape.before is not None:
        yield _beyond(table, shape, "before", shape.before, forward=False)


def _beyond(table: Table, shape: Page, name: str, kind: Place, *, forward: bool) -> ColumnElement[bool]:
    """Rows that come after the place (or before it) in the list's order, where missing values come last."""
    column, id = table.c[shape.order], column_of(table, "id")
    larger = shape.descending is not forward
    place_id = bindparam(f"{name}_id", type_=id.type)
    after_id = id > place_id if larger else id < place_id
    if kind.value is None:
        same = and_(column.is_(None), after_id)
        return same if forward else or_(column.is_not(None), same)
    # A cursor's number may be larger than the column's type: it must be compared, not refused.
    value = bindparam(f"{name}_value", type_=BigInteger() if kind.value is int else column.type)
    # Compared as one: an index of both is entered at the place, however many rows have the same value.
    sorted_by = in_code_order(column)
    if begins_with_concerned(shape.condition):
        sorted_by = Unsought(sorted_by)
    row, place = tuple_(sorted_by, id), tuple_(value, place_id)
    beyond = row > place if larger else row < place
    return or_(beyond, column.is_(None)) if forward and column.nullable else beyond
