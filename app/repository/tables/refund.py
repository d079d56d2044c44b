"""Refunds of credit: append-only rows at their positions in a memo's history (invariants 1 and 5)."""

from sqlalchemy import Table

from app.domain.vocabulary import RefundType
from app.repository.tables.schema import (
    amounts,
    belongs_to,
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
    primary_key,
    sortable_texts,
    texts,
    unique,
    word,
)
from app.repository.types import COUNT

refund = Table(
    "refund",
    metadata,
    entity_column(),
    *ids("id"),
    *sortable_texts("number"),
    *ids("credit_memo_id", "account_id"),
    currency_column(),
    *word("type", RefundType),
    *amounts("amount", "impact_amount", "credit_memo_balance"),
    column("credit_memo_position", COUNT),
    *dates("refund_date", nullable=False),
    *texts("method", "reference"),
    *texts("description", length=1000),
    *sortable_texts("external_reference", "external_reference_source"),
    *texts("content_fingerprint", length=64),
    *ids("reversed_refund_id", nullable=True),
    *history_columns(),
    primary_key(),
    unique("number"),
    unique("reversed_refund_id"),
    unique("external_reference_source", "external_reference"),
    unique("credit_memo_id", "credit_memo_position"),
    belongs_to(
        "credit_memo", "credit_memo_id", "account_id", "currency", remote=("id", "account_id", "currency")
    ),
    belongs_to("refund", "reversed_refund_id"),
    holds("amount", "amount > 0 AND credit_memo_balance >= 0"),
    holds("impact", "impact_amount = CASE WHEN type = 'REFUNDED' THEN -amount ELSE amount END"),
    holds("reversal", "(type = 'REVERSED') = (reversed_refund_id IS NOT NULL)"),
    holds("number", "(type = 'REFUNDED') = (number IS NOT NULL)"),
    in_range("amount"),
    index("refund", "refund_date", "id"),
    index("refund", "account_id", "id"),
)
