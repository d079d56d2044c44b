"""How long the service takes to be there, what it holds in memory, and what its command line costs."""

import os
import resource
import subprocess
import sys
import time
from statistics import median

from benchmarks.meter import cpu_of_family, resident
from benchmarks.report import table
from benchmarks.run import Run, Told
from benchmarks.served import documents
from benchmarks.served.arena import Arena
from benchmarks.served.documents import MEMOS
from benchmarks.served.load import load
from benchmarks.served.reading import answer, bodies_of, ids_of, is_answer
from benchmarks.served.servers import service

_MIB = 1 << 20
_WARM_REQUESTS = 200
_MORE_REQUESTS = 1_000
_CLIENTS = 8
_HELP = [sys.executable, "-m", "app", "--help"]


async def starting(run: Run) -> Told:
    """Start-up to the first answer, `--help`, memory when idle and under R2."""
    place = await run.arena()
    started = [await _started(place) for _ in range(run.options.rounds)]
    helped = [_helped() for _ in range(run.options.rounds)]
    idle, warm, later = await _memory(place)
    facts = {
        "start to first answer": median(clock for clock, _ in started),
        "start to first answer, CPU": median(cpu for _, cpu in started),
        "--help, CPU": median(cpu for cpu, _ in helped),
        "--help, clock": median(clock for _, clock in helped),
        "idle memory": idle / _MIB,
        "memory after R2 / before": later / warm,
    }
    rows = [
        ("process start to first answer, database there, clock", f"{facts['start to first answer']:.2f} s"),
        ("the same, CPU", f"{facts['start to first answer, CPU']:.2f} s"),
        ("`python -m app --help`, CPU", f"{facts['--help, CPU']:.2f} s"),
        ("the same, clock", f"{facts['--help, clock']:.2f} s"),
        ("resident memory, idle after one answer", f"{idle / _MIB:.0f} MiB"),
        (f"after {_WARM_REQUESTS} R2 by {_CLIENTS} clients", f"{warm / _MIB:.0f} MiB"),
        (f"after {_MORE_REQUESTS:,} more", f"{later / _MIB:.0f} MiB"),
    ]
    return Told(text=table(("", ""), rows), facts=facts)


async def _started(place: Arena) -> tuple[float, float]:
    """Seconds on the clock, and of CPU."""
    begin = time.perf_counter()
    with service(place.books, place.key) as server:
        await answer(server, b'{"query": "{ entity { code } }"}')
        return time.perf_counter() - begin, cpu_of_family(server.process)


def _helped() -> tuple[float, float]:
    """Seconds of CPU, and on the clock."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(_HELP, check=True, capture_output=True, env={**os.environ, "NO_COLOR": "1"})
    elapsed, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, elapsed


async def _memory(place: Arena) -> tuple[int, int, int]:
    """Bytes of a new process: idle, once it is warm, and after as much again and more."""
    with service(place.books, place.key) as server:
        await answer(server, b'{"query": "{ entity { code } }"}')
        idle = resident(server.process)
        bodies = bodies_of(MEMOS, documents.SERVICE, ids_of(place, "R2"))
        measured = []
        for requests in (_WARM_REQUESTS, _MORE_REQUESTS):
            await load([server], bodies, is_answer, clients=_CLIENTS, seconds=600, requests=requests)
            measured.append(resident(server.process))
    warm, later = measured
    return idle, warm, later
