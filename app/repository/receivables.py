"""What accounts owe, by how long it is overdue, and hold: for aging."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)

from app.repository import tables
from app.repository.as_of import documents_of_accounts
from app.repository.remembered import remembered
from app.repository.types import DATE, among, own

_ENTRY, _LOG = tables.balance_entry, tables.log_entry
_ACCOUNT, _INVOICE, _MEMO = tables.account, tables.invoice, tables.credit_memo
CREDIT = -1
"""The bucket of unapplied credit."""


@remembered
def accounts_with_documents() -> Select[Any]:
    """The next `:count` accounts by number after `:after` that have an invoice or memo with a history."""
    has = [
        exists().where(
            each.c.entity_id == _ACCOUNT.c.entity_id, each.c.account_id == _ACCOUNT.c.id, each.c.position > 0
        )
        for each in (_INVOICE, _MEMO)
    ]
    return (
        select(_ACCOUNT.c.id, _ACCOUNT.c.number, _ACCOUNT.c.name)
        .where(own(_ACCOUNT), _ACCOUNT.c.number > bindparam("after"), or_(*has))
        .order_by(_ACCOUNT.c.number)
        .limit(bindparam("count"))
    )


@remembered
def account_named() -> Select[Any]:
    """The account `:id`, like those."""
    return select(_ACCOUNT.c.id, _ACCOUNT.c.number, _ACCOUNT.c.name).where(
        own(_ACCOUNT), _ACCOUNT.c.id == bindparam("id")
    )


def edge_names(count: int) -> list[str]:
    """The parameters that are the first days of so many buckets."""
    return [f"edge_{place}" for place in range(count)]


@remembered
def owed_by_bucket(edges: int) -> Select[Any]:
    """Account, currency, bucket and amount of the accounts of `:values`, as they stand.

    An invoice is in the first bucket whose edge (`edge_names`) its due date, else its date, does not lie before; beyond the
    last edge it is in bucket `edges`. Unapplied credit is in the bucket CREDIT.
    """
    parts = [
        select(
            document.c.account_id,
            document.c.currency,
            bucket.label("bucket"),
            document.c.balance.label("amount"),
        ).where(own(document), among(document.c.account_id, "values"), document.c.status == "POSTED")
        for document, bucket in ((_INVOICE, _bucket(edges)), (_MEMO, literal(CREDIT)))
    ]
    return _summed(union_all(*parts).subquery())


@remembered
def owed_by_bucket_as_of(edges: int) -> Select[Any]:
    """The same as it was: its other parameters are the `bound` of an AsOf."""
    then = documents_of_accounts().subquery("then")
    invoice = and_(_INVOICE.c.entity_id == bindparam("entity_id"), _INVOICE.c.id == then.c.document_id)
    bucket = case((_INVOICE.c.id.is_(None), literal(CREDIT)), else_=_bucket(edges))
    every = (
        select(then.c.account_id, then.c.currency, bucket.label("bucket"), then.c.balance.label("amount"))
        .select_from(then.outerjoin(_INVOICE, invoice))
        .subquery()
    )
    return _summed(every)


def _bucket(edges: int) -> ColumnElement[int]:
    due = func.coalesce(_INVOICE.c.due_date, _INVOICE.c.invoice_date)
    names = edge_names(edges)
    return case(
        *((due >= bindparam(name, type_=DATE), literal(place)) for place, name in enumerate(names)),
        else_=literal(edges),
    )


def _summed(every: Any) -> Select[Any]:
    keys = [every.c.account_id, every.c.currency, every.c.bucket]
    amount = cast(func.sum(every.c.amount), BigInteger).label("amount")
    return select(*keys, amount).group_by(*keys).order_by(*keys)
