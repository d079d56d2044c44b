"""A period is closed against a command that is dated in it: whichever comes first, nothing is dated in it afterwards.

Both are forced: the first has written everything and stands before its COMMIT until the other has arrived.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable

import pytest

from app.domain.commands import CreditMemoReference, UpdateCreditMemo
from tests.races.arena import Arena
from tests.races.catalogue import apply
from tests.races.contest import let_in, wrong_books
from tests.races.running import Answer, Ask
from tests.support.books import TestBooks
from tests.support.building import ACCOUNT, account, draft_invoice, posted_invoice, posted_memo
from tests.support.waiting import until_somebody_waits

LAST_DAY = "2020-01-31"
CLOSING = Ask("updateEntitySettings", {"closedThrough": LAST_DAY})
Prepare = Callable[[TestBooks], Awaitable[Ask]]


async def paying(books: TestBooks) -> Ask:
    invoice = await posted_invoice(books, "10.00")
    return Ask("recordPayment", {"invoice": {"id": invoice.id}, "amount": "1.00", "date": LAST_DAY})


async def billing(books: TestBooks) -> Ask:
    await account(books)
    lines = [{"amount": "10.00"}]
    entry = {"account": {"number": ACCOUNT}, "invoiceDate": LAST_DAY, "post": True, "lines": lines}
    return Ask("createInvoices", {"invoices": [entry]})


async def posting(books: TestBooks) -> Ask:
    draft = await draft_invoice(books, "10.00", invoice_date=dt.date.fromisoformat(LAST_DAY))
    return Ask("postInvoice", {"invoice": {"id": draft.id}})


async def applying(books: TestBooks) -> Ask:
    invoice, memo = await posted_invoice(books, "10.00"), await posted_memo(books, "10.00")
    plain = apply(memo, (invoice, "1.00"))
    [entry] = plain.input["applications"]
    dated = [entry | {"effectiveDate": f"{LAST_DAY}T12:00:00Z"}]
    return Ask("applyCreditMemo", plain.input | {"applications": dated})


async def matching(books: TestBooks) -> Ask:
    await posted_invoice(books, "10.00")
    await posted_memo(books, "10.00")
    return Ask("autoApplyCredits", {"account": {"number": ACCOUNT}, "effectiveDate": f"{LAST_DAY}T12:00:00Z"})


async def refunding(books: TestBooks) -> Ask:
    memo = await posted_memo(books, "10.00", effective_date=dt.date.fromisoformat(LAST_DAY))
    return Ask("refundCreditMemo", {"creditMemo": {"id": memo.id}, "amount": "1.00", "date": LAST_DAY})


async def unposting_what_was_moved(books: TestBooks) -> Ask:
    """A memo of today whose journal entries stand on the last day: its date was moved after it was posted."""
    memo = await posted_memo(books, "10.00", effective_date=dt.date.fromisoformat(LAST_DAY))
    by = CreditMemoReference(id=memo.id)
    await books.perform(UpdateCreditMemo(credit_memo=by, effective_date=None))
    return Ask("unpostCreditMemo", {"creditMemo": {"id": memo.id}})


async def met(arena: Arena, books: TestBooks, dated: Ask, closing_comes_first: bool) -> Answer:
    """The answer to whichever comes last."""
    first, last = (CLOSING, dated) if closing_comes_first else (dated, CLOSING)
    one, other = arena.servers
    await one.close("commit")
    leading = asyncio.ensure_future(one.ask(books, first))
    await one.until_waiting("commit", 1)
    [following], _ = await let_in([other], books, [last])
    if books.place.engine == "postgresql":
        await until_somebody_waits(books)
    assert not following.done()
    await one.open("commit")
    assert (await leading).did_it
    return await following


@pytest.mark.parametrize("prepare", [paying, billing, posting, applying, matching, refunding])
@pytest.mark.parametrize("closing_comes_first", [True, False], ids=["closing first", "closing last"])
async def test_nothing_is_dated_in_a_period_that_was_closed_before_it(
    arena: Arena, prepare: Prepare, closing_comes_first: bool
) -> None:
    books = await arena.books()
    dated = await prepare(books)
    answer = await met(arena, books, dated, closing_comes_first)
    assert answer.codes == (("PERIOD_CLOSED",) if closing_comes_first else ())
    assert answer.did_it is not closing_comes_first
    assert await wrong_books(books) == []


@pytest.mark.parametrize("closing_comes_first", [True, False], ids=["closing first", "closing last"])
async def test_no_journal_entry_is_dated_in_a_period_that_was_closed_before_it(
    arena: Arena, closing_comes_first: bool
) -> None:
    books = await arena.books()
    dated = await unposting_what_was_moved(books)
    assert (await met(arena, books, dated, closing_comes_first)).did_it
    days = await books.rows(
        "SELECT CAST(journal_date AS TEXT) FROM journal_entry WHERE entity_id = :entity_id ORDER BY position"
    )
    assert days[0] == (LAST_DAY,)
    assert (days[1] == (LAST_DAY,)) is not closing_comes_first
    assert await wrong_books(books) == []
