"""A tax callback as strangers write them, for a process of its own: it does what the path of the request says.

Run as a program it serves on a free port of this machine, prints `serving on PORT`, and writes a line of JSON to the
file it was given for every request that it takes, before it answers: path, headers, and the body as text.
"""

import asyncio
import contextlib
import json
import socket
import sys
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.support.preloaded import PreloadedProcess
from tests.support.processes import WatchedProcess

THIS_MACHINE = (IPv4Network("127.0.0.0/8"),)
"""Where the server listens."""


class TaxServer:
    """The process as a test has it."""

    def __init__(self, process: WatchedProcess, taken: Path) -> None:
        self._taken = taken
        self.port = int(process.wait_for_line(r"serving on (\d+)")[1])

    def url(self, behaviour: str) -> str:
        return f"http://127.0.0.1:{self.port}/{behaviour}"

    def requests(self, behaviour: str) -> list[dict[str, Any]]:
        """What has been asked under this path, in order."""
        taken = [json.loads(line) for line in self._taken.read_text().splitlines()]
        return [each for each in taken if each["path"] == f"/{behaviour}"]


@contextlib.contextmanager
def tax_server(directory: Path) -> Iterator[TaxServer]:
    """The server, until the context is left."""
    taken = directory / "requests.jsonl"
    log = directory / "tax-server.log"
    with PreloadedProcess("tests.support.tax_server", str(taken), output_file=log) as process:
        yield TaxServer(process, taken)


def taxed(body: dict[str, Any], share: str = "0.0825") -> dict[str, Any]:
    """8.25 % on every line, named as its first source tax item where it has one."""
    lines = []
    for line in body["lines"]:
        amount = Decimal(line["amount"])
        if line["taxMode"] == "INCLUSIVE":
            amount = amount / (1 + Decimal(share))
        tax = (amount * Decimal(share)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        named = {"name": "SALES TAX", "code": "SAAS", "jurisdiction": "TEXAS"}
        if line["sourceTaxItems"]:
            [source] = line["sourceTaxItems"]
            named = {name: source[name] for name in ("name", "code", "jurisdiction", "locationCode")}
        item = {**named, "rate": share, "rateType": "PERCENTAGE", "amount": str(tax)}
        lines.append({"line": line["line"], "taxItems": [item]})
    return {"lines": lines}


_TAKEN = Path(sys.argv[-1])
_seen: dict[str, int] = {}
"""Requests so far, by path."""


def _write(line: str) -> None:
    with _TAKEN.open("a") as file:
        file.write(f"{line}\n")


async def _answer(request: Request) -> Response:
    raw = await request.body()
    taken = {"path": request.url.path, "headers": dict(request.headers), "body": raw.decode()}
    _write(json.dumps(taken))
    behaviour = request.path_params["behaviour"]
    body = json.loads(raw)
    if behaviour in _BEHAVIOURS:
        return await _BEHAVIOURS[behaviour](request, body)
    return JSONResponse(taxed(body))


async def _too_much(_: Request, body: dict[str, Any]) -> Response:
    return JSONResponse(taxed(body, "1.5"))


async def _never(_: Request, __: dict[str, Any]) -> Response:
    """Waits for what never comes, so the caller has to give up."""
    await asyncio.Event().wait()
    return Response()


async def _slow_after_the_first(request: Request, body: dict[str, Any]) -> Response:
    _seen[request.url.path] = _seen.get(request.url.path, 0) + 1
    if _seen[request.url.path] > 1:
        await asyncio.Event().wait()
    return JSONResponse(taxed(body))


async def _late_four_times(request: Request, body: dict[str, Any]) -> Response:
    _seen[request.url.path] = _seen.get(request.url.path, 0) + 1
    if _seen[request.url.path] <= 4:
        await asyncio.Event().wait()
    return JSONResponse(taxed(body))


async def _html(_: Request, __: dict[str, Any]) -> Response:
    return HTMLResponse("<h1>Please sign in</h1>")


async def _redirect(_: Request, __: dict[str, Any]) -> Response:
    return RedirectResponse("/honest", 307)


async def _huge(_: Request, __: dict[str, Any]) -> Response:
    async def blanks() -> Any:
        for _ in range(64):
            yield b" " * 65536

    return StreamingResponse(blanks(), media_type="application/json")


async def _encoded(_: Request, __: dict[str, Any]) -> Response:
    return Response(b"\x1f\x8b\x08", headers={"Content-Encoding": "gzip"})


async def _refused(_: Request, __: dict[str, Any]) -> Response:
    return JSONResponse({"error": "no"}, 400)


async def _broken(_: Request, __: dict[str, Any]) -> Response:
    return JSONResponse({"error": "no"}, 500)


async def _down_once(request: Request, body: dict[str, Any]) -> Response:
    """503 to the first request, then honest."""
    _seen[request.url.path] = _seen.get(request.url.path, 0) + 1
    return Response(status_code=503) if _seen[request.url.path] == 1 else JSONResponse(taxed(body))


async def _always_down(_: Request, __: dict[str, Any]) -> Response:
    return Response(status_code=503)


async def _half(_: Request, body: dict[str, Any]) -> Response:
    """Answers the first of its lines only."""
    answer = taxed(body)
    return JSONResponse({"lines": answer["lines"][:1]})


async def _stranger(_: Request, body: dict[str, Any]) -> Response:
    """A tax that no invoice has."""
    answer = taxed(body)
    for line in answer["lines"]:
        line["taxItems"][0]["jurisdiction"] = "ATLANTIS"
    return JSONResponse(answer)


_BEHAVIOURS = {
    "too-much": _too_much,
    "never": _never,
    "slow-after-the-first": _slow_after_the_first,
    "late-four-times": _late_four_times,
    "html": _html,
    "redirect": _redirect,
    "huge": _huge,
    "encoded": _encoded,
    "refused": _refused,
    "broken": _broken,
    "down-once": _down_once,
    "always-down": _always_down,
    "half": _half,
    "stranger": _stranger,
}


def main() -> None:
    _TAKEN.touch()
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"serving on {listener.getsockname()[1]}", flush=True)
    app = Starlette(routes=[Route("/{behaviour:path}", _answer, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
