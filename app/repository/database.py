"""The database as the rest of the house sees it, whichever engine is behind it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol, TypeVar

from sqlalchemy import CursorResult, Dialect, Row
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import Executable

from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.repository.books import Books
from app.repository.connection import ReadingConnection
from app.repository.flat import FlatStatement, flat, note
from app.repository.flat import Row as FlatRow
from app.repository.together import Question, Values

T = TypeVar("T")
Work = Callable[[Books], Awaitable[T]]
"""A transaction handed over as a function: it may run more than once, and awaits nothing but the books."""

OnCommit = Callable[[Actor, Operation], None]

STREAMED_TOGETHER = 1_000
"""Rows of a stream that are held at once."""


class Busy(Exception):
    """The database did not come to it in time. Nothing was kept, or (unknown outcome) the same key will tell."""


def tell_nobody(actor: Actor, operation: Operation) -> None:
    """Of what was committed."""


class Answer(Protocol):
    """Answers a question by itself, in the books of an entity: the rows of each of its parts."""

    async def __call__(
        self, entity_id: int, question: Question, values: Values, *, plans_once: bool
    ) -> Sequence[Sequence[FlatRow]]:
        """`plans_once`: a plan does for all values. Raises Busy and Inseparable; else what the driver raises."""
        ...


class Snapshot:
    """One consistent view for reading, of one entity. Resolvers run concurrently: their statements queue here."""

    def __init__(self, connection: ReadingConnection, entity_id: int) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()
        self.entity_id = entity_id

    @property
    def dialect(self) -> Dialect:
        """What statements are written for."""
        return self._connection.dialect

    async def rows(self, statement: Executable, parameters: dict[str, Any] | None = None) -> list[Row[Any]]:
        """The rows of a statement that filters by `:entity_id`. Raises Busy when the database goes away."""
        async with self._turn:
            try:
                result: CursorResult[Any] = await self._connection.execute(
                    statement, {"entity_id": self.entity_id, **(parameters or {})}
                )
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise Busy from error
                raise
            return list(result.all())

    async def flat_rows(self, statement: Executable, parameters: dict[str, Any]) -> Sequence[Sequence[Any]]:
        """The driver's own rows of such a statement, one that is built once. Raises Busy."""
        sent: FlatStatement = flat(statement, self._connection.dialect)
        arguments = sent.arguments({"entity_id": self.entity_id, **parameters})
        note(sent)
        async with self._turn:
            return await self._connection.fetch(sent.text, arguments)

    async def answer(self, question: Question, values: Values) -> Sequence[Sequence[FlatRow]]:
        """The rows of each part of the question. Raises Busy and Inseparable."""
        arguments = question.arguments(self.entity_id, values)
        note(question)
        async with self._turn:
            [found] = await self._connection.fetch(question.text, arguments)
        return question.parted(found)


class Database(Protocol):
    """Transactions, rehearsals and snapshots; `transact` is the only place that begins a writing transaction."""

    writes_abreast: bool
    """Whether transactions of one process are written at the same time, and not in turn."""
    on_commit: OnCommit
    """Told of every transaction that this process has committed. It must not fail, and takes no time."""

    answer: Answer | None
    """For one question that is all that is asked: no snapshot has to be opened for it. None where that costs nothing."""

    @property
    def dialect(self) -> Dialect:
        """What statements are written for."""
        ...

    async def transact(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        """Run the work and commit. Conflicts are retried inside, bounded; Busy past the time-out."""
        ...

    def rehearse(
        self, actor: Actor, operation: Operation, work: Work[T]
    ) -> AbstractAsyncContextManager[tuple[T, Snapshot]]:
        """Run the work; its effect is visible in the snapshot while the context is open, and never kept."""
        ...

    def snapshot(self, entity_id: int) -> AbstractAsyncContextManager[Snapshot]:
        """A consistent view that does not change while the context is open."""
        ...

    def beside(self, snapshot: Snapshot) -> AbstractAsyncContextManager[Snapshot]:
        """The same view on a connection of its own, to be read at the same time; each may wait long for the other.

        The snapshot itself where that would gain nothing. It takes a second of the connections that an entity can have.
        """
        ...

    def stream(
        self, snapshot: Snapshot, statement: Executable, parameters: dict[str, Any] | None = None
    ) -> AsyncIterator[Row[Any]]:
        """The rows of a statement without holding them all; for proofs over millions of rows."""
        ...

    async def plan_for_whole_tables(self, snapshot: Snapshot) -> None:
        """The snapshot's further statements read tables from end to end, and look nothing up row by row."""
        ...

    async def close(self) -> None: ...
