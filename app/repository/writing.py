"""PostgreSQL as the books use it: each statement past SQLAlchemy, and a whole effect in one round trip."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError

from app.repository.connection import Sent, TypedConnection
from app.repository.driven import DrivenConnection
from app.repository.flat import FlatStatement, flat, note


class WritingConnection(DrivenConnection, TypedConnection):
    """A connection of SQLAlchemy in a writing transaction, and the driver's own behind it."""

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Raises what SQLAlchemy would; Busy when the database goes away."""
        try:
            return await super().fetch(text, arguments)
        except asyncpg.PostgresError as error:
            is_refused = isinstance(error, asyncpg.IntegrityConstraintViolationError)
            kind = IntegrityError if is_refused else DBAPIError
            raise kind(text, None, error, hide_parameters=True) from error

    async def write(self, statements: Sequence[Sent]) -> None:
        """All of them as one statement, in one round trip."""
        if not statements:
            return
        parts, arguments = list[tuple[str, int]](), list[Any]()
        for statement, [parameters] in statements:
            part = flat(statement, self.dialect)
            parts.append((part.text, len(part.names)))
            arguments += part.arguments(parameters)
        sent = _as_one(tuple(parts))
        note(sent)
        await self.fetch(sent.text, arguments)


_PARAMETER = re.compile(r"\$(\d+)")


@lru_cache(maxsize=1_000)
def _as_one(parts: tuple[tuple[str, int], ...]) -> FlatStatement:
    """Texts, each with the number of its parameters: the last one is run, and the others beside it in its WITH."""
    texts, before = list[str](), 0
    for text, count in parts:
        texts.append(_PARAMETER.sub(lambda found, before=before: f"${int(found[1]) + before}", text))  # type: ignore[misc]
        before += count
    beside = ", ".join(f"part_{place} AS ({text})" for place, text in enumerate(texts[:-1], start=1))
    text = f"WITH {beside} {texts[-1]}" if beside else texts[-1]
    return FlatStatement(text=text, names=(), constants={}, written={})
