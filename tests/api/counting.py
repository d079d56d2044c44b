"""Counts the statements that reading sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from app.repository.database import Database

SIGNING_IN = ("FROM entity ORDER BY", "FROM role WHERE")


@contextmanager
def selects(database: Database) -> Iterator[list[str]]:
    """The readers' SELECT statements while the context is open, but for those that find out who asks."""
    engine = database.engine.sync_engine  # type: ignore[attr-defined]
    seen: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        line = " ".join(statement.split())
        if line.startswith("SELECT") and not any(each in line for each in SIGNING_IN):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
