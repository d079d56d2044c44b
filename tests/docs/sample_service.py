"""The service in process over freshly loaded sample books, as `make run` serves them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from app.loading.sample import load_sample, read_sample
from app.main import application
from app.repository.opening import open_database
from app.settings import read_settings

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "seeds").glob("*.json"))
TOKEN = "the-token-of-the-pages"
CREATE_KEY = """mutation ($input: CreateApiKeyInput!) {
  createApiKey(input: $input) { ... on ApiKeyCreated { secret } ... on Rejection { message } }
}"""


class SampleService:
    """A client with the development token; without an entity it acts where GraphiQL does."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client
        self._keys: dict[str, str] = {}

    async def answer(
        self,
        query: str,
        variables: dict[str, Any],
        entity: str | None = None,
        by: str | None = None,
        operation: str | None = None,
    ) -> dict[str, Any]:
        """The answer without its extensions; `by`: to the holder of an API key of that name, with the role of that name.
        `operation`: of a document with several.
        """
        headers = {"X-Entity-Id": entity} if entity else {}
        if by is not None:
            headers["Authorization"] = f"Bearer {await self._key_of(by)}"
        asked = {"query": query, "variables": variables, "operationName": operation}
        answer = await self._client.post("/graphql", json=asked, headers=headers)
        body: dict[str, Any] = answer.json()
        body.pop("extensions", None)
        return body

    async def _key_of(self, name: str) -> str:
        if name not in self._keys:
            made = await self.answer(CREATE_KEY, {"input": {"name": name, "roles": [name.upper()]}})
            self._keys[name] = made["data"]["createApiKey"]["secret"]
        return self._keys[name]


async def load_samples(url: str) -> None:
    """Every file of seeds/ into a migrated, empty database."""
    database = open_database(url)
    try:
        for path in SAMPLES:
            await load_sample(database, read_sample(path))
    finally:
        await database.close()


@asynccontextmanager
async def sample_service(url: str, directory: Path) -> AsyncIterator[SampleService]:
    """The service over a database that has the sample books, with its worker."""
    token_file = directory / "development-token"
    token_file.write_text(TOKEN)
    service = application(read_settings(token_file=token_file, access_seconds=0), open_database(url))
    # The end of the lifespan closes the database.
    async with (
        service.router.lifespan_context(service),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(service),
            base_url="http://localhost",
            headers={"Authorization": f"Bearer {TOKEN}"},
        ) as client,
    ):
        yield SampleService(client)
