"""One run of `make bench`: what it was asked for, and what its benchmarks share."""

import asyncio
import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Self

from benchmarks.served.arena import Arena, arena, seeded
from benchmarks.served.books import INVOICES_OF_ACCOUNT, Books, invoices_at
from benchmarks.served.facts import Facts
from benchmarks.served.node import PeerMissing, installed_node
from benchmarks.served.servers import key_of
from benchmarks.stand import Stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How large, how often, how long, by how many."""

    invoices: int = 10_000
    sizes: tuple[int, ...] = (1_000, 10_000, 100_000)
    workers: tuple[int, ...] = (1,)
    rounds: int = 3
    books: float = 1.0
    """The size of the books that requests are measured on: 1 is 20,000 invoices."""
    audited_books: float = 10.0
    """The size of those that are audited: 10 is 1,000,000 applications."""
    clients: tuple[int, ...] = (1, 8, 32)
    seconds: float = 3.0
    with_peer: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a benchmark has found: its part of the page, and what else is made from."""

    text: str
    facts: Facts = field(default_factory=dict)


class Run:
    """The databases of a run, and, once a benchmark asks for them, the servers that all of them ask until it is left."""

    def __init__(self, stand: Stand, options: Options) -> None:
        self.stand, self.options = stand, options
        self._open = AsyncExitStack()
        self._arena: Arena | None = None
        self._small: tuple[Books, str] | None = None
        self._has_peer: bool | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._arena = None
        await self._open.aclose()

    def has_peer(self) -> bool:
        """Whether PostGraphile takes part; where it cannot be had, that is said once."""
        if self._has_peer is None:
            self._has_peer = self.options.with_peer
            try:
                if self._has_peer:
                    installed_node()
            except PeerMissing as missing:
                sys.stderr.write(f"{missing}\n")
                self._has_peer = False
        return self._has_peer

    async def small(self) -> tuple[Books, str]:
        """The smallest books there are, to be copied, and a key to them."""
        if self._small is None:
            books = await seeded(self.stand, INVOICES_OF_ACCOUNT)
            self._small = books, await asyncio.to_thread(key_of, books)
        return self._small

    async def arena(self) -> Arena:
        """Both servers on books of the size asked for; every benchmark adds to them, none changes what others ask."""
        if self._arena is None:
            books, key = await self._books()
            servers = arena(self.stand, books, key, with_peer=self.has_peer())
            self._arena = await self._open.enter_async_context(servers)
        return self._arena

    async def _books(self) -> tuple[Books, str]:
        invoices = invoices_at(self.options.books)
        if invoices == INVOICES_OF_ACCOUNT:
            full, key = await self.small()
            return replace(full, place=self.stand.copy(full.place)), key
        books = await seeded(self.stand, invoices)
        return books, await asyncio.to_thread(key_of, books)
