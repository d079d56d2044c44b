"""The schema, one module for each kind of document. Every table carries the entity in every key.

A house test holds the tables against the domain's records (same names) and against the migrations (same constraints).
"""

from sqlalchemy import Table

from app.repository.tables.access import access_change, credential, credential_grant, role, signing_key
from app.repository.tables.account import account, order_item
from app.repository.tables.application import (
    balance_entry,
    credit_memo_application,
    credit_memo_line_application,
)
from app.repository.tables.credit_memo import credit_memo, credit_memo_line, credit_memo_line_tax
from app.repository.tables.entity import (
    entity,
    log_entry,
    number_sequence,
    reason_code,
    tax_callback,
    tax_rate,
    template,
)
from app.repository.tables.history import document_change, log_sequence
from app.repository.tables.invoice import invoice, invoice_line, invoice_line_tax, payment
from app.repository.tables.job import job, job_item, job_queue
from app.repository.tables.journal import journal_entry
from app.repository.tables.refund import refund
from app.repository.tables.schema import metadata

__all__ = [
    "Table",
    "access_change",
    "account",
    "balance_entry",
    "credential",
    "credential_grant",
    "credit_memo",
    "credit_memo_application",
    "credit_memo_line",
    "credit_memo_line_application",
    "credit_memo_line_tax",
    "document_change",
    "entity",
    "invoice",
    "invoice_line",
    "invoice_line_tax",
    "job",
    "job_item",
    "job_queue",
    "journal_entry",
    "log_entry",
    "log_sequence",
    "metadata",
    "number_sequence",
    "order_item",
    "payment",
    "reason_code",
    "refund",
    "role",
    "signing_key",
    "tax_callback",
    "tax_rate",
    "template",
]
