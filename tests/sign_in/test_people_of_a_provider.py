"""People whom an identity provider vouches for use the service over HTTP, with the roles that it gives them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2

from app.main import application
from app.settings import read_settings
from tests.support.books import TestBooks
from tests.support.identity_provider import AUDIENCE, IdentityProvider, identity_provider

WRITE = """mutation { upsertReasonCodes(input: {reasonCodes: [{code: "LATE"}]}) {
  ... on ReasonCodesUpserted { reasonCodes { code } } } }"""


@asynccontextmanager
async def client_of(books: TestBooks, provider: IdentityProvider) -> AsyncIterator[httpx2.AsyncClient]:
    app = application(
        read_settings(oidc_issuer=provider.issuer, oidc_audience=AUDIENCE, production=True), books.database
    )
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://localhost") as client:
        yield client


async def test_a_person_acts_by_name_with_the_roles_of_the_provider(books: TestBooks) -> None:
    with identity_provider() as provider:
        token = provider.token(entities=[books.entity.code], roles=["BILLING_ADMIN"])
        async with client_of(books, provider) as client:
            sent = await client.post(
                "/graphql", json={"query": WRITE}, headers={"Authorization": f"Bearer {token}"}
            )
    assert sent.json()["data"]["upsertReasonCodes"]["reasonCodes"] == [{"code": "LATE"}]
    actor = "SELECT actor FROM log_entry WHERE entity_id = :entity_id AND operation = 'UPSERT_REASON_CODES'"
    assert await books.rows(actor) == [("oidc:ada",)]


async def test_what_the_role_does_not_allow_is_forbidden_and_strangers_stay_outside(books: TestBooks) -> None:
    with identity_provider() as provider:
        reader = provider.token(entities=[books.entity.code], roles=["READ_ONLY"])
        elsewhere = provider.token(entities=["nowhere"], roles=["BILLING_ADMIN"])
        async with client_of(books, provider) as client:

            async def status_and_code(token: str) -> tuple[int, str]:
                sent = await client.post(
                    "/graphql", json={"query": WRITE}, headers={"Authorization": f"Bearer {token}"}
                )
                return sent.status_code, sent.json()["errors"][0]["extensions"]["code"]

            assert await status_and_code(reader) == (200, "FORBIDDEN")
            assert await status_and_code(elsewhere) == (403, "FORBIDDEN")
            assert await status_and_code(reader[:-3]) == (401, "UNAUTHENTICATED")
