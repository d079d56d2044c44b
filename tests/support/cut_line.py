"""A line to a server that can be cut: then it takes everything and passes nothing on, and closes nothing."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import make_url

from tests.support.processes import PATIENCE_SECONDS


@dataclass(eq=False)
class _Link:
    """One connection; what has lost a byte can never be whole again."""

    has_lost: bool = False
    writers: list[asyncio.StreamWriter] = field(default_factory=list)


class CutLine:
    """A TCP proxy on a thread of its own. New connections are accepted across a cut line as well, and lead nowhere."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._links: set[_Link] = set()
        self._drops: frozenset[str] = frozenset()
        self._changed = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._accepting = asyncio.run_coroutine_threadsafe(self._accept(), self._loop)

    def url(self, url: str) -> str:
        """The address of a database behind the line."""
        through = make_url(url).set(host="127.0.0.1", port=self.port)
        return through.render_as_string(hide_password=False)

    def cut(self) -> None:
        """From here on every byte is lost, in both directions."""
        self._drop("asked", "answered")

    def cut_answers(self) -> None:
        """What is asked arrives; what is answered is lost."""
        self._drop("answered")

    def forget(self) -> None:
        """No connection there is will ever be passed on again."""
        with self._changed:
            for each in self._links:
                each.has_lost = True

    def mend(self) -> None:
        """What comes is passed on again, on connections that have lost nothing. Of those that have, the server hears that
        their other end is gone, as its keep-alive would find out.
        """
        self._drop()
        asyncio.run_coroutine_threadsafe(self._hang_up_on_losers(), self._loop).result(PATIENCE_SECONDS)

    def until_lost(self, connections: int) -> None:
        """Returns when so many open connections have lost something."""
        with self._changed:
            lost = self._changed.wait_for(
                lambda: sum(each.has_lost for each in self._links) >= connections, PATIENCE_SECONDS
            )
        assert lost, "nothing was sent"

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(PATIENCE_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_SECONDS)
        self._loop.close()

    def _drop(self, *directions: str) -> None:
        async def switch() -> None:
            self._drops = frozenset(directions)

        asyncio.run_coroutine_threadsafe(switch(), self._loop).result(PATIENCE_SECONDS)

    async def _accept(self) -> None:
        async with asyncio.TaskGroup() as links:
            while True:
                accepted, _ = await self._loop.sock_accept(self._listener)
                reader, writer = await asyncio.open_connection(sock=accepted)
                links.create_task(self._link(reader, writer))

    async def _link(self, client_reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        link = _Link(writers=[client])
        with self._changed:
            self._links.add(link)
        if "asked" in self._drops:
            await self._pump(link, client_reader, None, "asked")
            return
        server_reader, server = await asyncio.open_connection(self._host, self._port)
        link.writers.append(server)
        await asyncio.gather(
            self._pump(link, client_reader, server, "asked"),
            self._pump(link, server_reader, client, "answered"),
        )

    async def _pump(
        self, link: _Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter | None, direction: str
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                if writer is None or link.has_lost or direction in self._drops:
                    with self._changed:
                        link.has_lost = True
                        self._changed.notify_all()
                else:
                    writer.write(data)
                    await writer.drain()
        # The end of a connection is news as well, and is lost with the rest.
        if writer is not None and direction not in self._drops and not link.has_lost:
            writer.close()

    async def _hang_up_on_losers(self) -> None:
        for link in self._links:
            if link.has_lost:
                for server in link.writers[1:]:
                    server.close()

    async def _end(self) -> None:
        self._accepting.cancel()
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others)
        self._listener.close()
        for link in self._links:
            for writer in link.writers:
                writer.transport.abort()
        # Their sockets are closed in the loop's next turn.
        await asyncio.sleep(0)


@contextlib.contextmanager
def line_to(url: str) -> Iterator[CutLine]:
    """A whole line to the server of a database."""
    parsed = make_url(url)
    assert parsed.host is not None
    line = CutLine(parsed.host, parsed.port or 5432)
    try:
        yield line
    finally:
        line.close()
