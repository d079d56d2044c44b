"""What every answer of the service has, whichever part of it answers: the headers of caution, and the request's ids."""

import uuid

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.http.encode import REQUEST_ID, TRACK_ID, Answer, encode
from app.api.http.errors import log_bug, masked
from app.api.http.media import JSON
from app.api.http.refusal import RequestRefused
from app.api.http.request_head import new_request_id, trace_id
from app.api.http.security_headers import CAUTION


class EveryAnswer:
    """Middleware that adds to each answer what is missing of the headers, and answers for a part that fails.

    Ids that are malformed are not echoed: `/graphql` refuses them, elsewhere the request gets one of ours.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_begun = False

        async def completed(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                _complete(scope, message)
            await send(message)

        try:
            await self.app(scope, receive, completed)
        except Exception as error:
            if has_begun:
                raise
            error_id = uuid.uuid4().hex
            log_bug(error, error_id, _id(scope, "X-Request-Id") or "without an id")
            answer = Answer({"errors": [masked(error_id)]}, 500)
            await encode(answer, JSON, _own_id(scope), _id(scope, "X-Track-Id")).sent_to(completed)


def _complete(scope: Scope, message: Message) -> None:
    headers: list[tuple[bytes, bytes]] = message["headers"]
    if headers and headers[0][0] == REQUEST_ID:
        # It was encoded here, and has everything.
        return
    present = {name for name, _ in headers}
    headers.extend(pair for pair in CAUTION if pair[0] not in present)
    headers.append((REQUEST_ID, _own_id(scope).encode()))
    track_id = _id(scope, "X-Track-Id")
    if track_id is not None:
        headers.append((TRACK_ID, track_id.encode()))


def _own_id(scope: Scope) -> str:
    return _id(scope, "X-Request-Id") or new_request_id()


def _id(scope: Scope, name: str) -> str | None:
    try:
        return trace_id(Headers(scope=scope), name)
    except RequestRefused:
        return None
