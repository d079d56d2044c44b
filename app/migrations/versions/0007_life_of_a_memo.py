"""Debit memos that the service makes, with the memos whose credit they take back; lines taken out of drafts.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

MEMO = "(source = 'INGESTED') = (credit_memo_id IS NULL)"
REMOVED = "NOT removed OR (amount = 0 AND tax_amount = 0 AND quantity IS NULL)"
MADE = "source = 'INGESTED' OR (kind = 'DEBIT_MEMO' AND credited_amount = 0)"


def upgrade() -> None:
    # SQLite takes a check only together with the column it comes with, and rebuilds nothing that way.
    kind = 'VARCHAR(40) COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else "VARCHAR(40)"
    op.execute(
        f"ALTER TABLE invoice ADD COLUMN credit_memo_id {kind}"
        f" CONSTRAINT ck_invoice_takes_credit_back CHECK ({MEMO})"
        f" CONSTRAINT ck_invoice_made_to_take_credit_back CHECK ({MADE})"
    )
    given = sa.text("credit_memo_id IS NOT NULL")
    op.create_index(
        "ix_invoice_credit_memo_id_id",
        "invoice",
        ["entity_id", "credit_memo_id", "id"],
        postgresql_where=given,
        sqlite_where=given,
    )
    false = "false" if op.get_bind().dialect.name == "postgresql" else "0"
    op.execute(
        f"ALTER TABLE credit_memo_line ADD COLUMN removed BOOLEAN DEFAULT {false} NOT NULL"
        f" CONSTRAINT ck_credit_memo_line_removed CHECK ({REMOVED})"
    )
