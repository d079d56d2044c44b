"""The course of a race: warm pools, a start barrier in every process, all answers, and what is wrong with them."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass, field

from app.proof.audit import AuditSummary, audit
from tests.races.running import Answer, Ask, RunningServer, spread
from tests.support.books import TestBooks

WARM = 8
"""Connections that each process has open before a race."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The only lawful outcome. `codes`: with which the losers are refused; `replayed`: how many get the winner's."""

    did_it: int
    replayed: int = 0
    codes: frozenset[str] = field(default_factory=frozenset)


async def warm_up(servers: Sequence[RunningServer], books: TestBooks) -> None:
    """Open the pools: dry runs that hold a connection each (on SQLite, where they take turns, queries)."""
    for server in servers:
        if books.place.engine == "sqlite":
            query = "{ creditMemos { totalCount } }"
            await asyncio.gather(*(server.send(books, query) for _ in range(WARM)))
            continue
        await server.close("write")
        rehearsals = [
            asyncio.ensure_future(server.ask(books, _rehearsed_account(place))) for place in range(WARM)
        ]
        await server.until_waiting("write", WARM)
        # A worker that looks for jobs may have one more.
        assert await server.connections_in_use() >= WARM
        await server.open("write")
        assert all(answer.did_it for answer in await asyncio.gather(*rehearsals))


def _rehearsed_account(place: int) -> Ask:
    account = {"number": f"WARM-{place}", "name": "Warm", "currency": "USD"}
    return Ask("upsertAccounts", {"accounts": [account], "dryRun": True})


async def race(
    servers: Sequence[RunningServer],
    books: TestBooks,
    asks: Sequence[Ask],
    *,
    from_the_same_facts: bool = False,
) -> list[Answer]:
    """Every request has arrived before the first is read.

    `from_the_same_facts`: nobody writes before all who can have read; where locks hold, that is one.
    """
    if from_the_same_facts:
        await together(server.close("write") for server in servers)
    racing, arriving = await let_in(servers, books, asks)
    if from_the_same_facts:
        # SQLite has one writer thread a process, so it is one of each process there.
        one = books.place.engine == "sqlite"
        await together(
            server.until_waiting("write", 1 if one else number) for server, number in arriving.items()
        )
        await together(server.open("write") for server in servers)
    return await asyncio.gather(*racing)


async def let_in(
    servers: Sequence[RunningServer], books: TestBooks, asks: Sequence[Ask]
) -> tuple[list[asyncio.Task[Answer]], Counter[RunningServer]]:
    """Every request has arrived before the first is read; their answers to come, and how many each server has."""
    await together(server.close("start") for server in servers)
    runs = spread(asks, servers)
    racing = [asyncio.ensure_future(server.ask(books, ask)) for server, ask in runs]
    arriving = Counter(server for server, _ in runs)
    await together(server.until_waiting("start", number) for server, number in arriving.items())
    await together(server.open("start") for server in servers)
    return racing, arriving


async def together(steps: Iterable[Awaitable[None]]) -> None:
    await asyncio.gather(*steps)


async def findings(books: TestBooks, answers: Sequence[Answer], expected: Expected) -> list[str]:
    """What is wrong, in words; nothing when the race went as it must."""
    return [*wrong_answers(answers, expected), *await wrong_books(books)]


def wrong_answers(answers: Sequence[Answer], expected: Expected) -> list[str]:
    found = []
    did_it = sum(answer.did_it for answer in answers)
    replayed = sum(answer.replayed for answer in answers)
    if did_it > expected.did_it:
        found.append(f"over: {did_it} did it where {expected.did_it} could")
    if did_it < expected.did_it:
        found.append(f"lost: {did_it} did it where {expected.did_it} could")
    if replayed != expected.replayed:
        found.append(f"replayed: {replayed} where {expected.replayed} were due")
    for codes, times in Counter(answer.codes for answer in answers if answer.codes).items():
        if not expected.codes.issuperset(codes):
            found.append(f"refused: {times} × {', '.join(codes)}")
    return [*found, *errors(answers)]


def errors(answers: Sequence[Answer]) -> list[str]:
    """What no caller may get: bugs, and RETRY, which is for those who have waited long."""
    counted = Counter(answer.error for answer in answers if answer.error)
    return [f"error: {times} × {error}" for error, times in counted.items()]


async def wrong_books(books: TestBooks) -> list[str]:
    """Gaps in a document's history, balances that are not the sum of it, and all that the audit finds."""
    found = [f"gap: {row}" for row in await books.rows(_GAPS)]
    found += [f"sum: {row}" for row in await books.rows(_SUMS)]
    summary = AuditSummary()
    found += [f"audit: {each}" async for each in audit(books.database, books.entity.id, summary)]
    assert summary.finished
    return found


_GAPS = """
SELECT document_id, count(*), max(position) FROM balance_entry WHERE entity_id = :entity_id
GROUP BY document_id HAVING count(*) <> max(position) OR count(DISTINCT position) <> count(*) OR min(position) <> 1
"""
_SUMS = """
SELECT d.id, d.balance, sum(e.impact_amount) FROM balance_entry e
JOIN (SELECT entity_id, id, CASE status WHEN 'DRAFT' THEN 0 ELSE balance END AS balance FROM credit_memo
  UNION ALL SELECT entity_id, id, balance FROM invoice) d
  ON d.entity_id = e.entity_id AND d.id = e.document_id
WHERE e.entity_id = :entity_id GROUP BY d.id, d.balance HAVING d.balance <> sum(e.impact_amount)
UNION ALL
SELECT m.id, m.applied, -sum(a.impact_amount) FROM credit_memo_application a
JOIN credit_memo m ON m.entity_id = a.entity_id AND m.id = a.credit_memo_id
WHERE a.entity_id = :entity_id GROUP BY m.id, m.applied HAVING m.applied <> -sum(a.impact_amount)
UNION ALL
SELECT i.id, i.credits_applied, -sum(a.impact_amount) FROM credit_memo_application a
JOIN invoice i ON i.entity_id = a.entity_id AND i.id = a.invoice_id
WHERE a.entity_id = :entity_id GROUP BY i.id, i.credits_applied HAVING i.credits_applied <> -sum(a.impact_amount)
"""
