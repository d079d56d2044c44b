"""The size of a document, in time linear in its text.

Every definition is walked once; a fragment's numbers are then added at each of its spreads. (Strawberry's own limiters
walk a fragment again at every spread: a chain of n fragments that each spread the next one twice costs them 2**n.)
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

INTROSPECTION_ROOTS = frozenset({"__schema", "__type"})


@dataclass(frozen=True)
class DocumentSize:
    """The largest of each number over the operations of a document, fragments expanded."""

    operations: int = 0
    depth: int = 0
    root_fields: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0


@dataclass
class DefinitionSize:
    """One operation or fragment by itself, with the spreads that are still to be added."""

    depth: int = 0
    root_fields: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    spreads: list[tuple[str, int]] = field(default_factory=list)
    """The name of a spread fragment and the number of fields around the spread."""


def size_of_definition(definition: OperationDefinitionNode | FragmentDefinitionNode) -> DefinitionSize:
    """The numbers of one definition, its fragment spreads left open.

    Below `__schema` and `__type` nothing is counted (graphql-core limits the depth there, the number of tokens the
    rest). Only that subtree is exempt: if the whole operation were, `__schema` would switch the limits off.
    """
    size = DefinitionSize(directives=len(definition.directives or ()))
    open_sets: list[tuple[SelectionSetNode, int]] = [(definition.selection_set, 0)]
    while open_sets:
        selection_set, depth = open_sets.pop()
        for selection in selection_set.selections:
            size.directives += len(selection.directives or ())
            if isinstance(selection, FragmentSpreadNode):
                size.spreads.append((selection.name.value, depth))
            elif isinstance(selection, InlineFragmentNode):
                open_sets.append((selection.selection_set, depth))
            elif isinstance(selection, FieldNode):
                size.fields += 1
                size.root_fields += depth == 0
                size.aliases += selection.alias is not None
                size.depth = max(size.depth, depth + 1)
                if selection.selection_set and selection.name.value not in INTROSPECTION_ROOTS:
                    open_sets.append((selection.selection_set, depth + 1))
    return size


def add_spread(size: DefinitionSize, spread: DefinitionSize, depth: int) -> None:
    """Adds to `size` one spread of a fragment of size `spread`, below `depth` fields."""
    size.fields += spread.fields
    size.aliases += spread.aliases
    size.directives += spread.directives
    size.depth = max(size.depth, depth + spread.depth)
    if depth == 0:
        size.root_fields += spread.root_fields


def expand_fragments(sizes: Mapping[str, DefinitionSize]) -> None:
    """Adds to each fragment all that it spreads, innermost first, without recursion.

    An unknown fragment, and a spread that closes a circle, count nothing: validation reports both.
    """
    seen: set[str] = set()
    complete: set[str] = set()
    for start in sizes:
        if start in seen:
            continue
        seen.add(start)
        path = [(start, iter(sizes[start].spreads))]
        while path:
            name, spreads = path[-1]
            inner = next((spread for spread, _ in spreads if spread in sizes and spread not in seen), None)
            if inner is not None:
                seen.add(inner)
                path.append((inner, iter(sizes[inner].spreads)))
                continue
            for spread, depth in sizes[name].spreads:
                if spread in complete:
                    add_spread(sizes[name], sizes[spread], depth)
            complete.add(name)
            path.pop()


def measure(document: DocumentNode) -> DocumentSize:
    """The size of the document; unused fragments count like operations, since validating them costs the same."""
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    fragments = {
        d.name.value: size_of_definition(d)
        for d in document.definitions
        if isinstance(d, FragmentDefinitionNode)
    }
    expand_fragments(fragments)
    sizes = list(fragments.values())
    for operation in operations:
        size = size_of_definition(operation)
        for spread, depth in size.spreads:
            if spread in fragments:
                add_spread(size, fragments[spread], depth)
        sizes.append(size)
    return DocumentSize(
        operations=len(operations),
        depth=max((size.depth for size in sizes), default=0),
        root_fields=max((size.root_fields for size in sizes), default=0),
        fields=max((size.fields for size in sizes), default=0),
        aliases=max((size.aliases for size in sizes), default=0),
        directives=max((size.directives for size in sizes), default=0),
    )
