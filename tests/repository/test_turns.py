"""Which commands begin together (PostgreSQL's databases ask; nothing here is one)."""

import asyncio
from collections.abc import Sequence

import pytest

from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.repository import turns
from app.repository.books import Books
from app.repository.sharing import Member
from app.repository.turns import Turns


async def test_those_who_wait_beside_one_transaction_begin_when_they_are_as_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for seconds in ("COMPANY_SECONDS", "PATIENCE_SECONDS"):
        monkeypatch.setattr(turns, seconds, 60)
    begun, first_ends, all_end = list[int](), asyncio.Event(), asyncio.Event()

    async def together(_: int, members: Sequence[Member]) -> None:
        begun.append(len(members))
        await all_end.wait()
        for each in members:
            each.is_done.set_result(True)

    async def work(_: Books) -> bool:
        raise AssertionError("nobody runs it here")

    actor, queue = Actor(entity_id=1, name="ada", permissions=frozenset()), Turns(together)

    async def one() -> asyncio.Task[bool]:
        task = asyncio.ensure_future(queue.run(actor, Operation.APPLY_CREDIT_MEMO, work, first_ends.wait))
        await asyncio.sleep(0)
        return task

    monkeypatch.setattr(turns, "ENOUGH", 2)
    tasks = [await one() for _ in range(3)]
    monkeypatch.setattr(turns, "ENOUGH", 1)
    tasks.append(await one())
    first_ends.set()
    await tasks[0]
    assert begun == [2]
    tasks.append(await one())
    await asyncio.sleep(0)
    assert begun == [2, 2]
    all_end.set()
    await asyncio.gather(*tasks)
