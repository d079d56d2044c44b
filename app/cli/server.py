"""Serving: one process, one loop, ended cleanly by SIGINT or SIGTERM."""

import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
import uvloop

from app.api.http.connection import Patience, connection_class
from app.cli.collecting import collect_seldom
from app.cli.configured import require_migrated
from app.cli.listening import address_of
from app.main import application
from app.repository.opening import open_database
from app.settings import Settings

GRACE_SECONDS = 10
"""How long requests in flight may go on after a signal."""


class AnnouncingServer(uvicorn.Server):
    """Says when it accepts connections, and takes a signal for an order that was carried out, not for a failure."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._announce()

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
        service = application(settings.model_copy(update={"issuer": issuer}), database)
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
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    collect_seldom()
    server = AnnouncingServer(config, lambda: announce(address_of(listener)))
    await server.serve(sockets=[listener])


def _carried_out(number: int, frame: FrameType | None) -> None:
    """The handler that uvicorn's own repetition of the signal reaches."""
