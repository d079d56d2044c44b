"""Whether all who write leave the same books, but for the ids of new rows, instants, and who wrote."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from benchmarks.run import Run
from benchmarks.served.arena import seeded
from benchmarks.served.books import INVOICES_OF_ACCOUNT, SEEDED, Books
from benchmarks.served.floor import run_once
from benchmarks.served.node import PeerMissing
from benchmarks.served.reading import NotTheSame, answer
from benchmarks.served.servers import key_of, postgraphile, service
from benchmarks.served.statements import writes
from benchmarks.served.writing import apply_body, apply_body_of_peer, credit_body, is_applied, is_credited
from benchmarks.stand import Stand, connected

Credit = tuple[int, int, int]
"""A memo and an invoice, by number, and so many cents of W1."""
Writer = Callable[[Stand, Books, str], Awaitable[None]]
"""A contender that writes to books which a key opens."""
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
]
_SMALL: Sequence[Credit] = [(0, 0, 1), (0, 1, 1), (1, 0, 1), (0, 0, 1), (7, 3, 1)]
_LARGE: Sequence[Credit] = [(0, 39, 60_000), (1, 39, 1), (2, 30, 70_000)]
"""More than a line's balance: several lines give, and several take."""


async def compare_writes(run: Run) -> None:
    """W1 and W2 by the service and by pgbench, W1 by the service and by PostGraphile. Raises NotTheSame."""
    full = await seeded(run.stand, INVOICES_OF_ACCOUNT)
    key = await asyncio.to_thread(key_of, full)
    small: dict[str, Writer] = {"service": partial(_by_service, _SMALL, True), "pgbench": _by_floor}
    await _compare(run.stand, full, key, small)
    if run.options.with_peer:
        large: dict[str, Writer] = {"service": partial(_by_service, _LARGE, False), "PostGraphile": _by_peer}
        try:
            await _compare(run.stand, full, key, large)
        except PeerMissing as missing:
            sys.stderr.write(f"{missing}\n")
    run.stand.drop(full.place)


async def _compare(stand: Stand, full: Books, key: str, contenders: Mapping[str, Writer]) -> None:
    left = {}
    for name, write in contenders.items():
        books = replace(full, place=stand.copy(full.place))
        await write(stand, books, key)
        left[name] = await _content_of(books)
        stand.drop(books.place)
    [(one, found), (other, expected)] = left.items()
    if differing := [table for table in _TABLES if found[table] != expected[table]]:
        raise NotTheSame(f"{one} and {other} leave different rows in {', '.join(differing)}")


async def _by_service(
    credits: Sequence[Credit], with_memos: bool, stand: Stand, books: Books, key: str
) -> None:
    with service(books, key) as server:
        for memo, invoice, cents in credits:
            await answer(server, apply_body(memo, invoice, cents), is_applied)
            if with_memos:
                await answer(server, credit_body(invoice), is_credited)


async def _by_peer(stand: Stand, books: Books, key: str) -> None:
    with postgraphile(books) as server:
        for memo, invoice, cents in _LARGE:
            await answer(server, apply_body_of_peer(memo, invoice, cents), is_applied)


async def _by_floor(stand: Stand, books: Books, key: str) -> None:
    for memo, invoice, _ in _SMALL:
        await run_once(books, stand.programs, writes.W1, {"m": memo, "n": invoice})
        await run_once(books, stand.programs, writes.W2, {"n": invoice})


async def _content_of(books: Books) -> dict[str, tuple[Any, ...]]:
    """Of each table the number of its rows, and a hash over them."""
    connection = await connected(books.place.owner_url)
    try:
        return {table: tuple(await connection.fetchrow(_content(table))) for table in _TABLES}
    finally:
        await connection.close()


def _content(table: str) -> str:
    apart = ", ".join(f"'{each}'" for each in _APART)
    content = f"(to_jsonb(it) - ARRAY[{apart}])::text"
    known = f"""regexp_replace({content}, '"[a-z]+_(?!{SEEDED})[0-9a-f]{{32}}"', '"new"', 'g')"""
    return (
        "SELECT count(*), md5(string_agg(content, ' ' ORDER BY content))"
        f" FROM (SELECT md5({known}) AS content FROM {table} AS it) AS contents"
    )
