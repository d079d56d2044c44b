"""Root fields: a document that the arguments name, and what a mutation answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.api.compiled.edges import documents
from app.api.compiled.run import Run
from app.api.compiled.selection import Arguments
from app.api.compiled.shapes import Shape
from app.api.compiled.values import Unfit, Write
from app.api.declarations import OutcomePlan, ResultPlan, RootPlan
from app.use_cases.run import Result


class RootDocument:
    """The document that the field's argument names, in the shape of its type."""

    def __init__(self, plan: RootPlan, arguments: Arguments, shapes: Mapping[str, Shape]) -> None:
        self._plan, self._arguments, self._shapes = plan, arguments, shapes

    async def answer(self, run: Run) -> Any:
        """The document as an object, or None."""
        given = self._arguments.of(run.executor)
        named = await self._plan.find(run.reader, given[self._plan.argument])
        if named is None:
            return None
        return (await documents(run, self._shapes[named.target], [named.id])).get(named.id)


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
        """The payload as an object."""
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
