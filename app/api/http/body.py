"""The bytes of a request's body."""

import zlib

from starlette.requests import ClientDisconnect, Request

from app.api.http.refusal import RequestRefused, bad_request

DRAINED_SHARE = 8
"""How many times the cap is read and dropped, so that a client still sending can read the 413."""


def too_large(most: int) -> RequestRefused:
    """The refusal of a body over the cap; the connection is not used again, as the rest may still come."""
    return bad_request(f"The request body is over {most} bytes.", 413, {"Connection": "close"})


async def read_body(request: Request, max_bytes: int) -> bytes:
    """The body, decoded; at most `max_bytes` before decoding and after it."""
    declared = request.headers.get("content-length", "0")
    chunks: list[bytes] = []
    size = (
        int(declared) if declared.isascii() and declared.isdigit() and len(declared) < 19 else max_bytes + 1
    )
    is_over = size > max_bytes
    size = 0
    has_more = True
    while has_more:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk: bytes = message.get("body", b"")
        has_more = message.get("more_body", False)
        size += len(chunk)
        is_over = is_over or size > max_bytes
        if not is_over:
            chunks.append(chunk)
        elif size > DRAINED_SHARE * max_bytes:
            break
    if is_over:
        raise too_large(max_bytes)
    return decoded(b"".join(chunks), request.headers.getlist("content-encoding"), max_bytes)


def decoded(body: bytes, encodings: list[str], max_bytes: int) -> bytes:
    """The body without its content encoding: none or gzip."""
    encoding = ",".join(encodings).strip().lower()
    if encoding in ("", "identity"):
        return body
    if encoding not in ("gzip", "x-gzip"):
        raise bad_request(
            "Content-Encoding must be gzip or identity.", 415, {"Accept-Encoding": "gzip, identity"}
        )
    decompressor = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        # The cap is on the output: a thousand bytes of gzip can hold a million.
        plain = decompressor.decompress(body, max_bytes + 1)
    except zlib.error as error:
        raise bad_request("The request body is not valid gzip.") from error
    if len(plain) > max_bytes:
        raise too_large(max_bytes)
    if not decompressor.eof or decompressor.unused_data:
        raise bad_request("The request body is not one complete gzip member.")
    return plain
