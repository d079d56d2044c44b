"""The sweeps of an audit, done by whoever has a connection for them: each once."""

import asyncio
from collections import deque
from collections.abc import Sequence

from app.repository.database import Snapshot
from app.repository.proofs import SWEEPS, Sweep


class Sweeping:
    """The audit takes the sweeps in their order; who helps takes those from the end."""

    def __init__(self) -> None:
        self._left = deque(SWEEPS)
        self._helped: dict[str, asyncio.Future[Sequence[int | None]]] = {}

    async def found(self, sweep: Sweep, snapshot: Snapshot) -> Sequence[int | None]:
        """For each of its checks how many rows it finds broken; asked for in the order of the sweeps."""
        helped = self._helped.get(sweep.name)
        if helped is not None:
            return await helped
        self._left.popleft()
        return await _swept(sweep, snapshot)

    async def help(self, snapshot: Snapshot) -> None:
        """Do what is left, on another connection than that of whoever asks."""
        while self._left:
            sweep = self._left.pop()
            told = self._helped[sweep.name] = asyncio.get_running_loop().create_future()
            try:
                told.set_result(await _swept(sweep, snapshot))
            except Exception as error:
                told.set_exception(error)
                # Whoever asks may have failed himself, and will not hear of it.
                told.exception()
                raise


async def _swept(sweep: Sweep, snapshot: Snapshot) -> Sequence[int | None]:
    [found] = await snapshot.rows(sweep.statement)
    return tuple(found)
