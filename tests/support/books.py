"""Books of one entity as a test holds them: commands go in, rows come out."""

import hashlib
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, fields, replace
from itertools import count
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import QueuePool

from app.domain.access import PERMISSIONS
from app.domain.actor import Actor
from app.domain.commands import Command, UpdateEntitySettings
from app.domain.entity import NumberSequence, Settings
from app.domain.record import Record
from app.domain.tax_engine import AskTax, nobody_to_ask
from app.domain.violation import Rejected, Violation
from app.domain.vocabulary import SequenceKind
from app.proof.audit import AuditSummary, audit
from app.repository import tables
from app.repository.database import Database, Snapshot
from app.repository.entities import Entity, reason_code, register_entity
from app.repository.rows import TABLES, record_of, selection
from app.use_cases.run import Result, Verb, perform, rehearse
from app.use_cases.verbs import VERBS
from tests.support.stores import Place

R = TypeVar("R", bound=Record)

VERB_OF: dict[type[Command], Verb] = {verb.command: verb for verb in VERBS.values()}
SEQUENCES = (
    NumberSequence(kind=SequenceKind.CREDIT_MEMO, prefix="CM-"),
    NumberSequence(kind=SequenceKind.INVOICE, prefix="INV-"),
    NumberSequence(kind=SequenceKind.DEBIT_MEMO, prefix="DM-"),
    NumberSequence(kind=SequenceKind.REFUND, prefix="RF-"),
)
_codes = count(1)
_hashes = count(1)


def some_hash() -> str:
    """The hash of a secret that nobody knows."""
    return f"{next(_hashes):064x}"


@dataclass(frozen=True, slots=True)
class TestBooks:
    """One entity of a database, and someone who acts in it."""

    __test__ = False

    database: Database
    place: Place
    entity: Entity
    actor: Actor
    ask: AskTax = nobody_to_ask

    def asking(self, ask: AskTax) -> "TestBooks":
        """The same books for someone who asks for tax outside."""
        return replace(self, ask=ask)

    def as_somebody(self, name: str, **limits: int) -> "TestBooks":
        """The same books for somebody else; where limits of approval are given, in minor units, within them."""
        return replace(
            self,
            actor=replace(
                self.actor, name=name, approval_limits=limits or None, approving_limits=limits or None
            ),
        )

    async def perform(self, command: Command) -> Result:
        """The command done by its verb; raises Rejected and Busy."""
        return await perform(
            self.database, self.actor, VERB_OF[type(command)], command, ask=self.ask, new_secret=some_hash
        )

    async def refusal(self, command: Command) -> tuple[Violation, ...]:
        """The violations with which the command is refused; it fails the test when the command is accepted."""
        try:
            result = await self.perform(command)
        except Rejected as rejected:
            return rejected.violations
        raise AssertionError(f"accepted: {result}")

    async def codes(self, command: Command) -> list[str]:
        """The codes of the refusal, in order."""
        return [str(violation.code) for violation in await self.refusal(command)]

    @asynccontextmanager
    async def rehearse(self, command: Command) -> AsyncIterator[tuple[Result, Snapshot]]:
        verb = VERB_OF[type(command)]
        async with rehearse(
            self.database, self.actor, verb, command, ask=self.ask, new_secret=some_hash
        ) as rehearsed:
            yield rehearsed

    async def rows(self, sql: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of a statement that filters by `:entity_id`, as the service may read them."""
        async with self.database.snapshot(self.entity.id) as snapshot:
            return [tuple(row) for row in await snapshot.rows(text(sql), parameters)]

    async def value(self, sql: str, **parameters: Any) -> Any:
        [[value]] = await self.rows(sql, **parameters)
        return value

    async def record(self, kind: type[R], id: str) -> R:
        """The record as it stands committed."""
        [found] = await self._records(kind, "id", id)
        return found

    async def of(self, kind: type[R], parent: str, id: str) -> list[R]:
        """The records whose column `parent` is the id, in their own order."""
        return await self._records(kind, parent, id)

    async def _records(self, kind: type[R], column: str, value: str) -> list[R]:
        table = TABLES[kind]
        order = [
            table.c[name] for name in ("line_number", "ordinal", "sequence", "recorded_at") if name in table.c
        ]
        statement = (
            selection(kind)
            .where(table.c.entity_id == bindparam("entity_id"), table.c[column] == value)
            .order_by(*order, table.c.id)
        )
        async with self.database.snapshot(self.entity.id) as snapshot:
            return [record_of(kind, row) for row in await snapshot.rows(statement)]

    async def change_settings(self, settings: Settings) -> None:
        """The entity's settings all at once, by the verb that changes them."""
        given = {
            each.name: getattr(settings, each.name)
            for each in fields(UpdateEntitySettings)
            if hasattr(settings, each.name)
        }
        await self.perform(UpdateEntitySettings(**given, reopen=settings.closed_through is None))

    async def neighbour(self, settings: Settings | None = None) -> "TestBooks":
        """Books of another entity in the same database."""
        return await open_books(self.database, self.place, settings or Settings())

    def connections_in_use(self) -> int:
        engine: AsyncEngine = self.database.engine  # type: ignore[attr-defined]
        pool = engine.sync_engine.pool
        assert isinstance(pool, QueuePool)
        return pool.checkedout()


async def assert_books_hold(books: TestBooks) -> None:
    """No audit finds a difference, and it looked at everything."""
    summary = AuditSummary()
    assert [each async for each in audit(books.database, books.entity.id, summary)] == []
    assert summary.books_hold


async def open_books(
    database: Database,
    place: Place,
    settings: Settings,
    *,
    sequences: Sequence[NumberSequence] = SEQUENCES,
) -> TestBooks:
    """A new entity with sequences for every kind of document and two reason codes, one of them retired."""
    code = f"entity-{next(_codes)}"
    entity = await register_entity(
        database,
        code=code,
        name=code.title(),
        settings=settings,
        reason_codes=[reason_code("GOODWILL", "Goodwill"), reason_code("OLD", "Retired", active=False)],
        sequences=sequences,
    )
    actor = Actor(entity_id=entity.id, name="ada", permissions=frozenset(PERMISSIONS))
    return TestBooks(database, place, entity, actor)


async def trace(place: Place) -> dict[str, str]:
    """A hash of every row of every table, of every entity: equal before and after what must leave no trace.

    By the driver alone and, on PostgreSQL, in one statement: walks look after every step.
    """
    names = [table.name for table in tables.metadata.sorted_tables]
    if place.engine == "sqlite":
        with closing(sqlite3.connect(place.owner_url.removeprefix("sqlite:///"))) as file:
            return {name: _digest(file.execute(f"SELECT * FROM {name}")) for name in names}
    hashes = " UNION ALL ".join(
        f"SELECT '{name}', md5(string_agg(row::text, '\n' ORDER BY row::text)) FROM {name} AS row"
        for name in names
    )
    connection = _looking.get(place)
    if connection is None or connection.is_closed():
        connection = await asyncpg.connect(f"postgresql://{place.owner_url.partition('://')[2]}")
        _looking[place] = connection
    return {row[0]: row[1] for row in await connection.fetch(hashes)}


_looking: dict[Place, asyncpg.Connection] = {}
"""A connection for each database at whose rows somebody has looked: to a new one all tables are unknown."""


async def stop_looking(place: Place | None = None) -> None:
    """Nobody looks at the rows of this database, or of any, any more."""
    for each in [each for each in _looking if place in (each, None)]:
        await _looking.pop(each).close()


def _digest(rows: sqlite3.Cursor) -> str:
    """They come in the order of their row ids."""
    return hashlib.sha256(repr(rows.fetchall()).encode()).hexdigest()
