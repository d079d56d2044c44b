"""What is asked for, as graphql-core collects it: fragments expanded, @skip and @include heeded, equal fields merged."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    GraphQLField,
    GraphQLObjectType,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution import get_argument_values
from graphql.execution.collect_fields import FieldDetailsList
from strawberry.types.field import StrawberryField

from app.api.http.executor import Execution, ScopedExecutor
from app.domain.reading import camel

DECLARED = "strawberry-definition"
"""Under this name Strawberry leaves its own field with graphql-core's."""


class NotCompilable(Exception):
    """The selection has something that only the executor knows."""


@dataclass(frozen=True, slots=True)
class SelectedField:
    """One field of an answer, with everything that is asked for below it."""

    response: str
    name: str
    parent: GraphQLObjectType
    details: FieldDetailsList

    @property
    def is_typename(self) -> bool:
        return self.name == "__typename"

    @property
    def definition(self) -> GraphQLField:
        """NotCompilable for the fields of introspection."""
        found: GraphQLField | None = self.parent.fields.get(self.name)
        if found is None:
            raise NotCompilable(self.name)
        return found

    @property
    def declared(self) -> StrawberryField:
        """The field as the schema's Python has it."""
        found: StrawberryField = self.definition.extensions[DECLARED]
        return found

    @property
    def plan(self) -> Any:
        """What the field was declared as, or None."""
        return self.declared.metadata.get("plan")


class Selector:
    """The fields of selections of one operation, for the values that its variables have in @skip and @include."""

    def __init__(self, executor: ScopedExecutor) -> None:
        self.executor = executor

    def fields(self, kind: GraphQLObjectType, details: FieldDetailsList) -> list[SelectedField]:
        """What is selected below a field, where it is of that type."""
        grouped, deferred, _ = self.executor.collect_subfields(kind, details)
        if deferred:
            raise NotCompilable("@defer")
        return [
            SelectedField(response, details[0].node.name.value, kind, details)
            for response, details in grouped.items()
        ]

    def arguments(self, field: SelectedField) -> "Arguments":
        return Arguments(field, self.executor)


class Arguments:
    """What a field is asked with, by the schema's names: the same for all requests, unless a variable is in it."""

    def __init__(self, field: SelectedField, execution: Execution) -> None:
        self._field = field
        details = field.details[0]
        if details.fragment_variable_values is not None:
            raise NotCompilable("variables of fragments")
        self.are_constant = not any(_has_variable(each.value) for each in details.node.arguments or ())
        self._constant = self._read(execution) if self.are_constant else {}

    def of(self, execution: Execution) -> Mapping[str, Any]:
        """The arguments in this execution. Raises GraphQLError where they do not fit."""
        return self._constant if self.are_constant else self._read(execution)

    def by_python_name(self, execution: Execution) -> dict[str, Any]:
        """All arguments as a resolver names them, None for one that was not given."""
        given = self.of(execution)
        return {
            each.python_name: given.get(each.graphql_name or camel(each.python_name))
            for each in self._field.declared.arguments
        }

    def variable_in(self, argument: str, field: str) -> str | None:
        """The variable that is all that an argument says, in that field of an input object; None where it says more."""
        for each in self._field.details[0].node.arguments or ():
            if each.name.value == argument and isinstance(each.value, ObjectValueNode):
                match [(part.name.value, part.value) for part in each.value.fields]:
                    case [(name, VariableNode() as variable)] if name == field:
                        return variable.name.value
        return None

    def _read(self, execution: Execution) -> Mapping[str, Any]:
        field = self._field
        if not field.definition.args:
            return {}
        return get_argument_values(field.definition, field.details[0].node, execution.variable_values)


def _has_variable(value: ValueNode) -> bool:
    match value:
        case VariableNode():
            return True
        case ListValueNode():
            return any(map(_has_variable, value.values))
        case ObjectValueNode():
            return any(_has_variable(each.value) for each in value.fields)
        case _:
            return False


def steering_variables(document: DocumentNode) -> tuple[str, ...]:
    """The variables that stand in @skip and @include: by their values a document is several."""
    found: dict[str, None] = {}

    class Collector(Visitor):
        def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
            for each in node.arguments or ():
                if isinstance(each.value, VariableNode):
                    found[each.value.name.value] = None

    visit(document, Collector())
    return tuple(found)
