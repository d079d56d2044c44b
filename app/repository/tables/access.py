"""Credentials, their grants, roles, the history of them all, and the keys that sign tokens.

Who signs in has not chosen an entity yet: in nobody's name (entity 0) the rows of every entity may be read here, and no
others; in an entity's name its own alone, as everywhere. Their lookups by id alone are why these tables have an index,
and the signing keys a whole table, that does not begin with the entity.
"""

from sqlalchemy import Column, Index, String, Table

from app.domain.vocabulary import AccessAction, CredentialKind
from app.repository.tables.schema import (
    column,
    document_columns,
    entity_column,
    flags,
    history_columns,
    holds,
    ids,
    index,
    instants,
    long_text,
    metadata,
    metadata_column,
    open_word,
    primary_key,
    sortable_texts,
    texts,
    unique,
    word,
)
from app.repository.types import COUNT, METADATA, WORDS, code_order_text

credential = Table(
    "credential",
    metadata,
    entity_column(),
    *ids("id"),
    *word("kind", CredentialKind),
    *sortable_texts("name", nullable=False),
    *texts("description", length=1000),
    *texts("secret_hash", length=64, nullable=False),
    *instants("expires_at", "revoked_at", nullable=True),
    *texts("revoked_by"),
    *instants("last_used_at", nullable=True),
    *flags("every_entity", "granted_elsewhere"),
    *document_columns(),
    primary_key(),
    unique("name"),
    index("credential", "created_at", "id"),
    holds("revoked", "(revoked_at IS NULL) = (revoked_by IS NULL)"),
)
Index("ix_credential_signing_in", credential.c.id)

credential_grant = Table(
    "credential_grant",
    metadata,
    entity_column(),
    *ids("id", "credential_id"),
    *sortable_texts("name", nullable=False),
    column("home_entity_id", COUNT),
    Column("roles", WORDS, nullable=False),
    *document_columns(),
    primary_key(),
    unique("credential_id"),
    unique("name"),
    index("credential_grant", "created_at", "id"),
)
Index("ix_credential_grant_signing_in", credential_grant.c.credential_id)

role = Table(
    "role",
    metadata,
    entity_column(),
    *ids("id"),
    *sortable_texts("code", nullable=False),
    *texts("label", nullable=False),
    Column("permissions", WORDS, nullable=False),
    metadata_column("approval_limits"),
    *flags("active"),
    *document_columns(),
    primary_key(),
    unique("code"),
)

access_change = Table(
    "access_change",
    metadata,
    entity_column(),
    *ids("id", "subject_id"),
    open_word("action", AccessAction),
    metadata_column("before"),
    metadata_column("after"),
    *history_columns(),
    primary_key(),
    index("access_change", "recorded_at", "id"),
    index("access_change", "subject_id", "id"),
)

signing_key = Table(
    "signing_key",
    metadata,
    Column("id", code_order_text(40), primary_key=True),
    Column("algorithm", String(16), nullable=False),
    Column("public_key", METADATA, nullable=False),
    long_text("sealed_private_key"),
    *instants("created_at"),
    *instants("retired_at", nullable=True),
    holds("sealed_until_retired", "(sealed_private_key IS NULL) = (retired_at IS NOT NULL)"),
)
"""Keys belong to the service, not to an entity: a token says who its client is before there is an entity."""
