"""The documents as GraphQL types: each field is one declared line. Importing the package declares them all."""

from app.api.types import (
    account,
    application,
    balance_entry,
    credit_memo,
    credit_memo_line,
    invoice,
    invoice_line,
    payment,
)

__all__ = [
    "account",
    "application",
    "balance_entry",
    "credit_memo",
    "credit_memo_line",
    "invoice",
    "invoice_line",
    "payment",
]
