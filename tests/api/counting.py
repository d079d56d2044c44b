"""Counts the statements that reading sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from app.repository.database import Database


@contextmanager
def selects(database: Database) -> Iterator[list[str]]:
    """The readers' SELECT statements while the context is open, but for the look-up of who there is."""
    engine = database.engine.sync_engine  # type: ignore[attr-defined]
    seen: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if statement.lstrip().startswith("SELECT") and "FROM entity ORDER BY" not in " ".join(
            statement.split()
        ):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
