"""Requests to an endpoint without a server between."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx2

from app.api.http.endpoint import GraphQLEndpoint
from tests.http.service import new_application

URL = "http://127.0.0.1/graphql"
MEDIA_TYPE = "application/graphql-response+json"


def send(endpoint: GraphQLEndpoint, method: str = "POST", url: str = URL, **request: Any) -> httpx2.Response:
    """One request, through the application's middleware."""

    async def exchange() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=new_application(endpoint))
        async with httpx2.AsyncClient(transport=transport) as client:
            return await client.request(method, url, **request)

    return asyncio.run(exchange())


def post(
    endpoint: GraphQLEndpoint, query: str, headers: Mapping[str, str] | None = None, **parameters: Any
) -> httpx2.Response:
    """A query or mutation as a modern client sends it."""
    content = json.dumps({"query": query, **parameters}).encode()
    fixed = {"Accept": MEDIA_TYPE, "Content-Type": "application/json"}
    return send(endpoint, content=content, headers={**fixed, **(headers or {})})


def codes(response: httpx2.Response) -> list[str]:
    """The codes of all errors in the answer."""
    return [error["extensions"]["code"] for error in response.json().get("errors", [])]
