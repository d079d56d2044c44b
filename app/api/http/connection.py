"""One connection of HTTP/1.1: uvicorn's protocol, with bounds on how long and how much a client may keep it waiting."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.api.http.security_headers import SECURITY_HEADERS


@dataclass(frozen=True)
class Patience:
    """How long a client may take, in seconds, and how much it may send or leave unread, in bytes."""

    head_seconds: float = 10
    """From the connection, or the first byte of a later request, to the end of the headers."""
    body_seconds: float = 40
    """From there to the end of the body: longer than the endpoint's own limit, which answers more clearly."""
    reading_seconds: float = 10
    """How often it is looked whether an answer that does not fit the socket is being read."""
    read_bytes: int = 10_000
    """What has to have been read of it each time."""
    head_bytes: int = 65_536
    """The longest address and headers together."""


class HeadTooLarge(Exception):
    """The headers are over the bound: told to the parser, which gives up the request."""


class PatientConnection(HttpToolsProtocol):
    """Ends the connections of clients that send or read too slowly; uvicorn waits for them for ever.

    A head that is not complete in time is answered with 408, one that is too large with 431. A body that is not
    complete in time, and an answer that is not read, end the connection without a word.
    """

    patience: ClassVar[Patience] = Patience()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_in_head = False
        self._is_in_body = False
        self._waited_bytes = 0
        self._is_head_too_large = False
        self._sending: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]
        self._wait_for_more(self.patience.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._waits_no_more()
        self._is_read()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        was_in_head = self._is_in_head
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._is_in_head:
            self._waited_bytes += len(data) if was_in_head else 0
            if self._waited_bytes > self.patience.head_bytes:
                self._refuse(431, "The headers are too large.")
            elif self._sending is None:
                self._wait_for_more(self.patience.head_seconds)
        elif self._is_in_body and self._sending is None:
            self._wait_for_more(self.patience.body_seconds)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head, self._waited_bytes = True, 0

    def on_headers_complete(self) -> None:
        self._is_in_head, self._is_in_body = False, True
        self._waits_no_more()
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > self.patience.head_bytes:
            self._is_head_too_large = True
            raise HeadTooLarge
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._is_in_body = False
        self._waits_no_more()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing() and self._reading is None:
            # Closed, but not before what is left of the answer has been read.
            self._wait_for_reader()

    def timeout_keep_alive_handler(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        super().timeout_keep_alive_handler()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait_for_reader()

    def resume_writing(self) -> None:
        self._is_read()
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """What uvicorn says of anything that its parser gave up."""
        if self._is_head_too_large:
            self._refuse(431, "The headers are too large.")
        else:
            self._refuse(400, msg)

    def _wait_for_more(self, seconds: float) -> None:
        self._sending = self.loop.call_later(seconds, self._sends_too_slowly)

    def _waits_no_more(self) -> None:
        if self._sending is not None:
            self._sending.cancel()
            self._sending = None

    def _sends_too_slowly(self) -> None:
        self._sending = None
        is_answering = self.cycle is not None and not self.cycle.response_complete  # type: ignore[redundant-expr]
        if is_answering and not self._is_in_body:
            # A part of the next request, behind one that is being answered: that one first.
            self._wait_for_more(self.patience.head_seconds)
        elif is_answering:
            self.transport.abort()
        elif self._is_in_head:
            self._refuse(408, "The request came too slowly.")
        else:
            self.transport.close()

    def _wait_for_reader(self) -> None:
        unread = self.transport.get_write_buffer_size()
        self._reading = self.loop.call_later(self.patience.reading_seconds, self._reads_too_slowly, unread)

    def _is_read(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _reads_too_slowly(self, unread_before: int) -> None:
        if unread_before - self.transport.get_write_buffer_size() < self.patience.read_bytes:
            self.transport.abort()
        else:
            self._wait_for_reader()

    def _refuse(self, status: int, message: str) -> None:
        """Answer what never became a request, and end the connection."""
        body = json.dumps({"errors": [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]}).encode()
        headers = SECURITY_HEADERS | {
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        head = [STATUS_LINES[status], *(f"{name}: {value}" for name, value in headers.items())]
        self.transport.write("\r\n".join([*head, "", ""]).encode() + body)
        self.transport.close()


STATUS_LINES = {
    400: "HTTP/1.1 400 Bad Request",
    408: "HTTP/1.1 408 Request Timeout",
    431: "HTTP/1.1 431 Request Header Fields Too Large",
}


def connection_class(patience: Patience) -> type[PatientConnection]:
    """The protocol of connections with this patience: uvicorn wants a class."""

    class Connection(PatientConnection):
        pass

    Connection.patience = patience
    return Connection
