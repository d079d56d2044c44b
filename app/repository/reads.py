"""Reading for the door: flat, set-based statements, the same SQL whatever the number of parents.

A statement is built once for each shape of question; its values are parameters. Every one filters by `:entity_id`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)

from app.domain.vocabulary import ApplicationType
from app.repository import tables
from app.repository.remembered import remembered
from app.repository.types import among, in_code_order


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison of a column with a value: eq, ne, in, gt, gte, lt, lte, contains, starts_with, is_null."""

    column: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class No:
    part: "Condition"


@dataclass(frozen=True, slots=True)
class ScaledTest:
    """A comparison of an amount with a decimal: what it means in minor units depends on the row's currency.

    `bounds`: decimals of a currency -> the value in its minor units, or None where no row of it can match.
    """

    column: str
    operator: str
    bounds: tuple[tuple[int, int | None], ...]
    currencies: tuple[tuple[int, tuple[str, ...]], ...]
    default: int


Condition = Test | Every | Some | No | ScaledTest


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


# Columns that a row does not store: computed by the database when the row is read.
VIRTUAL: dict[str, dict[str, ColumnElement[Any]]] = {}


def _remaining(table: Table, original: str) -> ColumnElement[Any]:
    taken = table.alias()
    back = select(func.coalesce(func.sum(taken.c.amount), 0)).where(
        taken.c.entity_id == table.c.entity_id, taken.c[original] == table.c.id
    )
    left = table.c.amount - cast(back.scalar_subquery(), BigInteger)
    return case((table.c.type == ApplicationType.APPLIED, left), else_=None)


VIRTUAL["credit_memo_application"] = {
    "remaining_amount": _remaining(tables.credit_memo_application, "associated_application_id")
}
VIRTUAL["credit_memo_line_application"] = {
    "remaining_amount": _remaining(tables.credit_memo_line_application, "associated_line_application_id")
}
# An entry's place in its document's history names it.
VIRTUAL["balance_entry"] = {
    "id": tables.balance_entry.c.document_id + "-" + cast(tables.balance_entry.c.position, Text)
}


@remembered
def columns_of(table: Table) -> tuple[ColumnElement[Any], ...]:
    """Everything a reader may ask of a row."""
    stored = [each for each in table.c if each.name != "entity_id"]
    virtual = [expression.label(name) for name, expression in VIRTUAL.get(table.name, {}).items()]
    return (*stored, *virtual)


@remembered
def rows_by(table: Table, column: str) -> Select[Any]:
    """Rows whose column is one of `:values`."""
    return select(*columns_of(table)).where(_own(table), among(table.c[column], "values"))


@remembered
def rows_by_external_reference(table: Table) -> Select[Any]:
    return select(*columns_of(table)).where(
        _own(table),
        table.c.external_reference == bindparam("reference"),
        table.c.external_reference_source == bindparam("source"),
    )


@remembered
def children_of(table: Table, column: str, order: str) -> Select[Any]:
    """All rows whose column is one of `:values`, each parent's in order; for lists that are short by nature."""
    return rows_by(table, column).order_by(table.c[order], _column(table, "id"))


def page_of(table: Table, page: Page) -> Select[Any]:
    """A page of all rows of the entity."""
    statement = select(*columns_of(table)).where(_own(table), *_conditions(table, page))
    return statement.order_by(*_ordering(table, page)).limit(page.limit)


def pages_of(table: Table, parent: str, page: Page) -> Select[Any]:
    """The same page of each parent's list in one statement; parents are bound as `:values`."""
    place = (
        func.row_number()
        .over(partition_by=table.c[parent], order_by=_ordering(table, page))
        .label("place_in_page")
    )
    inner = (
        select(*columns_of(table), place)
        .where(_own(table), among(table.c[parent], "values"), *_conditions(table, page))
        .subquery()
    )
    return (
        select(*(each for each in inner.c if each.name != "place_in_page"))
        .where(inner.c.place_in_page <= page.limit)
        .order_by(inner.c[parent], inner.c.place_in_page)
    )


def count_of(table: Table, condition: Condition | None) -> Select[Any]:
    return select(func.count()).select_from(table).where(_own(table), _clause(table, condition))


def counts_of(table: Table, parent: str, condition: Condition | None) -> Select[Any]:
    return (
        select(table.c[parent], func.count())
        .where(_own(table), among(table.c[parent], "values"), _clause(table, condition))
        .group_by(table.c[parent])
    )


def sums_of_applications(groups: Sequence[str], condition: Condition | None) -> Select[Any]:
    """Count, amount and impact of applications by some of their columns, per currency."""
    table = tables.credit_memo_application
    keys = [table.c[name] for name in (*groups, "currency")]
    return (
        select(
            *keys,
            func.count().label("count"),
            _sum(table.c.amount).label("amount"),
            _sum(table.c.impact_amount).label("impact_amount"),
        )
        .where(_own(table), _clause(table, condition))
        .group_by(*keys)
        .order_by(*keys)
    )


@remembered
def balances_of_accounts() -> Select[Any]:
    """Per account of `:values` and currency: what is owed on posted invoices, and posted credit not used yet."""
    invoice, memo = tables.invoice, tables.credit_memo
    owed = select(
        invoice.c.account_id, invoice.c.currency, invoice.c.balance.label("owed"), literal(0).label("credit")
    )
    owed = owed.where(_own(invoice), among(invoice.c.account_id, "values"), invoice.c.status == "POSTED")
    credit = select(memo.c.account_id, memo.c.currency, literal(0), memo.c.balance)
    credit = credit.where(_own(memo), among(memo.c.account_id, "values"), memo.c.status == "POSTED")
    both = owed.union_all(credit).subquery()
    return (
        select(
            both.c.account_id,
            both.c.currency,
            _sum(both.c.owed).label("owed"),
            _sum(both.c.credit).label("credit"),
        )
        .group_by(both.c.account_id, both.c.currency)
        .order_by(both.c.account_id, both.c.currency)
    )


def _sum(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """SUM of BIGINT is NUMERIC on PostgreSQL: back to what an amount is."""
    return cast(func.sum(column), BigInteger)


def _own(table: Table) -> ColumnElement[bool]:
    return table.c.entity_id == bindparam("entity_id")


def _ordering(table: Table, page: Page) -> list[ColumnElement[Any]]:
    """By the sort column, then by id, both one way; missing values come last, whichever way."""
    column = table.c[page.order]
    descending = page.descending != page.backward
    keys: list[ColumnElement[Any]] = []
    for each in (column, _column(table, "id")):
        sorted_by = in_code_order(each)
        key = sorted_by.desc() if descending else sorted_by.asc()
        if getattr(each, "nullable", False):
            key = key.nulls_first() if page.backward else key.nulls_last()
        keys.append(key)
    return keys


def _conditions(table: Table, page: Page) -> Iterable[ColumnElement[bool]]:
    if page.condition is not None:
        yield _clause(table, page.condition)
    if page.after is not None:
        yield _beyond(table, page, page.after, forward=True)
    if page.before is not None:
        yield _beyond(table, page, page.before, forward=False)


def _beyond(table: Table, page: Page, place: Place, *, forward: bool) -> ColumnElement[bool]:
    """Rows that come after the place (or before it) in the list's order, where missing values come last."""
    column, id = table.c[page.order], _column(table, "id")
    larger = page.descending is not forward
    # A cursor's number may be larger than the column's type: it must be compared, not refused.
    value = literal(place.value, BigInteger() if isinstance(place.value, int) else column.type)
    after_id = id > place.id if larger else id < place.id
    if place.value is None:
        same = and_(column.is_(None), after_id)
        return same if forward else or_(column.is_not(None), same)
    ordered = in_code_order(column)
    further = ordered > value if larger else ordered < value
    beyond = or_(further, and_(column == value, after_id))
    return or_(beyond, column.is_(None)) if forward and column.nullable else beyond


def _clause(table: Table, condition: Condition | None) -> ColumnElement[bool]:
    match condition:
        case None:
            return true()
        case Every(parts):
            return and_(true(), *(_clause(table, part) for part in parts))
        case Some(parts):
            return or_(false(), *(_clause(table, part) for part in parts))
        case No(part):
            # A comparison with a missing value is unknown, not false: without this, `not` would lose the row.
            return not_(func.coalesce(_clause(table, part), false()))
        case Test():
            return _comparison(_column(table, condition.column), condition.operator, condition.value)
        case ScaledTest():
            return _scaled_comparison(table, condition)


def _column(table: Table, name: str) -> ColumnElement[Any]:
    return VIRTUAL[table.name][name] if name in VIRTUAL.get(table.name, {}) else table.c[name]


def _comparison(column: ColumnElement[Any], operator: str, value: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool]
    match operator:
        case "eq":
            found = column == value
        case "ne":
            found = or_(column != value, column.is_(None))
        case "in":
            found = column.in_(value)
        case "gt":
            found = column > value
        case "gte":
            found = column >= value
        case "lt":
            found = column < value
        case "lte":
            found = column <= value
        case "contains":
            # LIKE ignores case on SQLite only; this is the same on both.
            found = func.replace(column, value, "") != column if value else column.is_not(None)
        case "starts_with":
            found = func.substr(column, 1, len(value)) == value
        case "is_null":
            found = column.is_(None) if value else column.is_not(None)
        case _:
            raise ValueError(f"no such comparison: {operator}")
    return found


def _scaled_comparison(table: Table, test: ScaledTest) -> ColumnElement[bool]:
    """One comparison whatever the number of currencies: SQLite takes an expression 1,000 deep and no more."""
    bounds = {digits: literal(bound, BigInteger()) for digits, bound in test.bounds}
    unusual = [
        (table.c.currency.in_(codes), bounds[digits])
        for digits, codes in test.currencies
        if digits != test.default
    ]
    return _comparison(_column(table, test.column), test.operator, case(*unusual, else_=bounds[test.default]))


@remembered
def entity() -> Select[Any]:
    """The entity's own row."""
    return select(tables.entity).where(tables.entity.c.id == bindparam("entity_id"))


@remembered
def reason_codes() -> Select[Any]:
    return select(tables.reason_code).where(_own(tables.reason_code)).order_by(tables.reason_code.c.code)
