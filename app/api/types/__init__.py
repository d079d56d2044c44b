"""The documents as GraphQL types: each field is one declared line. Importing the package declares them all."""

from app.api.types import (
    access,
    account,
    application,
    balance_entry,
    credit_memo,
    credit_memo_line,
    entity_data,
    history,
    invoice,
    invoice_line,
    job,
    journal,
    payment,
    refund,
)

__all__ = [
    "access",
    "account",
    "application",
    "balance_entry",
    "credit_memo",
    "credit_memo_line",
    "entity_data",
    "history",
    "invoice",
    "invoice_line",
    "job",
    "journal",
    "payment",
    "refund",
]
