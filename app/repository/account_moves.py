"""The entries that moved the balances of an account's documents, day by day: for its statement.

An entry has a day of its own, that of its document, payment or refund (`dated`); else it counts by the day of its
`moment`, which lies in the entity's time zone: days are given with the instants at which they begin. An application is
told by the invoice's entry for both sides.
"""

from datetime import datetime
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
    tuple_,
    type_coerce,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.domain.vocabulary import BalanceEntryKind
from app.repository import tables
from app.repository.remembered import remembered
from app.repository.types import COUNT, DATE, ID, INSTANT, own

_ENTRY, _LOG = tables.balance_entry, tables.log_entry
_INVOICE, _MEMO = tables.invoice, tables.credit_memo
MATCHES = (BalanceEntryKind.APPLICATION, BalanceEntryKind.UNAPPLICATION)


@remembered
def standings_of_account(is_as_of: bool) -> Select[Any]:
    """Currency, document (a word), whether it is a match, and sums of impacts of the account `:account` in `:currency` (null:
    in all): `before` the day `:start`, and `after` the day `:end`, each null where there is no bound. `is_as_of`: of what the log had at `:log`, and was recorded at `:at`.
    """
    every = _moves(is_as_of)
    is_before = _lies_before(every, "start")
    keys = [every.c.currency, every.c.document, every.c.is_match]
    return (
        select(
            *keys,
            _sum(case((is_before, every.c.impact), else_=0)).label("before"),
            _sum(every.c.impact).label("after"),
        )
        .where(or_(is_before, _through_end(every)))
        .group_by(*keys)
    )


@remembered
def standing_at_place(is_as_of: bool) -> Select[Any]:
    """The same sums, as `impact`, of what comes before the day `:day`, and on it up to the place (`place_names`)."""
    every = _moves(is_as_of)
    keys = [every.c.document, every.c.is_match]
    reached = and_(_is_on_day(every), tuple_(*_recorded_order(every)) <= _place())
    return (
        select(*keys, _sum(every.c.impact).label("impact"))
        .where(or_(_lies_before(every, "day"), reached))
        .group_by(*keys)
    )


@remembered
def dated_moves(is_as_of: bool) -> Select[Any]:
    """Entries with a day of their own, from `:day` (null: from the first) through `:end`, by day: at most `:count`."""
    every = _moves(is_as_of)
    day, end = bindparam("day", type_=DATE), bindparam("end", type_=DATE)
    return _told(
        every,
        every.c.dated,
        every.c.dated.is_not(None),
        or_(day.is_(None), every.c.dated >= day),
        or_(end.is_(None), every.c.dated <= end),
    )


@remembered
def timed_moves(is_as_of: bool) -> Select[Any]:
    """Entries that count by their moment, from `:day_moment` on and before `:end_moment`, by moment: at most `:count`."""
    every = _moves(is_as_of)
    day, end = bindparam("day_moment", type_=INSTANT), bindparam("end_moment", type_=INSTANT)
    return _told(
        every,
        every.c.moment,
        every.c.dated.is_(None),
        or_(day.is_(None), every.c.moment >= day),
        or_(end.is_(None), every.c.moment < end),
    )


@remembered
def moves_of_day(is_as_of: bool, is_begun: bool) -> Select[Any]:
    """Entries of the day `:day`, as they were recorded: at most `:count`. `is_begun`: those behind the place (`place_names`)."""
    every = _moves(is_as_of)
    behind = [tuple_(*_recorded_order(every)) > _place()] if is_begun else []
    return _told(every, None, _is_on_day(every), *behind)


PLACE = ("recorded_at", "log_id", "document_id", "position")
"""Columns in whose order entries were recorded, and parameters that are an entry's place in it: `at_` and the name."""


def _told(every: Any, order: ColumnElement[Any] | None, *conditions: ColumnElement[bool]) -> Select[Any]:
    order_by = [*([] if order is None else [order]), *_recorded_order(every)]
    told = [each for each in every.c if each.name != "is_match"]
    limit = bindparam("count", type_=BigInteger())
    return select(*told).where(*conditions).order_by(*order_by).limit(limit)


def _recorded_order(every: Any) -> list[ColumnElement[Any]]:
    return [every.c[name] for name in PLACE]


def _place() -> ColumnElement[Any]:
    kinds: tuple[Any, ...] = (INSTANT, ID, ID, COUNT)
    return tuple_(*(bindparam(f"at_{name}", type_=kind) for name, kind in zip(PLACE, kinds, strict=True)))


def _sum(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """SUM of BIGINT is NUMERIC on PostgreSQL."""
    return cast(func.sum(column), BigInteger)


def _lies_before(every: Any, name: str) -> ColumnElement[bool]:
    day, moment = bindparam(name, type_=DATE), bindparam(f"{name}_moment", type_=INSTANT)
    return or_(
        and_(every.c.dated.is_not(None), every.c.dated < day),
        and_(every.c.dated.is_(None), every.c.moment < moment),
    )


def _is_on_day(every: Any) -> ColumnElement[bool]:
    day = bindparam("day", type_=DATE)
    moment, following = (bindparam(name, type_=INSTANT) for name in ("day_moment", "following_moment"))
    return or_(
        and_(every.c.dated.is_not(None), every.c.dated == day),
        and_(every.c.dated.is_(None), every.c.moment >= moment, every.c.moment < following),
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


def _counting(is_as_of: bool) -> list[ColumnElement[bool]]:
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
    moment = case(
        (
            _ENTRY.c.kind == BalanceEntryKind.CONVERSION_REVERSAL,
            _reaching(converted.c.memo_date),
        ),
        (_ENTRY.c.kind == BalanceEntryKind.VOID, _reaching(_INVOICE.c.invoice_date)),
        else_=func.coalesce(application.c.effective_date, _ENTRY.c.recorded_at),
    )
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
    moment = case(
        (_ENTRY.c.kind == BalanceEntryKind.VOID, _reaching(_MEMO.c.memo_date)),
        else_=func.coalesce(application.c.effective_date, _ENTRY.c.recorded_at),
    )
    side = _side(_MEMO, literal("CREDIT_MEMO"), joined, dated, moment, cause, is_as_of)
    return side.where(_ENTRY.c.kind.not_in(MATCHES))


class _Reaching(FunctionElement[datetime]):
    """An instant, but not before the day of what it takes back: before it there was nothing to take back.

    That day begins in the entity's zone; `:into_day`, in seconds from its beginning in UTC, lies well within it.
    """

    type = INSTANT
    inherit_cache = True


@compiles(_Reaching, "postgresql")
def _reaching_postgresql(element: _Reaching, compiler: SQLCompiler, **kw: Any) -> str:
    instant, day, seconds = (compiler.process(each, **kw) for each in element.clauses)
    return f"greatest({instant}, timezone('UTC', CAST({day} AS TIMESTAMP)) + {seconds} * interval '1 second')"


@compiles(_Reaching)
def _reaching_sqlite(element: _Reaching, compiler: SQLCompiler, **kw: Any) -> str:
    instant, day, seconds = (compiler.process(each, **kw) for each in element.clauses)
    return f"max({instant}, strftime('%Y-%m-%d %H:%M:%S.000000', {day}, {seconds} || ' seconds'))"


def _reaching(day: ColumnElement[Any]) -> ColumnElement[datetime]:
    return _Reaching(_ENTRY.c.recorded_at, day, bindparam("into_day", type_=BigInteger()))


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
            _ENTRY.c.kind.in_(MATCHES).label("is_match"),
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
            *_counting(is_as_of),
        )
    )
