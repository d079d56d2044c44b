"""What the commands of accounting ask of the journal; its order is the log's (log_entry.number)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, func, or_, select

from app.repository import tables
from app.repository.books import Books
from app.repository.types import among, own

_ENTRY, _LOG, _MEMO = tables.journal_entry, tables.log_entry, tables.credit_memo
_OF_LOG = (_LOG.c.entity_id == _ENTRY.c.entity_id) & (_LOG.c.id == _ENTRY.c.log_id)
_AFTER = bindparam("after", type_=BigInteger())
_THROUGH = bindparam("through", type_=BigInteger())

_LAST_NUMBER = select(func.max(_LOG.c.number)).where(own(_LOG))


def _memos_between() -> Select[Any]:
    first = func.min(_LOG.c.number).label("first_number")
    memo = (_MEMO.c.entity_id == _ENTRY.c.entity_id) & (_MEMO.c.id == _ENTRY.c.document_id)
    return (
        select(_ENTRY.c.document_id, first)
        .select_from(_LOG.join(_ENTRY, _OF_LOG).join(_MEMO, memo))
        .where(own(_LOG), _LOG.c.number > _AFTER, _LOG.c.number <= _THROUGH)
        .group_by(_ENTRY.c.document_id)
        .order_by(first, _ENTRY.c.document_id)
        .limit(bindparam("count"))
    )


_MEMOS_BETWEEN = _memos_between()
_WITH_LATER_ENTRIES = (
    select(_ENTRY.c.document_id)
    .distinct()
    .select_from(_ENTRY.join(_LOG, _OF_LOG))
    .where(
        own(_ENTRY),
        among(_ENTRY.c.document_id, "documents"),
        or_(_LOG.c.number.is_(None), _LOG.c.number > _THROUGH),
    )
)


async def last_log_number(books: Books) -> int:
    """How far the entity's log is numbered; 0 where it is not yet."""
    [[number]] = await books.rows(_LAST_NUMBER)
    return number or 0


async def memos_with_entries(books: Books, after: int, through: int, count: int) -> list[tuple[str, int]]:
    """Credit memos that have journal entries after one log number and up to another, each with the first such number.

    In the order of that number, at most so many.
    """
    rows = await books.rows(_MEMOS_BETWEEN, after=after, through=through, count=count)
    return [(row.document_id, row.first_number) for row in rows]


async def documents_with_later_entries(
    books: Books, documents: Iterable[str], through: int
) -> frozenset[str]:
    """Those of the documents that have entries after the log number, or ones that are not numbered yet."""
    rows = await books.rows(_WITH_LATER_ENTRIES, documents=sorted(documents), through=through)
    return frozenset(row.document_id for row in rows)
