"""What the headers of a request may say, apart from media types and credentials."""

import re
import secrets
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Receive, Scope

from app.api.http.refusal import bad_request
from app.api.http.said_often import said_often

HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")
TRACE_ID = re.compile(r"""[\x20-\x7e]{1,64}""")
IDEMPOTENCY_KEY = re.compile(r"[\x20-\x7e]{1,255}")


class ReadHeaders(Headers):
    """Headers that are looked up many times: each look goes to its own, and not through all of them."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(raw=scope["headers"])
        self._by_name: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            self._by_name.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))

    def getlist(self, key: str) -> list[str]:
        return self._by_name.get(key.lower(), [])

    def __getitem__(self, key: str) -> str:
        return self._by_name[key.lower()][0]

    def __contains__(self, key: Any) -> bool:
        return key.lower() in self._by_name


class IncomingRequest(Request):
    """A request whose headers are read once."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        super().__init__(scope, receive)
        self._headers = ReadHeaders(scope)


def check_host(headers: Headers, allowed_hosts: tuple[str, ...]) -> None:
    """Refuses with 421 a request that was sent to another host, as after a rebinding of DNS.

    An allowed host is a name without port, `*.domain` for every name below a domain, or `*` for all.
    """
    hosts = headers.getlist("host")
    host = named_host(hosts[0]) if len(hosts) == 1 else None
    if host is None:
        raise bad_request("The Host header is missing or malformed.")
    if not is_allowed(host, allowed_hosts):
        raise bad_request("This service does not answer for that host.", 421)


@said_often
def named_host(said: str) -> str | None:
    """The name in a Host header, in small letters; None where it is malformed."""
    match = HOST.fullmatch(said)
    return None if match is None else match[1].lower()


@said_often
def is_allowed(host: str, allowed_hosts: tuple[str, ...]) -> bool:
    """Whether the host is one of those."""
    return any(
        allowed == "*"
        or host == allowed.lower()
        or (allowed.startswith("*.") and host.endswith(allowed[1:].lower()))
        for allowed in allowed_hosts
    )


def trace_id(headers: Headers, name: str) -> str | None:
    """A client's id for its request: at most 64 printable US-ASCII characters without : ; " ' (Zuora's rule)."""
    values = headers.getlist(name)
    if not values:
        return None
    if len(values) > 1 or not TRACE_ID.fullmatch(values[0]) or set(values[0]) & set(":;\"'"):
        raise bad_request(f"{name} must be 1 to 64 printable US-ASCII characters without : ; \" and '.")
    return values[0]


def new_request_id() -> str:
    """An id for a request that came without one."""
    return secrets.token_hex(16)


def idempotency_key(headers: Headers, root_field_count: int) -> str | None:
    """The key for a mutation's only root field; several cannot share one, as each keeps its own result."""
    values = headers.getlist("idempotency-key")
    if not values or root_field_count == 0:
        return None
    if root_field_count > 1:
        raise bad_request(
            "Idempotency-Key is for one mutation field; give each field its own key in its input."
        )
    if len(values) > 1 or not IDEMPOTENCY_KEY.fullmatch(values[0]):
        raise bad_request("Idempotency-Key must be 1 to 255 printable US-ASCII characters.")
    return values[0]
