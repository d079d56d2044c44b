"""Values that Python computes: functions of rows, and how what they return becomes a part of the answer."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from graphql import (
    GraphQLObjectType,
    GraphQLOutputType,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from app.api.compiled.edges import ID, values_of
from app.api.compiled.run import Run
from app.api.compiled.selection import Arguments, NotCompilable, SelectedField, Selector
from app.api.compiled.shapes import Edge, Rows
from app.api.compiled.sources import Source
from app.api.declarations import DOCUMENTS, AskedPlan, ComputedPlan, JudgedPlan, SumsPlan

Write = Callable[[Any], Any]
"""What a resolver would return -> what is in the answer."""


class Unfit(Exception):
    """A value is missing that the schema does not let be missing: the executor says so, in the right place."""


def write_of(selector: Selector, field: SelectedField) -> Write:
    """How the field's values are written. NotCompilable where documents are among them."""
    return _write(selector, field.definition.type, field)


def _write(selector: Selector, kind: GraphQLOutputType, field: SelectedField) -> Write:
    if is_non_null_type(kind):
        inner = _write(selector, kind.of_type, field)

        def present(value: Any) -> Any:
            if value is None:
                raise Unfit(f"{field.parent.name}.{field.name}")
            return inner(value)

        return present
    if is_list_type(kind):
        item = _write(selector, kind.of_type, field)
        return lambda values: None if values is None else [item(each) for each in values]
    if is_leaf_type(kind):
        serialize = kind.serialize
        return lambda value: None if value is None else serialize(value)
    if is_object_type(kind) and kind.name not in DOCUMENTS:
        return _write_object(selector, kind, field)
    raise NotCompilable(f"{field.parent.name}.{field.name}")


def _write_object(selector: Selector, kind: GraphQLObjectType, field: SelectedField) -> Write:
    parts: dict[str, Write] = {}
    for each in selector.fields(kind, field.details):
        if each.is_typename:
            parts[each.response] = lambda _: kind.name
        elif each.declared.base_resolver is not None:
            raise NotCompilable(f"{kind.name}.{each.name}")
        else:
            parts[each.response] = _attribute(each.declared.python_name, write_of(selector, each))

    def write(value: Any) -> Any:
        return None if value is None else {name: part(value) for name, part in parts.items()}

    return write


def _attribute(name: str, write: Write) -> Write:
    return lambda value: write(getattr(value, name))


class Computed(Edge):
    """A function of each row, of the row above it, of the entity's settings or of who asks."""

    key = None

    def __init__(self, plan: ComputedPlan, write: Write, parents: Source | None) -> None:
        self._plan, self._write, self._parents = plan, write, parents

    async def values(self, run: Run, source: Source, rows: Rows) -> Sequence[Any]:
        plan, write = self._plan, self._write
        if plan.parent is not None and self._parents is not None:
            key = plan.parent[1]
            above = await run.by_id(self._parents, values_of(source, key, rows))
            place = source.place(key)
            return [write(plan.function(row, above[row[place]])) for row in rows]
        beside: list[Any] = [await run.reader.settings()] if plan.by_settings else []
        if plan.by_viewer:
            beside.append(run.operation.actor)
        return [write(plan.function(row, *beside)) for row in rows]


class Sums(Edge):
    """Sums over the documents of each row."""

    key = ID

    def __init__(self, plan: SumsPlan, write: Write) -> None:
        self._plan, self._write = plan, write

    async def values(self, run: Run, source: Source, rows: Rows) -> Mapping[Any, Any]:
        ids = values_of(source, ID, rows)
        found = await sums(run, self._plan, ids)
        return {id: self._write(found[id]) for id in ids}


class Judged(Edge):
    """A function of each row and of sums over its documents."""

    key = None

    def __init__(self, plan: JudgedPlan, write: Write) -> None:
        self._plan, self._write = plan, write

    async def values(self, run: Run, source: Source, rows: Rows) -> Sequence[Any]:
        plan, write, place = self._plan, self._write, source.place(ID)
        found = await sums(run, plan.sums, values_of(source, ID, rows))
        beside = (await run.reader.settings(),) if plan.by_settings else ()
        return [write(plan.function(row, found[row[place]], *beside)) for row in rows]


class Asked(Edge):
    """What a question with arguments finds for each row."""

    key = ID

    def __init__(self, plan: AskedPlan, arguments: Arguments, write: Write) -> None:
        self._plan, self._arguments, self._write = plan, arguments, write

    async def values(self, run: Run, source: Source, rows: Rows) -> Mapping[Any, Any]:
        plan, write = self._plan, self._write
        settings = (await run.reader.settings(),) if plan.by_settings else ()
        question = plan.parameters(*settings, **self._arguments.by_python_name(run.execution))
        ids = values_of(source, ID, rows)
        found = await found_for(run, plan.statement(), plan.key, ids, **question.bound)
        return {id: write(plan.made(question, found[id])) for id in ids}


async def found_for(
    run: Run, statement: Any, key: str, ids: list[str], **bound: Any
) -> Mapping[str, list[Any]]:
    """The statement's rows, by the id that each has in the column `key`."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in await run.reader.rows(statement, values=ids, **bound):
        found[getattr(row, key)].append(row)
    return found


async def sums(run: Run, plan: SumsPlan, ids: list[str]) -> Mapping[str, list[Any]]:
    """What the plan finds for each id."""
    found = await found_for(run, plan.statement(), plan.key, ids)
    return defaultdict(list, {id: [plan.made(row) for row in rows] for id, rows in found.items()})
