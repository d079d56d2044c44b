"""What makes a twin of the service lose the races: its engine neither locks nor remembers keys."""

import os
import re
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, text

from app.repository.database import Database
from app.repository.sqlite import SqliteDatabase
from app.repository.writer_lock import WriterLock
from tests.support.stores import Place

ROW_LOCK = re.compile(r"\s+FOR (NO KEY UPDATE|UPDATE|KEY SHARE|SHARE)\b( SKIP LOCKED)?")


class NoLock(WriterLock):
    """Writers of several processes take no turns."""

    def acquire(self) -> None:
        """Nobody waits."""

    def release(self) -> None:
        """Nobody is let in."""


def weaken(database: Database) -> None:
    """Every engine of this process: no row locks, BEGIN without IMMEDIATE, claims that forget their key."""
    event.listen(Engine, "before_cursor_execute", _weakened, retval=True)
    if isinstance(database, SqliteDatabase):
        database._lock = database._writer._lock = NoLock(Path(os.devnull), patience_seconds=0)


def _weakened(_: Any, __: Any, statement: str, parameters: Any, context: Any, ___: bool) -> tuple[str, Any]:
    if statement.startswith("INSERT INTO log_entry") and "ON CONFLICT" in statement:
        names = context.compiled.positiontup
        forgotten = (
            None if name in ("idempotency_key", "fingerprint") else value
            for name, value in zip(names, parameters, strict=True)
        )
        return statement, tuple(forgotten)
    return ROW_LOCK.sub("", statement).replace("BEGIN IMMEDIATE", "BEGIN"), parameters


async def drop_unique_positions(place: Place) -> None:
    """PostgreSQL's second guard: two rows at one position of a document's history collide, and the later one is
    run again. SQLite needs none: who read before another's commit cannot write.
    """
    if place.engine == "sqlite":
        return
    engine = place.as_owner()
    try:
        async with engine.connect() as connection:
            found = await connection.execute(text(_UNIQUE_POSITIONS))
            statements = [text(row.statement) for row in found]
            assert statements
            for statement in statements:
                await connection.execute(statement)
    finally:
        await engine.dispose()


_UNIQUE_POSITIONS = """
SELECT DISTINCT format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname) AS statement
FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
WHERE c.contype IN ('p', 'u') AND a.attname LIKE '%position'
"""
