"""An idempotency key makes one effect of many calls; what is refused or fails leaves the key free."""

import asyncio
from decimal import Decimal

from app.domain.commands import CreditMemoReference, PostCreditMemo
from app.domain.credit_memo import CreditMemo
from app.repository.books import Books
from tests.repository.works import ANY, marks
from tests.support.books import TestBooks, trace
from tests.support.building import (
    applying,
    crediting,
    draft_memo,
    invoice_balances,
    paid,
    paying,
    posted_invoice,
    posted_memo,
)


async def test_twins_in_parallel_have_one_effect_and_one_outcome(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    command = crediting(invoice, (0, "10.00"), idempotency_key="key")
    results = await asyncio.gather(*(books.perform(command) for _ in range(10)))
    assert sorted(result.replayed for result in results) == [False] + [True] * 9
    assert all(result.outcome == results[0].outcome for result in results)
    assert await invoice_balances(books, invoice) == ["90.00", "100.00"]


async def test_the_same_key_with_other_input_is_refused(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    await books.perform(paying(invoice, "10.00", idempotency_key="key"))
    before = await trace(books.place)
    for other in (
        paying(invoice, "10.01", idempotency_key="key"),
        paying(invoice, "10.00", method="WIRE", idempotency_key="key"),
        crediting(invoice, (0, "10.00"), idempotency_key="key"),
    ):
        [violation] = await books.refusal(other)
        assert (violation.code, violation.path, violation.asked) == (
            "IDEMPOTENCY_KEY_REUSED",
            ("idempotency_key",),
            "key",
        )
    assert await trace(books.place) == before


async def test_the_same_input_written_otherwise_is_the_same(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    first = await books.perform(paying(invoice, "10.0", idempotency_key="key"))
    again = await books.perform(paying(invoice, "10.00", idempotency_key="key"))
    assert (again.replayed, again.outcome) == (True, first.outcome)


async def test_a_refused_attempt_leaves_its_key_free(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    assert await books.codes(paying(invoice, "100.01", idempotency_key="key")) == ["EXCEEDS_INVOICE_BALANCE"]
    assert not (await books.perform(paying(invoice, "100.00", idempotency_key="key"))).replayed


async def test_a_failed_attempt_leaves_its_key_free(books: TestBooks) -> None:
    command = PostCreditMemo(credit_memo=CreditMemoReference(id="cm_none"), idempotency_key="key")

    async def work(inside: Books) -> None:
        assert await inside.claim(command) is None
        raise ZeroDivisionError

    for _ in range(2):
        try:
            await books.database.transact(books.actor, ANY, work)
        except ZeroDivisionError:
            assert await marks(books) == set()
            continue
        raise AssertionError("the work did not fail")


async def test_a_replay_comes_before_every_other_check(books: TestBooks) -> None:
    """The memo is used up and its version has moved, and still the first call's outcome is the answer."""
    invoice, memo = await posted_invoice(books, "100.00"), await posted_memo(books, "50.00")
    version = (await books.record(CreditMemo, memo.id)).version
    command = applying(memo, (invoice, "50.00"), expected_version=version, idempotency_key="key")
    first = await books.perform(command)
    await paid(books, invoice, "50.00")
    before = await trace(books.place)
    replay = await books.perform(command)
    assert (replay.replayed, replay.outcome) == (True, first.outcome)
    assert await trace(books.place) == before


async def test_a_key_belongs_to_one_entity(books: TestBooks) -> None:
    neighbour = await books.neighbour()
    for each in (books, neighbour):
        invoice = await posted_invoice(each, "100.00")
        assert not (await each.perform(paying(invoice, "1.00", idempotency_key="key"))).replayed


async def test_without_a_key_every_call_has_its_effect(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    for _ in range(2):
        await books.perform(paying(invoice, "1.00"))
    assert await invoice_balances(books, invoice) == ["98.00", "100.00"]


async def test_another_entitys_document_is_not_found(books: TestBooks) -> None:
    neighbour = await books.neighbour()
    invoice, memo = await posted_invoice(neighbour, "100.00"), await draft_memo(neighbour, "50.00")
    assert await books.codes(paying(invoice, "1.00")) == ["NOT_FOUND"]
    assert await books.codes(PostCreditMemo(credit_memo=CreditMemoReference(id=memo.id))) == ["NOT_FOUND"]
    # Neither the invoice nor its line.
    assert await books.codes(crediting(invoice, (0, str(Decimal(1))))) == ["NOT_FOUND", "NOT_FOUND"]
