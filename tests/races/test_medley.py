"""Every verb at once on the same few documents: no interleaving breaks the books, whoever comes first.

What is left over differs from run to run, so the books themselves are the judge: the audit, the sums and the
positions. The twin is judged in the same way, and found out by its books or, on SQLite, by its errors.
"""

import os

import pytest

from tests.races.arena import Arena
from tests.races.catalogue import apply, credit_line
from tests.races.contest import errors, race, wrong_books
from tests.races.running import Ask
from tests.support.books import TestBooks
from tests.support.building import ACCOUNT, applied, draft_memo, paid, posted_invoice, posted_memo

ROUNDS = 100 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 2
TIMES = 3


async def medley(books: TestBooks) -> list[Ask]:
    """Each would be accepted if it were alone; some exclude others."""
    memo, draft = await posted_memo(books, "60.00"), await draft_memo(books, "5.00")
    invoice, mixed = await posted_invoice(books, "100.00"), await posted_invoice(books, "100.00", "-20.00")
    [application] = await applied(books, memo, (invoice, "30.00"))
    payment = await paid(books, invoice, "20.00")
    given_invoice, given_draft = {"invoice": {"id": invoice.id}}, {"creditMemo": {"id": draft.id}}
    one_of_each = [
        Ask("autoApplyCredits", {"account": {"number": ACCOUNT}, "creditMemos": [{"id": memo.id}]}),
        apply(memo, (mixed, "5.00"), (invoice, "5.00")),
        Ask("unapplyCreditMemo", {"applicationId": application, "amount": "15.00"}),
        credit_line(invoice, "40.00"),
        credit_line(mixed, "25.00"),
        Ask("recordPayment", {**given_invoice, "amount": "15.00"}),
        Ask("reversePayment", {"paymentId": payment}),
        Ask("convertNegativeInvoiceLines", {"invoice": {"id": mixed.id}, "applyToInvoice": True}),
        Ask("postCreditMemo", given_draft),
        Ask("cancelCreditMemo", given_draft),
    ]
    return one_of_each * TIMES


@pytest.mark.parametrize("round_", range(ROUNDS))
async def test_all_verbs_at_once_leave_books_that_hold(arena: Arena, round_: int) -> None:
    books = await arena.books()
    answers = await race(arena.servers, books, await medley(books))
    assert errors(answers) == []
    assert all(answer.did_it or answer.codes for answer in answers)
    assert await wrong_books(books) == []


async def test_all_verbs_at_once_find_the_twin_out(twin: Arena) -> None:
    books = await twin.books()
    asks = await medley(books)
    answers = await race(twin.servers, books, asks, from_the_same_facts=True)
    found = errors(answers) if books.place.engine == "sqlite" else await wrong_books(books)
    assert found != []
