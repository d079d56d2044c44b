"""What accounts owe and hold, from the entries that moved the balances of their documents: for statement and aging."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)

from app.domain.vocabulary import BalanceEntryKind
from app.repository import tables
from app.repository.as_of import documents_of_accounts
from app.repository.remembered import remembered
from app.repository.types import DATE, INSTANT, among, own

_ENTRY, _LOG = tables.balance_entry, tables.log_entry
_ACCOUNT, _INVOICE, _MEMO = tables.account, tables.invoice, tables.credit_memo
CREDIT = -1
"""The bucket of unapplied credit."""


def _recorded(is_as_of: bool) -> list[ColumnElement[bool]]:
    """Which entries count: all, or those that the log had as far as `:log` and that were recorded up to `:at`."""
    if not is_as_of:
        return []
    log, at = bindparam("log", type_=BigInteger()), bindparam("at", type_=INSTANT)
    numbered = exists().where(
        _LOG.c.entity_id == _ENTRY.c.entity_id,
        _LOG.c.id == _ENTRY.c.log_id,
        _LOG.c.number.is_not(None),
        or_(log.is_(None), _LOG.c.number <= log),
    )
    return [numbered, or_(at.is_(None), _ENTRY.c.recorded_at <= at)]


def _of_document(document: FromClause) -> ColumnElement[bool]:
    return and_(_ENTRY.c.entity_id == document.c.entity_id, _ENTRY.c.document_id == document.c.id)


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


@remembered
def moves_of_account(is_as_of: bool) -> Select[Any]:
    """The entries of the account `:account` in `:currency` (null: in all) from `:start` through `:end`, each if given.

    Columns: currency, kind, document (a word), document_id, number, cause_number, impact, dated, moment, recorded_at,
    log_id, position. An entry without a day of its own (`dated`) counts by its `moment`, against the instants `:start_moment`
    and `:end_moment`.
    """
    every = _moves(is_as_of)
    return (
        select(*every.c)
        .where(_from_start(every), _through_end(every))
        .order_by(every.c.recorded_at, every.c.log_id, every.c.document_id, every.c.position)
    )


@remembered
def opening_of_account(is_as_of: bool) -> Select[Any]:
    """Currency, document (a word) and the sum of its entries before `:start`."""
    every = _moves(is_as_of)
    keys = [every.c.currency, every.c.document]
    return (
        select(*keys, cast(func.sum(every.c.impact), BigInteger).label("amount"))
        .where(_before_start(every))
        .group_by(*keys)
        .order_by(*keys)
    )


def _before_start(every: Any) -> ColumnElement[bool]:
    start, moment = bindparam("start", type_=DATE), bindparam("start_moment", type_=INSTANT)
    return or_(
        and_(every.c.dated.is_not(None), every.c.dated < start),
        and_(every.c.dated.is_(None), every.c.moment < moment),
    )


def _from_start(every: Any) -> ColumnElement[bool]:
    start, moment = bindparam("start", type_=DATE), bindparam("start_moment", type_=INSTANT)
    return or_(
        start.is_(None),
        and_(every.c.dated.is_not(None), every.c.dated >= start),
        and_(every.c.dated.is_(None), every.c.moment >= moment),
    )


def _through_end(every: Any) -> ColumnElement[bool]:
    end, moment = bindparam("end", type_=DATE), bindparam("end_moment", type_=INSTANT)
    return or_(
        end.is_(None),
        and_(every.c.dated.is_not(None), every.c.dated <= end),
        and_(every.c.dated.is_(None), every.c.moment < moment),
    )


def _moves(is_as_of: bool) -> Any:
    return union_all(_invoice_moves(is_as_of), _memo_moves(is_as_of)).subquery("moves")


def _invoice_moves(is_as_of: bool) -> Select[Any]:
    payment, application = tables.payment, tables.credit_memo_application
    converted = _MEMO.alias("converted")
    joined = (
        _INVOICE.join(_ENTRY, _of_document(_INVOICE))
        .outerjoin(payment, _caused(payment))
        .outerjoin(application, _caused(application))
        .outerjoin(converted, _caused(converted))
    )
    dated = case(
        (_ENTRY.c.kind == BalanceEntryKind.POSTING, _INVOICE.c.invoice_date),
        (_ENTRY.c.kind == BalanceEntryKind.CONVERSION, converted.c.memo_date),
        else_=payment.c.payment_date,
    )
    cause = func.coalesce(application.c.number, converted.c.number, payment.c.reference)
    moment = func.coalesce(application.c.effective_date, _ENTRY.c.recorded_at)
    return _side(_INVOICE, type_coerce(_INVOICE.c.kind, String()), joined, dated, moment, cause, is_as_of)


def _memo_moves(is_as_of: bool) -> Select[Any]:
    refund, application = tables.refund, tables.credit_memo_application
    joined = (
        _MEMO.join(_ENTRY, _of_document(_MEMO))
        .outerjoin(refund, _caused(refund))
        .outerjoin(application, _caused(application))
    )
    at_memo_date = _ENTRY.c.kind.in_((BalanceEntryKind.POSTING, BalanceEntryKind.UNPOSTING))
    dated = case((at_memo_date, _MEMO.c.memo_date), else_=refund.c.refund_date)
    cause = func.coalesce(application.c.number, refund.c.number, refund.c.reference)
    moment = func.coalesce(application.c.effective_date, _ENTRY.c.recorded_at)
    return _side(_MEMO, literal("CREDIT_MEMO"), joined, dated, moment, cause, is_as_of)


def _caused(cause: Any) -> ColumnElement[bool]:
    return and_(cause.c.entity_id == _ENTRY.c.entity_id, cause.c.id == _ENTRY.c.cause_id)


def _side(
    document: Any,
    word: ColumnElement[Any],
    joined: FromClause,
    dated: ColumnElement[Any],
    moment: ColumnElement[Any],
    cause: ColumnElement[Any],
    is_as_of: bool,
) -> Select[Any]:
    currency = bindparam("currency", type_=_ENTRY.c.currency.type)
    return (
        select(
            _ENTRY.c.currency,
            _ENTRY.c.kind,
            word.label("document"),
            document.c.id.label("document_id"),
            document.c.number,
            cause.label("cause_number"),
            _ENTRY.c.impact_amount.label("impact"),
            dated.label("dated"),
            moment.label("moment"),
            _ENTRY.c.recorded_at,
            _ENTRY.c.log_id,
            _ENTRY.c.position,
        )
        .select_from(joined)
        .where(
            own(document),
            document.c.account_id == bindparam("account"),
            or_(currency.is_(None), _ENTRY.c.currency == currency),
            *_recorded(is_as_of),
        )
    )
