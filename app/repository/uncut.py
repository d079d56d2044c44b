"""Steps that a caller who goes away must not interrupt."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def uncut(step: Awaitable[T]) -> T:
    """Let the step end, however often the caller is cancelled meanwhile; only then does the cancellation count."""
    task = asyncio.ensure_future(step)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            # A time-out, then a caller who hangs up: the second cancellation must not cut it either.
            cancelled = error
    result = task.result()
    if cancelled is not None:
        raise cancelled
    return result
