"""Looking up where a host is: by threads of its own, so that a name server that does not answer keeps nobody waiting but
those who named the host.

The system's resolver cannot be interrupted. What gives up waiting leaves its thread behind until the resolver does.
"""

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

MOST_OF_OWNER = 2
MOST = 64
"""Threads at once. An owner is an entity's callback, so this many need 32 entities whose name servers do not answer."""

Resolve = Callable[[str], Sequence[str]]
"""The addresses of a host, in order of preference. Raises OSError and UnicodeError."""


def resolved(host: str) -> Sequence[str]:
    """What the system says."""
    return [str(place[0]) for _, _, _, _, place in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


class LookUps:
    """Look-ups under way. Whoever has too many waits for its own, until it gives up."""

    def __init__(self, resolve: Resolve = resolved) -> None:
        self._resolve = resolve
        self._under_way: Counter[str] = Counter()
        self._ended = asyncio.Event()

    async def addresses(self, owner: str, host: str) -> Sequence[str]:
        """The addresses of the host; raises what resolving raises."""
        while self._under_way[owner] >= MOST_OF_OWNER or self._under_way.total() >= MOST:
            self._ended.clear()
            await self._ended.wait()
        self._under_way[owner] += 1
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Sequence[str]] = loop.create_future()

        def end(found: Sequence[str] | None, error: Exception | None) -> None:
            self._under_way[owner] -= 1
            if not self._under_way[owner]:
                del self._under_way[owner]
            self._ended.set()
            if answer.done():
                return
            if error is not None:
                answer.set_exception(error)
            else:
                answer.set_result(found or ())

        # A daemon: the process does not wait for the resolver when it ends.
        threading.Thread(target=self._work, args=(host, loop, end), name="look-up", daemon=True).start()
        return await answer

    def _work(self, host: str, loop: asyncio.AbstractEventLoop, end: Callable[..., Any]) -> None:
        try:
            outcome: tuple[Sequence[str] | None, Exception | None] = self._resolve(host), None
        except Exception as error:  # noqa: BLE001 - it is raised where the answer is waited for
            outcome = None, error
        # Of a loop that has been closed meanwhile nobody waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(end, *outcome)
