"""What the journal adds up to, by accounting code."""

from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, cast, func, literal, or_, select

from app.repository import tables
from app.repository.remembered import remembered
from app.repository.types import DATE, own

_ENTRY = tables.journal_entry


@remembered
def sums_by_code() -> Select[Any]:
    """Debit and credit of each currency and code, of entries dated from `:start` through `:end`, each if given.

    `:currency` leaves others out, if given.
    """
    sides = _side("debit_code", debit=True).union_all(_side("credit_code", debit=False)).subquery()
    return (
        select(
            sides.c.currency,
            sides.c.code,
            cast(func.sum(sides.c.debit), BigInteger).label("debit"),
            cast(func.sum(sides.c.credit), BigInteger).label("credit"),
        )
        .group_by(sides.c.currency, sides.c.code)
        .order_by(sides.c.currency, sides.c.code)
    )


def _side(code: str, *, debit: bool) -> Select[Any]:
    start, end = bindparam("start", type_=DATE), bindparam("end", type_=DATE)
    currency = bindparam("currency", type_=_ENTRY.c.currency.type)
    nothing = literal(0, BigInteger())
    return select(
        _ENTRY.c.currency,
        _ENTRY.c[code].label("code"),
        (_ENTRY.c.amount if debit else nothing).label("debit"),
        (nothing if debit else _ENTRY.c.amount).label("credit"),
    ).where(
        own(_ENTRY),
        or_(start.is_(None), _ENTRY.c.journal_date >= start),
        or_(end.is_(None), _ENTRY.c.journal_date <= end),
        or_(currency.is_(None), _ENTRY.c.currency == currency),
    )
