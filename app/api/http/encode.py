"""From an answer to the bytes of a response; nothing that a resolver returned can make it fail."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.responses import Response

from app.api.http.media import JSON


@dataclass(frozen=True)
class Answer:
    """The body of a response, with its status when that is not a matter of the media type."""

    body: Mapping[str, Any]
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def json_bytes(body: Mapping[str, Any]) -> bytes:
    """JSON for the body.

    orjson raises on a lone surrogate (text of a client quoted in an error, text from a database) and on an integer
    over 64 bits (metadata). After a commit that would be a 500 for work that was done; the standard library writes both.
    """
    try:
        return orjson.dumps(body)
    except TypeError:
        return json.dumps(body, ensure_ascii=True, allow_nan=False, separators=(",", ":")).encode()


def status_of(answer: Answer, media_type: str) -> int:
    """The status of HTTP: 400 for a request that was not executed, as the published audit demands.

    A client that reads only `application/json` gets 200 for it: to such a one a 400 may come from a proxy.
    (The draft of August 2026 wants 422, and 294 for partial data; the published suite does not know them yet.)
    """
    if answer.status is not None:
        return answer.status
    return 400 if "data" not in answer.body and media_type != JSON else 200


def encode(answer: Answer, media_type: str) -> Response:
    """The response: never stored, never sniffed, and different for another Accept."""
    response = Response(json_bytes(answer.body), status_of(answer, media_type))
    response.headers.update(
        {
            "Content-Type": f"{media_type}; charset=utf-8",
            "Cache-Control": "no-store",
            "Vary": "Accept",
            "X-Content-Type-Options": "nosniff",
            **answer.headers,
        }
    )
    return response
