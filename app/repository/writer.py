"""SQLite: the thread on which every writing transaction runs; those that wait together are committed together."""

import asyncio
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Dialect, Engine, exc
from sqlalchemy.sql import Executable

from app.domain.actor import Actor
from app.domain.vocabulary import Operation
from app.repository.books import Books
from app.repository.connection import TypedConnection
from app.repository.database import Busy, Work
from app.repository.writer_lock import WriterLock

T = TypeVar("T")

MOST_WAITING = 100
"""How many transactions may wait for their turn; whoever comes then is told at once that the database is busy."""
TOGETHER_SECONDS = 0.01
"""For how long transactions join those that are done and wait for their COMMIT."""
ALONE = {Operation.WORK_ON_JOB, Operation.SUBMIT_INVOICE_IMPORT}
"""Work that takes long: nobody who is done shall wait for it."""
STEPS_BETWEEN_LOOKS = 1_000_000
"""How many steps of SQLite's virtual machine, some ten milliseconds, until a writer looks whether it is still wanted."""
BEGIN = "BEGIN IMMEDIATE"


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """A transaction, and who waits for it until `latest`."""

    caller: "asyncio.Future[Any]"
    latest: float
    actor: Actor
    operation: Operation
    work: Work[Any]


class Writer:
    """Whole transactions, with one hop between threads for each, and one COMMIT for all that wait at a time.

    The first runs from BEGIN on; those that wait when it is done join it. One that fails takes nothing of the others with
    it: mostly it is refused before it has written anything, and where it is not, all is rolled back and the others are
    run anew, for a savepoint before each costs nearly a tenth of it. Nobody is answered before the COMMIT.
    """

    def __init__(self, engine: Engine, lock: WriterLock, *, patience_seconds: float) -> None:
        self._engine = engine
        self._lock = lock
        self._patience_seconds = patience_seconds
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._next: deque[Waiting | None] = deque()
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def run(self, actor: Actor, operation: Operation, work: Work[T]) -> T:
        """The work's result. A caller who is cancelled before COMMIT leaves no trace; a commit is never cut."""
        if self._queue.qsize() >= MOST_WAITING:
            raise Busy
        caller: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.put(Waiting(caller, monotonic() + self._patience_seconds, actor, operation, work))
        return await caller

    def stop(self) -> None:
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        with self._engine.connect() as pooled:
            connection = WriterConnection(pooled)
            while (first := self._next.popleft() if self._next else self._queue.get()) is not None:
                if _is_due(first):
                    self._take_turn(connection, first)

    def _take_turn(self, connection: "WriterConnection", first: Waiting) -> None:
        """With the writer lock: the transaction, and those that join it."""
        try:
            self._lock.acquire()
        except BaseException as error:  # noqa: BLE001 - it belongs to the caller, not to this thread
            _settle(first.caller, error=error)
            return
        try:
            group = deque([first])
            while group:
                group = self._commit(connection, group)
        finally:
            self._lock.release()

    def _commit(self, connection: "WriterConnection", group: deque[Waiting]) -> deque[Waiting]:
        """Run the transactions and those that join them, and commit; returns those that have to be run anew."""
        done: list[tuple[Waiting, Any]] = []
        joining_ends = monotonic() + TOGETHER_SECONDS
        try:
            connection.send(BEGIN)
            while each := group.popleft() if group else self._joining(done, joining_ends):
                written = connection.written
                try:
                    done.append((each, connection.result_of(each)))
                except BaseException as error:  # noqa: BLE001 - it belongs to the caller, not to this thread
                    _settle(each.caller, error=_meant(error))
                    # A writing statement that is given up has ended the transaction itself.
                    if not done or connection.written != written or not connection.is_in_transaction:
                        connection.roll_back()
                        return deque([*(each for each, _ in done), *group])
            if any(each.caller.cancelled() for each, _ in done):
                connection.send("ROLLBACK")
                return deque(each for each, _ in done if not each.caller.cancelled())
            connection.send("COMMIT")
        except BaseException as error:  # noqa: BLE001 - BEGIN or COMMIT has failed, for each of them
            connection.roll_back()
            for each in [*(each for each, _ in done), *group]:
                _settle(each.caller, error=_meant(error))
        else:
            for each, result in done:
                _settle(each.caller, result=result)
        return deque()

    def _joining(self, done: list[tuple[Waiting, Any]], ends: float) -> Waiting | None:
        """The next that waits, unless those that are done have waited for long enough."""
        while monotonic() < ends and not self._next and done[0][0].operation not in ALONE:
            try:
                another = self._queue.get_nowait()
            except queue.Empty:
                return None
            if another is None or another.operation in ALONE:
                self._next.append(another)
            elif _is_due(another):
                return another
        return None


class WriterConnection(TypedConnection):
    """The writer's own connection. It looks like an awaited one: a coroutine over it never suspends.

    So a whole transaction of the same repository code runs on one thread without a hop for each statement. Once its
    caller has gone away no further statement is sent, and one that takes long is given up.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._driver: sqlite3.Connection = cast(Any, connection.connection.driver_connection)
        self._driver.set_progress_handler(self._is_abandoned, STEPS_BETWEEN_LOOKS)
        self._caller: asyncio.Future[Any] | None = None

    @property
    def dialect(self) -> Dialect:
        return self._connection.dialect

    @property
    def is_in_transaction(self) -> bool:
        return self._driver.in_transaction

    @property
    def written(self) -> int:
        """How many rows were ever written, by triggers too; those of a statement that failed do not count."""
        return self._driver.total_changes

    async def execute(self, statement: Executable, parameters: Any = None, /) -> CursorResult[Any]:
        self._refuse_the_abandoned()
        return self._connection.execute(statement, parameters)

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        self._refuse_the_abandoned()
        return self.send(text, arguments)

    def send(self, text: str, arguments: Sequence[Any] = ()) -> list[Any]:
        """The driver's rows. Raises what SQLAlchemy would."""
        try:
            return self._driver.execute(text, arguments).fetchall()
        except sqlite3.Error as error:
            kind = getattr(exc, type(error).__name__, exc.DBAPIError)
            raise kind(text, None, error, hide_parameters=True) from error

    def result_of(self, waiting: Waiting) -> Any:
        """What the work comes to, in the transaction that has begun; what it has written stays there if it fails."""
        self._caller = waiting.caller
        try:
            result = _driven(waiting.work(Books(self, waiting.actor, waiting.operation)))
            self._refuse_the_abandoned()
        finally:
            self._caller = None
        return result

    def roll_back(self) -> None:
        if self.is_in_transaction:
            self.send("ROLLBACK")

    def _is_abandoned(self) -> bool:
        """Whether SQLite shall give up the statement that runs, as nobody waits for it any more."""
        return self._caller is not None and self._caller.cancelled()

    def _refuse_the_abandoned(self) -> None:
        if self._is_abandoned():
            raise asyncio.CancelledError


def _is_due(waiting: Waiting) -> bool:
    """Whether somebody still waits for it; one who has waited too long is told so."""
    if monotonic() > waiting.latest:
        _settle(waiting.caller, error=Busy())
        return False
    return not waiting.caller.cancelled()


def is_locked(error: exc.OperationalError) -> bool:
    """Another process keeps the file locked, longer than busy_timeout."""
    return "locked" in str(error.orig)


def _meant(error: BaseException) -> BaseException:
    """What the error is to a caller."""
    if isinstance(error, exc.OperationalError) and is_locked(error):
        busy = Busy()
        busy.__cause__ = error
        return busy
    return error


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
