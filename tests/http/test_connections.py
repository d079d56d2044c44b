"""Over real connections: clients that send or read too slowly are cut off, and requests that are none are refused."""

import json
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import httpx2
import pytest

from app.api.http.connection import Patience
from app.api.http.security_headers import SECURITY_HEADERS
from tests.http.live_server import serving
from tests.http.service import new_application, new_endpoint

SHORT = 1.0
"""Seconds in which whoever is not slow has sent what it sends, also where the machine has other things to do."""
LONG = 60
"""Seconds that no test comes near."""
PATIENT = Patience(head_seconds=LONG, body_seconds=LONG, reading_seconds=LONG)
BODY = b'{"query": "{ one }"}'
HEAD = b"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
WHOLE = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY


@contextmanager
def connected(patience: Patience, **settings: Any) -> Iterator[socket.socket]:
    """A connection to a server of its own, which still answers others when the test is over."""
    with serving(new_application(new_endpoint(**settings)), patience) as address:
        url = httpx2.URL(address)
        assert url.port is not None
        with socket.create_connection((url.host, url.port), timeout=LONG) as connection:
            yield connection
        answer = httpx2.post(f"{address}/graphql", json={"query": "{ one }"}, timeout=LONG)
        assert answer.json() == {"data": {"one": 1}}


def rest_of(connection: socket.socket) -> bytes:
    """All that still comes, until the server ends the connection."""
    received = b""
    try:
        while chunk := connection.recv(65_536):
            received += chunk
    except ConnectionResetError:
        return received
    return received


def trickle(connection: socket.socket, data: bytes) -> bytes:
    """What comes back when the same few bytes are sent again and again until the server has had enough of them."""
    try:
        while not select.select([connection], [], [], 0.02)[0]:
            connection.sendall(data)
    except (BrokenPipeError, ConnectionResetError):
        return b""
    return rest_of(connection)


def send_for_ever(connection: socket.socket, data: bytes) -> NoReturn:
    while True:
        connection.sendall(data)


def answer_of(received: bytes) -> tuple[int, str]:
    """The status and the message of an answer that the connection itself gave."""
    head, _, body = received.partition(b"\r\n\r\n")
    status, *headers = head.decode().split("\r\n")
    assert set(headers) >= {f"{name}: {value}" for name, value in SECURITY_HEADERS.items()}
    assert "Connection: close" in headers
    return int(status.split()[1]), json.loads(body)["errors"][0]["message"]


def test_a_connection_on_which_nothing_is_sent_is_closed() -> None:
    with connected(Patience(head_seconds=SHORT)) as connection:
        assert rest_of(connection) == b""


@pytest.mark.parametrize("sent", [b"P", HEAD, HEAD + b"X-Half: "])
def test_headers_that_stop_are_given_up(sent: bytes) -> None:
    with connected(Patience(head_seconds=SHORT)) as connection:
        connection.sendall(sent)
        assert answer_of(rest_of(connection)) == (408, "The request came too slowly.")


def test_headers_that_trickle_win_no_time() -> None:
    with connected(Patience(head_seconds=SHORT)) as connection:
        connection.sendall(HEAD)
        received = trickle(connection, b"X-More: 1\r\n")
        assert not received or answer_of(received)[0] == 408


def test_the_next_request_on_a_connection_has_its_own_time() -> None:
    with connected(Patience(head_seconds=SHORT)) as connection:
        connection.sendall(WHOLE)
        assert connection.recv(65_536).endswith(b'{"data":{"one":1}}')
        connection.sendall(b"POST /graphql HTTP/1.1\r\n")
        assert answer_of(rest_of(connection)) == (408, "The request came too slowly.")


def test_a_body_that_stops_is_given_up_even_by_who_does_not_read_it() -> None:
    with connected(Patience(body_seconds=SHORT), time_limit_seconds=LONG) as connection:
        connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")
        assert rest_of(connection) == b""
    with connected(Patience(body_seconds=SHORT)) as connection:
        connection.sendall(b"PUT /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{")
        assert rest_of(connection).startswith(b"HTTP/1.1 405 ")


def test_a_body_that_trickles_wins_no_time() -> None:
    with connected(Patience(body_seconds=SHORT), time_limit_seconds=LONG) as connection:
        connection.sendall(HEAD + b"Content-Length: 1000000\r\n\r\n")
        assert trickle(connection, b" ") == b""


def test_an_answer_that_nobody_reads_is_given_up() -> None:
    with connected(Patience(reading_seconds=0.2)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        query = json.dumps(
            {"query": "{ " + " ".join(f"a{i}: largeMetadata" for i in range(20)) + " }"}
        ).encode()
        asked = HEAD + b"Content-Length: %d\r\n\r\n" % len(query) + query
        # Requests go on being sent and none of their answers is read: in the end neither side can write.
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            send_for_ever(connection, asked)


@pytest.mark.parametrize(
    "head", [b"X-Large: " + b"x" * 70_000, b"\r\n".join(b"X-%d: %s" % (i, b"x" * 700) for i in range(100))]
)
def test_headers_over_the_bound_are_refused(head: bytes) -> None:
    with connected(PATIENT) as connection:
        connection.sendall(HEAD + head + b"\r\n\r\n")
        assert answer_of(rest_of(connection)) == (431, "The headers are too large.")


def test_headers_without_an_end_are_refused() -> None:
    with connected(PATIENT) as connection:
        connection.sendall(HEAD + b"X-Endless: ")
        try:
            for _ in range(100):
                connection.sendall(b"x" * 10_000)
        except (BrokenPipeError, ConnectionResetError):
            return
        assert answer_of(rest_of(connection)) == (431, "The headers are too large.")


def test_an_address_over_the_bound_is_refused() -> None:
    with connected(PATIENT) as connection:
        connection.sendall(b"GET /graphql?query=" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert answer_of(rest_of(connection)) == (431, "The headers are too large.")


BROKEN = {
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "an unknown method": b"BREW /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a length and chunks": HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a length below nothing": HEAD + b"Content-Length: -1\r\n\r\n",
    "a length that is no number": HEAD + b"Content-Length: 0x10\r\n\r\n",
    "a chunk without a length": HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "chunks that are packed twice": HEAD + b"Transfer-Encoding: chunked, gzip\r\n\r\n",
    "a blank before a colon": HEAD + b"X-Blank : 1\r\n\r\n",
    "a header that goes on in a second line": HEAD + b"X-Fold: 1\r\n 2\r\n\r\n",
    "NUL in a header": HEAD + b"X-Nul: a\0b\r\n\r\n",
    "a header without a name": HEAD + b": nothing\r\n\r\n",
    "an address that is not ASCII": b"GET /graphql\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a version that there is not": b"GET /graphql HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
}


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN)
def test_what_is_no_request_is_refused(sent: bytes) -> None:
    with connected(PATIENT) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        status, message = answer_of(rest_of(connection))
        assert (status, message) == (400, "Invalid HTTP request received.")
