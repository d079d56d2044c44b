"""The errors of an OAuth endpoint, as RFC 6749 section 5.2 writes them."""

from collections.abc import Mapping

from starlette.responses import JSONResponse, Response

from app.api.http.refusal import RequestRefused
from app.repository.database import Busy

NEVER_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}
"""On everything that has to do with tokens (RFC 6749, 5.1)."""
CHALLENGE = {"WWW-Authenticate": 'Basic realm="OAuth clients", charset="UTF-8"'}


class TokenRefused(Exception):
    """The request gets `status` and an object with `error` and `error_description`."""

    def __init__(
        self, error: str, description: str, status: int = 400, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status
        self.headers = dict(headers or {})


def invalid_request(description: str) -> TokenRefused:
    """A parameter is missing, repeated, or contradicts another."""
    return TokenRefused("invalid_request", description)


def invalid_client(description: str) -> TokenRefused:
    """The client has not shown who it is; the answer says how it could."""
    return TokenRefused("invalid_client", description, 401, CHALLENGE)


def refusal_of(error: TokenRefused | RequestRefused | Busy) -> Response:
    """The answer to a request that is refused, whichever step has refused it."""
    match error:
        case TokenRefused():
            refused = error
        case RequestRefused():
            refused = TokenRefused("invalid_request", error.message, error.status, error.headers)
        case Busy():
            refused = TokenRefused(
                "temporarily_unavailable", "The service is busy: try again.", 503, {"Retry-After": "1"}
            )
    body = {"error": refused.error, "error_description": refused.description}
    return JSONResponse(body, refused.status, {**NEVER_KEPT, **refused.headers})
