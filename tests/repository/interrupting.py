"""Cancelling a coroutine at its n-th wait, so that a sweep meets every moment at which a caller can go away."""

import asyncio
from collections.abc import Coroutine, Generator
from itertools import count
from typing import Any


class _CancelledAt:
    def __init__(self, coroutine: Coroutine[Any, Any, Any], wait: int) -> None:
        self._coroutine, self._wait = coroutine, wait

    def __await__(self) -> Generator[Any, None, Any]:
        inner = self._coroutine.__await__()
        error: BaseException | None = None
        for waits in count(1):
            try:
                awaited = next(inner) if error is None else inner.throw(error)
            except StopIteration as end:
                return end.value
            task = asyncio.current_task()
            if waits == self._wait and task is not None:
                task.cancel()
            error = None
            try:
                yield awaited
            except BaseException as thrown:  # noqa: BLE001 - handed to the coroutine, which decides
                error = thrown
        raise AssertionError("unreachable")


async def cancelled_at(wait: int, coroutine: Coroutine[Any, Any, Any]) -> bool:
    """Runs the coroutine as a task that is cancelled when it waits for the n-th time; False if it never does."""

    async def run() -> None:
        await _CancelledAt(coroutine, wait)

    task = asyncio.ensure_future(run())
    await asyncio.wait([task])
    if task.cancelled():
        return True
    task.result()
    return False
