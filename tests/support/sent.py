"""What is sent to databases, through SQLAlchemy and past it: for tests that look, or put something in the way."""

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from app.repository import flat
from app.repository.interrupted import InterruptedConnection
from app.repository.writer import WriterConnection
from app.repository.writing import WritingConnection

Change = Callable[[str, Sequence[Any]], Awaitable[tuple[str, Sequence[Any]]]]


class _Noting(logging.Handler):
    def __init__(self, note: Callable[[str], None]) -> None:
        super().__init__()
        self._note = note

    def emit(self, record: logging.LogRecord) -> None:
        self._note(record.getMessage())


@contextmanager
def noting(note: Callable[[str], None]) -> Iterator[None]:
    """Every statement of this process, while the context is open; values that are bound are no part of them."""

    def hook(_: Any, __: Any, statement: str, *___: Any) -> None:
        note(statement)

    handler, level = _Noting(note), flat.logger.level
    event.listen(Engine, "before_cursor_execute", hook)
    flat.logger.addHandler(handler)
    flat.logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", hook)
        flat.logger.removeHandler(handler)
        flat.logger.setLevel(level)


def change_all_written(change: Change) -> None:
    """From now on: each statement that the books send past SQLAlchemy is first handed to `change`, which may wait."""
    kinds: list[Any] = [WritingConnection, WriterConnection, InterruptedConnection]
    for kind in kinds:
        kind.fetch = _changing(kind.fetch, change)


def _changing(fetch: Any, change: Change) -> Any:
    async def changed(self: Any, text: str, arguments: Sequence[Any]) -> Any:
        return await fetch(self, *await change(text, arguments))

    return changed
