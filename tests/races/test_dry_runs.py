"""Dry runs keep nothing and wait for nobody for good, whatever happens beside them."""

from dataclasses import replace

from tests.races.arena import Arena
from tests.races.catalogue import CLIENTS, apply, on_one_memo
from tests.races.contest import Expected, race, wrong_answers, wrong_books
from tests.races.killing import ample_credit, holds_with
from tests.support.books import trace
from tests.support.building import posted_invoice

PREVIEWS = """
mutation ($one: CreateAndApplyCreditMemoInput!, $two: ApplyCreditMemoInput!) {
  first: createAndApplyCreditMemo(input: $one) { ...created }
  second: createAndApplyCreditMemo(input: $one) { ...created }
  third: applyCreditMemo(input: $two) { __typename ... on CreditMemoApplied { dryRun creditMemo { balance } } }
}
fragment created on CreateAndApplyCreditMemoResult {
  __typename ... on CreditMemoCreatedAndApplied { dryRun creditMemo { number } invoice { balance } }
}
"""


async def test_dry_runs_of_one_request_keep_nothing_and_do_not_see_each_other(arena: Arena) -> None:
    books = await arena.books()
    credit = await ample_credit(books)
    invoice = await posted_invoice(books, "100.00")
    lines = [{"invoiceLineId": invoice.lines[0], "amount": "60.00"}]
    created = {"invoice": {"id": invoice.id}, "lines": lines, "dryRun": True}
    applied = {**apply(credit.memo, (credit.invoice, "1.00")).input, "dryRun": True}
    before = await trace(books.place)
    for server in arena.servers:
        body = (await server.send(books, PREVIEWS, one=created, two=applied)).json()
        assert "errors" not in body, body
        first, second, third = (body["data"][name] for name in ("first", "second", "third"))
        # A second credit of 60.00 fits only because the first was not kept; the number, too, is the same.
        assert first == second
        assert (first["dryRun"], first["invoice"]["balance"]) == (True, "40.00")
        assert (third["dryRun"], third["creditMemo"]["balance"]) == (True, "499.00")
    assert await trace(books.place) == before


async def test_dry_runs_beside_real_calls_take_nothing_from_them(arena: Arena) -> None:
    """Every real call has a rehearsal at its side, on the same memo and invoice: five real ones do it."""
    books = await arena.books()
    real = await on_one_memo(books)
    rehearsed = [replace(ask, input={**ask.input, "dryRun": True}) for ask in real]
    asks = [ask for pair in zip(real, rehearsed, strict=True) for ask in pair]
    answers = await race([*arena.servers, *reversed(arena.servers)], books, asks)
    assert [answer.error for answer in answers if answer.error] == []
    assert sum(answer.did_it for answer in answers[::2]) == 5
    assert {answer.codes for answer in answers if not answer.done} == {("EXCEEDS_MEMO_BALANCE",)}
    assert await wrong_books(books) == []


async def test_a_hot_memo_serves_all_its_clients(arena: Arena) -> None:
    """Thirty-two at once, room for all: none is refused, none is told to come back later."""
    books = await arena.books()
    credit = await ample_credit(books)
    asks = [apply(credit.memo, (credit.invoice, "1.00")) for _ in range(2 * CLIENTS)]
    answers = await race(arena.servers, books, asks)
    assert wrong_answers(answers, Expected(did_it=2 * CLIENTS)) == []
    await holds_with(books, credit, 2 * CLIENTS)
