"""The event loop is shared: long work lets others go on between its steps."""

import asyncio
from time import perf_counter

SECONDS = 0.001
"""For how long work keeps the event loop to itself."""


class Breath:
    """Taken between the steps of one piece of work."""

    def __init__(self) -> None:
        self._taken_at = perf_counter()

    def begin(self) -> None:
        """While the database answered, the others had their turn."""
        self._taken_at = perf_counter()

    async def take(self) -> None:
        """Whoever else is on the event loop goes on, where the last time is long enough ago."""
        if perf_counter() - self._taken_at >= SECONDS:
            await asyncio.sleep(0)
            self._taken_at = perf_counter()
