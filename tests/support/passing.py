"""A database that only passes on what it is asked: a test that puts something in the way overrides that one method."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

from sqlalchemy import Row
from sqlalchemy.sql import Executable

from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.repository.database import Database, Snapshot, T, Work


class PassingDatabase:
    """The database it is given, by another name."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def transact(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        return await self._database.transact(actor, operation, work)

    def rehearse(
        self, actor: Actor, operation: Operation, work: Work[T]
    ) -> AbstractAsyncContextManager[tuple[T, Snapshot]]:
        return self._database.rehearse(actor, operation, work)

    def snapshot(self, entity_id: int) -> AbstractAsyncContextManager[Snapshot]:
        return self._database.snapshot(entity_id)

    def stream(
        self, snapshot: Snapshot, statement: Executable, parameters: dict[str, Any] | None = None
    ) -> AsyncIterator[Row[Any]]:
        return self._database.stream(snapshot, statement, parameters)

    async def plan_for_whole_tables(self, snapshot: Snapshot) -> None:
        await self._database.plan_for_whole_tables(snapshot)

    async def close(self) -> None:
        await self._database.close()
