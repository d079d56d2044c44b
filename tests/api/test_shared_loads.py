"""Fields that need the same document wait for it together, and one that is given up takes nothing from the others."""

import asyncio

import pytest
from strawberry.dataloader import DataLoader

from app.api.reader import _loaded


async def test_whoever_waits_for_the_same_is_answered_though_another_is_cancelled() -> None:
    async def load(keys: list[str]) -> list[str]:
        return [f"found {key}" for key in keys]

    loader: DataLoader[str, str] = DataLoader(load_fn=load)
    given_up, other = (asyncio.ensure_future(_loaded(loader, "it")) for _ in range(2))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await other == "found it"
    with pytest.raises(asyncio.CancelledError):
        await given_up
