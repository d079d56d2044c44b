"""Every benchmark there is, by the name that the command line knows it by."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from benchmarks.direct_credits import measure
from benchmarks.hostile import of_hostile_requests
from benchmarks.run import Run, Told
from benchmarks.served import sections
from benchmarks.served.auditing import auditing
from benchmarks.served.ceiling import ceiling
from benchmarks.served.embedded import embedded_writes
from benchmarks.served.growth import as_the_books_grow
from benchmarks.served.spread import by_several_processes, deep_in_a_list
from benchmarks.served.starting import starting


@dataclass(frozen=True, slots=True)
class Benchmark:
    """`mark` is its place in docs/performance.md."""

    mark: str
    run: Callable[[Run], Awaitable[Told]]


async def _direct_credits(run: Run) -> Told:
    options = run.options
    beside = await measure.beside_the_floor(run.stand, options.invoices, options.rounds, options.workers)
    parts = [measure.described(), beside.text]
    if options.sizes:
        grown = [
            await measure.as_the_books_grow(run.stand, engine, options.sizes, options.rounds)
            for engine in ("postgresql", "sqlite")
        ]
        parts += ["One worker alone, as the books grow:", *grown]
    facts = {f"B / SQL in chunks of 500, {said}": value for said, value in beside.ratios.items()}
    return Told(text="\n\n".join(parts), facts=facts)


async def _hostile_requests(run: Run) -> Told:
    return Told(text=await of_hostile_requests(run.stand, ROUNDS_OF_A_REQUEST * run.options.rounds))


ROUNDS_OF_A_REQUEST = 5
BENCHMARKS: Mapping[str, Benchmark] = {
    "generator": Benchmark("load generator", ceiling),
    "R1": Benchmark("one invoice", sections.one_invoice),
    "R2": Benchmark("a hundred memos", sections.a_hundred_memos),
    "W1": Benchmark("credit applied", sections.credit_applied),
    "W2": Benchmark("memo from an invoice", sections.memo_from_an_invoice),
    "hot": Benchmark("hot rows", sections.hot_rows),
    "growth": Benchmark("growing books", as_the_books_grow),
    "processes": Benchmark("several processes", by_several_processes),
    "pages": Benchmark("deep pages", deep_in_a_list),
    "sqlite": Benchmark("embedded", embedded_writes),
    "audit": Benchmark("audit", auditing),
    "start": Benchmark("start and memory", starting),
    "B": Benchmark("direct credits", _direct_credits),
    "H": Benchmark("hostile requests", _hostile_requests),
}
