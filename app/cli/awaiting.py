"""From a command, which waits, to what awaits."""

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """What the work comes to, on an event loop of its own."""
    # Loaded here for all commands: an eighth of a second would otherwise go into every `--help`.
    import asyncio

    return asyncio.run(work)
