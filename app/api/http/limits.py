"""The limits on a document, checked before it is validated."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DocumentLimits:
    """The largest document that is accepted; one number over, and it is refused with DOCUMENT_TOO_COMPLEX.

    The defaults leave room for a generous page of a user interface and for GraphiQL's introspection (whose subtree
    counts for nothing but the text). Fragments count at every spread, except for the text.
    """

    source_characters: int = 20_000
    tokens: int = 2_000
    comments: int = 200
    operations: int = 10
    depth: int = 15
    root_fields: int = 20
    fields: int = 1_000
    aliases: int = 30
    directives: int = 20
    cost: int = 50_000
    """Fields of the largest possible answer (see `cost`): some 0.4 seconds of CPU in graphql-core."""
