"""A database and a connection that only pass on what they are asked: a test overrides what it puts in the way."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from sqlalchemy import CursorResult, Dialect, Row
from sqlalchemy.sql import Executable

from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.repository.connection import BooksConnection, Sent
from app.repository.database import Answer, Database, OnCommit, Snapshot, T, Work, tell_nobody
from app.repository.typed import Statement


class PassingDatabase:
    """The database it is given, by another name."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.writes_abreast = database.writes_abreast
        # What passes here is told to nobody: a sequencer finds it when it looks everywhere.
        self.on_commit: OnCommit = tell_nobody
        self.answer: Answer | None = None

    @property
    def dialect(self) -> Dialect:
        return self._database.dialect

    async def transact(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        return await self._database.transact(actor, operation, work)

    def rehearse(
        self, actor: Actor, operation: Operation, work: Work[T]
    ) -> AbstractAsyncContextManager[tuple[T, Snapshot]]:
        return self._database.rehearse(actor, operation, work)

    def snapshot(self, entity_id: int) -> AbstractAsyncContextManager[Snapshot]:
        return self._database.snapshot(entity_id)

    def beside(self, snapshot: Snapshot) -> AbstractAsyncContextManager[Snapshot]:
        return self._database.beside(snapshot)

    def stream(
        self, snapshot: Snapshot, statement: Executable, parameters: dict[str, Any] | None = None
    ) -> AsyncIterator[Row[Any]]:
        return self._database.stream(snapshot, statement, parameters)

    async def plan_for_whole_tables(self, snapshot: Snapshot) -> None:
        await self._database.plan_for_whole_tables(snapshot)

    async def close(self) -> None:
        await self._database.close()


class PassingConnection:
    """The connection it is given, by another name, with a step before and one after each statement."""

    def __init__(self, connection: BooksConnection) -> None:
        self._connection = connection

    async def before(self) -> None:
        """Nothing."""

    async def after(self) -> None:
        """Nothing."""

    @property
    def dialect(self) -> Dialect:
        return self._connection.dialect

    async def execute(self, statement: Executable, parameters: Any = None, /) -> CursorResult[Any]:
        await self.before()
        result = await self._connection.execute(statement, parameters)
        await self.after()
        return result

    async def rows(self, statement: Statement, parameters: Mapping[str, Any]) -> list[list[Any]]:
        await self.before()
        found = await self._connection.rows(statement, parameters)
        await self.after()
        return found

    async def write(self, statements: Sequence[Sent]) -> None:
        """One after the other, also where they would go in one."""
        for each in statements:
            await self.before()
            await self._connection.write([each])
            await self.after()
