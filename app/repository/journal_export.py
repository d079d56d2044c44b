"""The journal in the order of the log, for an accounting system that takes each entry once."""

from typing import Any

from sqlalchemy import BigInteger, Select, and_, bindparam, case, func, or_, select

from app.repository import tables
from app.repository.remembered import remembered
from app.repository.types import own

_ENTRY, _LOG = tables.journal_entry, tables.log_entry
_MEMO, _INVOICE, _ACCOUNT = tables.credit_memo, tables.invoice, tables.account
_OF_LOG = and_(_LOG.c.entity_id == _ENTRY.c.entity_id, _LOG.c.id == _ENTRY.c.log_id)


@remembered
def number_of_entry() -> Select[Any]:
    """The log number of the entry that is the `:place`th, from 0, after the log number `:after`; no row beyond the last."""
    return (
        select(_LOG.c.number)
        .select_from(_LOG.join(_ENTRY, _OF_LOG))
        .where(own(_LOG), _LOG.c.number > bindparam("after", type_=BigInteger()))
        .order_by(_LOG.c.number, _ENTRY.c.ordinal)
        .limit(1)
        .offset(bindparam("place"))
    )


@remembered
def exported_entries() -> Select[Any]:
    """Entries of commands after the log number `:after` and through `:through` (null: all that are numbered), in order."""
    through = bindparam("through", type_=BigInteger())
    memo = and_(_MEMO.c.entity_id == _ENTRY.c.entity_id, _MEMO.c.id == _ENTRY.c.document_id)
    invoice = and_(_INVOICE.c.entity_id == _ENTRY.c.entity_id, _INVOICE.c.id == _ENTRY.c.document_id)
    buyer = func.coalesce(_MEMO.c.account_id, _INVOICE.c.account_id)
    account = and_(_ACCOUNT.c.entity_id == _ENTRY.c.entity_id, _ACCOUNT.c.id == buyer)
    return (
        select(
            _LOG.c.number.label("log_number"),
            _ENTRY.c.ordinal,
            _ENTRY.c.id,
            _ENTRY.c.journal_date,
            _ENTRY.c.type,
            _ENTRY.c.debit_code,
            _ENTRY.c.credit_code,
            _ENTRY.c.currency,
            _ENTRY.c.amount,
            case((_MEMO.c.id.is_not(None), "CREDIT_MEMO"), else_="DEBIT_MEMO").label("document_type"),
            func.coalesce(_MEMO.c.number, _INVOICE.c.number).label("document_number"),
            _ACCOUNT.c.number.label("account_number"),
            _LOG.c.operation,
            _ENTRY.c.recorded_at,
            _ENTRY.c.recorded_by,
        )
        .select_from(
            _LOG.join(_ENTRY, _OF_LOG)
            .outerjoin(_MEMO, memo)
            .outerjoin(_INVOICE, invoice)
            .outerjoin(_ACCOUNT, account)
        )
        .where(
            own(_LOG),
            _LOG.c.number > bindparam("after", type_=BigInteger()),
            or_(through.is_(None), _LOG.c.number <= through),
        )
        .order_by(_LOG.c.number, _ENTRY.c.ordinal)
    )
