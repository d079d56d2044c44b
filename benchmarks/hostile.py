"""H: what it costs to refuse a hostile request, as a multiple of what a plain query costs."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from app.domain.entity import Settings
from app.repository.opening import open_database
from benchmarks.report import table
from benchmarks.stand import Stand
from tests.hostile.hostile_requests import PLAIN, REFUSED
from tests.http.client import MEDIA_TYPE
from tests.http.hostile_requests import Hostile
from tests.support.books import open_books
from tests.support.service import Service
from tests.support.stores import Place

DEAREST = 10
DESCRIBED = """Each is sent in process, to the service over SQLite, and refused. Counted is the CPU of the whole process, the client's
part included, in the median; the plain query is `{ entity { code } }`, which reads one row."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request, and the seconds of CPU that its refusal takes."""

    hostile: Hostile
    seconds: float


async def of_hostile_requests(stand: Stand, rounds: int) -> str:
    """The tables: by code, and of the dearest."""
    with TemporaryDirectory() as directory:
        migrated = await stand.migrated("sqlite")
        place = Place(migrated.engine, migrated.url, migrated.owner_url)
        database = open_database(place.url)
        try:
            books = await open_books(database, place, Settings())
            service = Service(books, Path(directory), introspection=False, graphiql=False, cost_budget=0)
            plain = await _cost(service, PLAIN, rounds)
            refusals = [Refusal(each, await _cost(service, each, rounds)) for each in REFUSED]
        finally:
            await database.close()
    said = f"{DESCRIBED} It takes {plain * 1000:.2f} ms."
    return "\n\n".join([said, _by_code(refusals, plain), "The dearest:", _dearest(refusals, plain)])


async def _cost(service: Service, hostile: Hostile, rounds: int) -> float:
    """The median of the CPU seconds; the first time, which fills caches, does not count."""
    headers = {"Accept": MEDIA_TYPE, **hostile.headers}
    taken = []
    for _ in range(rounds + 1):
        before = time.process_time()
        sent = await service.request(hostile.method, hostile.url, content=hostile.content, headers=headers)
        taken.append(time.process_time() - before)
        if sent.status_code != hostile.status:
            raise RuntimeError(f"{hostile.name} was answered with {sent.status_code}")
    return statistics.median(taken[1:])


def _by_code(refusals: Sequence[Refusal], plain: float) -> str:
    codes = sorted({each.hostile.code for each in refusals if each.hostile.code})
    rows = []
    for code in codes:
        times = [each.seconds / plain for each in refusals if each.hostile.code == code]
        rows.append((f"`{code}`", str(len(times)), f"{statistics.median(times):.1f}", f"{max(times):.1f}"))
    return table(("refused as", "requests", "median × plain", "most × plain"), rows)


def _dearest(refusals: Sequence[Refusal], plain: float) -> str:
    dearest = sorted(refusals, key=lambda each: -each.seconds)[:DEAREST]
    return table(
        ("request", "refused as", "ms", "× plain"),
        (
            (
                each.hostile.name,
                f"`{each.hostile.code}`",
                f"{each.seconds * 1000:.1f}",
                f"{each.seconds / plain:.1f}",
            )
            for each in dearest
        ),
    )
