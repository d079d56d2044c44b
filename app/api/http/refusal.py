"""A request that is refused before any of it is executed."""

from collections.abc import Mapping


class RequestRefused(Exception):
    """The request gets `status` and a JSON body with one error of `code`, and nothing of it is executed.

    `headers` go on the response, such as `WWW-Authenticate` on a 401.
    """

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def bad_request(message: str, status: int = 400, headers: Mapping[str, str] | None = None) -> RequestRefused:
    """The refusal of a request that breaks the rules of GraphQL over HTTP; the status says which kind."""
    return RequestRefused(status, "BAD_REQUEST", message, headers)
