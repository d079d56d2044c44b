"""Edges to other documents: one statement each, for all rows of a selection together."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.api.compiled.foreseen import Above, Foreseen
from app.api.compiled.run import Run
from app.api.compiled.shapes import Edge, Rows, Shape
from app.api.compiled.sources import Source
from app.api.declarations import ListPlan
from app.repository import reads

ID = "id"


async def documents(run: Run, shape: Shape, ids: Iterable[str]) -> dict[str, Any]:
    """The objects of the documents that there are, by id."""
    rows = await run.by_id(shape.source, ids)
    return dict(zip(rows, await shape.of(run, list(rows.values())), strict=True))


async def documents_in(run: Run, shape: Shape, rows: Rows) -> dict[str, Any]:
    """The objects of these rows, by id."""
    place = shape.source.place(ID)
    return dict(zip([row[place] for row in rows], await shape.of(run, rows), strict=True))


def values_of(source: Source, column: str, rows: Rows) -> list[Any]:
    """The column's values in all rows, each once, missing ones left out."""
    place = source.place(column)
    found = dict.fromkeys(row[place] for row in rows)
    found.pop(None, None)
    return list(found)


class One(Edge):
    """The document that the row's key names."""

    def __init__(self, key: str, shape: Shape, *, is_optional: bool) -> None:
        self.key = key
        self.is_optional = is_optional
        self._shape = shape

    def foresee(self, foreseen: Foreseen, above: Above) -> None:
        assert self.key is not None
        source = self._shape.source
        statement = reads.rows_by(source.plan.table, ID, source.columns)
        part = foreseen.add(self, source, statement, above.fed("values", self.key))
        self._shape.foresee(foreseen, Above(part, source))

    async def values(self, run: Run, source: Source, rows: Rows) -> Mapping[Any, Any]:
        assert self.key is not None
        found = run.found(self)
        if found is not None:
            return await documents_in(run, self._shape, found)
        return await documents(run, self._shape, values_of(source, self.key, rows))


class Many(Edge):
    """All documents whose key names the row; for lists that are short by nature."""

    key = ID

    def __init__(self, plan: ListPlan, shape: Shape) -> None:
        self._plan, self._shape = plan, shape
        shape.source.need(plan.key)

    def foresee(self, foreseen: Foreseen, above: Above) -> None:
        children = self._shape.source
        part = foreseen.add(self, children, self._statement(), above.fed("values", ID))
        self._shape.foresee(foreseen, Above(part, children))

    async def values(self, run: Run, source: Source, rows: Rows) -> Mapping[Any, Any]:
        children, plan = self._shape.source, self._plan
        found: dict[str, list[Any]] = {id: [] for id in values_of(source, ID, rows)}
        below = run.found(self)
        if below is None:
            below = await run.rows(children, self._statement(), values=list(found))
        place = children.place(plan.key)
        for row, made in zip(below, await self._shape.of(run, below), strict=True):
            found[row[place]].append(made)
        return found

    def _statement(self) -> Any:
        children, plan = self._shape.source, self._plan
        return reads.children_of(children.plan.table, plan.key, plan.order, children.columns)
