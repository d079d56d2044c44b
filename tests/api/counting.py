"""Counts the statements that reading sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.sent import noting

SIGNING_IN = ("FROM entity ORDER BY", "FROM role WHERE")


@contextmanager
def selects() -> Iterator[list[str]]:
    """The statements that read while the context is open, but for those that find out who asks."""
    seen: list[str] = []

    def note(statement: str) -> None:
        line = " ".join(statement.split())
        if line.startswith(("SELECT", "WITH")) and not any(each in line for each in SIGNING_IN):
            seen.append(statement)

    with noting(note):
        yield seen
