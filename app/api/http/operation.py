"""What the service hands to the endpoint for one request, and what it is told about the request."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.requests import Request


@dataclass(frozen=True)
class RequestParameters:
    """One decoded request of an authenticated caller, whose document has been validated."""

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


class Caller(Protocol):
    """Who sent a request, as far as its headers tell."""

    @property
    def key(self) -> str:
        """The same for all requests of one principal: what they cost is charged to it."""

    @property
    def entity(self) -> str:
        """The same for all requests about the same books: they have a share of the service together."""

    def comes_in_again(self) -> bool:
        """Whether another request with the same headers would be let in as this caller, as far as that can be said at
        once: where it cannot, who sends it has to be found out.
        """

    async def open(self, parameters: RequestParameters) -> Operation:
        """The operation of this caller's request; raises `RequestRefused`, for instance with 403."""


Authenticate = Callable[[Request], Awaitable[Caller]]
"""Finds out who sent a request by its headers alone, cheaply: it is asked before anything else is read or parsed.

Raises `RequestRefused` (401 with `WWW-Authenticate: Bearer`, 403)."""
