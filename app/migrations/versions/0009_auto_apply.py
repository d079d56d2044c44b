"""Credit that finds its invoices: the setting that applies it on posting, and jobs whose items are accounts.

Revision: 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

from app.migrations.guarding import freeze

revision = "0009"
down_revision = "0008"

AUTO_APPLY = (
    "(auto_apply_rule IS NULL) = (auto_apply_rank IS NULL) AND (auto_apply_rule IS NULL"
    " OR auto_apply_rank > 0 AND type = 'APPLIED' AND (credit_memo_balance = 0 OR invoice_balance = 0))"
)
APPLICATION_MARKS = ("description", "has_been_unapplied", "unapplied_date")
ITEM_OUTCOME = (
    "invoice_id",
    "outcome",
    "credit_memo_id",
    "application_id",
    "violations",
    "log_id",
    "recorded_at",
)


def upgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    in_code_order = ' COLLATE "C"' if on_postgresql else ""
    false = "false" if on_postgresql else "0"
    op.execute(
        f"ALTER TABLE entity ADD COLUMN apply_available_credit_on_posting BOOLEAN DEFAULT {false} NOT NULL"
    )
    # SQLite takes a check only together with a column it comes with, and rebuilds nothing that way.
    op.execute(
        f"ALTER TABLE credit_memo_application ADD COLUMN job_item_id VARCHAR(60){in_code_order}"
        f" CONSTRAINT ck_credit_memo_application_auto_apply CHECK ({AUTO_APPLY})"
    )
    op.execute(f"ALTER TABLE job_item ADD COLUMN account_id VARCHAR(40){in_code_order}")
    for table, *columns in (("credit_memo_application", "job_item_id", "id"), ("job_item", "account_id")):
        given = sa.text(f"{columns[0]} IS NOT NULL")
        op.create_index(
            f"ix_{table}_{'_'.join(columns)}",
            table,
            ["entity_id", *columns],
            postgresql_where=given,
            sqlite_where=given,
        )
    _freeze_what_came(on_postgresql)


def _freeze_what_came(on_postgresql: bool) -> None:
    """A column is granted for an update by name; a trigger names those that stay, and so is made anew."""
    if on_postgresql:
        return
    updatable = {"credit_memo_application": APPLICATION_MARKS, "job_item": ITEM_OUTCOME}
    for table in updatable:
        op.execute(f"DROP TRIGGER {table}_is_append_only")
    freeze(updatable)
