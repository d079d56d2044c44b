"""How long a piece of work took, and how much CPU it cost on either side of the connection."""

import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds: on the clock, of CPU in this process, of CPU in the database's server (SQLite has none)."""

    elapsed: float
    own_cpu: float
    server_cpu: float

    @property
    def cpu(self) -> float:
        return self.own_cpu + self.server_cpu


async def cost_of(work: Callable[[], Awaitable[None]], server: int | None = None) -> Cost:
    """The cost of doing the work once; `server`: the process id of the database's server."""
    elapsed, own, of_server = time.perf_counter(), time.process_time(), cpu_of_family(server)
    await work()
    return Cost(
        elapsed=time.perf_counter() - elapsed,
        own_cpu=time.process_time() - own,
        server_cpu=cpu_of_family(server) - of_server,
    )


def resident(process: int) -> int:
    """Bytes of memory that a process has in use."""
    return int(Path(f"/proc/{process}/statm").read_text(encoding="utf-8").split()[1]) * os.sysconf(
        "SC_PAGE_SIZE"
    )


def cpu_of_family(parent: int | None) -> float:
    """Seconds of CPU of a process and its children, those that have ended included."""
    if parent is None:
        return 0.0
    user, system, ended_user, ended_system = _times(parent)
    ticks = user + system + ended_user + ended_system
    for child in _children(parent):
        try:
            ticks += sum(_times(child)[:2])
        except (FileNotFoundError, ProcessLookupError):
            # It has ended since it was listed; its parent counts it from now on.
            continue
    return ticks / _TICKS


def _times(process: int) -> tuple[int, int, int, int]:
    """utime, stime, cutime and cstime of proc(5), counted from behind the name, which may contain anything."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    user, system, ended_user, ended_system = (int(each) for each in fields[11:15])
    return user, system, ended_user, ended_system


def _children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8")
    return [int(each) for each in listed.split()]
