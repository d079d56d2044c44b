"""From an answer to the bytes of a response; nothing that a resolver returned can make it fail."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.types import Send

from app.api.http.media import GRAPHQL_RESPONSE, JSON
from app.api.http.security_headers import CAUTION

_INSTANTS = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC
"""Every instant is in UTC; PostgreSQL's driver leaves the offset off the first one and the last one that there are."""
REQUEST_ID, TRACK_ID = b"x-request-id", b"x-track-id"


@dataclass(frozen=True)
class Answer:
    """The body of a response, with its status when that is not a matter of the media type."""

    body: Mapping[str, Any]
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A response as ASGI sends it."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    async def sent_to(self, send: Send) -> None:
        """The whole of it, at once."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


def json_bytes(body: Mapping[str, Any]) -> bytes:
    """JSON for the body, its instants (in UTC) and dates as RFC 3339 writes them.

    orjson raises on a lone surrogate (text of a client quoted in an error, text from a database) and on an integer
    over 64 bits (metadata). After a commit that would be a 500 for work that was done; the standard library writes both.
    """
    try:
        return orjson.dumps(body, option=_INSTANTS)
    except TypeError:
        made = json.dumps(body, ensure_ascii=True, allow_nan=False, separators=(",", ":"), default=_moment)
        return made.encode()


def _moment(value: object) -> str:
    """An instant or a date as orjson writes it, for the standard library, which knows neither."""
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None).isoformat() + "Z"
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"an answer cannot have a {type(value).__name__}")


def status_of(answer: Answer, media_type: str) -> int:
    """The status of HTTP: 400 for a request that was not executed, as the published audit demands.

    A client that reads only `application/json` gets 200 for it: to such a one a 400 may come from a proxy.
    (The draft of August 2026 wants 422, and 294 for partial data; the published suite does not know them yet.)
    """
    if answer.status is not None:
        return answer.status
    return 400 if "data" not in answer.body and media_type != JSON else 200


_ALWAYS = {
    media_type: [
        *CAUTION,
        (b"content-type", f"{media_type}; charset=utf-8".encode()),
        (b"vary", b"Accept, Accept-Encoding"),
    ]
    for media_type in (JSON, GRAPHQL_RESPONSE)
}


def encode(answer: Answer, media_type: str, request_id: str, track_id: str | None = None) -> Encoded:
    """The response, with everything that every answer has: never stored, never sniffed, different for another Accept."""
    body = json_bytes(answer.body)
    headers = [(REQUEST_ID, request_id.encode()), *_ALWAYS[media_type]]
    headers.append((b"content-length", str(len(body)).encode()))
    if track_id is not None:
        headers.append((TRACK_ID, track_id.encode()))
    headers += [(name.lower().encode(), value.encode()) for name, value in answer.headers.items()]
    return Encoded(status_of(answer, media_type), headers, body)
