"""What goes around the endpoint."""

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from app.api.http.compression import SMALLEST, Compression
from app.api.http.every_answer import EveryAnswer
from app.api.http.overload import OverloadGuard, Places

READ_BY_OTHERS = ("X-Request-Id", "X-Track-Id", "Retry-After")
SENT_BY_OTHERS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "X-Entity-Id",
    "X-Request-Id",
    "X-Track-Id",
)


def http_middleware(
    cors_origins: Sequence[str] = (), places: Places | None = None, body_seconds: float = 30
) -> list[Middleware]:
    """Plain ASGI middleware for the application: what every answer has, the bound on requests under way, and answers
    in zstd, br or gzip.

    Pages of other origins can call the service only where `cors_origins` names them; cookies are never taken.
    """
    middleware = [Middleware(EveryAnswer)]
    if cors_origins:
        middleware.append(
            Middleware(
                CORSMiddleware,
                allow_origins=tuple(cors_origins),
                allow_methods=("GET", "POST"),
                allow_headers=SENT_BY_OTHERS,
                expose_headers=READ_BY_OTHERS,
            )
        )
    if places is not None:
        middleware.append(Middleware(OverloadGuard, places=places, body_seconds=body_seconds))
    return [*middleware, Middleware(Compression, minimum_size=SMALLEST)]
