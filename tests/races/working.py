"""Jobs in a race: handed in beside everybody's requests, done by the workers of both servers, and judged by sums."""

from collections.abc import Iterable

from tests.races.running import Ask, RunningServer
from tests.support.books import TestBooks
from tests.support.building import ACCOUNT, Made

STATUSES = "{ jobs { nodes { id status pending } } }"


def full_credits() -> Ask:
    """A job that credits every invoice of the account in full, at once applied."""
    selection = {"accounts": [{"number": ACCOUNT}], "autoApprove": True, "autoApply": True}
    return Ask("submitDirectCreditMemos", {"selection": selection})


async def job_states(server: RunningServer, books: TestBooks) -> dict[str, str]:
    """Status by job, as a client sees them."""
    data = (await server.send(books, STATUSES)).json()["data"]
    return {each["id"]: each["status"] for each in data["jobs"]["nodes"]}


async def all_done(server: RunningServer, books: TestBooks) -> None:
    """Returns when every job of the entity is done."""
    while set((await job_states(server, books)).values()) != {"DONE"}:
        pass


async def nothing_pending(server: RunningServer, books: TestBooks) -> None:
    """Returns when no item waits any more, whatever the jobs say of themselves: a twin's may never be done."""
    pending = "SELECT count(*) FROM job_item WHERE entity_id = :entity_id AND outcome = 'PENDING'"
    while await books.value(pending):
        pass


async def wrong_jobs(books: TestBooks, invoices: Iterable[Made]) -> list[str]:
    """Items without exactly one effect, and invoices of which more was drawn or settled than there is."""
    found = [f"effects: {row}" for row in await books.rows(_EFFECTS)]
    found += [f"full credits: {row}" for row in await books.rows(_FULL_CREDITS)]
    found += [f"drawn: {row}" for row in await books.rows(_DRAWN)]
    found += [f"settled: {row}" for row in await books.rows(_SETTLED)]
    touched = {id for (id,) in await books.rows(_TOUCHED)}
    return found + [f"untouched: {each.id}" for each in invoices if each.id not in touched]


_EFFECTS = """
SELECT i.id, i.outcome, count(m.id) FROM job_item i
LEFT JOIN credit_memo m ON m.entity_id = i.entity_id AND m.id = i.credit_memo_id AND m.invoice_id = i.invoice_id
WHERE i.entity_id = :entity_id GROUP BY i.id, i.outcome
HAVING count(m.id) <> CASE WHEN i.outcome = 'DONE' THEN 1 ELSE 0 END
"""
"""Memos of another number than the item's outcome promises."""
_FULL_CREDITS = """
SELECT l.operation, count(*), (SELECT count(*) FROM job_item i
  WHERE i.entity_id = :entity_id AND i.outcome = 'DONE') FROM credit_memo m
JOIN balance_entry e ON e.entity_id = m.entity_id AND e.document_id = m.id AND e.position = 1
JOIN log_entry l ON l.entity_id = e.entity_id AND l.id = e.log_id
WHERE m.entity_id = :entity_id AND l.operation = 'WORK_ON_JOB' GROUP BY l.operation
HAVING count(*) <> (SELECT count(*) FROM job_item i WHERE i.entity_id = :entity_id AND i.outcome = 'DONE')
"""
"""Memos that workers made, where they are not as many as the items done."""
_DRAWN = """
SELECT i.id, i.total_amount, sum(m.total_amount) FROM invoice i
JOIN credit_memo m ON m.entity_id = i.entity_id AND m.invoice_id = i.id AND m.status <> 'CANCELED'
WHERE i.entity_id = :entity_id GROUP BY i.id, i.total_amount HAVING sum(m.total_amount) > i.total_amount
"""
_SETTLED = """
SELECT i.id, i.balance, i.total_amount, p.paid, a.applied FROM invoice i
LEFT JOIN (SELECT invoice_id, sum(amount) AS paid FROM payment WHERE entity_id = :entity_id GROUP BY invoice_id) p
  ON p.invoice_id = i.id
LEFT JOIN (SELECT invoice_id, sum(impact_amount) AS applied FROM credit_memo_application
  WHERE entity_id = :entity_id GROUP BY invoice_id) a ON a.invoice_id = i.id
WHERE i.entity_id = :entity_id AND (i.balance < 0
  OR i.balance <> i.total_amount - coalesce(p.paid, 0) + coalesce(a.applied, 0))
"""
"""Balances that are not what was charged less what was paid and applied."""
_TOUCHED = """
SELECT invoice_id FROM job_item WHERE entity_id = :entity_id AND outcome <> 'PENDING' AND invoice_id IS NOT NULL
"""
