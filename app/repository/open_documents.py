"""Open credit and what is owed: posted memos and invoices that have a balance, found by their accounts."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Table, bindparam, exists, func, select

from app.domain.vocabulary import CreditMemoStatus, InvoiceStatus
from app.repository import tables
from app.repository.books import Books
from app.repository.remembered import remembered
from app.repository.types import COUNT, among, own

_MEMO, _INVOICE, _ACCOUNT = tables.credit_memo, tables.invoice, tables.account


async def open_memo_ids(books: Books, account_ids: Iterable[str], most: int) -> list[str]:
    """Memos that automatic application may use, were they not expired: of each account the oldest, `most` at most."""
    return await _ids(books, _open_memos(), account_ids, most)


async def open_invoice_ids(books: Books, account_ids: Iterable[str], most: int) -> list[str]:
    """Invoices and debit memos that are owed: of each account those due first, `most` at most."""
    return await _ids(books, _open_invoices(), account_ids, most)


async def _ids(books: Books, statement: Select[Any], account_ids: Iterable[str], most: int) -> list[str]:
    wanted = sorted(set(account_ids))
    return [row.id for row in await books.rows(statement, values=wanted, most=most)] if wanted else []


@remembered
def _open_memos() -> Select[Any]:
    return _first_of_accounts(_MEMO, _is_open_credit(), _MEMO.c.memo_date, _MEMO.c.number, _MEMO.c.id)


@remembered
def _open_invoices() -> Select[Any]:
    due = func.coalesce(_INVOICE.c.due_date, _INVOICE.c.invoice_date)
    return _first_of_accounts(_INVOICE, _is_owed(), due, _INVOICE.c.number, _INVOICE.c.id)


def _first_of_accounts(table: Table, is_open: Collection[ColumnElement[bool]], *order: Any) -> Select[Any]:
    place = func.row_number().over(partition_by=table.c.account_id, order_by=order).label("place")
    found = (
        select(table.c.id, place).where(own(table), among(table.c.account_id, "values"), *is_open).subquery()
    )
    return select(found.c.id).where(found.c.place <= bindparam("most", type_=COUNT))


def _is_open_credit() -> list[ColumnElement[bool]]:
    return [
        _MEMO.c.status == CreditMemoStatus.POSTED,
        _MEMO.c.balance > 0,
        _MEMO.c.exclude_from_auto_apply.is_(False),
    ]


def _is_owed() -> list[ColumnElement[bool]]:
    return [_INVOICE.c.status == InvoiceStatus.POSTED, _INVOICE.c.balance > 0]


def accounts_with_both(currency: str | None) -> Select[Any]:
    """Ids of the accounts that have open credit and owe something in the same currency, with their place by number."""
    in_currency = [] if currency is None else [_MEMO.c.currency == currency]
    owes = exists().where(
        _INVOICE.c.entity_id == _MEMO.c.entity_id,
        _INVOICE.c.account_id == _MEMO.c.account_id,
        _INVOICE.c.currency == _MEMO.c.currency,
        *_is_owed(),
    )
    giving = select(_MEMO.c.account_id).where(own(_MEMO), *_is_open_credit(), *in_currency, owes)
    place = func.row_number().over(order_by=(_ACCOUNT.c.number, _ACCOUNT.c.id)) - 1
    return select(_ACCOUNT.c.id.label("account_id"), place.label("place")).where(
        own(_ACCOUNT), _ACCOUNT.c.id.in_(giving)
    )


async def line_counts_of_accounts(books: Books, account_ids: Iterable[str]) -> dict[str, int]:
    """How many lines the open memos and invoices of each account have."""
    wanted = sorted(set(account_ids))
    rows = await books.rows(_line_counts(), values=wanted) if wanted else []
    return {row.account_id: int(row.lines) for row in rows}


@remembered
def _line_counts() -> Select[Any]:
    memo_line, invoice_line = tables.credit_memo_line, tables.invoice_line
    lines = (
        _lines_of(_MEMO, memo_line, memo_line.c.credit_memo_id, _is_open_credit())
        .union_all(_lines_of(_INVOICE, invoice_line, invoice_line.c.invoice_id, _is_owed()))
        .subquery()
    )
    return select(lines.c.account_id, func.sum(lines.c.lines).label("lines")).group_by(lines.c.account_id)


def _lines_of(
    document: Table, line: Table, parent: ColumnElement[Any], is_open: Collection[ColumnElement[bool]]
) -> Select[Any]:
    joined: FromClause = document.join(
        line, (line.c.entity_id == document.c.entity_id) & (parent == document.c.id)
    )
    return (
        select(document.c.account_id, func.count().label("lines"))
        .select_from(joined)
        .where(own(document), among(document.c.account_id, "values"), *is_open)
        .group_by(document.c.account_id)
    )
