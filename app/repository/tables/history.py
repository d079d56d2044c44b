"""The change history of documents, a sealed chain of links each, and how far the entity's log is numbered."""

from sqlalchemy import BigInteger, PrimaryKeyConstraint, String, Table, Text

from app.domain.vocabulary import ChangeKind
from app.repository.tables.schema import (
    belongs_to,
    column,
    entity_column,
    holds,
    ids,
    index_of_given,
    instants,
    metadata,
    primary_key,
    texts,
    word,
)
from app.repository.types import COUNT

document_change = Table(
    "document_change",
    metadata,
    entity_column(),
    *ids("document_id"),
    column("version", COUNT),
    column("part", COUNT),
    *word("kind", ChangeKind),
    *ids("log_id", nullable=True),
    *instants("recorded_at"),
    *texts("recorded_by", nullable=False),
    column("changes", Text()),
    column("previous_hash", String(64), nullable=True),
    column("hash", String(64)),
    primary_key("document_id", "version", "part"),
    belongs_to("log_entry", "log_id"),
    holds("place", "version > 0 AND part > 0"),
    holds("adopted", "(kind = 'ADOPTED') = (log_id IS NULL)"),
    index_of_given("document_change", "log_id"),
)

log_sequence = Table(
    "log_sequence",
    metadata,
    entity_column(),
    column("last_number", BigInteger()),
    PrimaryKeyConstraint("entity_id"),
    holds("last_number", "last_number >= 0"),
)
"""Its row is the lock of whoever numbers the entity's log; no other transaction touches it."""
