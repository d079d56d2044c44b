"""Work that goes ahead while other work is awaited."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

T = TypeVar("T")

MOST_AHEAD = 1_000
"""Items that are kept for whoever asks later."""


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
