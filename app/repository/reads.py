"""Reading for the door: flat, set-based statements, the same SQL whatever the number of parents.

A statement is built once for each shape of question; its values are parameters. Every one filters by `:entity_id`.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Table,
    bindparam,
    cast,
    func,
    literal,
    not_,
    select,
)

from app.domain.vocabulary import TaxStrategy
from app.repository import tables
from app.repository.conditions import Condition, clause_of
from app.repository.remembered import remembered
from app.repository.types import among, own
from app.repository.virtual_columns import column_of, named


@remembered
def rows_by(table: Table, column: str, columns: tuple[str, ...] | None = None) -> Select[Any]:
    """Rows whose column is one of `:values`; no columns: all of them."""
    return select(*named(table, columns)).where(own(table), among(table.c[column], "values"))


@remembered
def rows_by_external_reference(table: Table) -> Select[Any]:
    return select(*named(table)).where(
        own(table),
        table.c.external_reference == bindparam("reference"),
        table.c.external_reference_source == bindparam("source"),
    )


@remembered
def children_of(table: Table, column: str, order: str, columns: tuple[str, ...] | None = None) -> Select[Any]:
    """All rows whose column is one of `:values`, each parent's in order; for lists that are short by nature."""
    return rows_by(table, column, columns).order_by(table.c[order], column_of(table, "id"))


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


@remembered
def entity() -> Select[Any]:
    """The entity's own row."""
    return select(tables.entity).where(tables.entity.c.id == bindparam("entity_id"))


@remembered
def all_of(table: Table, order: str) -> Select[Any]:
    """Every row of the entity, for what an entity has few of."""
    return select(*named(table)).where(own(table)).order_by(table.c[order])


@remembered
def tax_callback() -> Select[Any]:
    """Whom the entity's tax is asked from; the secret is not read, so that nothing can show it."""
    table = tables.tax_callback
    return select(table.c.url, table.c.timeout_milliseconds).where(own(table))
