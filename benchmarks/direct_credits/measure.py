"""B, measured: service and floor in turn, each on its own copy of the same books; and the service as the books grow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from sqlalchemy import text

from app.domain.entity import Settings
from app.domain.vocabulary import ApplicationLevel
from app.repository.opening import open_database
from benchmarks.direct_credits.floor import Floor
from benchmarks.direct_credits.sameness import differences
from benchmarks.direct_credits.service import Service
from benchmarks.meter import Cost, cost_of
from benchmarks.report import table
from benchmarks.seed import LINES, Seeded, seed
from benchmarks.stand import Place, Stand, connected, settle

_SETTINGS = Settings(application_level=ApplicationLevel.INVOICE_LINE)
_HEAD = (
    "",
    "invoices",
    "ms an invoice",
    "invoices/s",
    "own CPU, ms",
    "server CPU, ms",
    "floor/service",
    "the same by CPU",
)
_RATIOS = 2
_LONG = 100_000
"""So many invoices take minutes, and even out what disturbs a moment: one round."""
_UNDONE = text("SELECT 1 FROM job WHERE entity_id = :entity_id AND done < total")


class NotTheSame(Exception):
    """Service and floor have not done the same work: their times say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A table, and how many times the floor's rate the first number of workers has, by what became of the memos."""

    text: str
    ratios: Mapping[str, float]


@dataclass(slots=True, kw_only=True)
class _Row:
    """The costs of one contender, a round each."""

    name: str
    invoices: int
    costs: list[Cost] = field(default_factory=list)

    @property
    def elapsed(self) -> float:
        return median(cost.elapsed for cost in self.costs)

    def cells(self, floor: "_Row | None" = None) -> tuple[str, ...]:
        own = median(cost.own_cpu for cost in self.costs)
        server = median(cost.server_cpu for cost in self.costs)
        return (
            self.name,
            f"{self.invoices:,}",
            f"{self.elapsed / self.invoices * 1000:.2f}",
            f"{self.invoices / self.elapsed:,.0f}",
            f"{own / self.invoices * 1000:.2f}",
            f"{server / self.invoices * 1000:.2f}",
            *(("",) * _RATIOS if floor is None else self._ratios(floor)),
        )

    def by_clock(self, floor: "_Row") -> float:
        """The median of the rounds' ratios: what was measured together is compared."""
        return median(low.elapsed / cost.elapsed for low, cost in zip(floor.costs, self.costs, strict=True))

    def _ratios(self, floor: "_Row") -> tuple[str, str]:
        by_cpu = median(low.cpu / cost.cpu for low, cost in zip(floor.costs, self.costs, strict=True))
        return f"{self.by_clock(floor):.2f}", f"{by_cpu:.2f}"


async def beside_the_floor(stand: Stand, invoices: int, rounds: int, workers: Sequence[int] = (1,)) -> Beside:
    """Floor and service in turn, the service by so many workers each, without and with the memos applied.

    Raises NotTheSame.
    """
    full, books = await seeded(stand, "postgresql", invoices)
    cells = []
    ratios = {}
    for auto_apply in (False, True):
        said = "applied" if auto_apply else "posted"
        services = {hands: _Row(name=f"{said}, {_hands(hands)}", invoices=invoices) for hands in workers}
        floor = _Row(name=f"{said}, floor", invoices=invoices)
        for _ in range(rounds):
            of_floor = stand.copy(full)
            floor.costs.append(
                await _cost_of_floor(stand, of_floor, books, books.account_id, auto_apply=auto_apply)
            )
            for hands, service in services.items():
                of_service = stand.copy(full)
                service.costs.append(
                    await _cost_of_service(stand, of_service, books, hands, auto_apply=auto_apply)
                )
                if found := await differences(of_service, of_floor):
                    raise NotTheSame("\n".join(found))
                stand.drop(of_service)
            stand.drop(of_floor)
        ratios[said] = services[workers[0]].by_clock(floor)
        cells += [*(service.cells(floor) for service in services.values()), floor.cells()]
    stand.drop(full)
    return Beside(text=table(_HEAD, cells), ratios=ratios)


async def as_the_books_grow(stand: Stand, engine: str, sizes: Sequence[int], rounds: int) -> str:
    """One worker alone on books of several sizes: the cost of an invoice should be the same everywhere."""
    cells = []
    for invoices in sizes:
        full, books = await seeded(stand, engine, invoices)
        row = _Row(name="SQLite" if engine == "sqlite" else "PostgreSQL", invoices=invoices)
        for _ in range(rounds if invoices < _LONG else 1):
            place = stand.copy(full)
            row.costs.append(await _cost_of_service(stand, place, books, 1, auto_apply=False))
            stand.drop(place)
        stand.drop(full)
        cells.append(row.cells()[:-_RATIOS])
    return table(_HEAD[:-_RATIOS], cells)


async def seeded(stand: Stand, engine: str, invoices: int) -> tuple[Place, Seeded]:
    """Books to copy; on PostgreSQL with some credit of before, or it would plan for tables that are empty."""
    place = await stand.migrated(engine)
    books = await seed(place, invoices, _SETTINGS)
    if engine == "postgresql":
        await _cost_of_floor(stand, place, books, books.earlier_account_id, auto_apply=True)
    await settle(place)
    return place, books


async def _cost_of_service(
    stand: Stand, place: Place, books: Seeded, workers: int, *, auto_apply: bool
) -> Cost:
    server = stand.server_process if place.engine == "postgresql" else None
    database = open_database(place.url)
    service = Service(database=database, entity_id=books.entity_id, auto_apply=auto_apply, workers=workers)
    try:
        cost = await cost_of(service.credit_all, server)
        async with database.snapshot(books.entity_id) as snapshot:
            if await snapshot.rows(_UNDONE):
                raise NotTheSame("the service has not credited every invoice")
        return cost
    finally:
        await database.close()


async def _cost_of_floor(
    stand: Stand, place: Place, books: Seeded, account_id: str, *, auto_apply: bool
) -> Cost:
    connection = await connected(place.url)
    floor = Floor(
        connection=connection, entity_id=books.entity_id, account_id=account_id, auto_apply=auto_apply
    )
    try:
        return await cost_of(floor.credit_all, stand.server_process)
    finally:
        await connection.close()


def _hands(workers: int) -> str:
    return "1 worker" if workers == 1 else f"{workers} workers"


def described() -> str:
    """What stands above the tables."""
    return (
        f"Full credits of invoices with {LINES} lines and as many tax items, submitted as one job of a selection and"
        " done by one process; the memos are posted, or posted and applied to their invoices. The floor writes the"
        " same rows by one connection in chunks of 500 and judges nothing."
    )
