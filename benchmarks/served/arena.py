"""Where contenders meet: books on a durable PostgreSQL, the service and PostGraphile as processes, one of each."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass

from benchmarks.served.books import Books, write_books
from benchmarks.served.node import PEER
from benchmarks.served.servers import Server, postgraphile, service
from benchmarks.stand import Stand, connected


@dataclass(frozen=True, slots=True, kw_only=True)
class Arena:
    """`peer` is None where PostGraphile takes no part; `key` opens the books to any further process of the service."""

    stand: Stand
    books: Books
    key: str
    service: Server
    peer: Server | None


async def seeded(stand: Stand, invoices: int) -> Books:
    """Books of so many invoices on PostgreSQL, with what PostGraphile needs beside them."""
    books = await write_books(await stand.migrated("postgresql"), invoices)
    connection = await connected(books.place.owner_url)
    try:
        await connection.execute((PEER / "apply_credit.sql").read_text(encoding="utf-8"))
    finally:
        await connection.close()
    return books


@asynccontextmanager
async def arena(stand: Stand, books: Books, key: str, *, with_peer: bool) -> AsyncIterator[Arena]:
    """The servers on these books, until the end."""
    with ExitStack() as running:
        mine = running.enter_context(service(books, key))
        peer = running.enter_context(postgraphile(books)) if with_peer else None
        yield Arena(stand=stand, books=books, key=key, service=mine, peer=peer)
