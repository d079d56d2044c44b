"""Gapless numbers: none is left out and none given twice, whatever is refused, rolled back or killed in between.

And nobody waits for a number but who takes one: it is the last lock of a transaction, taken when all is decided.
"""

import asyncio
import os
from typing import Any

import pytest

from app.domain.commands import NumberSequenceEntry, UpdateNumberSequences
from app.domain.vocabulary import SequenceKind
from tests.races.arena import Arena
from tests.races.contest import let_in, race, wrong_books
from tests.races.killing import COMMITTED, IN_FLIGHT, in_flight
from tests.races.running import UNANSWERED, Ask, spread
from tests.support.books import TestBooks
from tests.support.building import (
    ACCOUNT,
    applying,
    draft_invoice,
    draft_memo,
    paying,
    posted_invoice,
    posted_memo,
)
from tests.support.waiting import until_somebody_waits

ROUNDS = 30 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 1
WANTED = 4
TAKES_A_NUMBER = "UPDATE number_sequence"
each_round = pytest.mark.parametrize("round_", range(ROUNDS))


async def gapless(arena: Arena) -> TestBooks:
    books = await arena.books()
    kinds = (SequenceKind.INVOICE, SequenceKind.CREDIT_MEMO)
    entries = [NumberSequenceEntry(kind=kind, gapless=True) for kind in kinds]
    await books.perform(UpdateNumberSequences(sequences=entries))
    return books


async def numbers(books: TestBooks, table: str) -> list[str]:
    rows = await books.rows(
        f"SELECT number FROM {table} WHERE entity_id = :entity_id AND number IS NOT NULL ORDER BY number"
    )
    return [number for (number,) in rows]


def without_gap(prefix: str, count: int) -> list[str]:
    return [f"{prefix}-{value:06d}" for value in range(1, count + 1)]


def new_invoice(*, number: str | None = None, post: bool = True, account: str = ACCOUNT) -> dict[str, Any]:
    lines = [{"amount": "10.00"}]
    return {
        "account": {"number": account},
        "invoiceDate": "2026-01-15",
        "lines": lines,
        "post": post,
        "number": number,
    }


async def everybody(books: TestBooks) -> list[Ask]:
    """Drafts of invoices and memos posted, each by two callers; invoices made; others refused, and dry runs."""
    invoices = [(await draft_invoice(books, "10.00")).id for _ in range(WANTED)]
    memos = [(await draft_memo(books, "10.00")).id for _ in range(WANTED)]
    asks = []
    for invoice, memo in zip(invoices, memos, strict=True):
        post_invoice, post_memo = {"invoice": {"id": invoice}}, {"creditMemo": {"id": memo}}
        asks += [
            Ask("postInvoice", post_invoice),
            Ask("postCreditMemo", post_memo),
            Ask("postInvoice", post_invoice),
            Ask("postCreditMemo", post_memo | {"dryRun": True}),
            Ask("createInvoices", {"invoices": [new_invoice()]}),
            # All or none: the second entry is refused when the first has been judged.
            Ask("createInvoices", {"invoices": [new_invoice(), new_invoice(account="nobody")]}),
            Ask("createInvoices", {"invoices": [new_invoice()], "dryRun": True}),
        ]
    return asks


@each_round
async def test_postings_at_once_leave_no_number_out_and_give_none_twice(arena: Arena, round_: int) -> None:
    books = await gapless(arena)
    answers = await race(arena.servers, books, await everybody(books))
    assert {answer.error for answer in answers} == {None}
    assert {code for answer in answers for code in answer.codes} <= {"INVALID_STATUS", "NOT_FOUND"}
    assert await numbers(books, "invoice") == without_gap("INV", 2 * WANTED)
    assert await numbers(books, "credit_memo") == without_gap("CM", WANTED)
    assert await wrong_books(books) == []


@each_round
async def test_who_is_killed_with_a_number_in_hand_leaves_no_gap(arena: Arena, round_: int) -> None:
    """Four postings are committed, one stands before its COMMIT with its number, the others behind it."""
    books = await gapless(arena)
    drafts = [(await draft_invoice(books, "10.00")).id for _ in range(IN_FLIGHT)]
    asks = [
        Ask("postInvoice", {"invoice": {"id": id}, "idempotencyKey": f"post {id}"}, "invoice { number }")
        for id in drafts
    ]
    victim, _ = arena.servers
    sent = await in_flight(victim, books, asks)
    victim.kill()
    assert {answer.error for answer in await asyncio.gather(*sent)} == {UNANSWERED}
    assert await numbers(books, "invoice") == without_gap("INV", COMMITTED)
    await victim.restart()
    retried = await asyncio.gather(*(server.ask(books, ask) for server, ask in spread(asks, arena.servers)))
    assert sum(answer.replayed for answer in retried) == COMMITTED
    assert await numbers(books, "invoice") == without_gap("INV", IN_FLIGHT)
    assert await wrong_books(books) == []


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
async def test_only_who_takes_a_number_waits_for_one_and_for_no_longer_than_the_commit(arena: Arena) -> None:
    """SQLite has one writer, who commits before the next one begins."""
    books = await gapless(arena)
    invoice, memo = await posted_invoice(books, "10.00"), await posted_memo(books, "10.00")
    drafts = [(await draft_invoice(books, "10.00")).id for _ in range(3)]
    one, other = arena.servers
    await one.close("commit")
    first = asyncio.ensure_future(one.ask(books, Ask("postInvoice", {"invoice": {"id": drafts[0]}})))
    await one.until_waiting("commit", 1)
    # They have located, locked, judged and decided: what they wait for is the number, and nothing else.
    behind, _ = await let_in(
        [other], books, [Ask("postInvoice", {"invoice": {"id": id}}) for id in drafts[1:]]
    )
    await until_somebody_waits(books, TAKES_A_NUMBER, len(behind))
    # Whoever takes none of these numbers is done meanwhile.
    await books.perform(paying(invoice, "1.00"))
    await books.perform(applying(memo, (invoice, "1.00")))
    await posted_memo(books, "5.00")
    await draft_invoice(books, "5.00")
    await posted_invoice(books, "5.00", number="EXTERNAL-1")
    assert not any(each.done() for each in (first, *behind))
    await one.open("commit")
    assert all(answer.did_it for answer in await asyncio.gather(first, *behind))
    assert await numbers(books, "invoice") == ["EXTERNAL-1", *without_gap("INV", 4)]
    assert await wrong_books(books) == []
