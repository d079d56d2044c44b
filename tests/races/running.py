"""A server process as a client has it: requests over HTTP, its gates, and its death."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx2

from tests.support.books import TestBooks
from tests.support.preloaded import PreloadedProcess
from tests.support.processes import PATIENCE_SECONDS, WatchedProcess
from tests.support.service import TOKEN, mutation_document

UNANSWERED = "UNANSWERED"


@dataclass(frozen=True, slots=True)
class Ask:
    """One mutation and its input; ids and the like are selected by `selection`."""

    mutation: str
    input: dict[str, Any]
    selection: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: done (perhaps by an earlier call), refused with codes, or an error with a code."""

    done: bool = False
    replayed: bool = False
    codes: tuple[str, ...] = ()
    error: str | None = None
    said: str = ""
    """More about the error, for whoever reads a failed test."""

    @property
    def did_it(self) -> bool:
        """This call, and no earlier one, had the effect."""
        return self.done and not self.replayed


class RunningServer:
    """One process. Leaving the context kills it."""

    def __init__(self, database_url: str, directory: Path, *, twin: bool) -> None:
        token_file = directory / "token"
        token_file.write_text(TOKEN)
        self._order = {
            "database_url": database_url,
            "twin": twin,
            "token_file": str(token_file),
        }
        self._directory = directory
        self._process = self._start()
        self._client: httpx2.AsyncClient | None = None

    def _start(self) -> WatchedProcess:
        order = json.dumps(self._order)
        return PreloadedProcess("tests.races.server", order, output_file=self._directory / "output")

    @property
    def client(self) -> httpx2.AsyncClient:
        """Waits, the first time, until the server listens."""
        if self._client is None:
            port = self._process.wait_for_line(r"listening on (\d+)", PATIENCE_SECONDS)[1]
            self._client = httpx2.AsyncClient(
                base_url=f"http://127.0.0.1:{port}",
                headers={"Authorization": f"Bearer {TOKEN}"},
                limits=httpx2.Limits(max_connections=None, max_keepalive_connections=None),
                timeout=PATIENCE_SECONDS,
            )
        return self._client

    async def send(self, books: TestBooks, document: str, **variables: Any) -> httpx2.Response:
        headers = {"X-Entity-Id": books.entity.code}
        body = {"query": document, "variables": variables}
        return await self.client.post("/graphql", json=body, headers=headers)

    async def ask(self, books: TestBooks, ask: Ask) -> Answer:
        document = mutation_document(ask.mutation, ask.selection)
        try:
            body = (await self.send(books, document, input=ask.input)).json()
        except httpx2.TransportError as error:
            return Answer(error=UNANSWERED, said=repr(error))
        if "errors" in body:
            return Answer(error=body["errors"][0]["extensions"]["code"], said=str(body["errors"]))
        payload = body["data"][ask.mutation]
        if payload["__typename"] == "Rejection":
            return Answer(codes=tuple(each["code"] for each in payload["violations"]))
        return Answer(done=True, replayed=payload["replayed"])

    async def close(self, gate: str) -> None:
        await self._control("POST", f"{gate}/close")

    async def open(self, *gates: str) -> None:
        for gate in gates:
            await self._control("POST", f"{gate}/open")

    async def until_waiting(self, gate: str, number: int) -> None:
        """Returns when so many are held at the gate."""
        await self._control("GET", f"{gate}/waiting?number={number}")

    async def run_out_of_time(self) -> None:
        """Whatever is under way there has had all its time."""
        await self._control("POST", "time-over")

    async def until_no_connection_is_in_use(self) -> None:
        """A worker that looks for jobs has one for a moment; one that stays out runs into the test's own limit."""
        while await self.connections_in_use():
            pass

    async def connections_in_use(self) -> int:
        in_use: int = (await self._control("GET", "connections")).json()["in_use"]
        return in_use

    async def _control(self, method: str, path: str) -> httpx2.Response:
        return (await self.client.request(method, f"/control/{path}")).raise_for_status()

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()

    async def restart(self) -> None:
        """A new process for the killed one, on another port."""
        await self.hang_up()
        self._process = self._start()

    async def hang_up(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def output(self) -> str:
        return self._process.output()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()


def spread(asks: Sequence[Ask], servers: Sequence[RunningServer]) -> list[tuple[RunningServer, Ask]]:
    """Each server gets every n-th request."""
    return [(servers[place % len(servers)], ask) for place, ask in enumerate(asks)]
