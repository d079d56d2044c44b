"""The entity, the data it keeps for all its documents, and the log of accepted commands."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, text

from app.domain.vocabulary import (
    AllocationRule,
    ApplicationLevel,
    Operation,
    SequenceKind,
    TaxEngineKind,
    TaxStrategy,
    TemplateType,
)
from app.repository.tables.schema import (
    added_flag,
    column,
    dates,
    entity_column,
    flags,
    history_hash_column,
    holds,
    ids,
    instants,
    metadata,
    metadata_column,
    open_word,
    primary_key,
    scaled,
    sortable_texts,
    texts,
    unique,
    word,
)
from app.repository.types import COUNT, code_order_text

entity = Table(
    "entity",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("code", code_order_text(255), nullable=False, unique=True),
    *texts("name", nullable=False),
    *word("application_level", ApplicationLevel),
    *word("default_allocation", AllocationRule),
    *word("default_tax_strategy", TaxStrategy),
    *texts("time_zone", length=64, nullable=False),
    *dates("closed_through"),
    *word("tax_engine", TaxEngineKind, nullable=True),
    added_flag("convert_negative_lines_on_posting"),
    added_flag("apply_converted_memo_on_posting"),
    metadata_column("accounting_codes"),
    Column("journal_transferred_through", BigInteger, nullable=True),
    *instants("journal_begins_at", nullable=True),
    added_flag("apply_available_credit_on_posting"),
    Column("version", Integer, nullable=False, server_default="0"),
    *instants("changed_at", nullable=True),
    history_hash_column(),
)


reason_code = Table(
    "reason_code",
    metadata,
    entity_column(),
    *ids("id"),
    *sortable_texts("code", length=40, nullable=False),
    *texts("label", nullable=False),
    *flags("active", "allowed_for_direct", "is_default"),
    primary_key(),
    unique("code"),
)

number_sequence = Table(
    "number_sequence",
    metadata,
    entity_column(),
    *word("kind", SequenceKind),
    *texts("prefix", length=32, nullable=False),
    column("next", COUNT),
    column("padding", COUNT),
    *flags("gapless"),
    Column("gapless_from", COUNT, nullable=True),
    primary_key("kind"),
    holds("next_is_positive", "next > 0 AND padding >= 0 AND padding <= 18"),
)

template = Table(
    "template",
    metadata,
    entity_column(),
    *ids("id"),
    *sortable_texts("code", nullable=False),
    *texts("label", nullable=False),
    *word("type", TemplateType),
    *flags("active"),
    primary_key(),
    unique("code"),
)

tax_rate = Table(
    "tax_rate",
    metadata,
    entity_column(),
    *ids("id"),
    *sortable_texts("tax_code", "jurisdiction", "name", nullable=False),
    *texts("code_description", "location_code"),
    *scaled("rate", nullable=False),
    *texts("rate_description"),
    *dates("valid_from", nullable=False),
    *dates("valid_through"),
    primary_key(),
    unique("tax_code", "jurisdiction", "name", "valid_from"),
    holds("rate", "rate >= 0"),
    holds("validity", "valid_through IS NULL OR valid_through >= valid_from"),
)

tax_callback = Table(
    "tax_callback",
    metadata,
    entity_column(),
    *ids("id"),
    *texts("url", length=2000, nullable=False),
    *texts("secret", nullable=False),
    column("timeout_milliseconds", COUNT),
    primary_key(),
    unique(),
    holds("timeout", "timeout_milliseconds > 0"),
)

log_entry = Table(
    "log_entry",
    metadata,
    entity_column(),
    *ids("id"),
    open_word("operation", Operation),
    *texts("actor", nullable=False),
    *instants("recorded_at"),
    *sortable_texts("idempotency_key"),
    *texts("fingerprint", length=64),
    metadata_column("outcome"),
    column("number", BigInteger(), nullable=True),
    primary_key(),
    unique("idempotency_key"),
    holds("key_has_fingerprint", "(idempotency_key IS NULL) = (fingerprint IS NULL)"),
    Index(
        "ix_log_entry_without_number",
        "entity_id",
        "id",
        postgresql_where=text("number IS NULL"),
        sqlite_where=text("number IS NULL"),
    ),
    Index(
        "uq_log_entry_number",
        "entity_id",
        "number",
        unique=True,
        postgresql_where=text("number IS NOT NULL"),
        sqlite_where=text("number IS NOT NULL"),
    ),
)
