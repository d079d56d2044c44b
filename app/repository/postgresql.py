"""PostgreSQL: READ COMMITTED with row locks, as a role that owns nothing, behind row-level security."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, TypeVar, cast
from weakref import WeakSet

import asyncpg
from sqlalchemy import URL, Dialect, Row, event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql import Executable

from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.repository.books import Books
from app.repository.database import Busy, Snapshot, Work
from app.repository.driven import GONE, DrivenConnection
from app.repository.shares import Shares
from app.repository.uncut import uncut
from app.repository.writing import WritingConnection

T = TypeVar("T")

LOCK_TIMEOUT_MS = 10_000
ANSWER_SECONDS = 5.0
"""How long a connection may take to come about, out of the pool too, or BEGIN to be answered: neither waits for a lock."""
COMMIT_SECONDS = 10.0
"""How long COMMIT may take; what became of it is unknown then."""
PARTING_SECONDS = 2.0
"""How long the server may take to hear that somebody leaves: ROLLBACK, and the end of all connections."""
IDLE_SECONDS = 60.0
"""After so long the server ends a transaction that is sent nothing: across a cut line it hears of no end."""
ATTEMPTS = 6
RETRIED = {"40001", "40P01", "23505"}
"""Serialization failure, deadlock, and a key that another transaction took first: run again, it will be seen."""
BUSY = {"55P03", "57014", "53300", "57P01", "57P02", "57P03"}
"""No lock in time, cancelled, too many connections; the server shuts down, has crashed, or is starting up."""
WHOLE_TABLES = "SET LOCAL enable_nestloop = off; SET LOCAL jit = off"
"""On tables that were never analyzed an entity is taken to have one row, and a join looks all of its rows up for each."""
WORKED_AT = "worked at"
"""When a connection of the pool was last good: made, or given back."""


class Silent(Busy):
    """The server does not answer what it could answer at once: the line is cut, or as good as that."""


class PostgresqlDatabase:
    """The entity's id is set with BEGIN in one round trip: row-level security reads it in every statement."""

    writes_abreast = True

    def __init__(
        self,
        url: URL,
        *,
        pool_size: int = 10,
        overflow: int = 20,
        answer_seconds: float = ANSWER_SECONDS,
        commit_seconds: float = COMMIT_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        # Transactions are begun and ended here by text, one round trip each, so the driver must not add its own.
        self.engine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            pool_size=pool_size,
            max_overflow=overflow,
            pool_timeout=answer_seconds,
            pool_reset_on_return=None,
            connect_args={
                "timeout": answer_seconds,
                # A whole effect is one long statement, which is to be prepared once like any other.
                "max_cacheable_statement_size": 0,
                "server_settings": {
                    "lock_timeout": f"{LOCK_TIMEOUT_MS}ms",
                    "idle_in_transaction_session_timeout": f"{int(idle_seconds * 1000)}ms",
                },
            },
        )
        self._shares = Shares((pool_size + overflow) // 2, answer_seconds)
        self._answer_seconds = answer_seconds
        self._commit_seconds = commit_seconds
        self._silent_at = -1.0
        self._drivers: WeakSet[asyncpg.Connection[Any]] = WeakSet()
        event.listen(self.engine.sync_engine, "connect", self._remember)
        event.listen(self.engine.sync_engine, "checkin", _note_that_it_works)
        event.listen(self.engine.sync_engine, "checkout", self._refuse_the_dead)

    @property
    def dialect(self) -> Dialect:
        return self.engine.dialect

    async def transact(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._once(actor, operation, work)
            except DBAPIError as error:
                await _before_another_attempt(error, attempt)
        raise AssertionError("the last attempt returns or raises")

    async def _once(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        async with self._connected(actor.entity_id) as (connection, driver):
            async with _closing_transaction(connection, driver):
                await self._begin(driver, actor.entity_id, "READ COMMITTED")
                result = await work(Books(WritingConnection(connection, driver), actor, operation))
                await uncut(_simple(driver, "COMMIT", self._commit_seconds))
            return result

    @asynccontextmanager
    async def rehearse(
        self, actor: Actor, operation: Operation, work: Work[T]
    ) -> AsyncIterator[tuple[T, Snapshot]]:
        for attempt in range(1, ATTEMPTS + 1):
            async with (
                self._connected(actor.entity_id) as (connection, driver),
                _closing_transaction(connection, driver),
            ):
                await self._begin(driver, actor.entity_id, "READ COMMITTED")
                try:
                    result = await work(Books(WritingConnection(connection, driver), actor, operation))
                except DBAPIError as error:
                    failure = error
                else:
                    yield result, Snapshot(DrivenConnection(connection, driver), actor.entity_id)
                    return
            await _before_another_attempt(failure, attempt)

    @asynccontextmanager
    async def snapshot(self, entity_id: int) -> AsyncIterator[Snapshot]:
        async with (
            self._connected(entity_id) as (connection, driver),
            _closing_transaction(connection, driver),
        ):
            await self._begin(driver, entity_id, "REPEATABLE READ READ ONLY")
            yield Snapshot(DrivenConnection(connection, driver), entity_id)

    async def stream(
        self, snapshot: Snapshot, statement: Executable, parameters: dict[str, Any] | None = None
    ) -> AsyncIterator[Row[Any]]:
        connection = cast(DrivenConnection, snapshot._connection).bare
        result = await connection.stream(statement, {"entity_id": snapshot.entity_id, **(parameters or {})})
        async for row in result:
            yield row

    async def plan_for_whole_tables(self, snapshot: Snapshot) -> None:
        await _simple(cast(DrivenConnection, snapshot._connection).driver, WHOLE_TABLES, self._answer_seconds)

    async def close(self) -> None:
        # The pool takes leave of one connection after the other, and across a cut line of none; a COMMIT is not cut.
        idle = [each for each in self._drivers if not each.is_closed() and not each.is_in_transaction()]
        await asyncio.gather(*(each.close(timeout=PARTING_SECONDS) for each in idle), return_exceptions=True)
        await self.engine.dispose()

    async def _begin(self, driver: Any, entity_id: int, mode: str) -> None:
        text = f"BEGIN ISOLATION LEVEL {mode}; SET LOCAL app.entity_id = '{int(entity_id)}'"
        await _simple(driver, text, self._answer_seconds)

    @asynccontextmanager
    async def _connected(self, entity_id: int) -> AsyncIterator[tuple[AsyncConnection, Any]]:
        """A connection of the pool, of the entity's share of it, and the driver's own behind it. Busy when none comes
        free, and when the server is away or goes away: what was under way is lost then, or, if it was a COMMIT, unknown.
        """
        async with self._shares.of(entity_id):
            try:
                connection = await self.engine.connect()
            except (OSError, PoolTimeoutError, *GONE) as error:
                raise Busy from error
            async with self._given_back(connection):
                yield connection, await _driver(connection)

    @asynccontextmanager
    async def _given_back(self, connection: AsyncConnection) -> AsyncIterator[None]:
        try:
            yield
        except Silent:
            self._silent_at = monotonic()
            raise
        except (asyncpg.InterfaceError, *GONE) as error:
            if isinstance(error, asyncpg.InterfaceError) and not (await _driver(connection)).is_closed():
                raise
            raise Busy from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise Busy from error
            raise
        finally:
            # This waits for nothing, unless the pool has one too many: then the driver parts, cancelled or not.
            await connection.close()

    def _remember(self, connection: Any, record: ConnectionPoolEntry) -> None:
        self._drivers.add(connection.driver_connection)
        _note_that_it_works(connection, record)

    def _refuse_the_dead(self, connection: Any, record: ConnectionPoolEntry, _: Any) -> None:
        """The pool gives a new connection for one that the server has closed meanwhile, known without asking it, and for
        one that lay in the pool while the server was silent on another.
        """
        driver = connection.driver_connection
        if record.info[WORKED_AT] < self._silent_at:
            driver.terminate()
        if driver.is_closed():
            raise DisconnectionError


def _note_that_it_works(connection: Any, record: ConnectionPoolEntry) -> None:
    if connection is not None:
        record.info[WORKED_AT] = monotonic()


async def _before_another_attempt(error: DBAPIError, attempt: int) -> None:
    """Wait a moment where running the work again can help; Busy where it cannot any more, else the error itself."""
    state = _sqlstate(error)
    if state in BUSY or (state in RETRIED and attempt == ATTEMPTS):
        raise Busy from error
    if state not in RETRIED:
        raise error
    await asyncio.sleep(random.uniform(0, 0.005 * 2**attempt))


@asynccontextmanager
async def _closing_transaction(connection: AsyncConnection, driver: Any) -> AsyncIterator[None]:
    """Leave no transaction open, whatever happened: a connection whose state is unknown is thrown away."""
    try:
        yield
    except BaseException:
        # A statement that was cancelled has had SQLAlchemy close the session: its transaction ended with it.
        if not connection.invalidated:
            # After a cancelled BEGIN the driver has not heard yet that a transaction is open: it is not to be believed.
            await uncut(_rolled_back(driver))
        raise
    if driver.is_in_transaction():
        await _rolled_back(driver)


async def _rolled_back(driver: Any) -> None:
    if driver.is_closed():
        return
    try:
        await driver.execute("ROLLBACK", timeout=PARTING_SECONDS)
    except BaseException as error:
        # Whatever it is, this connection is not to be used again.
        driver.terminate()
        if not isinstance(error, Exception):
            raise


async def _simple(driver: Any, text: str, seconds: float) -> None:
    """Several statements in one round trip: the simple protocol, which takes no parameters.

    Silent, with the connection gone, when there is no answer in so many seconds.
    """
    try:
        await driver.execute(text, timeout=seconds)
    except TimeoutError as error:
        driver.terminate()
        raise Silent from error


async def _driver(connection: AsyncConnection) -> Any:
    return (await connection.get_raw_connection()).driver_connection


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
