"""Refunds of credit, an append-only table; why debit memos write credit off.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

from app.migrations import columns
from app.migrations.guarding import guard

revision = "0008"
down_revision = "0007"

LARGEST = 10**15


def upgrade() -> None:
    _create_refund()
    guard({"refund": ()})
    op.add_column("invoice", columns.sortable_text("reason_code", 40, nullable=True))


def _create_refund() -> None:
    op.create_table(
        "refund",
        columns.entity(),
        columns.id_("id"),
        columns.sortable_text("number", nullable=True),
        *(columns.id_(name) for name in ("credit_memo_id", "account_id")),
        columns.sortable_text("currency", 3),
        columns.text("type", 40),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("amount", "impact_amount", "credit_memo_balance")
        ),
        columns.count("credit_memo_position"),
        sa.Column("refund_date", sa.Date(), nullable=False),
        *(columns.text(name, nullable=True) for name in ("method", "reference")),
        columns.text("description", 1000, nullable=True),
        *(
            columns.sortable_text(name, nullable=True)
            for name in ("external_reference", "external_reference_source")
        ),
        columns.text("content_fingerprint", 64, nullable=True),
        columns.id_("reversed_refund_id", nullable=True),
        columns.id_("log_id"),
        columns.instant("recorded_at", nullable=False),
        columns.text("recorded_by"),
        *_checks(),
        columns.primary_key("refund"),
        columns.unique("refund", "number"),
        columns.unique("refund", "reversed_refund_id"),
        columns.unique("refund", "external_reference_source", "external_reference"),
        columns.unique("refund", "credit_memo_id", "credit_memo_position"),
        sa.ForeignKeyConstraint(
            ["entity_id", "credit_memo_id", "account_id", "currency"],
            ["credit_memo.entity_id", "credit_memo.id", "credit_memo.account_id", "credit_memo.currency"],
            name=op.f("fk_refund_credit_memo_id_account_id_currency"),
        ),
        columns.belongs_to("refund", "reversed_refund_id", "refund"),
        columns.belongs_to("refund", "log_id", "log_entry"),
    )
    columns.index("refund", "refund_date", "id")
    columns.index("refund", "account_id", "id")


def _checks() -> list[sa.CheckConstraint]:
    rules = {
        "type": "type IN ('REFUNDED', 'REVERSED')",
        "amount": "amount > 0 AND credit_memo_balance >= 0",
        "impact": "impact_amount = CASE WHEN type = 'REFUNDED' THEN -amount ELSE amount END",
        "reversal": "(type = 'REVERSED') = (reversed_refund_id IS NOT NULL)",
        "number": "(type = 'REFUNDED') = (number IS NOT NULL)",
        "amounts_in_range": f"amount > -{LARGEST} AND amount < {LARGEST}",
    }
    return [columns.check("refund", name, rule) for name, rule in rules.items()]
