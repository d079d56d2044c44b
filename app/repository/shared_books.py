"""The books of a command that shares a transaction with others: what it asks of them is answered for all together.

What cannot be shared raises Alone: the command is then run anew in a transaction of its own. So does a refusal, which is
told there: the key of the command is only looked up here, and not taken before all is written.
"""

from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Dialect

from app.domain.actor import Actor
from app.domain.change_history import DocumentChange, History
from app.domain.commands import Command
from app.domain.contents import Differences
from app.domain.entity import Settings
from app.domain.facts import Changes
from app.domain.fingerprint import fingerprint
from app.domain.record import Record
from app.domain.vocabulary import Operation
from app.repository.books import Books
from app.repository.connection import BooksConnection
from app.repository.record import Prepared

R = TypeVar("R", bound=Record)
T = TypeVar("T")


class Alone(Exception):
    """The command has to have a transaction of its own."""


@dataclass(frozen=True, slots=True)
class Look:
    """Asks for the entity's settings, and that this key is free."""

    key: str | None


@dataclass(frozen=True, slots=True)
class Read:
    """Asks for the records whose column is one of the values, which rise."""

    kind: type[Record]
    column: str
    values: tuple[str, ...]
    is_locked: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """Asks for all this to be written."""

    changes: Changes
    links: list[DocumentChange]
    differences: dict[str, Differences]
    """Of the changed records."""
    log: dict[str, Any] | None
    """The row of the log, where there is one."""


Wish = Look | Read | Effect


class SharedBooks(Books):
    """Awaits nothing but the answers to its wishes, which whoever runs it gives."""

    def __init__(self, dialect: Dialect, actor: Actor, operation: Operation) -> None:
        super().__init__(_Unshared(dialect), actor, operation)

    async def breathe(self) -> None:
        """Whoever runs it sees to the others on the event loop."""

    async def claim(self, command: Command) -> None:
        """Raises Alone where the key is taken."""
        key = command.idempotency_key
        if key is not None:
            self._key = {"idempotency_key": key, "fingerprint": fingerprint(command)}
        self._known_settings = await _Asked[Settings](Look(key))

    async def find(self, kind: type[R], ids: Iterable[str]) -> list[R]:
        return await _asked(kind, "id", ids)

    async def lock(self, kind: type[R], ids: Iterable[str]) -> list[R]:
        """Raises Alone where one is not there, or is not free."""
        return await _asked(kind, "id", ids, is_locked=True)

    async def children(self, kind: type[R], parent: str, ids: Iterable[str]) -> list[R]:
        return await _asked(kind, parent, ids)

    async def record(self, changes: Changes, prepared: Prepared | None = None) -> Changes:
        if prepared is not None or changes.settings is not None or changes.sequences or changes.referring:
            raise Alone
        entry = self._log_entry() | self._key
        is_logged = bool(self._key) or changes.is_effect
        history = History(changes, self._occasion(entry["recorded_at"]))
        changes, links = history.at_once(changes)
        log = entry | {"outcome": changes.outcome} if is_logged else None
        await _Asked[None](Effect(changes, links, history.differences, log))
        return changes


async def _asked(kind: type[R], column: str, values: Iterable[str], *, is_locked: bool = False) -> list[R]:
    wanted = tuple(sorted({each for each in values if each}))
    return await _Asked[list[R]](Read(kind, column, wanted, is_locked)) if wanted else []


class _Asked(Generic[T]):
    """Awaits the answer to a wish."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish

    def __await__(self) -> Generator[Wish, T, T]:
        return (yield self._wish)


class _Unshared(BooksConnection):
    """Whatever is asked of the database otherwise is not shared."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    @property
    def dialect(self) -> Dialect:
        return self._dialect

    async def execute(self, *_: Any) -> Any:
        raise Alone

    async def rows(self, *_: Any) -> Any:
        raise Alone

    async def write(self, *_: Any) -> None:
        raise Alone
