"""From the text of a document to one that may be executed: parsed, within the limits, valid."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
    validate,
)

from app.api.http.document_cache import DocumentCache
from app.api.http.errors import root_cause
from app.api.http.limits import DocumentLimits
from app.api.http.measure import measure
from app.api.http.refusal import RequestRefused, bad_request
from app.api.http.rules import validation_rules

MOST_VALIDATION_ERRORS = 20
"""How many mistakes of one document are reported; the rest of a hostile one is not worth its answer."""


class DocumentRefused(Exception):
    """The document cannot be executed; `errors` say why, each with `extensions.code`."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass(frozen=True)
class ValidDocument:
    """A document that was parsed from `source`, is within the limits and valid."""

    source: str
    node: DocumentNode
    operations: tuple[OperationDefinitionNode, ...]
    notes: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)
    """What others found out about it; it is forgotten with the document."""


class Documents:
    """Valid documents of one schema, from text or from the cache."""

    def __init__(
        self, schema: GraphQLSchema, limits: DocumentLimits, *, introspection: bool, suggestions: bool
    ) -> None:
        self.schema = schema
        self.limits = limits
        self.suggestions = suggestions
        self.rules = validation_rules(introspection=introspection)
        self.cache: DocumentCache[ValidDocument] = DocumentCache()

    def valid(self, source: str) -> ValidDocument:
        """The document of this text; raises `DocumentRefused`.

        A refused document is not remembered, and a valid one only once `keep` is called: neither mistakes nor requests
        of strangers can push a client's documents out of the cache.
        """
        if known := self.cache.get(source):
            return known
        node = parsed(source, self.limits)
        check_size(node, self.limits)
        errors = validate(
            self.schema,
            node,
            self.rules,
            max_errors=MOST_VALIDATION_ERRORS,
            hide_suggestions=not self.suggestions,
        )
        if errors and errors[-1].message == "Validation aborted.":
            raise too_complex("fields of the same name or fragments inside each other")
        if errors:
            raise DocumentRefused(
                [request_error(error, "GRAPHQL_VALIDATION_FAILED") for error in one_for_each_message(errors)]
            )
        return ValidDocument(
            source, node, tuple(d for d in node.definitions if isinstance(d, OperationDefinitionNode))
        )

    def keep(self, document: ValidDocument) -> None:
        """Remembers the document; called when the request that brought it was let in."""
        self.cache.keep(document)


def one_for_each_message(errors: Sequence[GraphQLError]) -> list[GraphQLError]:
    """The errors, those that say the same put together: a mistake made ten times is one, in ten places."""
    alike: dict[str, list[GraphQLError]] = {}
    for error in errors:
        alike.setdefault(error.message, []).append(error)
    return [
        GraphQLError(
            first.message,
            [node for each in (first, *others) for node in each.nodes or ()],
            original_error=first.original_error,
            extensions=first.extensions,
        )
        if others
        else first
        for first, *others in alike.values()
    ]


def request_error(error: GraphQLError, code: str) -> GraphQLError:
    """The same error with `extensions.code`, unless it has one.

    Where graphql-core quotes an exception of Python (an integer of 5,000 digits), the message is replaced.
    """
    extensions = {"code": code, **(error.extensions or {})}
    if isinstance(root_cause(error), GraphQLError):
        error.extensions = extensions
        return error
    return GraphQLError("A value does not fit its type.", error.nodes, extensions=extensions)


def too_complex(what: str, most: int | None = None) -> DocumentRefused:
    """The refusal of a document that is over one of the limits."""
    message = f"The document has too many {what}" + (
        "." if most is None else f": at most {most} are allowed."
    )
    return DocumentRefused([GraphQLError(message, extensions={"code": "DOCUMENT_TOO_COMPLEX"})])


def parsed(source: str, limits: DocumentLimits) -> DocumentNode:
    """The syntax tree of the text; the limits on text, tokens and comments stop the parser early."""
    if len(source) > limits.source_characters:
        raise too_complex("characters", limits.source_characters)
    try:
        document = parse(source, max_lexical_tokens=limits.tokens, max_comments=limits.comments)
    except GraphQLError as error:
        # graphql-core tells its own limits from mistakes of syntax by the message alone.
        if f"contains more than {limits.tokens} tokens" in error.message:
            raise too_complex("tokens", limits.tokens) from error
        if f"contains more than {limits.comments} comments" in error.message:
            raise too_complex("comments", limits.comments) from error
        if "nested too deeply" in error.message:
            raise too_complex("levels (depth)", limits.depth) from error
        raise DocumentRefused([request_error(error, "GRAPHQL_PARSE_FAILED")]) from error
    _unlink_tokens(document)
    return document


def _unlink_tokens(document: DocumentNode) -> None:
    """Takes apart the chain of tokens, which is done with once the tree is there.

    Its links go both ways: half of a document's memory would outlive the document, until Python looks for garbage.
    """
    token = document.loc.start_token if document.loc else None
    while token is not None:
        following = token.next
        token.prev = token.next = None
        token = following


def check_size(document: DocumentNode, limits: DocumentLimits) -> None:
    """Refuses a document that is over one of the limits when its fragments are expanded."""
    names = {"depth": "levels (depth)", "root_fields": "root fields"}
    for what, number in asdict(measure(document)).items():
        most = getattr(limits, what)
        if number > most:
            raise too_complex(names.get(what, what), most)


def check_cost(cost: int, limits: DocumentLimits) -> None:
    """Refuses an operation whose answer could have too many fields."""
    if cost > limits.cost:
        message = f"The operation asks for too much: it costs {min(cost, 10**12)}, at most {limits.cost} are allowed."
        raise DocumentRefused([GraphQLError(message, extensions={"code": "DOCUMENT_TOO_COMPLEX"})])


def chosen_operation(document: ValidDocument, name: str | None) -> OperationDefinitionNode:
    """The operation a request means: the one of that name, or the only one."""
    if name is None:
        if len(document.operations) == 1:
            return document.operations[0]
        reason = "The document has several operations: give operationName."
        if not document.operations:
            reason = "The document has no operation."
        raise RequestRefused(400, "OPERATION_RESOLUTION_FAILURE", reason)
    for operation in document.operations:
        if operation.name and operation.name.value == name:
            return operation
    raise RequestRefused(
        400, "OPERATION_RESOLUTION_FAILURE", "The document has no operation of that operationName."
    )


def check_operation_type(operation: OperationDefinitionNode, method: str) -> None:
    """Only queries by GET, which must change nothing; subscriptions not at all, they need another protocol."""
    if operation.operation is OperationType.SUBSCRIPTION:
        raise bad_request("Subscriptions are not served over plain HTTP requests.")
    if method == "GET" and operation.operation is not OperationType.QUERY:
        raise bad_request("Only queries may be sent by GET; use POST.", 405, {"Allow": "POST"})


def root_field_count(document: ValidDocument, operation: OperationDefinitionNode) -> int:
    """How many root fields with different response names the operation has, whatever @skip and @include say."""
    fragments: Mapping[str, FragmentDefinitionNode] = {
        d.name.value: d for d in document.node.definitions if isinstance(d, FragmentDefinitionNode)
    }
    names: set[str] = set()
    seen: set[str] = set()
    open_sets: list[SelectionSetNode] = [operation.selection_set]
    while open_sets:
        for selection in open_sets.pop().selections:
            if isinstance(selection, InlineFragmentNode):
                open_sets.append(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
                seen.add(selection.name.value)
                open_sets.append(fragments[selection.name.value].selection_set)
            elif isinstance(selection, FieldNode) and selection.name.value != "__typename":
                names.add((selection.alias or selection.name).value)
    return len(names)
