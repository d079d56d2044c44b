"""SQLite: one writer thread for whole transactions, snapshots on a pool of readers, FULL durability."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlalchemy import URL, Dialect, Engine, Row, StaticPool, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.sql import Executable

from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.repository.books import Books
from app.repository.database import STREAMED_TOGETHER, Answer, Busy, OnCommit, Snapshot, Work, tell_nobody
from app.repository.interrupted import InterruptedConnection, driver_of
from app.repository.shares import Shares
from app.repository.uncut import uncut
from app.repository.writer import Writer, is_locked
from app.repository.writer_lock import WriterLock

T = TypeVar("T")

PATIENCE_SECONDS = 10
"""How long a writer waits for its turn in this process, and for the file, before the answer is Busy."""
POOL_SECONDS = 5.0
"""How long a reader waits for a connection."""
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    # So that the triggers that refuse a DELETE see the one inside INSERT OR REPLACE as well.
    "recursive_triggers=ON",
)


class SqliteDatabase:
    """A file; `file.lock` beside it orders the writers of several processes."""

    writes_abreast = False

    def __init__(self, url: URL, *, readers: int = 8, patience_seconds: float = PATIENCE_SECONDS) -> None:
        if not url.database or url.database == ":memory:":
            raise ValueError("the books need a file: sqlite:///path")
        self.on_commit: OnCommit = tell_nobody
        self.answer: Answer | None = None
        path = Path(url.database)
        self._lock = WriterLock(path.with_name(path.name + ".lock"), patience_seconds=patience_seconds)
        writing = create_engine(
            url.set(drivername="sqlite"),
            poolclass=StaticPool,
            hide_parameters=True,
            connect_args={"check_same_thread": False},
        )
        prepare(writing, patience_seconds)
        self._writing = writing
        self._writer = Writer(writing, self._lock, patience_seconds=patience_seconds)
        self.engine = create_async_engine(
            url.set(drivername="sqlite+aiosqlite"),
            hide_parameters=True,
            pool_size=readers,
            max_overflow=readers,
            pool_timeout=POOL_SECONDS,
            pool_reset_on_return=None,
        )
        prepare(self.engine.sync_engine, patience_seconds)
        # Twice as many readers as the pool keeps may be at work.
        self._shares = Shares(readers, POOL_SECONDS)

    @property
    def dialect(self) -> Dialect:
        return self.engine.dialect

    async def transact(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        result = await self._writer.run(actor, operation, work)
        self.on_commit(actor, operation)
        return result

    @asynccontextmanager
    async def rehearse(
        self, actor: Actor, operation: Operation, work: Work[T]
    ) -> AsyncIterator[tuple[T, Snapshot]]:
        async with (
            self._writing_turn(),
            self._connected(actor.entity_id) as pooled,
            _transaction(pooled, "IMMEDIATE") as connection,
        ):
            result = await work(Books(connection, actor, operation))
            yield result, Snapshot(connection, actor.entity_id)

    @asynccontextmanager
    async def snapshot(self, entity_id: int) -> AsyncIterator[Snapshot]:
        async with self._connected(entity_id) as pooled, _transaction(pooled, "DEFERRED") as connection:
            yield Snapshot(connection, entity_id)

    @asynccontextmanager
    async def beside(self, snapshot: Snapshot) -> AsyncIterator[Snapshot]:
        """What reads the file is this process itself."""
        yield snapshot

    async def stream(
        self, snapshot: Snapshot, statement: Executable, parameters: dict[str, Any] | None = None
    ) -> AsyncIterator[Row[Any]]:
        connection = cast(InterruptedConnection, snapshot._connection).bare
        result = await connection.stream(statement, {"entity_id": snapshot.entity_id, **(parameters or {})})
        # Row by row it would change from one stack to the other and back for each.
        async for rows in result.partitions(STREAMED_TOGETHER):
            for row in rows:
                yield row

    async def plan_for_whole_tables(self, snapshot: Snapshot) -> None:
        """Nothing to do: SQLite makes itself the indexes that sums are found by."""

    async def close(self) -> None:
        await asyncio.to_thread(self._writer.stop)
        self._writing.dispose()
        await self.engine.dispose()
        self._lock.close()

    @asynccontextmanager
    async def _connected(self, entity_id: int) -> AsyncIterator[AsyncConnection]:
        """A connection of the pool, of the entity's share of it; Busy when none comes free."""
        async with self._shares.of(entity_id):
            try:
                connection = await self.engine.connect()
            except PoolTimeoutError as error:
                raise Busy from error
            try:
                yield connection
            finally:
                await uncut(connection.close())

    def _give_back(self, waiting: "asyncio.Future[None]") -> None:
        """Nobody waits for the turn any more: give it back, if it has come at all."""
        if waiting.exception() is None:
            self._lock.release()

    @asynccontextmanager
    async def _writing_turn(self) -> AsyncIterator[None]:
        """The writer lock, taken off the event loop; a caller cancelled while waiting gives it back when it comes."""
        waiting = asyncio.ensure_future(asyncio.to_thread(self._lock.acquire))
        try:
            await asyncio.shield(waiting)
        except asyncio.CancelledError:
            waiting.add_done_callback(self._give_back)
            raise
        try:
            yield
        finally:
            self._lock.release()


def prepare(engine: Engine, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """BEGIN is ours, not the driver's; every connection has the pragmas of a ledger."""

    @event.listens_for(engine, "connect")
    def connect(driver: Any, _: Any) -> None:
        driver.isolation_level = None
        cursor = driver.cursor()
        for pragma in (*PRAGMAS, f"busy_timeout={int(patience_seconds * 1000)}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


@asynccontextmanager
async def _transaction(connection: AsyncConnection, mode: str) -> AsyncIterator[InterruptedConnection]:
    try:
        await uncut(_begin(connection, mode))
    except asyncio.CancelledError:
        await uncut(connection.exec_driver_sql("ROLLBACK"))
        raise
    try:
        yield InterruptedConnection(connection)
    finally:
        # A cancelled stream has closed the connection already, an interrupted write its transaction.
        if not connection.invalidated and (await driver_of(connection)).in_transaction:
            await uncut(connection.exec_driver_sql("ROLLBACK"))


async def _begin(connection: AsyncConnection, mode: str) -> None:
    try:
        await connection.exec_driver_sql(f"BEGIN {mode}")
    except OperationalError as error:
        if is_locked(error):
            raise Busy from error
        raise
