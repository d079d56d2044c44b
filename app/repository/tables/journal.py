"""The journal: append-only, and balanced row by row."""

from sqlalchemy import Table

from app.domain.vocabulary import AccountingCodeType
from app.repository.tables.schema import (
    amounts,
    column,
    currency_column,
    dates,
    entity_column,
    history_columns,
    holds,
    ids,
    in_range,
    index,
    metadata,
    open_word,
    primary_key,
    sortable_texts,
    unique,
)
from app.repository.types import COUNT, JOURNAL_ENTRY_ID

journal_entry = Table(
    "journal_entry",
    metadata,
    entity_column(),
    column("id", JOURNAL_ENTRY_ID),
    *ids("document_id"),
    column("position", COUNT),
    column("ordinal", COUNT),
    open_word("type", AccountingCodeType),
    *sortable_texts("debit_code", "credit_code", length=40, nullable=False),
    currency_column(),
    *amounts("amount", "impact_amount"),
    *dates("journal_date", nullable=False),
    *history_columns(),
    primary_key(),
    unique("log_id", "ordinal"),
    holds("amount", "amount > 0 AND (impact_amount = amount OR impact_amount = -amount)"),
    holds("two_sides", "debit_code <> credit_code"),
    holds("places", "position > 0 AND ordinal > 0"),
    in_range("amount"),
    index("journal_entry", "document_id", "id"),
    index("journal_entry", "journal_date", "id"),
)
