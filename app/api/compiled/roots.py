"""Root fields: a document that the arguments name, and what a mutation answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.api.compiled.edges import ID, documents, documents_in
from app.api.compiled.foreseen import Above, Foreseen, Foresight
from app.api.compiled.run import Run
from app.api.compiled.selection import Arguments
from app.api.compiled.shapes import Shape
from app.api.compiled.values import Unfit, Write
from app.api.compiled.written import NotWritten, Written
from app.api.declarations import Named, OutcomePlan, ResultPlan, RootPlan
from app.repository import reads
from app.use_cases.run import Result
from app.validation.shape import is_storable


class RootDocument:
    """The document that the field's argument names, in the shape of its type."""

    def __init__(self, plan: RootPlan, arguments: Arguments, shapes: Mapping[str, Shape]) -> None:
        self._plan, self._arguments, self._shapes = plan, arguments, shapes
        self._foresights = {name: Foresight(partial(self._say, shape)) for name, shape in shapes.items()}
        self._id = arguments.variable_in(plan.argument, ID) if plan.target else None

    async def answer(self, run: Run) -> Any:
        """The document as an object, or None."""
        named = await self._named(run)
        if named is None:
            return None
        shape, ids = self._shapes[named.target], [named.id]
        if run.operation.answers_questions:
            source = shape.source
            statement = reads.rows_by(source.plan.table, ID, source.columns)
            foreseen = self._foresights[named.target].of(run.execution, statement)
            if foreseen is not None:
                await run.ask(foreseen, plans_once=True, values=ids)
        rows = run.found(self)
        made = await (documents(run, shape, ids) if rows is None else documents_in(run, shape, rows))
        return made.get(named.id)

    def _say(self, shape: Shape, foreseen: Foreseen, statement: Any) -> None:
        part = foreseen.add(self, shape.source, statement)
        shape.foresee(foreseen, Above(part, shape.source, is_one=True))

    async def _named(self, run: Run) -> Named | None:
        id = run.execution.variable_values.coerced.get(self._id) if self._id else None
        if id is not None and self._plan.target is not None:
            # Most requests name their document so; reading the input as any other takes as long as a statement.
            return Named(self._plan.target, id) if is_storable(id) else None
        given = self._arguments.of(run.execution)
        return await self._plan.find(run.reader, given[self._plan.argument])


@dataclass(frozen=True, slots=True)
class PayloadDocuments:
    """The documents whose ids the outcome has."""

    plan: OutcomePlan
    shape: Shape
    is_required: bool

    async def of(self, run: Run, outcome: Mapping[str, Any]) -> Any:
        """The document or the list of them. Raises Unfit for one that is not there and has to be."""
        role = self.plan.role
        if self.plan.many:
            found = await documents(run, self.shape, outcome[role])
            return [found[id] for id in outcome[role]]
        id = outcome[role] if self.is_required else outcome.get(role)
        made = None if id is None else (await documents(run, self.shape, [id])).get(id)
        if made is None and self.is_required:
            raise Unfit(role)
        return made


PayloadPart = str | PayloadDocuments | tuple[ResultPlan, Write]


class RootPayload:
    """A mutation's success, field by field."""

    def __init__(self, parts: Mapping[str, PayloadPart]) -> None:
        self._parts = parts

    async def answer(self, run: Run, result: Result) -> dict[str, Any]:
        """The payload as an object: of what was written just now where that is all that is asked, else of a snapshot."""
        if result.effect is not None:
            try:
                return await self._object(Written(run.execution, result.effect), result)
            except NotWritten:
                pass
        return await self._object(run, result)

    async def _object(self, run: Run, result: Result) -> dict[str, Any]:
        answer: dict[str, Any] = {}
        for name, part in self._parts.items():
            match part:
                case str():
                    answer[name] = part
                case PayloadDocuments():
                    answer[name] = await part.of(run, result.outcome)
                case (plan, write):
                    answer[name] = write(plan.read(result))
        return answer
