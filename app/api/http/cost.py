"""The cost of an operation: about how many fields its answer may have, page sizes counted.

Known before anything is executed, from the document and the variables alone: a field costs 1 and what is inside it;
what is inside `edges` or `nodes` counts once for each row of the page that `first` or `last` asks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)

DEFAULT_PAGE_SIZE = 20
REFUSED_CHARACTERS = 4
"""How many characters of a refused document cost 1: finding out took CPU, and execution is never reached."""
ROW_FIELDS = frozenset({"edges", "nodes"})


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


class CostOfOperation:
    """Adds up the cost of one operation; each fragment is added up once, however often it is spread.

    The document must be valid: fragments in a circle would never end.
    """

    def __init__(
        self, document: DocumentNode, operation: OperationDefinitionNode, variables: Mapping[str, Any]
    ) -> None:
        self.fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        self.of_fragments: dict[str, Cost] = {}
        self.variables = variables
        self.defaults = {d.variable.name.value: d.default_value for d in operation.variable_definitions or ()}
        self.total = self.of_selection(operation.selection_set).of_rows(1)

    def of_selection(self, selection_set: SelectionSetNode) -> Cost:
        """The cost of all fields of a selection set, fragments expanded."""
        total = Cost()
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                cost = self.of_field(selection)
                total += Cost(for_each_row=cost) if selection.name.value in ROW_FIELDS else Cost(cost)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name not in self.of_fragments:
                    self.of_fragments[name] = self.of_selection(self.fragments[name].selection_set)
                total += self.of_fragments[name]
            elif isinstance(selection, InlineFragmentNode):
                total += self.of_selection(selection.selection_set)
        return total

    def of_field(self, field: FieldNode) -> int:
        """The cost of one field and of what is inside it; a list of ids counts like a page of rows."""
        inside = self.of_selection(field.selection_set) if field.selection_set else Cost()
        sizes = {a.name.value: self.size(a.value) for a in field.arguments or ()}
        rows = next((sizes[name] for name in ("first", "last") if sizes.get(name) is not None), None)
        ids = sizes.get("ids")
        cost = 1 + inside.of_rows(DEFAULT_PAGE_SIZE if rows is None else rows)
        return cost if ids is None else cost * ids

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
