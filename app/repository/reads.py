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
    and_,
    bindparam,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
)

from app.domain.entity import NumberSequence
from app.domain.vocabulary import BalanceEntryKind, CreditMemoSource, SequenceKind, TaxStrategy
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
def invoices_with_drawn_lines() -> Select[Any]:
    """Those of `:values` of which a memo has drawn money, or counted a quantity."""
    line = tables.invoice_line
    drawn = (line.c.amount_credited, line.c.tax_credited, line.c.quantity_credited)
    return (
        select(line.c.invoice_id)
        .distinct()
        .where(own(line), among(line.c.invoice_id, "values"), or_(*(each != 0 for each in drawn)))
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


def reversals_of_payments() -> Select[Any]:
    """The rows that take payments of `:values` back."""
    return rows_by(tables.payment, "reversed_payment_id")


def reversals_of_refunds() -> Select[Any]:
    """The rows that take refunds of `:values` back."""
    return rows_by(tables.refund, "reversed_refund_id")


def retries_of_jobs() -> Select[Any]:
    """The jobs that try refused items of those of `:values` again."""
    return rows_by(tables.job, "retried_job_id")


@remembered
def uses_of_memos() -> Select[Any]:
    """How credit of those of `:values` was ever used: kinds of entries of their histories."""
    entry = tables.balance_entry
    used = entry.c.kind.in_([BalanceEntryKind.APPLICATION, BalanceEntryKind.REFUND])
    return (
        select(entry.c.document_id, entry.c.kind)
        .distinct()
        .where(own(entry), among(entry.c.document_id, "values"), used)
    )


@remembered
def gapless_sequences_of_memos() -> Select[Any]:
    """Those of `:values` that were posted before, with the sequence of memos where that is gapless."""
    memo, sequence = tables.credit_memo, tables.number_sequence
    of_memos = and_(
        sequence.c.entity_id == memo.c.entity_id,
        sequence.c.kind == SequenceKind.CREDIT_MEMO,
        sequence.c.gapless.is_(True),
    )
    return (
        select(memo.c.id, memo.c.number, sequence.c.prefix, sequence.c.gapless_from)
        .join(sequence, of_memos)
        .where(own(memo), among(memo.c.id, "values"), memo.c.position > 0, memo.c.number.is_not(None))
    )


def is_promised(row: Any) -> bool:
    """Whether such a memo has a number of which the sequence has promised that it is not left out."""
    kind = SequenceKind.CREDIT_MEMO
    sequence = NumberSequence(kind=kind, prefix=row.prefix, gapless=True, gapless_from=row.gapless_from)
    return sequence.promises(row.number)


@remembered
def conversions_of_settled_invoices() -> Select[Any]:
    """Those of `:values` that are conversions of an invoice on which there are credit or payments."""
    memo, invoice = tables.credit_memo, tables.invoice
    same = and_(invoice.c.entity_id == memo.c.entity_id, invoice.c.id == memo.c.invoice_id)
    return (
        select(memo.c.id)
        .join(invoice, same)
        .where(
            own(memo),
            among(memo.c.id, "values"),
            memo.c.source == CreditMemoSource.NEGATIVE_LINES,
            or_(invoice.c.credits_applied != 0, invoice.c.payments_applied != 0),
        )
    )


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
