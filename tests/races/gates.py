"""Gates in a server's path: they make moments that come by luck elsewhere last until the test has seen them."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

from tests.support.sent import Change

NAMES = ("start", "write", "commit", "answer")
"""start: a request has arrived, nothing of it was read. write: facts are read, the first row is about to be written.
commit: all is written, COMMIT is next. answer: COMMIT has returned, the client has heard nothing."""


NUMBERING = ("UPDATE log_entry", "UPDATE log_sequence")
"""What the sequencer writes, whenever it looks at every log: it is nobody for whom a test waits at a gate."""


class Gate:
    """Open at first. Closed, it holds whoever comes."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._opened = asyncio.Event()
        self._opened.set()
        self._waiting = 0
        self._changed = asyncio.Condition()

    def close(self) -> None:
        self._opened.clear()

    def open(self) -> None:
        self._opened.set()

    async def until_waiting(self, number: int) -> None:
        """Returns when at least so many are held."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._waiting >= number)

    async def passed(self) -> None:
        """Returns when the gate lets this caller through; callable from a coroutine that runs on another thread."""
        if threading.get_ident() == self._thread:
            await self._passed()
        else:
            self._passed_by_another_thread()

    def _passed_by_another_thread(self) -> None:
        asyncio.run_coroutine_threadsafe(self._passed(), self._loop).result()

    async def _passed(self) -> None:
        if self._opened.is_set():
            return
        async with self._changed:
            self._waiting += 1
            self._changed.notify_all()
        try:
            await self._opened.wait()
        finally:
            self._waiting -= 1


Gates = dict[str, Gate]


def new_gates() -> Gates:
    return {name: Gate() for name in NAMES}


def before_writing(gate: Gate) -> Change:
    """Whoever is about to write passes the gate."""

    async def change(text: str, arguments: Sequence[Any]) -> tuple[str, Sequence[Any]]:
        if text.startswith(("INSERT", "UPDATE", "WITH")) and not text.startswith(NUMBERING):
            await gate.passed()
        return text, arguments

    return change
