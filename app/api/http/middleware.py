"""What goes around the endpoint."""

from starlette.middleware import Middleware
from starlette_compress import CompressMiddleware


def http_middleware() -> list[Middleware]:
    """Plain ASGI middleware for the application: answers in zstd, br or gzip, as the client accepts."""
    return [Middleware(CompressMiddleware, minimum_size=1_000)]
