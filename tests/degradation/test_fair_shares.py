"""The service itself, with few places: who holds a share of them slows nobody else down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx2

from app.repository.database import Snapshot
from tests.support.access import key_of_api
from tests.support.books import TestBooks
from tests.support.passing import PassingDatabase
from tests.support.service import Service

AT_ONCE = 8
QUERY = "{ entity { code } }"


class HeldReads(PassingDatabase):
    """Snapshots of one entity wait until they are let go."""

    held_entity = -1
    held = 0

    @asynccontextmanager
    async def snapshot(self, entity_id: int) -> AsyncIterator[Snapshot]:
        if entity_id == self.held_entity:
            async with self.changed:
                self.held += 1
                self.changed.notify_all()
            await self.let_go.wait()
        async with self._database.snapshot(entity_id) as snapshot:
            yield snapshot

    def hold(self, entity_id: int) -> None:
        self.held_entity = entity_id
        self.let_go, self.changed = asyncio.Event(), asyncio.Condition()

    async def until_held(self, number: int) -> None:
        async with self.changed:
            await self.changed.wait_for(lambda: self.held == number)


async def test_somebody_with_many_keys_of_one_entity_cannot_keep_another_waiting(
    books: TestBooks, tmp_path: Path
) -> None:
    neighbour = await books.neighbour()
    keys = [await key_of_api(books) for _ in range(3)]
    innocent = await key_of_api(neighbour)
    database = HeldReads(books.database)
    service = Service(replace(books, database=database), tmp_path, requests_at_once=AT_ONCE)
    service.forget_entity()

    async def ask(key: str) -> httpx2.Response:
        return await service.send(QUERY, Authorization=f"Bearer {key}")

    for each in (*keys, innocent):
        assert (await ask(each.api_key)).status_code == 200
    database.hold(books.entity.id)
    held = [asyncio.ensure_future(ask(key.api_key)) for key in keys[:2] for _ in range(2)]
    await database.until_held(4)
    assert (await ask(keys[0].api_key)).status_code == 429
    assert (await ask(keys[2].api_key)).status_code == 503
    assert (await ask(innocent.api_key)).json()["data"]["entity"]["code"] == neighbour.entity.code
    database.let_go.set()
    assert [each.status_code for each in await asyncio.gather(*held)] == [200] * 4
    assert (await ask(keys[2].api_key)).status_code == 200
