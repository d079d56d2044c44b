"""Balances as they were: from the history alone, as far as a number of the log, an instant, or by effective dates.

A balance is the sum of what has moved it. Of those moves the ones count that the log had as far as `:log` and that were
recorded up to `:at`. With `:by_effect` the second goes by when each took effect: an application or its undoing by its
effective date, else by when it was recorded; a payment, refund or conversion by its own date; an invoice or memo that is
posted, or unposted, by its date; what is voided by when it was recorded, but not before that date.

Documents that one transaction changed after another have log numbers in that order, so `:log` alone is exact at any
time. An instant is exact once the transactions that were open then have ended. `domain/as_of` has the parameters.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    Select,
    Subquery,
    Table,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
)

from app.domain.vocabulary import BalanceEntryKind
from app.repository import tables
from app.repository.remembered import remembered
from app.repository.types import INSTANT, among, own

_ENTRY, _LOG, _SEQUENCE = tables.balance_entry, tables.log_entry, tables.log_sequence
_APPLICATION, _PAYMENT, _REFUND = tables.credit_memo_application, tables.payment, tables.refund
_CONVERTED = tables.credit_memo.alias("converted")
_DOCUMENTS = {"credit_memo": tables.credit_memo, "invoice": tables.invoice}
_PAID = (BalanceEntryKind.PAYMENT, BalanceEntryKind.PAYMENT_REVERSAL)
_REFUNDED = (BalanceEntryKind.REFUND, BalanceEntryKind.REFUND_REVERSAL)
_AT_ITS_DATE = (BalanceEntryKind.POSTING, BalanceEntryKind.UNPOSTING, BalanceEntryKind.VOID)
_CONVERTED_THEN = (BalanceEntryKind.CONVERSION, BalanceEntryKind.CONVERSION_REVERSAL)
_VOIDED = (BalanceEntryKind.VOID, BalanceEntryKind.CONVERSION_REVERSAL)


@remembered
def balances_of_documents(name: str) -> Select[tuple[str, str, int, int, object]]:
    """Of each document in `:values`: `document_id`, `currency`, `balance`, `head` and `waiting`.

    `name` is that of their table, credit_memo or invoice. `head`: the last number of the log; `waiting`: the instant of
    the first entry that has none yet.
    """
    document = _DOCUMENTS[name]
    moved = _moved(document)
    sums = (
        select(moved.c.document_id, _sum(moved.c.impact_amount).label("balance"))
        .where(among(moved.c.document_id, "values"))
        .group_by(moved.c.document_id)
        .subquery("sums")
    )
    return (
        select(
            document.c.id.label("document_id"),
            document.c.currency,
            func.coalesce(sums.c.balance, 0).label("balance"),
            *_how_far(),
        )
        .outerjoin(sums, sums.c.document_id == document.c.id)
        .where(own(document), among(document.c.id, "values"))
    )


@remembered
def documents_of_accounts() -> Select[tuple[str, str, str, str, int]]:
    """`account_id`, `type` (the name of its table), `document_id`, `currency`, `balance` of every document of the accounts
    in `:values` that has moved by then; those at 0 as well.
    """
    each = []
    for name, table in _DOCUMENTS.items():
        moved = _moved(table)
        each.append(
            select(
                moved.c.account_id,
                literal(name).label("type"),
                moved.c.document_id,
                moved.c.currency,
                _sum(moved.c.impact_amount).label("balance"),
            )
            .where(among(moved.c.account_id, "values"))
            .group_by(moved.c.account_id, moved.c.document_id, moved.c.currency)
        )
    found = union_all(*each).subquery("documents")
    return select(found.c.account_id, found.c.type, found.c.document_id, found.c.currency, found.c.balance)


@remembered
def balances_of_accounts() -> Select[tuple[str, str, int, int, int, object]]:
    """Of the accounts in `:values`, per currency: `account_id`, `currency`, `owed`, `credit`, `head`, `waiting`; a row
    without currency for an account that has nothing.
    """
    account, found = tables.account, documents_of_accounts().subquery("balances")

    def of(name: str) -> ColumnElement[int]:
        return _sum(case((found.c.type == name, found.c.balance), else_=0))

    return (
        select(
            account.c.id.label("account_id"),
            found.c.currency,
            of("invoice").label("owed"),
            of("credit_memo").label("credit"),
            *_how_far(),
        )
        .outerjoin(found, found.c.account_id == account.c.id)
        .where(own(account), among(account.c.id, "values"))
        .group_by(account.c.id, found.c.currency)
        .order_by(account.c.id, found.c.currency)
    )


def _how_far() -> tuple[ColumnElement[int], ColumnElement[object]]:
    head = select(_SEQUENCE.c.last_number).where(own(_SEQUENCE)).scalar_subquery()
    waiting = select(func.min(_LOG.c.recorded_at)).where(own(_LOG), _LOG.c.number.is_(None)).scalar_subquery()
    return func.coalesce(head, 0).label("head"), waiting.label("waiting")


def _sum(amount: ColumnElement[int]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)


def _moved(document: Table) -> Subquery:
    """The moves that count, of documents of the table."""
    joined = _ENTRY.join(
        document, and_(document.c.entity_id == _ENTRY.c.entity_id, document.c.id == _ENTRY.c.document_id)
    ).join(_LOG, and_(_LOG.c.entity_id == _ENTRY.c.entity_id, _LOG.c.id == _ENTRY.c.log_id))
    by_effect = bindparam("by_effect", type_=Boolean())
    for cause in (_APPLICATION, _PAYMENT, _REFUND, _CONVERTED):
        is_it = and_(cause.c.entity_id == _ENTRY.c.entity_id, cause.c.id == _ENTRY.c.cause_id)
        joined = joined.outerjoin(cause, and_(by_effect, is_it))
    log, at = bindparam("log", type_=BigInteger()), bindparam("at", type_=INSTANT)
    has_been = or_(
        and_(not_(by_effect), _ENTRY.c.recorded_at <= at), and_(by_effect, _is_in_effect(document))
    )
    return (
        select(document.c.account_id, _ENTRY.c.document_id, _ENTRY.c.currency, _ENTRY.c.impact_amount)
        .select_from(joined)
        .where(
            own(_ENTRY),
            _LOG.c.number.is_not(None),
            or_(log.is_(None), _LOG.c.number <= log),
            or_(at.is_(None), has_been),
        )
        .subquery("moved")
    )


def _is_in_effect(document: Table) -> ColumnElement[bool]:
    at, day = bindparam("at", type_=INSTANT), bindparam("day", type_=Date())
    dated = document.c.invoice_date if document is tables.invoice else document.c.memo_date
    kind = _ENTRY.c.kind
    own_day = case(
        (kind.in_(_AT_ITS_DATE), dated),
        (kind.in_(_CONVERTED_THEN), _CONVERTED.c.memo_date),
        (kind.in_(_PAID), _PAYMENT.c.payment_date),
        (kind.in_(_REFUNDED), _REFUND.c.refund_date),
        else_=None,
    )
    effective_or_recorded = func.coalesce(_APPLICATION.c.effective_date, _ENTRY.c.recorded_at)
    moment = case((or_(own_day.is_(None), kind.in_(_VOIDED)), effective_or_recorded), else_=None)
    return and_(or_(own_day.is_(None), own_day <= day), or_(moment.is_(None), moment <= at))
