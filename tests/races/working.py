"""Jobs in a race: submitted, taken up by the workers of the servers, and judged by sums over the rows themselves."""

import asyncio
from collections.abc import Iterable, Sequence

from app.domain.commands import (
    AccountReference,
    CreateInvoices,
    DirectCreditSelection,
    SubmitDirectCreditMemos,
)
from tests.races.contest import let_in, together
from tests.races.running import Answer, Ask, RunningServer
from tests.support.books import TestBooks
from tests.support.building import ACCOUNT, account, invoice_entry

STATES = "{ jobs { nodes { id status } } }"


async def posted_invoices(books: TestBooks, count: int, *lines: str) -> list[str]:
    """So many posted invoices with the same lines, made by one command; their ids."""
    await account(books)
    entries = [invoice_entry(*lines, post=True)] * count
    made: list[str] = (await books.perform(CreateInvoices(invoices=entries))).outcome["invoices"]
    return made


def full_credits() -> Ask:
    """A job that credits every invoice of the account in full, and applies each memo at once."""
    selection = {"accounts": [{"number": ACCOUNT}], "autoApprove": True, "autoApply": True}
    return Ask("submitDirectCreditMemos", {"selection": selection})


async def full_credits_behind_the_servers(books: TestBooks) -> str:
    """The same job, submitted without a server: none of their workers is woken, they find it. Its id."""
    selection = DirectCreditSelection(
        accounts=[AccountReference(number=ACCOUNT)], auto_approve=True, auto_apply=True
    )
    job_id: str = (await books.perform(SubmitDirectCreditMemos(selection=selection))).outcome["job"]
    return job_id


async def states(server: RunningServer, books: TestBooks) -> dict[str, str]:
    """Status by job, as a client reads them."""
    data = (await server.send(books, STATES)).json()["data"]
    return {each["id"]: each["status"] for each in data["jobs"]["nodes"]}


async def all_done(server: RunningServer, books: TestBooks) -> None:
    """Returns when every job of the entity is done."""
    while set((await states(server, books)).values()) != {"DONE"}:
        pass


async def nothing_pending(books: TestBooks) -> None:
    """Returns when no item waits any more, whatever the jobs say of themselves: a twin's count wrongly."""
    while await books.value(_PENDING):
        pass


async def a_worker_waits(servers: Sequence[RunningServer], gate: str) -> None:
    """Returns when a worker of any server, nobody else being there, is held at the gate."""
    waits = [asyncio.ensure_future(each.until_waiting(gate, 1)) for each in servers]
    _, others = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for each in others:
        each.cancel()
    await asyncio.gather(*waits, return_exceptions=True)


async def with_a_chunk_in_hand(
    servers: Sequence[RunningServer],
    books: TestBooks,
    gate: str,
    asks: Sequence[Ask],
    *,
    from_the_same_facts: bool = False,
) -> list[Answer]:
    """A worker is held at the gate with a chunk of a job of full credits, and goes on once all requests are let in.

    `from_the_same_facts`: once they, and the worker of every server, have read all they want; where locks hold, one has.
    """
    await together(server.close(gate) for server in servers)
    await full_credits_behind_the_servers(books)
    await a_worker_waits(servers, gate)
    sent, arriving = await let_in(servers, books, asks)
    if from_the_same_facts:
        await together(server.until_waiting(gate, 1 + number) for server, number in arriving.items())
    await together(server.open(gate) for server in servers)
    return await asyncio.gather(*sent)


async def wrong_jobs(books: TestBooks, invoice_ids: Iterable[str]) -> list[str]:
    """Items without exactly one effect, and invoices that were not credited in full by exactly one item."""
    found = [f"effects: {row}" for row in await books.rows(_EFFECTS)]
    found += [f"fates: {row}" for row in await books.rows(_FATES)]
    found += [f"balance: {row}" for row in await books.rows(_BALANCES)]
    credited = dict(await books.rows(_CREDITED))
    return found + [f"credited: {each}: {credited.get(each)}" for each in invoice_ids if credited.get(each)]


_PENDING = "SELECT count(*) FROM job_item WHERE entity_id = :entity_id AND outcome = 'PENDING'"
_EFFECTS = """
SELECT i.id, i.outcome, count(m.id) FROM job_item i
LEFT JOIN credit_memo m ON m.entity_id = i.entity_id AND m.id = i.credit_memo_id AND m.invoice_id = i.invoice_id
WHERE i.entity_id = :entity_id GROUP BY i.id, i.outcome
HAVING count(m.id) <> CASE WHEN i.outcome = 'DONE' THEN 1 ELSE 0 END
"""
_FATES = """
SELECT invoice_id, sum(CASE WHEN outcome = 'DONE' THEN 1 ELSE 0 END) FROM job_item
WHERE entity_id = :entity_id GROUP BY invoice_id
HAVING sum(CASE WHEN outcome = 'DONE' THEN 1 ELSE 0 END) <> 1
  OR sum(CASE WHEN outcome IN ('DONE', 'SKIPPED') THEN 0 ELSE 1 END) <> 0
"""
"""However many jobs want an invoice in full, one gets it, and the others find nothing left."""
_CREDITED = """
SELECT i.id, i.total_amount - coalesce(sum(m.total_amount), 0) FROM invoice i
LEFT JOIN credit_memo m ON m.entity_id = i.entity_id AND m.invoice_id = i.id AND m.status <> 'CANCELED'
WHERE i.entity_id = :entity_id GROUP BY i.id, i.total_amount
"""
"""What no memo has drawn: nothing, once a full credit has come to the invoice; below 0 where two took the same."""
_BALANCES = """
SELECT i.id, i.balance, i.total_amount, p.paid, a.applied FROM invoice i
LEFT JOIN (SELECT invoice_id, sum(impact_amount) AS paid FROM payment
  WHERE entity_id = :entity_id GROUP BY invoice_id) p ON p.invoice_id = i.id
LEFT JOIN (SELECT invoice_id, sum(impact_amount) AS applied FROM credit_memo_application
  WHERE entity_id = :entity_id GROUP BY invoice_id) a ON a.invoice_id = i.id
WHERE i.entity_id = :entity_id AND (i.balance < 0
  OR i.balance <> i.total_amount + coalesce(p.paid, 0) + coalesce(a.applied, 0))
"""
