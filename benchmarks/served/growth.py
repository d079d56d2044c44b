"""R1 and W1 on small, middle and full books: what a request costs must not depend on how much there is."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from statistics import median

from benchmarks.report import table
from benchmarks.run import Run, Told
from benchmarks.served import documents, reading, writing
from benchmarks.served.arena import Arena, arena, seeded
from benchmarks.served.books import invoices_at
from benchmarks.served.contest import TakeTurn, Turn, contest, over_http
from benchmarks.served.load import Check
from benchmarks.served.servers import key_of

CLIENTS = 8
SHARES = (0.01, 0.1)
"""Of the books that other requests are measured on."""


async def as_the_books_grow(run: Run) -> Told:
    """All sizes are there at once, each with a service of its own, and take turns."""
    options = run.options
    async with AsyncExitStack() as open_until_measured:
        places = []
        for share in SHARES:
            books = await seeded(run.stand, invoices_at(options.books * share))
            key = await asyncio.to_thread(key_of, books)
            servers = arena(run.stand, books, key, with_peer=False)
            places.append(await open_until_measured.enter_async_context(servers))
        places.append(await run.arena())
        rows, facts = [], {}
        for name, (made_for, check) in _REQUESTS.items():
            contenders = {_name(each): _turns(each, made_for(each), check) for each in places}
            turns = (await contest(contenders, [CLIENTS], options.rounds, options.seconds))[CLIENTS]
            first, last = turns[_name(places[0])], turns[_name(places[-1])]
            cost = median(large.cpu / small.cpu for small, large in zip(first, last, strict=True))
            facts[f"{name}, cost on books 100 times as large"] = cost
            rows += [(name, size, *_cells(made)) for size, made in turns.items()]
    for each in places[:-1]:
        run.stand.drop(each.books.place)
    head = ("", "invoices", "requests/s", "median, ms", "own CPU, ms", "server CPU, ms")
    return Told(text=f"By {CLIENTS} clients, the service alone:\n\n{table(head, rows)}", facts=facts)


def _reads(place: Arena) -> Iterator[bytes]:
    return reading.bodies_of(documents.INVOICE, documents.SERVICE, reading.ids_of(place, "R1"))


def _writes(place: Arena) -> Iterator[bytes]:
    return writing.bodies_of(writing.apply_body, writing.any_of(place.books))


_REQUESTS: Mapping[str, tuple[Callable[[Arena], Iterator[bytes]], Check]] = {
    "R1": (_reads, reading.is_answer),
    "W1": (_writes, writing.is_applied),
}


def _turns(place: Arena, bodies: Iterator[bytes], check: Check) -> TakeTurn:
    return over_http(place.stand, [place.service], bodies, check)


def _name(place: Arena) -> str:
    return f"{place.books.invoices:,}"


def _cells(made: Sequence[Turn]) -> list[str]:
    return [
        f"{median(each.rate for each in made):,.0f}",
        f"{median(each.latency for each in made) * 1000:.1f}",
        f"{median(each.own_cpu for each in made) * 1000:.2f}",
        f"{median(each.server_cpu for each in made) * 1000:.2f}",
    ]
