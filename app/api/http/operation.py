"""What the service hands to the endpoint for one request, and what it is told about the request."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.requests import Request


@dataclass(frozen=True)
class RequestParameters:
    """One decoded request whose document has been validated, before anybody is authenticated."""

    query: str
    variables: Mapping[str, Any]
    operation_name: str | None
    extensions: Mapping[str, Any]
    idempotency_key: str | None
    """The header's value; only for a mutation with exactly one root field."""
    is_mutation: bool
    root_field_count: int
    """Root fields with different response names, fragments expanded, `__typename` not counted."""
    cost: int
    """About how many fields the answer may have, page sizes counted (see `cost`)."""
    request_id: str
    """The client's X-Request-Id, or one made here."""
    track_id: str | None
    """The client's X-Track-Id (Zuora's name for an id that follows a request through several services)."""


class Operation(Protocol):
    """The context value of one execution: every resolver sees it as `info.context`."""

    def mutation_field(self) -> AbstractAsyncContextManager[None]:
        """The scope of one root mutation field: its resolver, and the completion of its whole selection.

        A dry run's transaction stays open inside it; a snapshot for the payload is closed at its end. It is left
        exactly once, after everything that was started for the field has ended; it must not hold back an exception.
        """

    async def close(self) -> None:
        """The end of the request, after everything that was started for it: release the query snapshot."""


OpenOperation = Callable[[Request, RequestParameters], Awaitable[Operation]]
"""Authenticates and opens; raises `RequestRefused` (401 with `WWW-Authenticate: Bearer`, 403, 429)."""
