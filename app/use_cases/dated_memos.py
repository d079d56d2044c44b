"""Memos to be locked under settings that their own dates may have to hold."""

from collections.abc import Callable, Iterable
from datetime import date

from app.domain.credit_memo import CreditMemo
from app.domain.entity import Settings
from app.repository.books import Books


async def lock_dated(
    books: Books, ids: Iterable[str], day_of: Callable[[CreditMemo], date | None], *days: date | None
) -> tuple[Settings, list[CreditMemo]]:
    """The settings, held where one of the days or a memo's own lies before today, and the memos, locked."""
    wanted = list(ids)
    # Settings come before memos in the order of locks, so the day is read before its memo is locked.
    before = [day_of(each) for each in await books.find(CreditMemo, wanted)]
    settings = await books.settings(*days, *before)
    memos = await books.lock(CreditMemo, wanted)
    after = [day_of(each) for each in memos]
    if after != before:
        # Somebody has edited it in between. Out of order: where that meets a change of settings, one of both is
        # tried again by the database.
        settings = await books.settings(*days, *after)
    return settings, memos
