"""What a request makes the service send to the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from app.repository.database import Database
from tests.support.sent import noting


@contextmanager
def sent_to(database: Database) -> Iterator[list[str]]:
    """Every statement, and every connection that is taken for one, while the context is open."""
    seen: list[str] = []

    def note_connection(*_: Any) -> None:
        # A transaction may begin and end without a statement that SQLAlchemy knows of.
        seen.append("a connection is taken")

    own = list(_engines_of(database))
    for engine in own:
        event.listen(engine, "checkout", note_connection)
    try:
        with noting(seen.append):
            yield seen
    finally:
        for engine in own:
            event.remove(engine, "checkout", note_connection)


def _engines_of(database: Database) -> Iterator[Engine]:
    """Those of its readers and, on SQLite, of its writer."""
    yield database.engine.sync_engine  # type: ignore[attr-defined]
    writing: Engine | None = getattr(database, "_writing", None)
    if writing is not None:
        yield writing
