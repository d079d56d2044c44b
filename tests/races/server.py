"""A server process of the races: the service itself, with gates in its path, weakened when it is a twin.

`python -m tests.races.server '{"database_url": …}'` prints the port it listens on.
"""

import json
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn
import uvloop
from sqlalchemy.pool import QueuePool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.api.http import endpoint
from app.cli.server import AnnouncingServer
from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.main import application
from app.repository import shares
from app.repository.books import Books
from app.repository.database import Database, T, Work
from app.repository.opening import open_database
from app.settings import read_settings
from tests.races.gates import Gates, before_writing, new_gates
from tests.races.weakening import weaken
from tests.support.clocks import Clocks
from tests.support.passing import PassingDatabase
from tests.support.sent import change_all_written


class GatedDatabase(PassingDatabase):
    """The database, with a gate before each COMMIT and one behind it."""

    def __init__(self, database: Database, gates: Gates) -> None:
        super().__init__(database)
        self._gates = gates

    async def transact(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        if operation is Operation.NUMBER_LOG_ENTRIES:
            return await self._database.transact(actor, operation, work)

        async def gated(books: Books) -> T:
            result = await work(books)
            await self._gates["commit"].passed()
            return result

        result = await self._database.transact(actor, operation, gated)
        await self._gates["answer"].passed()
        return result


class GatedService:
    """The service behind the start gate, and the handles of all gates beside it."""

    def __init__(self, service: ASGIApp, controls: ASGIApp, gates: Gates) -> None:
        self._service, self._controls, self._gates = service, controls, gates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/control/"):
            await self._controls(scope, receive, send)
            return
        if scope["type"] == "http":
            await self._gates["start"].passed()
        await self._service(scope, receive, send)


def controls(gates: Gates, clocks: Clocks, database: Database) -> Starlette:
    """POST close and open, and time-over, for all that is under way; GET waiting (`?number=8`, answered when so many are
    held), connections.
    """

    async def close(request: Request) -> Response:
        gates[request.path_params["gate"]].close()
        return Response()

    async def open_(request: Request) -> Response:
        gates[request.path_params["gate"]].open()
        return Response()

    async def waiting(request: Request) -> Response:
        await gates[request.path_params["gate"]].until_waiting(int(request.query_params["number"]))
        return Response()

    async def time_over(_: Request) -> Response:
        clocks.run_out()
        return Response()

    async def connections(_: Request) -> Response:
        pool = database.engine.sync_engine.pool  # type: ignore[attr-defined]
        assert isinstance(pool, QueuePool)
        return JSONResponse({"in_use": pool.checkedout()})

    return Starlette(
        routes=[
            Route("/control/{gate}/close", close, methods=["POST"]),
            Route("/control/{gate}/open", open_, methods=["POST"]),
            Route("/control/{gate}/waiting", waiting),
            Route("/control/time-over", time_over, methods=["POST"]),
            Route("/control/connections", connections),
        ]
    )


async def serve(order: dict[str, Any]) -> None:
    gates = new_gates()
    # Each test has an entity of its own, and a process to itself.
    shares.BESIDE_SECONDS = 0
    database = open_database(order["database_url"])
    if order["twin"]:
        weaken(database)
    change_all_written(before_writing(gates["write"]))
    clocks = Clocks()
    endpoint.asyncio = clocks  # type: ignore[attr-defined, assignment]
    settings = read_settings(token_file=Path(order["token_file"]), graphiql=False)
    service = application(settings, GatedDatabase(database, gates))
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        config = uvicorn.Config(
            GatedService(service, controls(gates, clocks, database), gates),
            http="httptools",
            ws="none",
            lifespan="on",
            log_level="warning",
            access_log=False,
            # A connection that the server closes for idleness while a client begins to use it looks like a lost answer.
            timeout_keep_alive=3600,
        )
        server = AnnouncingServer(config, lambda: print(f"listening on {listener.getsockname()[1]}"))
        await server.serve(sockets=[listener])


if __name__ == "__main__":
    uvloop.run(serve(json.loads(sys.argv[1])))
