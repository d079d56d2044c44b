"""What the headers of a request may say, apart from media types and credentials."""

import re
import uuid
from collections.abc import Sequence

from starlette.datastructures import Headers

from app.api.http.refusal import bad_request

HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")
TRACE_ID = re.compile(r"""[\x20-\x7e]{1,64}""")
IDEMPOTENCY_KEY = re.compile(r"[\x20-\x7e]{1,255}")


def check_host(headers: Headers, allowed_hosts: Sequence[str]) -> None:
    """Refuses with 421 a request that was sent to another host, as after a rebinding of DNS.

    An allowed host is a name without port, `*.domain` for every name below a domain, or `*` for all.
    """
    match = HOST.fullmatch(headers.get("host", ""))
    if match is None or len(headers.getlist("host")) != 1:
        raise bad_request("The Host header is missing or malformed.")
    host = match[1].lower()
    for allowed in allowed_hosts:
        if (
            allowed == "*"
            or host == allowed.lower()
            or (allowed.startswith("*.") and host.endswith(allowed[1:].lower()))
        ):
            return
    raise bad_request("This service does not answer for that host.", 421)


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
    return uuid.uuid4().hex


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
