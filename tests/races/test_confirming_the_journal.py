"""Accounting confirms what it has while others go on: no memo counts as transferred that has more to take."""

import asyncio
from decimal import Decimal

from app.domain.commands import CreditMemoReference, MarkJournalTransferred, RefundCreditMemo
from app.domain.credit_memo import CreditMemo
from app.domain.vocabulary import TransferStatus
from app.jobs.sequencer import Sequencer
from tests.support.books import TestBooks
from tests.support.building import Made, posted_memo

MEMOS = 12


async def last_number(books: TestBooks) -> int:
    await Sequencer(books.database).work_off()
    last: int = await books.value("SELECT MAX(number) FROM log_entry WHERE entity_id = :entity_id")
    return last


async def test_a_refund_beside_the_confirming_leaves_its_memo_to_be_transferred(books: TestBooks) -> None:
    memos = [await posted_memo(books, "10.00") for _ in range(MEMOS)]
    through = await last_number(books)

    async def refund(memo: Made) -> None:
        reference = CreditMemoReference(id=memo.id)
        await books.perform(RefundCreditMemo(credit_memo=reference, amount=Decimal("1.00")))

    async with asyncio.TaskGroup() as group:
        for memo in memos[: MEMOS // 2]:
            group.create_task(refund(memo))
        group.create_task(books.perform(MarkJournalTransferred(through=through)))
        for memo in memos[MEMOS // 2 :]:
            group.create_task(refund(memo))
    states = [(await books.record(CreditMemo, memo.id)).transferred_to_accounting for memo in memos]
    assert states == [TransferStatus.PROCESSING] * MEMOS
    await books.perform(MarkJournalTransferred(through=await last_number(books)))
    states = [(await books.record(CreditMemo, memo.id)).transferred_to_accounting for memo in memos]
    assert states == [TransferStatus.YES] * MEMOS


async def test_two_who_confirm_take_turns_and_neither_goes_back(books: TestBooks) -> None:
    early = await posted_memo(books, "10.00")
    first = await last_number(books)
    late = await posted_memo(books, "10.00")
    second = await last_number(books)
    results = await asyncio.gather(
        *(books.perform(MarkJournalTransferred(through=each)) for each in (second, first, second, first)),
        return_exceptions=True,
    )
    assert not isinstance(results[0], BaseException) or not isinstance(results[2], BaseException)
    marked = await books.value("SELECT journal_transferred_through FROM entity WHERE id = :entity_id")
    assert marked == second
    for memo in (early, late):
        assert (await books.record(CreditMemo, memo.id)).transferred_to_accounting is TransferStatus.YES
