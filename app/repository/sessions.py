"""Connections of PostgreSQL that only read, a statement at a time, and stay in an entity's books in between.

One statement sees one moment: it needs no transaction, and one round trip is all that it takes. Whose rows row-level
security lets through is a setting of the session, made anew before the connection is used for another entity.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, NamedTuple

import asyncpg

from app.repository.database import Busy
from app.repository.driven import GONE
from app.repository.line import FAREWELL, Line, Silent, left, simple
from app.repository.uncut import uncut

NOBODY = "SET app.entity_id = ''"
"""Row-level security lets nothing through."""
AWAY = (OSError, asyncpg.InterfaceError, asyncpg.TooManyConnectionsError, FAREWELL, *GONE)
"""What the driver raises where no connection comes about, or where one ends."""


class Reading(NamedTuple):
    """What a session is set to: whose rows it reads, and whether a plan is made once for all values.

    A plan for the values at hand takes longer to make than a document takes to be found by its id; what a list is filtered
    by can make all the difference to it.
    """

    entity_id: int
    plans_once: bool

    @property
    def settings(self) -> str:
        mode = "force_generic_plan" if self.plans_once else "auto"
        return f"SET app.entity_id = '{int(self.entity_id)}'; SET plan_cache_mode = {mode}"


@dataclass(slots=True, eq=False)
class _Session:
    driver: Any
    reading: Reading | None = None
    good_at: float = field(default_factory=monotonic)


class Sessions:
    """So many connections at most; who comes beyond that waits, and not for ever."""

    def __init__(self, connect: Callable[[], Awaitable[Any]], line: Line, *, most: int) -> None:
        self._connect = connect
        self._line = line
        self._free = asyncio.Semaphore(most)
        self._idle: list[_Session] = []
        self._open = 0
        self._open_at_ease = most // 2
        """Until so many are open, one more is opened rather than that one is set anew with each question."""
        self._doubts: set[asyncio.Task[None]] = set()

    async def fetch(self, reading: Reading, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """The rows of one statement. Raises Busy when no connection comes free, and when the server is away or goes away;
        else what the driver raises.
        """
        await self._turn()
        try:
            session = self._idle_one(reading) or await self._another()
            try:
                if session.reading != reading:
                    await self._set(session, reading)
                return await self._asked(session, text, arguments)
            except AWAY as error:
                if not session.driver.is_closed():
                    raise
                raise Busy from error
            finally:
                self._give_back(session)
        finally:
            self._free.release()

    def close(self) -> None:
        """Ask nobody any more whether the server lives; who made the connections ends them."""
        for doubt in self._doubts:
            doubt.cancel()

    async def _turn(self) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        try:
            async with asyncio.timeout(self._line.answer_seconds):
                await self._free.acquire()
        except TimeoutError as error:
            raise Busy from error

    def _idle_one(self, reading: Reading) -> _Session | None:
        """One that is set so, else the one that was not used for longest; those that have died meanwhile are let go."""
        while self._idle:
            session = next((each for each in reversed(self._idle) if each.reading == reading), self._idle[0])
            if session.reading not in (None, reading) and self._open < self._open_at_ease:
                return None
            self._idle.remove(session)
            if session.good_at >= self._line.silent_at and not session.driver.is_closed():
                return session
            session.driver.terminate()
            self._open -= 1
        return None

    async def _another(self) -> _Session:
        try:
            session = _Session(await self._connect())
        except AWAY as error:
            raise Busy from error
        self._open += 1
        return session

    async def _set(self, session: _Session, reading: Reading) -> None:
        session.reading = None
        try:
            await simple(session.driver, reading.settings, self._line.answer_seconds)
        except Silent:
            self._line.is_silent()
            raise
        session.reading = reading

    async def _asked(self, session: _Session, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        watch = asyncio.get_running_loop().call_later(self._line.answer_seconds, self._doubt, session)
        try:
            rows: list[Any] = await session.driver.fetch(text, *arguments)
            return rows
        except asyncpg.PostgresError:
            raise
        except BaseException:
            # Nobody waits for it any more: it is to end on the server, too.
            session.reading = None
            await uncut(left(session.driver, NOBODY))
            raise
        finally:
            watch.cancel()

    def _give_back(self, session: _Session) -> None:
        if session.driver.is_closed():
            self._open -= 1
        else:
            session.good_at = monotonic()
            self._idle.append(session)

    def _doubt(self, session: _Session) -> None:
        """The statement takes long, or the line is cut: whether the server answers at all will tell."""
        doubt = asyncio.ensure_future(self._end_if_silent(session))
        self._doubts.add(doubt)
        doubt.add_done_callback(self._doubts.discard)

    async def _end_if_silent(self, session: _Session) -> None:
        try:
            other = await self._connect()
        except asyncpg.PostgresError:
            # It refuses, and so it lives.
            return
        except OSError:
            self._line.is_silent()
            session.driver.terminate()
        else:
            other.terminate()
