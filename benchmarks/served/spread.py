"""Several processes of the service on one database, and pages that lie deep in a list."""

import json
from contextlib import AsyncExitStack
from itertools import repeat
from statistics import median

from benchmarks.report import table
from benchmarks.run import Run, Told
from benchmarks.served import documents
from benchmarks.served.arena import Arena
from benchmarks.served.contest import contest, over_http
from benchmarks.served.documents import INVOICE
from benchmarks.served.reading import answer, bodies_of, ids_of, is_answer
from benchmarks.served.servers import service

PROCESSES = 4
DEEP = 1_000
"""The page that is compared with the first one, where the list is as long as that."""
PAGE = 20
_STEP = 250
"""Rows that are passed over at once on the way to it."""


async def by_several_processes(run: Run) -> Told:
    """R1 by 1 to 4 processes, clients spread evenly over them."""
    place, options = await run.arena(), run.options
    clients = max(options.clients)
    async with AsyncExitStack() as running:
        servers = [place.service]
        servers += [running.enter_context(service(place.books, place.key)) for _ in range(PROCESSES - 1)]
        bodies = bodies_of(INVOICE, documents.SERVICE, ids_of(place, "R1"))
        contenders = {
            str(several): over_http(place.stand, servers[:several], bodies, is_answer)
            for several in range(1, PROCESSES + 1)
        }
        turns = (await contest(contenders, [clients], options.rounds, options.seconds))[clients]
    rows = [
        (
            several,
            f"{median(each.rate for each in made):,.0f}",
            f"{median(mine.rate / one.rate for mine, one in zip(made, turns['1'], strict=True)):.2f}",
            f"{median(each.own_cpu for each in made) * 1000:.2f}",
            f"{median(each.server_cpu for each in made) * 1000:.2f}",
        )
        for several, made in turns.items()
    ]
    head = ("processes", "requests/s", "÷ one process", "own CPU, ms", "server CPU, ms")
    return Told(text=f"R1 by {clients} clients, spread evenly:\n\n{table(head, rows)}")


async def deep_in_a_list(run: Run) -> Told:
    """The first page of all memos, and one far behind it."""
    place, options = await run.arena(), run.options
    page = min(DEEP, place.books.memos // PAGE)
    cursor = await _cursor(place, (page - 1) * PAGE)
    contenders = {
        "1": over_http(place.stand, [place.service], repeat(_page(PAGE, None)), is_answer),
        f"{page:,}": over_http(place.stand, [place.service], repeat(_page(PAGE, cursor)), is_answer),
    }
    turns = (await contest(contenders, [1], options.rounds, options.seconds))[1]
    first, last = turns["1"], turns[f"{page:,}"]
    cost = median(deep.cpu / near.cpu for near, deep in zip(first, last, strict=True))
    rows = [
        (
            number,
            f"{median(each.latency for each in made) * 1000:.1f}",
            f"{median(each.own_cpu for each in made) * 1000:.2f}",
            f"{median(each.server_cpu for each in made) * 1000:.2f}",
        )
        for number, made in turns.items()
    ]
    said = f"Pages of {PAGE} of {place.books.memos:,} memos by day of making, one client:"
    text = f"{said}\n\n{table(('page', 'median, ms', 'own CPU, ms', 'server CPU, ms'), rows)}"
    return Told(text=text, facts={"a page deep in a list / the first one, cost": cost})


async def _cursor(place: Arena, passed: int) -> str | None:
    """Of the row that so many rows, itself among them, lead up to."""
    cursor: str | None = None
    while passed:
        step = min(_STEP, passed)
        said = json.loads(await answer(place.service, _page(step, cursor)))
        cursor = said["data"]["creditMemos"]["pageInfo"]["endCursor"]
        passed -= step
    return cursor


def _page(first: int, after: str | None) -> bytes:
    query = (
        "query ($first: Int, $after: String) { creditMemos(first: $first, after: $after,"
        " orderBy: {field: CREATED_AT, direction: ASC})"
        " { nodes { number status totalAmount balance } pageInfo { endCursor } } }"
    )
    return json.dumps({"query": query, "variables": {"first": first, "after": after}}).encode()
