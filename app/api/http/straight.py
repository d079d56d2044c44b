"""The application, in which requests to one path are not searched for among routes: a tenth of what a small one costs."""

from collections.abc import Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send


class StraightTo(Starlette):
    """Requests to `path` go to the endpoint through the middleware and past everything else, which would only let them
    through: the endpoint answers for its own failures and refuses methods itself.
    """

    def __init__(
        self,
        path: str,
        endpoint: Any,
        *,
        routes: Sequence[BaseRoute],
        middleware: Sequence[Middleware],
        lifespan: Lifespan[Any],
    ) -> None:
        super().__init__(routes=[Route(path, endpoint), *routes], middleware=middleware, lifespan=lifespan)
        self._path = path
        self._straight: ASGIApp = endpoint
        for each in reversed(middleware):
            self._straight = each.cls(self._straight, *each.args, **each.kwargs)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == self._path:
            await self._straight(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
