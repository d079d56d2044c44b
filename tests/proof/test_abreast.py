"""An audit that reads on two connections finds the same in the same order, and so does work that has gone ahead."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count

import pytest

from app.proof.ahead import MOST_AHEAD, gone_ahead
from app.proof.audit import SEALED, AuditSummary, Difference, audit
from tests.repository.direct import owner_connection, run
from tests.support.books import TestBooks
from tests.support.building import applied, posted_invoice, posted_memo


async def differences(books: TestBooks, summary: AuditSummary, *, abreast: bool) -> list[Difference]:
    found = audit(books.database, books.entity.id, summary, abreast=abreast)
    return [each async for each in found]


async def test_what_two_connections_find_is_what_one_finds(books: TestBooks) -> None:
    invoice, memo = await posted_invoice(books, "30.00"), await posted_memo(books, "50.00")
    await applied(books, memo, (invoice, "20.00"))
    summaries = [AuditSummary(), AuditSummary()]
    for summary, abreast in zip(summaries, (False, True), strict=True):
        assert await differences(books, summary, abreast=abreast) == []
    assert summaries[0] == summaries[1]
    assert summaries[1].books_hold
    async with owner_connection(books.place) as owner:
        await run(owner, "UPDATE credit_memo SET position = position + 1, description = 'damaged'")
        await run(owner, "UPDATE invoice SET position = position + 1, due_date = '2099-01-01'")
        await owner.commit()
    one, two = [await differences(books, AuditSummary(), abreast=each) for each in (False, True)]
    assert one == two
    assert [each.document_id for each in two if each.check == SEALED] == [memo.id, invoice.id]
    assert two[-1].check == SEALED


@pytest.mark.parametrize("many", [0, 1, MOST_AHEAD, MOST_AHEAD + 2])
async def test_what_has_gone_ahead_comes_in_its_order(many: int) -> None:
    async with gone_ahead(_numbers(many)) as items:
        assert [each async for each in items] == list(range(many))


async def test_no_more_goes_ahead_than_is_kept() -> None:
    made: list[int] = []
    async with gone_ahead(_numbers(None, made)) as items:
        first = await anext(items)
        assert (first, len(made)) == (0, MOST_AHEAD)


async def test_who_asks_for_what_has_gone_ahead_is_told_how_it_failed() -> None:
    async def failing() -> AsyncIterator[int]:
        yield 1
        raise OSError("cut")

    async with gone_ahead(failing()) as items:
        with pytest.raises(OSError, match="cut"):
            await anext(items)


async def test_what_goes_ahead_ends_with_its_context() -> None:
    began, ended = asyncio.Event(), asyncio.Event()

    async def endless() -> AsyncIterator[int]:
        try:
            began.set()
            await asyncio.Event().wait()
            yield 1
        finally:
            ended.set()

    async with gone_ahead(endless()):
        await began.wait()
    assert ended.is_set()


async def _numbers(many: int | None, made: list[int] | None = None) -> AsyncIterator[int]:
    for number in count() if many is None else range(many):
        if made is not None:
            made.append(number)
        yield number
