"""From an order item to its lines, and from a job to the one that tries it again.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for table, *columns in (
        ("invoice_line", "order_item_id", "id"),
        ("credit_memo_line", "order_item_id", "id"),
        ("job", "retried_job_id"),
    ):
        given = sa.text(f"{columns[0]} IS NOT NULL")
        op.create_index(
            f"ix_{table}_{'_'.join(columns)}",
            table,
            ["entity_id", *columns],
            postgresql_where=given,
            sqlite_where=given,
        )
