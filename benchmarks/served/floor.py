"""The floor: pgbench, which sends the same statements, prepared, and does nothing with what comes back."""

import asyncio
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import make_url

from benchmarks.served.books import INVOICES_OF_ACCOUNT, MEMOS_OF_ACCOUNT, Books

_UNUSED = "\\set r random(1, 4611686018427387903)"
"""62 bits: no two are the same."""
_TRANSACTIONS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What pgbench runs: which documents a transaction is about, and its statements."""

    picks: Sequence[str]
    statements: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many transactions pgbench has done, how many a second, and the CPU of its own process for each."""

    done: int
    rate: float
    own_cpu: float


def any_invoice(books: Books) -> list[str]:
    return [f"\\set n random(0, {books.invoices - 1})"]


def any_account(books: Books) -> list[str]:
    return [f"\\set a random(0, {books.accounts - 1})"]


def any_pair(books: Books) -> list[str]:
    """A memo and an invoice of one account."""
    return [
        *any_account(books),
        f"\\set m :a * {MEMOS_OF_ACCOUNT} + random(0, {MEMOS_OF_ACCOUNT - 1})",
        f"\\set n :a * {INVOICES_OF_ACCOUNT} + random(0, {INVOICES_OF_ACCOUNT - 1})",
    ]


async def run_floor(books: Books, programs: Path, floor: Floor, *, clients: int, seconds: float) -> Pace:
    """So many connections for so many seconds; for less than pgbench's shortest time, some transactions."""
    length = ["-T", str(round(seconds))] if seconds >= 1 else ["-t", str(_TRANSACTIONS)]
    script = [*floor.picks, _UNUSED, *floor.statements]
    before = os.times()
    said = await _pgbench(books, programs, script, "-c", str(clients), "-j", "2", *length)
    after = os.times()
    done = int(_found(r"actually processed: ([0-9]+)", said))
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return Pace(done=done, rate=float(_found(r"tps = ([0-9.]+)", said)), own_cpu=spent / done)


async def run_once(books: Books, programs: Path, statements: Sequence[str], given: Mapping[str, int]) -> None:
    """One transaction about the documents that are given."""
    named = [part for name, value in given.items() for part in ("-D", f"{name}={value}")]
    await _pgbench(books, programs, [_UNUSED, *statements], "-t", "1", *named)


async def _pgbench(books: Books, programs: Path, script: Sequence[str], *arguments: str) -> str:
    url = make_url(books.place.url)
    with NamedTemporaryFile("w", suffix=".sql", encoding="utf-8") as file:
        # A statement is one line to pgbench when a meta-command ends it.
        file.write("\n".join(" ".join(each.split()) for each in script) + "\n")
        file.flush()
        command = [str(programs / "pgbench"), "-n", "-M", "prepared", "-f", file.name, *arguments]
        command += ["-h", str(url.host), "-p", str(url.port), "-U", str(url.username), str(url.database)]
        environment = {**os.environ, "PGOPTIONS": f"-c app.entity_id={books.entity_id}"}
        ran = await asyncio.to_thread(
            lambda: subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        )
    if ran.returncode:
        raise RuntimeError(f"pgbench: {ran.stderr.strip()[-2000:]}")
    return ran.stdout


def _found(pattern: str, said: str) -> str:
    match = re.search(pattern, said)
    if match is None:
        raise RuntimeError(f"pgbench did not say {pattern!r}:\n{said}")
    return match[1]
