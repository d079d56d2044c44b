"""A real server that is told to stop, and what can be open when it is."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import httpx2

from tests.support.books import TestBooks
from tests.support.processes import PATIENCE_SECONDS, WatchedProcess, python_process
from tests.support.stores import Place
from tests.support.tax_server import taxed

TOKEN = "the-development-token-of-a-server-that-stops"
ROOT = Path(__file__).parents[2]


class HeldTaxServer:
    """Takes questions and answers none before it is told to."""

    def __init__(self) -> None:
        self.let_go = asyncio.Event()
        self._asked = 0
        self._changed = asyncio.Condition()
        self.url = ""

    async def until_asked(self, times: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._asked >= times)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.partition("content-length: ")[2].split("\r\n")[0])
            question = json.loads(await reader.readexactly(length))
            async with self._changed:
                self._asked += 1
                self._changed.notify_all()
            await self.let_go.wait()
            body = json.dumps(taxed(question)).encode()
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
            )
        finally:
            writer.close()


@asynccontextmanager
async def held_tax_server() -> AsyncIterator[HeldTaxServer]:
    held = HeldTaxServer()
    answering: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        answering.add(task)
        await held.answer(reader, writer)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    held.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/taxes"
    try:
        yield held
    finally:
        held.let_go.set()
        server.close()
        await asyncio.gather(*answering, return_exceptions=True)


class StoppableServer:
    """A process of `python -m app serve`, and the clock since it was told to stop."""

    def __init__(self, process: WatchedProcess, client: httpx2.AsyncClient) -> None:
        self.process, self.client = process, client
        self.port = client.base_url.port or 0
        self._told_at = 0.0

    def ask(self, books: TestBooks, document: str, **variables: Any) -> "asyncio.Task[httpx2.Response]":
        headers = {"X-Entity-Id": books.entity.code}
        body = {"query": document, "variables": variables}
        return asyncio.ensure_future(self.client.post("/graphql", json=body, headers=headers))

    def connected(self, sent: bytes) -> socket.socket:
        """A connection on which this was sent."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_SECONDS)
        connection.sendall(sent)
        return connection

    async def told_to_stop(self) -> None:
        """Returns when it takes no further connections."""
        self._told_at = monotonic()
        os.kill(self.process.pid, signal.SIGTERM)
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except ConnectionError:
                return
            writer.close()

    async def has_ended(self) -> float:
        """How many seconds after it was told to; it ended with 0, and had nothing to complain about."""
        assert await asyncio.to_thread(self.process.wait, PATIENCE_SECONDS) == 0, self.process.output()
        assert "Traceback" not in self.process.output(), self.process.output()
        return monotonic() - self._told_at


@asynccontextmanager
async def server_on(place: Place, directory: Path, **settings: str) -> AsyncIterator[StoppableServer]:
    """The service as operators start it, in a process that is killed at the end if it still runs."""
    token_file = directory / "token"
    token_file.write_text(TOKEN)
    token_file.chmod(0o600)
    environment = {
        "DATABASE_URL": place.url,
        "TOKEN_FILE": str(token_file),
        "CALLBACK_NETWORKS": "127.0.0.0/8",
        "GRAPHIQL": "false",
        **settings,
    }
    with python_process(
        "app",
        "serve",
        "--port",
        "0",
        output_file=directory / "server.log",
        environment={f"CREDIT_MEMO_{name}": value for name, value in environment.items()},
        directory=ROOT,
    ) as process:
        found = await asyncio.to_thread(
            process.wait_for_line, r"GraphQL: (http://127\.0\.0\.1:\d+)/", PATIENCE_SECONDS
        )
        async with httpx2.AsyncClient(
            base_url=found[1], headers={"Authorization": f"Bearer {TOKEN}"}, timeout=PATIENCE_SECONDS
        ) as client:
            yield StoppableServer(process, client)
