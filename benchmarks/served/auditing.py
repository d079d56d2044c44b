"""`audit` of large books, beside what it takes to SELECT all that it covers, and what it holds in memory meanwhile."""

import asyncio
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from statistics import median

from app.repository.tables import metadata
from benchmarks.meter import cpu_of_family
from benchmarks.report import table
from benchmarks.run import Run, Told
from benchmarks.served.books import Books, invoices_at, write_books
from benchmarks.served.servers import environment_of
from benchmarks.stand import connected

_BATCH = 10_000
_ROUNDS = 1
"""Minutes each, so that one says enough."""
_READ = [table.name for table in metadata.sorted_tables if "entity_id" in table.c]
"""Every table of the books: an audit looks at each one's references, at the log and at the chains too."""
_MIB = 1 << 20
_KIB = 1 << 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """Seconds on the clock, and of CPU in this side's process and in PostgreSQL; bytes of memory at the most."""

    elapsed: float
    own_cpu: float
    server_cpu: float
    memory: int = 0


async def auditing(run: Run) -> Told:
    """`python -m app audit`, from its start to its end, in turn with the SELECTs."""
    books = await write_books(await run.stand.migrated("postgresql"), invoices_at(run.options.audited_books))
    server = run.stand.server_process
    audits, selects = [], []
    for _ in range(_ROUNDS):
        audits.append(await asyncio.to_thread(_audited, books, server))
        selects.append(await _selected(books, server))
    run.stand.drop(books.place)
    share = median(alone.elapsed / whole.elapsed for alone, whole in zip(selects, audits, strict=True))
    facts = {"audit / SELECT": share, "audit, memory": median(each.memory for each in audits) / _MIB}
    rows = [("audit", *_cells(audits), f"{share:.2f}"), ("SELECT alone", *_cells(selects), "")]
    head = ("", "seconds", "own CPU, s", "server CPU, s", "memory, MiB", "audit ÷ SELECT")
    said = f"Of {books.applications:,} applications, with all that belongs to them, on PostgreSQL:"
    return Told(text=f"{said}\n\n{table(head, rows)}", facts=facts)


def _cells(made: list[_Reading]) -> tuple[str, str, str, str]:
    memory = median(each.memory for each in made)
    return (
        f"{median(each.elapsed for each in made):.1f}",
        f"{median(each.own_cpu for each in made):.1f}",
        f"{median(each.server_cpu for each in made):.1f}",
        f"{memory / _MIB:.0f}" if memory else "",
    )


def _audited(books: Books, server: int) -> _Reading:
    begin, before = time.perf_counter(), cpu_of_family(server)
    command = [sys.executable, "-m", "app", "audit"]
    with subprocess.Popen(command, env=environment_of(books), stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("the audit found a difference, or did not end")
    return _Reading(
        elapsed=time.perf_counter() - begin,
        own_cpu=used.ru_utime + used.ru_stime,
        server_cpu=cpu_of_family(server) - before,
        memory=used.ru_maxrss * _KIB,
    )


async def _selected(books: Books, server: int) -> _Reading:
    """Every row of what an audit covers, by the same role and driver, in one snapshot, some thousand at a time."""
    begin, cpu, before = time.perf_counter(), time.process_time(), cpu_of_family(server)
    connection = await connected(books.place.url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute(f"SET LOCAL app.entity_id = '{books.entity_id}'")
            for name in _READ:
                cursor = await connection.cursor(f"SELECT * FROM {name} WHERE entity_id = {books.entity_id}")
                while await cursor.fetch(_BATCH):
                    pass
    finally:
        await connection.close()
    return _Reading(
        elapsed=time.perf_counter() - begin,
        own_cpu=time.process_time() - cpu,
        server_cpu=cpu_of_family(server) - before,
    )
