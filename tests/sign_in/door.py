"""The service over HTTP, in process, as an OAuth client has it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from app.main import application
from app.settings import read_settings
from tests.support.access import HeldCredential
from tests.support.books import TestBooks

ISSUER = "https://memos.example"
WHO = "{ entity { code } }"
WRITE = """mutation { upsertReasonCodes(input: {reasonCodes: [{code: "LATE"}]}) {
  ... on ReasonCodesUpserted { reasonCodes { code } } } }"""
GRANT = {"grant_type": "client_credentials"}


class Door:
    """Asks for tokens, and asks with them."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    async def asked(
        self,
        form: dict[str, Any],
        basic: tuple[str | bytes, str | bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """The answer to a form at the token endpoint."""
        return await self.http.post(
            "/oauth/token", data=form, auth=basic or httpx2.USE_CLIENT_DEFAULT, headers=headers
        )

    async def token(self, client: HeldCredential, **form: str) -> str:
        """An access token for the client."""
        answer = await self.asked({**GRANT, **form}, (client.id, client.secret))
        assert answer.status_code == 200, answer.text
        token: str = answer.json()["access_token"]
        return token

    async def sent(self, token: str, query: str = WHO, entity: str | None = None) -> httpx2.Response:
        """The answer to an operation with the token."""
        headers = {"Authorization": f"Bearer {token}"} | ({"X-Entity-Id": entity} if entity else {})
        return await self.http.post("/graphql", json={"query": query}, headers=headers)


@asynccontextmanager
async def door(books: TestBooks, **settings: Any) -> AsyncIterator[Door]:
    """A service that remembers no credential, so that what is revoked is refused at once."""
    chosen = {"access_seconds": 0, "issuer": ISSUER, "production": True, **settings}
    app = application(read_settings(**chosen), books.database)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://localhost") as http:
        yield Door(http)
