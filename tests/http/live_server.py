"""A real server on a free port of this machine, in a thread of the test process."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from app.api.http.connection import Patience, connection_class
from tests.support.processes import PATIENCE_SECONDS


class AnnouncingServer(uvicorn.Server):
    """Says when it accepts connections."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_ready.set()


@contextlib.contextmanager
def serving(application: ASGIApp, patience: Patience | None = None) -> Iterator[str]:
    """Serves the application until the context is left; gives the address, without a path."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = AnnouncingServer(
        uvicorn.Config(
            application,
            http=connection_class(patience or Patience()),
            lifespan="off",
            log_level="error",
            timeout_graceful_shutdown=5,
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        assert server.is_ready.wait(PATIENCE_SECONDS), "the server did not start"
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)
        listener.close()
