"""Whether all who write leave the same books, but for the ids of new rows, instants, and who wrote.

The service's and PostGraphile's are audited, down to the seals of their history. The floor's seals are as long as those,
and not in their form: it has a hash to compute, and no more.
"""

from collections.abc import Sequence
from contextlib import ExitStack, aclosing
from dataclasses import replace
from typing import Any

from app.proof.audit import audit
from app.repository.opening import open_database
from benchmarks.run import Run
from benchmarks.served.books import Books
from benchmarks.served.floor import run_once
from benchmarks.served.ids import SEEDED
from benchmarks.served.reading import NotTheSame, answer
from benchmarks.served.servers import postgraphile, service
from benchmarks.served.statements import writes
from benchmarks.served.writing import apply_body, apply_body_of_peer, credit_body, is_applied, is_credited
from benchmarks.stand import connected

_TABLES = (
    "credit_memo",
    "credit_memo_line",
    "credit_memo_line_tax",
    "invoice",
    "invoice_line",
    "invoice_line_tax",
    "credit_memo_application",
    "credit_memo_line_application",
    "balance_entry",
    "journal_entry",
    "document_change",
    "number_sequence",
    "log_entry",
)
_APART = [
    "recorded_at",
    "recorded_by",
    "applied_date",
    "created_at",
    "created_by",
    "updated_at",
    "updated_by",
    "posted_at",
    "posted_by",
    "actor",
    "idempotency_key",
    "fingerprint",
    "outcome",
    "history_hash",
    "previous_hash",
    "hash",
]
_OF_THE_FLOOR = [*_APART, "changes"]
_SMALL = [(0, 0), (0, 1), (1, 0), (0, 0), (7, 3)]
_LARGE = [(0, 39, 60_000), (1, 39, 1), (2, 30, 70_000)]
"""Cents, more than a line's balance: several lines give, and several take."""


async def compare_writes(run: Run) -> None:
    """W1 by the service and by PostGraphile, then W1 and W2 by the service and by pgbench. Raises NotTheSame, and
    DoNotHold.
    """
    full, key = await run.small()
    mine, its = (replace(full, place=run.stand.copy(full.place)) for _ in range(2))
    with ExitStack() as running:
        peer = running.enter_context(postgraphile(its)) if run.has_peer() else None
        with service(mine, key) as server:
            if peer is not None:
                for memo, invoice, cents in _LARGE:
                    await answer(server, apply_body(memo, invoice, cents), is_applied)
                    await answer(peer, apply_body_of_peer(memo, invoice, cents), is_applied)
                await _compare(mine, its, "PostGraphile", _APART)
                await _audit(mine, "service")
                await _audit(its, "PostGraphile")
            for memo, invoice in _SMALL:
                await answer(server, apply_body(memo, invoice), is_applied)
                await answer(server, credit_body(invoice), is_credited)
    for memo, invoice in _SMALL:
        await run_once(its, run.stand.programs, writes.W1, {"m": memo, "n": invoice})
        await run_once(its, run.stand.programs, writes.W2, {"n": invoice})
    await _compare(mine, its, "pgbench", _OF_THE_FLOOR)
    for books in (mine, its):
        run.stand.drop(books.place)


class DoNotHold(Exception):
    """Whoever wrote the books has left something out: its times say nothing."""


async def _audit(books: Books, name: str) -> None:
    database = open_database(books.place.url)
    try:
        async with aclosing(audit(database, books.entity_id)) as differences:
            async for difference in differences:
                raise DoNotHold(f"the books of {name} do not hold: {difference}")
    finally:
        await database.close()


async def _compare(mine: Books, its: Books, rival: str, apart: Sequence[str]) -> None:
    found, expected = await _content_of(mine, apart), await _content_of(its, apart)
    if differing := [table for table in _TABLES if found[table] != expected[table]]:
        raise NotTheSame(f"service and {rival} leave different rows in {', '.join(differing)}")


async def _content_of(books: Books, apart: Sequence[str]) -> dict[str, tuple[Any, ...]]:
    """Of each table the number of its rows, and a hash over them, but for the columns `apart`."""
    connection = await connected(books.place.owner_url)
    try:
        return {table: tuple(await connection.fetchrow(_content(table, apart))) for table in _TABLES}
    finally:
        await connection.close()


def _content(table: str, apart: Sequence[str]) -> str:
    # The service numbers its log after the commit.
    numbered = ["number"] if table == "log_entry" else []
    names = ", ".join(f"'{each}'" for each in [*apart, *numbered])
    content = f"(to_jsonb(it) - ARRAY[{names}])::text"
    known = (
        f"""regexp_replace({content}, '"[a-z]+_(?!{SEEDED})[0-9a-f]{{32}}(-[0-9]{{7}})?"', '"new"', 'g')"""
    )
    return (
        "SELECT count(*), md5(string_agg(content, ' ' ORDER BY content))"
        f" FROM (SELECT md5({known}) AS content FROM {table} AS it) AS contents"
    )
