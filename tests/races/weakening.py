"""What makes a twin of the service lose the races: its engine neither locks nor remembers keys."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, text

from app.repository import postgresql, writer
from app.repository.database import Database
from app.repository.sqlite import SqliteDatabase
from app.repository.writer_lock import WriterLock
from tests.support.sent import change_all_written
from tests.support.stores import Place

CLAIM = re.compile(r"INSERT INTO log_entry \((?P<names>[^)]*)\) (VALUES \(|SELECT )(?P<values>[^)]*)")
KEY_LOCK = re.compile(r"pg_advisory_xact_lock\([^()]*\([^()]*\)\) IS NOT NULL")
FORGOTTEN = ("idempotency_key", "fingerprint")
ROW_LOCK = re.compile(r"\s+FOR (NO KEY UPDATE|UPDATE|KEY SHARE|SHARE)\b( SKIP LOCKED)?")


class NoLock(WriterLock):
    """Writers of several processes take no turns."""

    def acquire(self) -> None:
        """Nobody waits."""

    def release(self) -> None:
        """Nobody is let in."""


def weaken(database: Database) -> None:
    """Every engine of this process: no row locks, BEGIN without IMMEDIATE, claims that forget their key. And each command
    for itself: those that share a transaction wait for none.
    """
    postgresql.SHARED = frozenset()
    event.listen(Engine, "before_cursor_execute", _weakened, retval=True)
    change_all_written(_weakened_past_sqlalchemy)
    if isinstance(database, SqliteDatabase):
        writer.BEGIN = "BEGIN"
        database._lock = database._writer._lock = NoLock(Path(os.devnull), patience_seconds=0)


def _weakened(_: Any, __: Any, statement: str, parameters: Any, ___: Any, ____: bool) -> tuple[str, Any]:
    return ROW_LOCK.sub("", statement).replace("BEGIN IMMEDIATE", "BEGIN"), parameters


async def _weakened_past_sqlalchemy(text: str, arguments: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    is_of_sqlite = "$" not in text
    if (claim := CLAIM.search(text)) is not None and (is_of_sqlite or "ON CONFLICT" in text):
        names = claim["names"].split(", ")
        places = [int(each) - 1 for each in re.findall(r"\$(\d+)", claim["values"].split("WHERE")[0])] or [
            *range(len(names))
        ]
        forgotten = {place for name, place in zip(names, places, strict=True) if name in FORGOTTEN}
        arguments = [None if place in forgotten else each for place, each in enumerate(arguments)]
        text = KEY_LOCK.sub("true", text)
    return ROW_LOCK.sub("", text), arguments


async def drop_unique_positions(place: Place) -> None:
    """PostgreSQL's second guard: two rows at one position or version of a document's history collide, and the later one is
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
WHERE c.contype IN ('p', 'u') AND (a.attname LIKE '%position' OR a.attname = 'version')
"""
