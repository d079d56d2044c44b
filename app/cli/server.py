"""Serving: one process, one loop, ended cleanly by SIGINT or SIGTERM."""

import asyncio
import math
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
import uvloop

from app.api.http.connection import Patience, connection_class
from app.api.http.overload import Places
from app.cli.collecting import keep_what_is_loaded
from app.cli.configured import require_migrated
from app.cli.listening import address_of
from app.main import application
from app.repository.opening import open_database
from app.settings import Settings

PARTING_SECONDS = 5
"""How long requests may take, after their grace, to leave the database and answer that they were ended."""


class AnnouncingServer(uvicorn.Server):
    """Says when it accepts connections, and takes a signal for an order that was carried out, not for a failure.

    Requests that are not over when their grace is are ended by `end_requests`, so that each is answered.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        announce: Callable[[], None],
        end_requests: Callable[[], None] = lambda: None,
        *,
        grace_seconds: float = 10,
    ) -> None:
        super().__init__(config)
        config.timeout_graceful_shutdown = math.ceil(grace_seconds + PARTING_SECONDS)
        self._announce = announce
        self._end_requests = end_requests
        self._grace_seconds = grace_seconds

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        end = asyncio.get_running_loop().call_later(self._grace_seconds, self._end_requests)
        try:
            await super().shutdown(sockets)
        finally:
            end.cancel()

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        # uvicorn raises the signal again once it is done; whoever it finds then has nothing left to do.
        before = {each: signal.signal(each, _carried_out) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            await super().serve(sockets)
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def run(settings: Settings, listener: socket.socket, announce: Callable[[str], None]) -> None:
    """Serve until a signal comes; `announce` is called with the address once connections are accepted."""
    with listener:
        uvloop.run(_serve(settings, listener, announce))


async def _serve(settings: Settings, listener: socket.socket, announce: Callable[[str], None]) -> None:
    await require_migrated(settings)
    database = open_database(settings.database_url.get_secret_value())
    try:
        issuer = settings.issuer or address_of(listener)
        places = Places(settings.requests_at_once)
        service = application(settings.model_copy(update={"issuer": issuer}), database, places)
    except BaseException:
        await database.close()
        raise
    # From here on the application closes the database, when its lifespan ends.
    config = uvicorn.Config(
        service,
        http=connection_class(Patience(body_seconds=settings.time_limit_seconds + 10)),
        ws="none",
        lifespan="on",
        log_level=settings.log_level,
        access_log=settings.log_level in ("debug", "info"),
        server_header=False,
        proxy_headers=False,
    )
    keep_what_is_loaded()
    server = AnnouncingServer(
        config,
        lambda: announce(address_of(listener)),
        places.end_all,
        grace_seconds=settings.grace_seconds,
    )
    await server.serve(sockets=[listener])


def _carried_out(number: int, frame: FrameType | None) -> None:
    """The handler that uvicorn's own repetition of the signal reaches."""
