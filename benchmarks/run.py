"""One run of `make bench`: what it was asked for, and what its benchmarks share."""

from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from benchmarks.served.arena import Arena, arena, seeded
from benchmarks.served.books import invoices_at
from benchmarks.served.facts import Facts
from benchmarks.served.node import version
from benchmarks.stand import Stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How large, how often, how long, by how many."""

    invoices: int = 10_000
    sizes: tuple[int, ...] = (1_000, 10_000)
    workers: tuple[int, ...] = (1,)
    rounds: int = 3
    books: float = 1.0
    """The size of the books that requests are measured on: 1 is 20,000 invoices."""
    clients: tuple[int, ...] = (1, 8, 32)
    seconds: float = 3.0
    with_peer: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a benchmark has found: its part of the page, and what else is made from."""

    text: str
    facts: Facts = field(default_factory=dict)


class Run:
    """The databases of a run, and, once a benchmark asks for them, the servers that all of them ask."""

    def __init__(self, stand: Stand, options: Options) -> None:
        self.stand, self.options = stand, options
        self._open = AsyncExitStack()
        self._arena: Arena | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    def peer_versions(self) -> list[str]:
        """What stands beside the service where PostGraphile takes part."""
        return [version()] if self.options.with_peer else []

    async def arena(self) -> Arena:
        """Both servers on books of the size asked for; every benchmark adds to them, none changes what others ask."""
        if self._arena is None:
            books = await seeded(self.stand, invoices_at(self.options.books))
            servers = arena(self.stand, books, with_peer=self.options.with_peer)
            self._arena = await self._open.enter_async_context(servers)
        return self._arena
