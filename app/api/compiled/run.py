"""One answer in the making: its request, its snapshot, and the documents that it has read by id."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.api.compiled.foreseen import Foreseen
from app.api.compiled.sources import Source
from app.api.http.executor import Execution
from app.api.operation import BooksOperation
from app.api.reader import Reader
from app.repository import reads
from app.repository.sent_rows import Inseparable


class Run:
    """What the parts of a compiled selection share while it is answered."""

    def __init__(self, execution: Execution) -> None:
        self.execution = execution
        self.operation: BooksOperation = execution.context_value
        self._read: dict[Source, dict[str, Any]] = {}
        self._found: dict[object, Sequence[Sequence[Any]]] = {}

    @property
    def reader(self) -> Reader:
        """What reads all that is not a document found by its id."""
        return self.operation.reader

    async def ask(self, foreseen: Foreseen, *, plans_once: bool, **values: Any) -> None:
        """Ask for all that the answer will read; `values` are bound to the first part. Those that ask find it there, unless
        it could not be taken apart: then each asks by itself. Raises ClientFault when the database is busy or away.
        """
        bound = [{**foreseen.values[0], **values}, *foreseen.values[1:]]
        try:
            parts = await self.operation.answer(foreseen.parts, bound, plans_once=plans_once)
        except Inseparable:
            return
        self._found = dict(zip(foreseen.askers, parts, strict=True))

    def found(self, asker: object) -> Sequence[Sequence[Any]] | None:
        """The rows that this one asked for beforehand; None where it has to ask."""
        return self._found.get(asker)

    async def rows(self, source: Source, statement: Any, **parameters: Any) -> Sequence[Sequence[Any]]:
        """The statement's rows as the source has them. Raises ClientFault when the database is busy or away."""
        read = self.reader.rows if source.whole else self.reader.flat_rows
        rows: Sequence[Sequence[Any]] = await read(statement, **parameters)
        return rows

    async def by_id(self, source: Source, ids: Iterable[str]) -> dict[str, Sequence[Any]]:
        """The rows that there are, by id, in the order of the ids; each is read once."""
        read = self._read.setdefault(source, {})
        wanted = list(dict.fromkeys(ids))
        missing = [id for id in wanted if id not in read]
        if missing:
            statement = reads.rows_by(source.plan.table, "id", source.columns)
            place = source.place("id")
            found = {row[place]: row for row in await self.rows(source, statement, values=missing)}
            read.update((id, found.get(id)) for id in missing)
        return {id: row for id in wanted if (row := read[id]) is not None}
