"""Work that goes ahead while other work is awaited."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

MOST_AHEAD = 1_000
"""Items that are kept for whoever asks later."""
MOST_BEGUN = 2
"""Items whose work is begun at a time."""


@asynccontextmanager
async def gone_ahead(items: AsyncIterator[T]) -> AsyncIterator[AsyncIterator[T]]:
    """The items, in their order; the first ones are worked out before they are asked for, the others as they are."""
    first = asyncio.create_task(_first(items))
    try:
        yield _all(first, items)
    finally:
        first.cancel()
        # What it came to, or failed with, is whose who has asked for the items.
        await asyncio.wait([first])


async def _first(items: AsyncIterator[T]) -> list[T]:
    found: list[T] = []
    async for each in items:
        found.append(each)
        if len(found) == MOST_AHEAD:
            break
    return found


async def _all(first: asyncio.Task[list[T]], others: AsyncIterator[T]) -> AsyncIterator[T]:
    for each in await first:
        yield each
    async for each in others:
        yield each


async def worked_ahead(
    items: AsyncIterator[T], work: Callable[[T], Coroutine[Any, Any, R]]
) -> AsyncGenerator[tuple[T, R], None]:
    """Each item with what the work on it came to, in their order; that on the next one is begun before one is given."""
    begun: list[tuple[T, asyncio.Task[R]]] = []
    try:
        async for each in items:
            begun.append((each, asyncio.create_task(work(each))))
            # Begun it is when the loop has come to it: whoever asks for items may not let it for long.
            await asyncio.sleep(0)
            if len(begun) == MOST_BEGUN:
                item, task = begun[0]
                yield item, await task
                del begun[0]
        while begun:
            item, task = begun[0]
            yield item, await task
            del begun[0]
    finally:
        for _, task in begun:
            task.cancel()
        await asyncio.gather(*(task for _, task in begun), return_exceptions=True)
