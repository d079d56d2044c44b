"""The cost of an operation: about how many fields its answer may have, page sizes counted.

Known before anything is executed, from the document and the variables alone: a field costs 1 and what is inside it;
what is inside `edges` or `nodes` counts once for each row of the page that `first` or `last` asks for, and what is
inside a list of a mutation's payload once for each item of the longest list in its input.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)

DEFAULT_PAGE_SIZE = 20
WORK_OF_FIELDS = {
    "audit": 20_000,
    "trialBalance": 5_000,
    "accountStatement": 2_500,
    "page": 2_500,
    "aging": 500,
    "balanceTrail": 100,
    "balancesAsOf": 100,
    "log": 100,
    "planned": 100,
    "changes": 20,
    "balanceAsOf": 10,
    "creditMemoApplicationSums": 500,
    "autoApplyCredits": 1_000,
}
"""Fields whose work is in the books and not in their answer: they read all of them, every row of a history (a `page` of
a statement: of its account's), as many open documents as an account has, or lists that have no page.
"""
REFUSED_CHARACTERS = 4
"""How many characters of a refused document cost 1: finding out took CPU, and execution is never reached."""
ROW_FIELDS = frozenset({"edges", "nodes"})
SIZES = ("first", "last", "ids")
"""The arguments by which an answer has more or fewer rows."""


@dataclass(frozen=True)
class Cost:
    """The cost of a selection whose rows are counted by a page size that is known only outside of it."""

    once: int = 0
    for_each_row: int = 0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.once + other.once, self.for_each_row + other.for_each_row)

    def of_rows(self, rows: int) -> int:
        """The cost with a page of that many rows."""
        return self.once + self.for_each_row * rows


def cost_of_refusal(source: str, most_characters: int) -> int:
    """What a document that is refused costs its sender; beyond `most_characters` nobody reads it."""
    return 1 + min(len(source), most_characters) // REFUSED_CHARACTERS


class Level(Enum):
    """Where a selection stands, which decides what of it is counted by rows."""

    MUTATION = "the root of a mutation"
    PAYLOAD = "what a mutation answers"
    INSIDE = "anywhere else"


@cache
def lists_of_payloads(schema: GraphQLSchema) -> frozenset[str]:
    """The names of fields that are lists of documents in what mutations answer."""
    answers = [field.type for field in schema.mutation_type.fields.values()] if schema.mutation_type else []
    types = {each for kind in map(get_nullable_type, answers) for each in _members(kind)}
    return frozenset(
        name
        for each in types
        for name, field in each.fields.items()
        if is_list_type(kind := get_nullable_type(field.type))
        and not is_leaf_type(get_nullable_type(kind.of_type))
    )


def _members(kind: object) -> tuple[GraphQLObjectType, ...]:
    """The types of an answer but for refusals, which are short whatever they refuse."""
    types = kind.types if isinstance(kind, GraphQLUnionType) else (kind,)
    return tuple(
        each
        for each in types
        if isinstance(each, GraphQLObjectType) and all(of.name != "Error" for of in each.interfaces)
    )


class CostOfOperation:
    """Adds up the cost of one operation; each fragment is added up once for each level, however often it is spread.

    The document must be valid: fragments in a circle would never end.
    """

    def __init__(
        self,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, Any],
        payload_lists: frozenset[str] = frozenset(),
        notes: dict[Hashable, Any] | None = None,
    ) -> None:
        """`notes`: where the costs of payloads are kept, with the document, for requests with other variables."""
        self.fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        self.of_fragments: dict[tuple[str, Level], Cost] = {}
        self._notes = {} if notes is None else notes
        self._given = variables
        self.depends_on_variables = False
        """Whether another request of the same document may cost something else."""
        self.defaults = {d.variable.name.value: d.default_value for d in operation.variable_definitions or ()}
        self.row_fields = {
            Level.MUTATION: frozenset[str](),
            Level.PAYLOAD: payload_lists,
            Level.INSIDE: ROW_FIELDS,
        }
        level = Level.MUTATION if operation.operation is OperationType.MUTATION else Level.INSIDE
        self.total = self.of_selection(operation.selection_set, level).of_rows(1)

    @property
    def variables(self) -> Mapping[str, Any]:
        """What the request gives."""
        self.depends_on_variables = True
        return self._given

    def of_selection(self, selection_set: SelectionSetNode, level: Level) -> Cost:
        """The cost of all fields of a selection set, fragments expanded."""
        total = Cost()
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                cost = self.of_field(selection, level)
                is_row = selection.name.value in self.row_fields[level]
                total += Cost(for_each_row=cost) if is_row else Cost(cost)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if (name, level) not in self.of_fragments:
                    fragment = self.fragments[name].selection_set
                    self.of_fragments[name, level] = self.of_selection(fragment, level)
                total += self.of_fragments[name, level]
            elif isinstance(selection, InlineFragmentNode):
                total += self.of_selection(selection.selection_set, level)
        return total

    def of_field(self, field: FieldNode, level: Level) -> int:
        """The cost of one field and of what is inside it; a list of ids counts like a page of rows."""
        arguments = {a.name.value: a.value for a in field.arguments or ()}
        if level is Level.MUTATION:
            own = WORK_OF_FIELDS.get(field.name.value, 1)
            return own + self.of_payload(field).of_rows(self.items(arguments.get("input")))
        inside = self.of_selection(field.selection_set, Level.INSIDE) if field.selection_set else Cost()
        sizes = {name: self.size(value) for name, value in arguments.items() if name in SIZES}
        rows = next((sizes[name] for name in ("first", "last") if sizes.get(name) is not None), None)
        ids = sizes.get("ids")
        own = WORK_OF_FIELDS.get(field.name.value, 1)
        cost = own + inside.of_rows(DEFAULT_PAGE_SIZE if rows is None else rows)
        return cost if ids is None else cost * ids

    def of_payload(self, field: FieldNode) -> Cost:
        """The cost of what is asked of a mutation's answer; it is added up once where no variable has been looked at."""
        key = ("cost of the payload", id(field))
        found: Cost | None = self._notes.get(key)
        if found is None:
            found = self.of_selection(field.selection_set, Level.PAYLOAD) if field.selection_set else Cost()
            if not self.depends_on_variables:
                self._notes[key] = found
        return found

    def items(self, value: ValueNode | None) -> int:
        """How many items the longest list of an input has, 1 where it has none."""
        if isinstance(value, VariableNode):
            given = self.variables.get(value.name.value)
            parts = given.values() if isinstance(given, dict) else ()
            return max((len(part) for part in parts if isinstance(part, list)), default=1)
        if isinstance(value, ObjectValueNode):
            return max((self.length(part.value) for part in value.fields), default=1)
        return 1

    def length(self, value: ValueNode) -> int:
        """How many items a part of an input has, 1 where it is no list."""
        if isinstance(value, VariableNode):
            given = self.variables.get(value.name.value)
            return len(given) if isinstance(given, list) else 1
        return len(value.values) if isinstance(value, ListValueNode) else 1

    def size(self, value: ValueNode | None) -> int | None:
        """The number an argument gives, or how many items; nothing where it is not given or will be refused."""
        if isinstance(value, VariableNode):
            name = value.name.value
            if name not in self.variables:
                return self.size(self.defaults.get(name))
            given = self.variables[name]
            if isinstance(given, list):
                return len(given)
            return max(given, 0) if isinstance(given, int) else None
        if isinstance(value, IntValueNode):
            # Ten digits are more than an Int of GraphQL has; Python refuses to read thousands.
            return max(int(value.value[:11]), 0)
        return len(value.values) if isinstance(value, ListValueNode) else None
