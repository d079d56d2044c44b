"""Edges to other documents: one statement each, for all rows of a selection together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

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

    async def values(self, run: Run, source: Source, rows: Rows) -> Mapping[Any, Any]:
        assert self.key is not None
        return await documents(run, self._shape, values_of(source, self.key, rows))


class Many(Edge):
    """All documents whose key names the row; for lists that are short by nature."""

    key = ID

    def __init__(self, plan: ListPlan, shape: Shape) -> None:
        self._plan, self._shape = plan, shape
        shape.source.need(plan.key)

    async def values(self, run: Run, source: Source, rows: Rows) -> Mapping[Any, Any]:
        children, plan = self._shape.source, self._plan
        found: dict[str, list[Any]] = {id: [] for id in values_of(source, ID, rows)}
        statement = reads.children_of(children.plan.table, plan.key, plan.order, children.columns)
        below: Sequence[Any] = await run.rows(children, statement, values=list(found))
        place = children.place(plan.key)
        for row, made in zip(below, await self._shape.of(run, below), strict=True):
            found[row[place]].append(made)
        return found
