"""The step inside the executor: a compiled answer where there is one, the executor's own where there is none."""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from graphql import FieldNode, GraphQLError, GraphQLObjectType
from graphql.execution.collect_fields import FieldDetailsList

from app.api.compiled.compiling import Compilation
from app.api.compiled.run import Run
from app.api.compiled.selection import NotCompilable, SelectedField, steering_variables
from app.api.http.executor import Execution, QueryOfOneField, ScopedExecutor, Unanswered
from app.api.http.fault import ClientFault
from app.api.payloads import Rejection

T = TypeVar("T")

logger = logging.getLogger(__name__)

STEERING = "steering variables"
VARIANTS = 32
"""How many compiled fields are kept with a document: @skip and @include make several of one."""


class FastPath:
    """Answers root fields of queries, and the successes of mutations."""

    def __init__(self, dialect: Any) -> None:
        self._dialect = dialect
        self.counts: Counter[str] = Counter()
        """How many were answered here (`compiled`), left to the executor (`executed`), and of these, `failed` here first."""

    def only_field(
        self, execution: QueryOfOneField, parent: GraphQLObjectType
    ) -> tuple[str, Awaitable[Any]] | None:
        """The name and the answer of a query's only field, where it was compiled by an earlier request."""
        notes = execution.document.notes
        steering = notes.get(STEERING)
        [node] = execution.operation.selection_set.selections
        if steering is None or not isinstance(node, FieldNode) or node.directives:
            return None
        field = SelectedField((node.alias or node.name).value, node.name.value, parent, [])
        found = notes.get(_key(execution, field, steering))
        if found is None or not self._is_allowed(execution, field):
            return None
        return field.response, self._answer(found.answer(Run(execution)))

    def root_field(
        self, executor: ScopedExecutor, parent: GraphQLObjectType, details: FieldDetailsList, response: str
    ) -> Awaitable[Any] | None:
        """The answer to a root field of a query, which may raise Unanswered; None to leave it to the executor."""
        field = SelectedField(response, details[0].node.name.value, parent, details)
        if field.name.startswith("__") or not self._is_allowed(executor, field):
            return None
        found = self._compiled(executor, field, lambda compilation: compilation.root(field))
        return None if found is None else self._answer(found.answer(Run(executor)))

    def payload(
        self,
        executor: ScopedExecutor,
        kind: GraphQLObjectType,
        details: FieldDetailsList,
        response: str,
        payload: Any,
    ) -> Awaitable[Any] | None:
        """What a mutation answers, as `root_field`; a refusal has nothing to read in the books."""
        if isinstance(payload, Rejection):
            return None
        field = SelectedField(response, details[0].node.name.value, kind, details)
        found = self._compiled(executor, field, lambda compilation: compilation.payload(field))
        return None if found is None else self._answer(found.answer(Run(executor), payload.result))

    def _is_allowed(self, execution: Execution, field: SelectedField) -> bool:
        """Who may not ask is told so, and noted, by the resolver."""
        permission = field.declared.metadata.get("permission")
        return permission is None or permission in execution.context_value.actor.permissions

    def _compiled(
        self, executor: ScopedExecutor, field: SelectedField, compile: Callable[[Compilation], T]
    ) -> T | None:
        """What answers the field, compiled when the document first asks for it with these values of its @skips."""
        assert executor.document is not None
        notes = executor.document.notes
        steering = notes.get(STEERING)
        if steering is None:
            steering = notes[STEERING] = steering_variables(executor.document.node)
        key = _key(executor, field, steering)
        if key not in notes:
            if len(notes) > VARIANTS:
                notes.clear()
            try:
                notes[key] = compile(Compilation(executor, self._dialect))
            except (NotCompilable, ClientFault, GraphQLError):
                notes[key] = None
        found: T | None = notes[key]
        if found is None:
            self.counts["executed"] += 1
        return found

    async def _answer(self, answer: Awaitable[Any]) -> Any:
        try:
            found = await answer
        except ClientFault as fault:
            if fault.code == "RETRY":
                raise
            self.counts["executed"] += 1
            raise Unanswered from fault
        except GraphQLError as error:
            self.counts["executed"] += 1
            raise Unanswered from error
        except Exception as error:
            # The executor's answer is right, so nobody sees it; the log does.
            logger.warning("a compiled answer failed, the executor's is given", exc_info=True)
            self.counts["executed"] += 1
            self.counts["failed"] += 1
            raise Unanswered from error
        self.counts["compiled"] += 1
        return found


def _key(
    execution: QueryOfOneField | ScopedExecutor, field: SelectedField, steering: Sequence[str]
) -> tuple[Any, ...]:
    """Under which what was compiled of the field is kept with its document."""
    operation, given = execution.operation.name, execution.variable_values.coerced
    return (
        operation and operation.value,
        field.response,
        field.parent.name,
        *(given.get(each) for each in steering),
    )
