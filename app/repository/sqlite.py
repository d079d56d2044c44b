"""SQLite: one writer thread for whole transactions, snapshots on a pool of readers, FULL durability."""

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar, cast

from sqlalchemy import URL, Connection, CursorResult, Engine, Row, StaticPool, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.sql import Executable

from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.repository.books import Books
from app.repository.connection import DirectConnection
from app.repository.database import Busy, Snapshot, Work
from app.repository.interrupted import InterruptedConnection, driver_of
from app.repository.shares import Shares
from app.repository.uncut import uncut
from app.repository.writer_lock import WriterLock

T = TypeVar("T")

PATIENCE_SECONDS = 10
"""How long a writer waits for its turn in this process, and for the file, before the answer is Busy."""
MOST_WAITING = 100
"""How many transactions may wait for their turn; whoever comes then is told at once that the database is busy."""
POOL_SECONDS = 5.0
"""How long a reader waits for a connection."""
STEPS_BETWEEN_LOOKS = 1_000_000
"""How many steps of SQLite's virtual machine, some ten milliseconds, until a writer looks whether it is still wanted."""
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    # So that the triggers that refuse a DELETE see the one inside INSERT OR REPLACE as well.
    "recursive_triggers=ON",
)


class Writer:
    """The thread on which every transaction runs from BEGIN to COMMIT: one hop for each, not for each statement."""

    def __init__(self, engine: Engine, lock: WriterLock, *, patience_seconds: float) -> None:
        self._engine = engine
        self._lock = lock
        self._patience_seconds = patience_seconds
        self._jobs: queue.SimpleQueue[tuple[asyncio.Future[Any], float, Any] | None] = queue.SimpleQueue()
        self._caller: asyncio.Future[Any] | None = None
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def run(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        """The work's result. A caller who is cancelled before COMMIT leaves no trace; a commit is never cut."""
        if self._jobs.qsize() >= MOST_WAITING:
            raise Busy
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put((future, monotonic() + self._patience_seconds, (actor, operation, work)))
        return await future

    def stop(self) -> None:
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        with self._engine.connect() as connection:
            driver = _sqlite3_of(connection)
            driver.set_progress_handler(self._is_abandoned, STEPS_BETWEEN_LOOKS)
            while (job := self._jobs.get()) is not None:
                future, latest, (actor, operation, work) = job
                if future.cancelled():
                    continue
                try:
                    if monotonic() > latest:
                        raise Busy
                    result = self._transaction(connection, future, actor, operation, work)
                except BaseException as error:  # noqa: BLE001 - it belongs to the caller, not to this thread
                    _settle(future, error=error)
                else:
                    _settle(future, result=result)

    def _is_abandoned(self) -> bool:
        """Whether SQLite shall give up the statement that runs, as nobody waits for it any more."""
        return self._caller is not None and self._caller.cancelled()

    def _transaction(
        self,
        connection: Connection,
        caller: "asyncio.Future[T]",
        actor: Actor,
        operation: Operation,
        work: Work[T],
    ) -> T:
        self._lock.acquire()
        try:
            if caller.cancelled():
                raise asyncio.CancelledError
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                self._caller = caller
                try:
                    books = Books(WantedConnection(connection, caller), actor, operation)
                    result: T = _driven(work(books))
                finally:
                    self._caller = None
                if caller.cancelled():
                    raise asyncio.CancelledError
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                # A writing statement that was given up has taken the whole transaction with it.
                if _sqlite3_of(connection).in_transaction:
                    connection.exec_driver_sql("ROLLBACK")
                raise
            return result
        except OperationalError as error:
            if _is_locked(error):
                raise Busy from error
            raise
        finally:
            self._lock.release()


class WantedConnection(DirectConnection):
    """Sends no further statement once its caller has gone away."""

    def __init__(self, connection: Connection, caller: "asyncio.Future[Any]") -> None:
        super().__init__(connection)
        self._caller = caller

    async def execute(self, statement: Executable, parameters: Any = None, /) -> CursorResult[Any]:
        if self._caller.cancelled():
            raise asyncio.CancelledError
        return await super().execute(statement, parameters)


class SqliteDatabase:
    """A file; `file.lock` beside it orders the writers of several processes."""

    def __init__(self, url: URL, *, readers: int = 8, patience_seconds: float = PATIENCE_SECONDS) -> None:
        if not url.database or url.database == ":memory:":
            raise ValueError("the books need a file: sqlite:///path")
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

    async def transact(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        return await self._writer.run(actor, operation, work)

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

    async def stream(
        self, snapshot: Snapshot, statement: Executable, parameters: dict[str, Any] | None = None
    ) -> AsyncIterator[Row[Any]]:
        connection = cast(InterruptedConnection, snapshot._connection).bare
        result = await connection.stream(statement, {"entity_id": snapshot.entity_id, **(parameters or {})})
        async for row in result:
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
        if _is_locked(error):
            raise Busy from error
        raise


def _sqlite3_of(connection: Connection) -> Any:
    """The standard library's own connection."""
    return connection.connection.driver_connection


def _is_locked(error: OperationalError) -> bool:
    """Another process keeps the file locked, longer than busy_timeout."""
    return "locked" in str(error.orig)


def _driven(work: Awaitable[T]) -> T:
    """Run a coroutine that never suspends to its end on this thread."""
    steps = work.__await__()
    try:
        next(steps)
    except StopIteration as end:
        return cast(T, end.value)
    raise RuntimeError("a transaction awaited something other than the books")


def _settle(future: "asyncio.Future[Any]", *, result: Any = None, error: BaseException | None = None) -> None:
    """Hand the outcome to the caller's loop; one who has gone away does not take it."""

    def hand_over() -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)

    try:
        future.get_loop().call_soon_threadsafe(hand_over)
    except RuntimeError:
        # The caller's loop is closed: nobody is left to hand it to.
        return
