"""What the load generator itself can do: it asks a process that answers at once, always the same.

Run as a program it is that process: the first argument is the length of the answer.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat

import uvloop

from benchmarks.report import table
from benchmarks.run import Run, Told
from benchmarks.served import documents
from benchmarks.served.contest import contest, over_http
from benchmarks.served.ids import made_id
from benchmarks.served.reading import answer
from benchmarks.served.servers import Server

_HEAD_END = b"\r\n\r\n"


async def ceiling(run: Run) -> Told:
    """With the question of R1, and answers as long as its."""
    place, options = await run.arena(), run.options
    body = documents.INVOICE.body(documents.SERVICE, made_id("inv", 0))
    length = len(await answer(place.service, body))
    with _answering(length) as server:
        asked = {"canned": over_http(place.stand, [server], repeat(body), lambda received: True)}
        turns = await contest(asked, options.clients, 1, options.seconds)
    rows = [
        (str(clients), f"{made['canned'][0].rate:,.0f}", f"{made['canned'][0].latency * 1000:.2f}")
        for clients, made in turns.items()
    ]
    said = f"Against a process that answers at once, with {length:,} bytes:"
    return Told(text=f"{said}\n\n{table(('clients', 'requests/s', 'median, ms'), rows)}")


@contextmanager
def _answering(length: int) -> Iterator[Server]:
    command = [sys.executable, "-m", "benchmarks.served.ceiling", str(length)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline())
            yield Server(host="127.0.0.1", port=port, headers=(), process=process.pid)
        finally:
            process.kill()


class _Canned(asyncio.Protocol):
    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._write = transport.write  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(_HEAD_END)
        if end and len(body) >= int(head.rpartition(b" ")[2]):
            self._received = b""
            self._write(self._answer)


async def _serve(length: int) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length + b"x" * length
    server = await asyncio.get_running_loop().create_server(lambda: _Canned(answer), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1])))
