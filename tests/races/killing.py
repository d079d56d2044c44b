"""Requests in flight when something dies: some have their COMMIT behind them, some before them, none is answered."""

import asyncio
from dataclasses import dataclass, replace

from tests.races.catalogue import apply
from tests.races.contest import wrong_books
from tests.races.running import Answer, Ask, RunningServer
from tests.support.books import TestBooks
from tests.support.building import Made, posted_invoice, posted_memo

IN_FLIGHT = 12
COMMITTED = 4
LEAST = 8
READ = "creditMemo { balance }"
"""Makes an answer need the database once more, after the commit."""


@dataclass(frozen=True, slots=True)
class Credit:
    """A memo and an invoice with room for everybody, so that no request can be refused."""

    memo: Made
    invoice: Made

    def asks(self, name: str) -> list[Ask]:
        """So many applications of 1.00, each with a key of its own."""
        return [
            replace(apply(self.memo, (self.invoice, "1.00"), key=f"{name} {place}"), selection=READ)
            for place in range(IN_FLIGHT)
        ]


async def ample_credit(books: TestBooks) -> Credit:
    return Credit(await posted_memo(books, "500.00"), await posted_invoice(books, "500.00"))


async def in_flight(server: RunningServer, books: TestBooks, asks: list[Ask]) -> list[asyncio.Task[Answer]]:
    """The requests, held: `COMMITTED` of them between COMMIT and answer, another before COMMIT, the rest behind it."""
    await server.close("answer")
    sent = [asyncio.ensure_future(server.ask(books, ask)) for ask in asks[:COMMITTED]]
    await server.until_waiting("answer", COMMITTED)
    await server.close("start")
    await server.close("commit")
    sent += [asyncio.ensure_future(server.ask(books, ask)) for ask in asks[COMMITTED:]]
    await server.until_waiting("start", len(asks) - COMMITTED)
    await server.open("start")
    await server.until_waiting("commit", 1)
    unanswered = [each for each in sent if not each.done()]
    assert len(unanswered) == len(asks) >= LEAST
    return sent


async def effects(books: TestBooks) -> int:
    """How many applications there are."""
    counted: int = await books.value(
        "SELECT count(*) FROM credit_memo_application WHERE entity_id = :entity_id"
    )
    return counted


async def holds_with(books: TestBooks, credit: Credit, applications: int) -> None:
    """So many applications of 1.00, in both balances, and books that hold."""
    assert await effects(books) == applications
    assert await wrong_books(books) == []
    for table, id in (("credit_memo", credit.memo.id), ("invoice", credit.invoice.id)):
        balance = await books.value(
            f"SELECT balance FROM {table} WHERE entity_id = :entity_id AND id = :id", id=id
        )
        assert balance == 50_000 - 100 * applications
