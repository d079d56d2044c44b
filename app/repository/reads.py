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
    and_,
    bindparam,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
)

from app.domain.vocabulary import TaxStrategy
from app.repository import tables
from app.repository.conditions import Condition, clause_of
from app.repository.remembered import remembered
from app.repository.types import among, in_code_order, own
from app.repository.virtual_columns import VIRTUAL, column_of


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


@remembered
def columns_of(table: Table) -> tuple[ColumnElement[Any], ...]:
    """Everything a reader may ask of a row."""
    # A hash of a secret is not read, so that nothing can show it.
    stored = [each for each in table.c if each.name not in ("entity_id", "secret_hash")]
    virtual = [expression.label(name) for name, expression in VIRTUAL.get(table.name, {}).items()]
    return (*stored, *virtual)


@remembered
def rows_by(table: Table, column: str) -> Select[Any]:
    """Rows whose column is one of `:values`."""
    return select(*columns_of(table)).where(own(table), among(table.c[column], "values"))


@remembered
def rows_by_external_reference(table: Table) -> Select[Any]:
    return select(*columns_of(table)).where(
        own(table),
        table.c.external_reference == bindparam("reference"),
        table.c.external_reference_source == bindparam("source"),
    )


@remembered
def children_of(table: Table, column: str, order: str) -> Select[Any]:
    """All rows whose column is one of `:values`, each parent's in order; for lists that are short by nature."""
    return rows_by(table, column).order_by(table.c[order], column_of(table, "id"))


def page_of(table: Table, page: Page) -> Select[Any]:
    """A page of all rows of the entity."""
    statement = select(*columns_of(table)).where(own(table), *_conditions(table, page))
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
        .where(own(table), among(table.c[parent], "values"), *_conditions(table, page))
        .subquery()
    )
    return (
        select(*(each for each in inner.c if each.name != "place_in_page"))
        .where(inner.c.place_in_page <= page.limit)
        .order_by(inner.c[parent], inner.c.place_in_page)
    )


def count_of(table: Table, condition: Condition | None) -> Select[Any]:
    return select(func.count()).select_from(table).where(own(table), clause_of(table, condition))


def counts_of(table: Table, parent: str, condition: Condition | None) -> Select[Any]:
    return (
        select(table.c[parent], func.count())
        .where(own(table), among(table.c[parent], "values"), clause_of(table, condition))
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
        .where(own(table), clause_of(table, condition))
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
    owed = owed.where(own(invoice), among(invoice.c.account_id, "values"), invoice.c.status == "POSTED")
    credit = select(memo.c.account_id, memo.c.currency, literal(0), memo.c.balance)
    credit = credit.where(own(memo), among(memo.c.account_id, "values"), memo.c.status == "POSTED")
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


@remembered
def invoices_with_convertible_lines() -> Select[Any]:
    """Those of `:values` that have a negative line not yet converted."""
    line = tables.invoice_line
    return (
        select(line.c.invoice_id)
        .distinct()
        .where(
            own(line),
            among(line.c.invoice_id, "values"),
            line.c.total_amount < 0,
            line.c.converted_amount == 0,
        )
    )


@remembered
def memos_with_calculated_lines() -> Select[Any]:
    """Those of `:values` that have a line whose tax an engine finds."""
    line = tables.credit_memo_line
    return (
        select(line.c.credit_memo_id)
        .distinct()
        .where(
            own(line),
            among(line.c.credit_memo_id, "values"),
            line.c.tax_strategy == TaxStrategy.CALCULATE,
            not_(line.c.tax_only),
        )
    )


def retries_of_jobs() -> Select[Any]:
    """The jobs that try refused items of those of `:values` again."""
    return rows_by(tables.job, "retried_job_id")


def _sum(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """SUM of BIGINT is NUMERIC on PostgreSQL: back to what an amount is."""
    return cast(func.sum(column), BigInteger)


def _ordering(table: Table, page: Page) -> list[ColumnElement[Any]]:
    """By the sort column, then by id, both one way; missing values come last, whichever way."""
    column = table.c[page.order]
    descending = page.descending != page.backward
    keys: list[ColumnElement[Any]] = []
    for each in (column, column_of(table, "id")):
        sorted_by = in_code_order(each)
        key = sorted_by.desc() if descending else sorted_by.asc()
        if getattr(each, "nullable", False):
            key = key.nulls_first() if page.backward else key.nulls_last()
        keys.append(key)
    return keys


def _conditions(table: Table, page: Page) -> Iterable[ColumnElement[bool]]:
    if page.condition is not None:
        yield clause_of(table, page.condition)
    if page.after is not None:
        yield _beyond(table, page, page.after, forward=True)
    if page.before is not None:
        yield _beyond(table, page, page.before, forward=False)


def _beyond(table: Table, page: Page, place: Place, *, forward: bool) -> ColumnElement[bool]:
    """Rows that come after the place (or before it) in the list's order, where missing values come last."""
    column, id = table.c[page.order], column_of(table, "id")
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


@remembered
def entity() -> Select[Any]:
    """The entity's own row."""
    return select(tables.entity).where(tables.entity.c.id == bindparam("entity_id"))


@remembered
def all_of(table: Table, order: str) -> Select[Any]:
    """Every row of the entity, for what an entity has few of."""
    return select(*columns_of(table)).where(own(table)).order_by(table.c[order])


@remembered
def tax_callback() -> Select[Any]:
    """Whom the entity's tax is asked from; the secret is not read, so that nothing can show it."""
    table = tables.tax_callback
    return select(table.c.url, table.c.timeout_milliseconds).where(own(table))
