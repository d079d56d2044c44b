"""Answers in zstd, br or gzip, for those who accept it; whoever accepts nothing goes past all of it."""

from starlette.types import Receive, Scope, Send
from starlette_compress import CompressMiddleware

SMALLEST = 1_000
"""Bytes of an answer that is compressed."""


class Compression(CompressMiddleware):
    """Every answer says that it varies by Accept-Encoding itself."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and any(name == b"accept-encoding" for name, _ in scope["headers"]):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)
