"""PostgreSQL: READ COMMITTED with row locks, as a role that owns nothing, behind row-level security."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, TypeVar, cast
from weakref import WeakSet

import asyncpg
from sqlalchemy import URL, Dialect, event
from sqlalchemy import Row as TypedRow
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql import Executable

from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.repository.books import Books
from app.repository.database import STREAMED_TOGETHER, Answer, Busy, OnCommit, Snapshot, Work, tell_nobody
from app.repository.driven import GONE, DrivenConnection
from app.repository.flat import Row, note
from app.repository.line import FAREWELL, PARTING_SECONDS, Line, Silent, left, simple
from app.repository.sent_rows import IN_TEXTS
from app.repository.sessions import Reading, Sessions
from app.repository.shares import Shares
from app.repository.sharing import Member, Sharing
from app.repository.together import Question, Values
from app.repository.turns import Turns
from app.repository.uncut import uncut
from app.repository.writing import WritingConnection

T = TypeVar("T")

LOCK_TIMEOUT_MS = 10_000
ANSWER_SECONDS = 5.0
"""How long a connection may take to come about, out of the pool too, or BEGIN to be answered: neither waits for a lock."""
COMMIT_SECONDS = 10.0
"""How long COMMIT may take; what became of it is unknown then."""
IDLE_SECONDS = 60.0
"""After so long the server ends a transaction that is sent nothing: across a cut line it hears of no end."""
ATTEMPTS = 6
RETRIED = {"40001", "40P01", "23505"}
"""Serialization failure, deadlock, and a key that another transaction took first: run again, it will be seen."""
BUSY = {"55P03", "57014", "53300", "57P01", "57P02", "57P03"}
"""No lock in time, cancelled, too many connections; the server shuts down, has crashed, or is starting up."""
WHOLE_TABLES = (
    "SET LOCAL enable_nestloop = off; SET LOCAL jit = off; SET LOCAL work_mem = '32MB'"
    "; SET LOCAL max_parallel_workers_per_gather = 0"
)
"""On tables that were never analyzed an entity is taken to have one row, and a join looks all of its rows up for each.

What is joined is to be found in memory. Workers of the server's own take half as much CPU again to save time.
"""
WAITS_LONG = "SET LOCAL idle_in_transaction_session_timeout = '1h'"
PLANNED_ONCE = "; SET LOCAL plan_cache_mode = force_generic_plan"
"""Left to itself the server plans most statements anew each time, because it expects less of them for the values that it
sees: a fifth of its work for a mutation. They find their rows by ids, whatever these are.
"""
SHARED = frozenset({Operation.APPLY_CREDIT_MEMO, Operation.APPLY_CREDIT_MEMO_LINE})
"""Commands that many send at a time, and that change few documents each."""
WORKED_AT = "worked at"
"""When a connection of the pool was last good: made, or given back."""


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
        self._server_settings = {
            **IN_TEXTS,
            "lock_timeout": f"{LOCK_TIMEOUT_MS}ms",
            "idle_in_transaction_session_timeout": f"{int(idle_seconds * 1000)}ms",
        }
        # A whole effect, or a whole answer, is one long statement, which is to be prepared once like any other.
        self._connecting: dict[str, Any] = {"timeout": answer_seconds, "max_cacheable_statement_size": 0}
        # Transactions are begun and ended here by text, one round trip each, so the driver must not add its own.
        self.engine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            pool_size=pool_size,
            max_overflow=overflow,
            pool_timeout=answer_seconds,
            pool_reset_on_return=None,
            connect_args={**self._connecting, "server_settings": self._server_settings},
        )
        self.dialect: Dialect = self.engine.dialect
        most_of_entity = (pool_size + overflow) // 2
        self._turns = Turns(self._together)
        self._shares = Shares(most_of_entity, answer_seconds)
        self.on_commit: OnCommit = tell_nobody
        self._commit_seconds = commit_seconds
        self._line = Line(answer_seconds)
        # Whatever an entity takes up, one is left to others.
        self._sessions = Sessions(self.reading_connection, self._line, most=most_of_entity + 1)
        self.answer: Answer | None = self._answer
        self._drivers: WeakSet[asyncpg.Connection[Any]] = WeakSet()
        event.listen(self.engine.sync_engine, "connect", self._remember)
        event.listen(self.engine.sync_engine, "checkin", _note_that_it_works)
        event.listen(self.engine.sync_engine, "checkout", self._refuse_the_dead)

    async def transact(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        if operation in SHARED:
            return await self._turns.run(actor, operation, work, lambda: self._alone(actor, operation, work))
        return await self._alone(actor, operation, work)

    async def _alone(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                result = await self._once(actor, operation, work)
            except DBAPIError as error:
                await _before_another_attempt(error, attempt)
            else:
                self.on_commit(actor, operation)
                return result
        raise AssertionError("the last attempt returns or raises")

    async def _once(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        async with self._connected(actor.entity_id) as (connection, driver):
            async with _closing_transaction(connection, driver):
                await self._begin(driver, actor.entity_id, "READ COMMITTED", PLANNED_ONCE)
                result = await work(Books(WritingConnection(connection, driver), actor, operation))
                await uncut(simple(driver, "COMMIT", self._commit_seconds))
            return result

    async def _together(self, entity_id: int, members: Sequence[Member]) -> None:
        """Run them in one transaction, and answer those whose effect is committed; what fails before COMMIT fails for
        none of them: each is run alone then, and told what becomes of it there.
        """
        committing: Sequence[Member] = ()
        try:
            async with (
                self._connected(entity_id) as (connection, driver),
                _closing_transaction(connection, driver),
            ):
                await self._begin(driver, entity_id, "READ COMMITTED", PLANNED_ONCE)
                sharing = Sharing(WritingConnection(connection, driver), entity_id, members)
                # Nobody else ends it, should the line be cut.
                async with asyncio.timeout(self._line.answer_seconds):
                    done = await sharing.run()
                if not done or any(each.is_abandoned for each in done):
                    return
                committing = done
                await uncut(simple(driver, "COMMIT", self._commit_seconds))
        except Exception as error:  # noqa: BLE001 - it belongs to the callers
            for each in members if isinstance(error, Busy) else committing:
                if not each.is_done.done():
                    each.is_done.set_exception(error)
            return
        for each in committing:
            if not each.is_done.done():
                each.is_done.set_result(True)
            self.on_commit(each.actor, each.operation)

    @asynccontextmanager
    async def rehearse(
        self, actor: Actor, operation: Operation, work: Work[T]
    ) -> AsyncIterator[tuple[T, Snapshot]]:
        for attempt in range(1, ATTEMPTS + 1):
            async with (
                self._connected(actor.entity_id) as (connection, driver),
                _closing_transaction(connection, driver),
            ):
                await self._begin(driver, actor.entity_id, "READ COMMITTED", PLANNED_ONCE)
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

    async def _answer(
        self, entity_id: int, question: Question, values: Values, *, plans_once: bool
    ) -> Sequence[Sequence[Row]]:
        reading, arguments = Reading(entity_id, plans_once), question.arguments(entity_id, values)
        note(question)
        await self._shares.take(entity_id)
        try:
            [found] = await self._sessions.fetch(reading, question.text, arguments)
        finally:
            self._shares.give_back(entity_id)
        return question.parted(found)

    @asynccontextmanager
    async def beside(self, snapshot: Snapshot) -> AsyncIterator[Snapshot]:
        first = cast(DrivenConnection, snapshot._connection).driver
        [[name]] = await snapshot._connection.fetch("SELECT pg_export_snapshot()", ())
        await simple(first, WAITS_LONG, self._line.answer_seconds)
        async with (
            self._connected(snapshot.entity_id) as (connection, driver),
            _closing_transaction(connection, driver),
        ):
            same = f"; SET TRANSACTION SNAPSHOT '{name}'; {WAITS_LONG}"
            await self._begin(driver, snapshot.entity_id, "REPEATABLE READ READ ONLY", same)
            yield Snapshot(DrivenConnection(connection, driver), snapshot.entity_id)

    async def stream(
        self, snapshot: Snapshot, statement: Executable, parameters: dict[str, Any] | None = None
    ) -> AsyncIterator[TypedRow[Any]]:
        connection = cast(DrivenConnection, snapshot._connection).bare
        result = await connection.stream(statement, {"entity_id": snapshot.entity_id, **(parameters or {})})
        # Row by row it would change from one stack to the other and back for each.
        async for rows in result.partitions(STREAMED_TOGETHER):
            for row in rows:
                yield row

    async def plan_for_whole_tables(self, snapshot: Snapshot) -> None:
        await simple(
            cast(DrivenConnection, snapshot._connection).driver, WHOLE_TABLES, self._line.answer_seconds
        )

    async def close(self) -> None:
        await self._turns.rest()
        self._sessions.close()
        # The pool takes leave of one connection after the other, and across a cut line of none; a COMMIT is not cut.
        idle = [each for each in self._drivers if not each.is_closed() and not each.is_in_transaction()]
        await asyncio.gather(*(each.close(timeout=PARTING_SECONDS) for each in idle), return_exceptions=True)
        await self.engine.dispose()

    async def reading_connection(self) -> Any:
        """A connection of the driver's own, which cannot write."""
        _, place = self.dialect.create_connect_args(self.engine.url)
        settings = {**self._server_settings, "default_transaction_read_only": "on"}
        options: dict[str, Any] = {**place, **self._connecting, "server_settings": settings}
        driver = await asyncpg.connect(**options)
        self._drivers.add(driver)
        return driver

    async def _begin(self, driver: Any, entity_id: int, mode: str, more: str = "") -> None:
        text = f"BEGIN ISOLATION LEVEL {mode}; SET LOCAL app.entity_id = '{int(entity_id)}'{more}"
        await simple(driver, text, self._line.answer_seconds)

    @asynccontextmanager
    async def _connected(self, entity_id: int) -> AsyncIterator[tuple[AsyncConnection, Any]]:
        """A connection of the pool, of the entity's share of it, and the driver's own behind it. Busy when none comes
        free, and when the server is away or goes away: what was under way is lost then, or, if it was a COMMIT, unknown.
        """
        await self._shares.take(entity_id)
        try:
            try:
                connection = await self.engine.connect()
            except (OSError, PoolTimeoutError, *GONE) as error:
                raise Busy from error
            driver = _driver(connection)
            async with self._given_back(connection, driver):
                yield connection, driver
        finally:
            self._shares.give_back(entity_id)

    @asynccontextmanager
    async def _given_back(self, connection: AsyncConnection, driver: Any) -> AsyncIterator[None]:
        try:
            yield
        except Silent:
            self._line.is_silent()
            raise
        except (asyncpg.InterfaceError, FAREWELL, *GONE) as error:
            if isinstance(error, asyncpg.InterfaceError) and not driver.is_closed():
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
        if record.info[WORKED_AT] < self._line.silent_at:
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
            await uncut(left(driver, "ROLLBACK"))
        raise
    if not driver.is_closed() and driver.is_in_transaction():
        await left(driver, "ROLLBACK")


def _driver(connection: AsyncConnection) -> Any:
    """The driver's own connection behind one that was just taken out of the pool: nothing has to be waited for."""
    taken = connection.sync_connection
    assert taken is not None
    return taken.connection.driver_connection


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)
