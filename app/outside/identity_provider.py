"""The key set of an identity provider: found by OpenID Connect Discovery 1.0, fetched over HTTP."""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit

import httpx2

TIMEOUT_SECONDS = 5.0
MOST_BYTES = 512 * 1024

THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}

HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}

KeySet = Mapping[str, Any]
"""A JSON Web Key Set (RFC 7517)."""


class ProviderNotReached(Exception):
    """The provider has not answered, or not with what it should; the message says what was wrong, never a secret."""


def key_set_of(issuer: str) -> Callable[[], Awaitable[KeySet]]:
    """Asks the issuer where its keys are, and fetches them: both each time, as a provider may move its keys."""
    logging.getLogger("httpx2").setLevel(logging.WARNING)

    async def fetch() -> KeySet:
        async with httpx2.AsyncClient(
            timeout=TIMEOUT_SECONDS, follow_redirects=False, trust_env=False
        ) as client:
            about = await _object(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if about.get("issuer") != issuer:
                raise ProviderNotReached(f"{issuer} calls itself {str(about.get('issuer'))[:200]!r}")
            address = about.get("jwks_uri")
            if not isinstance(address, str) or not _is_safe(address):
                raise ProviderNotReached(f"{issuer} names no address of its keys that begins with https")
            return await _object(client, address)

    return fetch


def _is_safe(address: str) -> bool:
    """Keys that come over an open line could be anybody's; on this machine there is no line."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in THIS_MACHINE)


async def _object(client: httpx2.AsyncClient, address: str) -> dict[str, Any]:
    try:
        response = await client.send(client.build_request("GET", address, headers=HEADERS), stream=True)
        try:
            body = await _read(response, address)
        finally:
            await response.aclose()
        value = json.loads(body)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise ProviderNotReached(f"{address} cannot be reached: {type(error).__name__}") from error
    except (ValueError, RecursionError) as error:
        raise ProviderNotReached(f"{address} did not answer with JSON") from error
    if not isinstance(value, dict):
        raise ProviderNotReached(f"{address} did not answer with an object")
    return value


async def _read(response: httpx2.Response, address: str) -> bytes:
    if response.status_code != httpx2.codes.OK:
        raise ProviderNotReached(f"{address} answered with status {response.status_code}")
    body = bytearray()
    async with aclosing(response.aiter_raw()) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > MOST_BYTES:
                raise ProviderNotReached(f"{address} answered with more than {MOST_BYTES} bytes")
    return bytes(body)
