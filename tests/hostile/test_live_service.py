"""The service as `make run` starts it answers what is hostile over real connections, and nothing of it is an error."""

import json
import socket
from pathlib import Path

import httpx2

from tests.hostile.hostile_requests import PLAIN, REFUSED
from tests.http.client import MEDIA_TYPE
from tests.http.test_connections import BROKEN, rest_of
from tests.support.preloaded import PreloadedProcess

ROOT = Path(__file__).parents[2]
# The connection itself refuses a length that is not the body's, and headers of a megabyte.
OTHERWISE = {"a huge declared length", "a nonsense declared length", "a token of a megabyte"}


def test_no_hostile_request_meets_an_error_over_real_connections(tmp_path: Path) -> None:
    environment = {
        "CREDIT_MEMO_DATABASE_URL": f"sqlite:///{tmp_path}/books.db",
        "CREDIT_MEMO_TOKEN_FILE": str(tmp_path / "development-token"),
        "CREDIT_MEMO_PORT": "0",
        "CREDIT_MEMO_INTROSPECTION": "false",
    }
    log = tmp_path / "service.log"
    with PreloadedProcess("app", "dev", output_file=log, environment=environment, directory=ROOT) as service:
        found = service.wait_for_line(r"GraphiQL: (\S+)/graphiql#token=([\w-]+)")
        address, token = httpx2.URL(found[1]), found[2]
        own = {"Authorization": f"Bearer {token}"}
        with httpx2.Client(headers={"Accept": MEDIA_TYPE}) as client:
            for hostile in REFUSED:
                if hostile.name in OTHERWISE:
                    continue
                headers = {name: value for name, value in (own | hostile.headers).items() if value}
                url = hostile.url.replace("http://127.0.0.1", found[1])
                sent = client.request(hostile.method, url, content=hostile.content, headers=headers)
                assert (hostile.name, sent.status_code) == (hostile.name, hostile.status)
                assert "server" not in sent.headers
        for name, request in (BROKEN | {"large headers": too_large()}).items():
            assert status_of(address, request) == (431 if name == "large headers" else 400), name
        plain = httpx2.post(f"{found[1]}/graphql", content=PLAIN.content, headers=own | PLAIN.headers)
        assert "data" in json.loads(plain.content)
        output = service.output()
    assert "Traceback" not in output
    assert token not in output.replace(found[0], "")


def too_large() -> bytes:
    return b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Large: " + b"x" * 100_000 + b"\r\n\r\n"


def status_of(address: httpx2.URL, request: bytes) -> int:
    """The status that bytes on a connection of their own are answered with."""
    assert address.port is not None
    with socket.create_connection((address.host, address.port), timeout=60) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return int(rest_of(connection).split()[1])
