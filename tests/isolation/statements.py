"""Everything that is sent to any database, with what was bound."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.sent import noting


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements while the context is open, in order; values that are bound are no part of them."""
    seen: list[str] = []
    with noting(lambda statement: seen.append(" ".join(statement.split()))):
        yield seen
