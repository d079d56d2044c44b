"""The load generator: so many clients, each with a connection that it keeps, each asking again as soon as it is answered.

One for every server, so that what it costs itself is the same for all; a loop of its own in a thread, and bare sockets.
"""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import cast

import uvloop

from benchmarks.served.servers import Server

Check = Callable[[bytes], bool]
"""Whether an answer's body is one of a request that was carried out."""
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_PATIENCE_SECONDS = 60


class BadAnswer(Exception):
    """An answer that is not the one to a request carried out: what was measured says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What came of it: answers in so many seconds, and the seconds that each took."""

    seconds: float
    latencies: Sequence[float] = field(repr=False)

    @property
    def requests(self) -> int:
        return len(self.latencies)

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    @property
    def median_latency(self) -> float:
        return median(self.latencies)

    def latency(self, share: float) -> float:
        """What that share of the answers took at most: 0.99 for the slowest hundredth's beginning."""
        return sorted(self.latencies)[min(int(share * self.requests), self.requests - 1)]


def head_of(server: Server) -> bytes:
    """The head of a POST request up to its length."""
    lines = [
        "POST /graphql HTTP/1.1",
        f"Host: {server.host}:{server.port}",
        "Content-Type: application/json",
        "Accept: application/graphql-response+json, application/json",
        *(f"{name}: {value}" for name, value in server.headers),
        "Content-Length: ",
    ]
    return "\r\n".join(lines).encode()


async def load(
    servers: Sequence[Server],
    bodies: Iterator[bytes],
    check: Check,
    *,
    clients: int,
    seconds: float,
    requests: int | None = None,
) -> Load:
    """Clients, spread over the servers, ask for so many seconds, or until so many requests are answered.

    Raises BadAnswer.
    """
    return await asyncio.to_thread(
        uvloop.run, _load(servers, bodies, check, clients=clients, seconds=seconds, requests=requests)
    )


async def _load(
    servers: Sequence[Server],
    bodies: Iterator[bytes],
    check: Check,
    *,
    clients: int,
    seconds: float,
    requests: int | None,
) -> Load:
    loop = asyncio.get_running_loop()
    begin = time.perf_counter()
    shared = _Shared(bodies, check, begin + seconds, requests)
    connections = []
    for place in range(clients):
        server = servers[place % len(servers)]
        client = _Client(shared, server)
        await loop.create_connection(partial(_itself, client), server.host, server.port)
        connections.append(client)
    try:
        async with asyncio.timeout(seconds + _PATIENCE_SECONDS):
            await asyncio.gather(*(client.done for client in connections))
    finally:
        for client in connections:
            client.transport.close()
    return Load(seconds=max(shared.latest, time.perf_counter()) - begin, latencies=shared.latencies)


def _itself(client: "_Client") -> "_Client":
    return client


class _Shared:
    """What all clients of a load draw from and add to."""

    def __init__(self, bodies: Iterator[bytes], check: Check, until: float, requests: int | None) -> None:
        self.bodies, self.check, self.until = bodies, check, until
        self.left = requests
        self.latencies: list[float] = []
        self.latest = 0.0

    def next(self) -> bytes | None:
        """The body of the next request, or None when it is enough."""
        if self.left is None:
            # However short the time and slow the machine, something is answered.
            return next(self.bodies) if not self.latencies or time.perf_counter() < self.until else None
        self.left -= 1
        return next(self.bodies) if self.left >= 0 else None


class _Client(asyncio.Protocol):
    """One connection: a request, its whole answer, the next request."""

    transport: asyncio.Transport

    def __init__(self, shared: _Shared, server: Server) -> None:
        self._shared = shared
        self._head = head_of(server)
        self._received = bytearray()
        self._expected = 0
        self._sent = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are not of the class that asyncio names.
        self.transport = cast(asyncio.Transport, transport)
        self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(BadAnswer(f"the server closed a connection: {error}"))

    def data_received(self, data: bytes) -> None:
        received = self._received
        received += data
        if not self._expected:
            end = received.find(_HEAD_END)
            if end < 0:
                return
            self._expected = end + len(_HEAD_END) + _length_of(bytes(received[:end]))
        if len(received) >= self._expected:
            self._answered(bytes(received))

    def _answered(self, answer: bytes) -> None:
        shared = self._shared
        now = time.perf_counter()
        shared.latencies.append(now - self._sent)
        shared.latest = now
        self._received.clear()
        self._expected = 0
        if self.done.done():
            return
        if not answer.startswith(b"HTTP/1.1 200 ") or not shared.check(answer.partition(_HEAD_END)[2]):
            self.done.set_exception(BadAnswer(answer[:2000].decode(errors="replace")))
            return
        self._ask()

    def _ask(self) -> None:
        body = self._shared.next()
        if body is None:
            self.done.set_result(None)
            return
        self._sent = time.perf_counter()
        self.transport.write(b"".join((self._head, str(len(body)).encode(), _HEAD_END, body)))


def _length_of(head: bytes) -> int:
    """Of the body, as the head says it. Raises BadAnswer where it does not."""
    for line in head.lower().split(b"\r\n"):
        if line.startswith(_LENGTH):
            return int(line[len(_LENGTH) :])
    raise BadAnswer(f"an answer without a length: {head.decode(errors='replace')}")
