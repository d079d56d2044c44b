"""Accounts, the only table that references the entity's row, and order items."""

from sqlalchemy import ForeignKeyConstraint, Table

from app.repository.tables.schema import (
    currency_column,
    document_columns,
    entity_column,
    history_hash_column,
    ids,
    index,
    metadata,
    metadata_column,
    primary_key,
    scaled,
    sortable_texts,
    unique,
)

account = Table(
    "account",
    metadata,
    entity_column(),
    *ids("id"),
    *sortable_texts("number", "name", nullable=False),
    currency_column(),
    *sortable_texts("external_reference", "external_reference_source"),
    metadata_column(),
    *document_columns(),
    history_hash_column(),
    primary_key(),
    unique("number"),
    unique("external_reference_source", "external_reference"),
    ForeignKeyConstraint(["entity_id"], ["entity.id"]),
    index("account", "name", "id"),
    index("account", "created_at", "id"),
)

order_item = Table(
    "order_item",
    metadata,
    entity_column(),
    *ids("id"),
    *sortable_texts("external_reference", nullable=False),
    *scaled("quantity"),
    *scaled("quantity_credited", nullable=False),
    primary_key(),
    unique("external_reference"),
)
