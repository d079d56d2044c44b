"""Contenders that take turns: each for some seconds, with the same number of clients, and again in the next round."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.meter import cpu_of_family
from benchmarks.report import table
from benchmarks.served.books import Books
from benchmarks.served.floor import Floor, run_floor
from benchmarks.served.load import Check, load
from benchmarks.served.servers import Server
from benchmarks.stand import Stand

WARM_SECONDS = 1.0
SERVICE, PEER, FLOOR = "service", "PostGraphile", "pgbench"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What came of a turn: requests a second, seconds that one took in the median and at most in 99 of 100, and
    seconds of CPU for each, of the contender's own processes and of PostgreSQL's.
    """

    rate: float
    latency: float
    slowest: float | None
    own_cpu: float
    server_cpu: float

    @property
    def cpu(self) -> float:
        return self.own_cpu + self.server_cpu


Turns = Mapping[int, Mapping[str, Sequence[Turn]]]
"""By number of clients, by contender, a turn for each round."""
TakeTurn = Callable[[int, float], Awaitable[Turn]]
"""With so many clients, for so many seconds."""
Tidy = Callable[[], Awaitable[None]]
"""Does what the last turn has left to do, so that nobody does it in another's."""


def over_http(stand: Stand, servers: Sequence[Server], bodies: Iterator[bytes], check: Check) -> TakeTurn:
    """Servers of one kind, asked over HTTP."""

    async def turn(clients: int, seconds: float) -> Turn:
        own, other = _cpu(servers), cpu_of_family(stand.server_process)
        made = await load(servers, bodies, check, clients=clients, seconds=seconds)
        return Turn(
            rate=made.rate,
            latency=made.median_latency,
            slowest=made.latency(0.99),
            own_cpu=(_cpu(servers) - own) / made.requests,
            server_cpu=(cpu_of_family(stand.server_process) - other) / made.requests,
        )

    return turn


def by_sql_alone(stand: Stand, books: Books, floor: Floor) -> TakeTurn:
    async def turn(clients: int, seconds: float) -> Turn:
        before = cpu_of_family(stand.server_process)
        made = await run_floor(books, stand.programs, floor, clients=clients, seconds=seconds)
        return Turn(
            rate=made.rate,
            latency=clients / made.rate,
            slowest=None,
            own_cpu=made.own_cpu,
            server_cpu=(cpu_of_family(stand.server_process) - before) / made.done,
        )

    return turn


async def nothing_to_tidy() -> None:
    """Who only reads leaves nothing to do."""


async def contest(
    contenders: Mapping[str, TakeTurn],
    clients: Sequence[int],
    rounds: int,
    seconds: float,
    tidy: Tidy = nothing_to_tidy,
) -> Turns:
    """All of them in turn, round after round, after a first turn each that does not count."""
    turns: dict[int, dict[str, list[Turn]]] = {each: {name: [] for name in contenders} for each in clients}
    for name in contenders:
        await contenders[name](max(clients), min(WARM_SECONDS, seconds))
    for _ in range(rounds):
        for several in clients:
            for name, turn in contenders.items():
                await tidy()
                turns[several][name].append(await turn(several, seconds))
    return turns


def ratio(turns: Turns, clients: int, one: str, other: str) -> float | None:
    """How many times the other's rate the one has, the median of the rounds; None where either did not take part."""
    if not {one, other} <= turns[clients].keys():
        return None
    return median(
        mine.rate / its.rate for mine, its in zip(turns[clients][one], turns[clients][other], strict=True)
    )


def ratio_by_cpu(turns: Turns, clients: int, one: str, other: str) -> float | None:
    """The same by what a request costs in CPU, the database's included."""
    if not {one, other} <= turns[clients].keys():
        return None
    return median(
        its.cpu / mine.cpu for mine, its in zip(turns[clients][one], turns[clients][other], strict=True)
    )


def table_of(turns: Turns, rivals: Sequence[str]) -> str:
    """A row for each contender and number of clients; the service's says its ratios to the rivals that took part."""
    present = [each for each in rivals if each in next(iter(turns.values()))]
    head = ["clients", "", "requests/s", "median, ms", "99 %, ms", "own CPU, ms", "server CPU, ms"]
    head += [f"service ÷ {each}" for each in present] + [f"by CPU ÷ {each}" for each in present]
    rows = []
    for clients, of_clients in turns.items():
        for name, made in of_clients.items():
            ratios = [""] * (2 * len(present))
            if name == SERVICE:
                ratios = [
                    _shown(of(turns, clients, SERVICE, each))
                    for of in (ratio, ratio_by_cpu)
                    for each in present
                ]
            rows.append([str(clients), name, *_cells(made), *ratios])
    return table(head, rows)


def _cells(made: Sequence[Turn]) -> list[str]:
    slowest = [each.slowest for each in made if each.slowest is not None]
    return [
        f"{median(each.rate for each in made):,.0f}",
        f"{median(each.latency for each in made) * 1000:.1f}",
        f"{median(slowest) * 1000:.1f}" if slowest else "",
        f"{median(each.own_cpu for each in made) * 1000:.2f}",
        f"{median(each.server_cpu for each in made) * 1000:.2f}",
    ]


def _shown(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _cpu(servers: Sequence[Server]) -> float:
    return sum(cpu_of_family(each.process) for each in servers)
