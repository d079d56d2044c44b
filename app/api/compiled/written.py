"""What a mutation answers of that which it has written itself: rows that need not be read.

Whoever changes a document holds its lock until the commit, so what was written is what a snapshot taken at the instant of
the commit would show. All of the answer comes from there, or all of it from a snapshot: never a part from either.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from app.api.compiled.run import Run
from app.api.compiled.sources import Source
from app.api.http.executor import Execution
from app.api.reader import Reader
from app.domain.facts import Changes


class NotWritten(Exception):
    """Something is asked for that the mutation has not written, or that is more than its rows."""


class Written(Run):
    """An answer in the making without a snapshot. Whatever has to be read raises NotWritten."""

    def __init__(self, execution: Execution, effect: Changes) -> None:
        super().__init__(execution)
        self._records = {each.id: each for each in effect.new}
        self._records |= {after.id: after for _, after in effect.changed}

    @property
    def reader(self) -> Reader:
        raise NotWritten

    async def by_id(self, source: Source, ids: Iterable[str]) -> dict[str, Sequence[Any]]:
        """The rows as the source has them, by id."""
        row_of = source.row_of
        if row_of is None:
            raise NotWritten
        try:
            return {id: row_of(self._records[id]) for id in ids}
        except KeyError as error:
            raise NotWritten from error
