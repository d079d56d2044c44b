"""Time limits that are over when a test says so, however slow or fast the machine is."""

import asyncio
import contextlib
from typing import Any


class Clocks:
    """Stands for `asyncio` in the endpoint's module, and knows the time limits that were set there."""

    def __init__(self) -> None:
        self._set: list[asyncio.Timeout] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    def timeout(self, seconds: float) -> asyncio.Timeout:
        clock = asyncio.timeout(seconds)
        self._set.append(clock)
        return clock

    def run_out(self) -> None:
        """The time of whatever is under way is over."""
        now = asyncio.get_running_loop().time()
        for clock in self._set:
            # What has ended has no time that could run out.
            with contextlib.suppress(RuntimeError):
                clock.reschedule(now)
        self._set.clear()
