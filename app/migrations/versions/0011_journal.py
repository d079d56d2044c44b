"""The journal, and the accounting codes that it is kept under. It begins with the commands that come after this.

Revision: 0011, after 0010.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.migrations import columns
from app.migrations.guarding import guard

revision = "0011"
down_revision = "0010"

LARGEST = 10**15


def upgrade() -> None:
    op.execute("ALTER TABLE credit_memo_line ADD COLUMN accounting_code VARCHAR(40)")
    op.execute("ALTER TABLE invoice_line ADD COLUMN accounting_code VARCHAR(40)")
    op.add_column("entity", columns.json("accounting_codes"))
    op.add_column("entity", sa.Column("journal_transferred_through", sa.BigInteger(), nullable=True))
    op.add_column("entity", columns.instant("journal_begins_at"))
    _create_journal_entry()
    guard({"journal_entry": ()})
    _begin_journals()


def _create_journal_entry() -> None:
    op.create_table(
        "journal_entry",
        columns.entity(),
        columns.sortable_text("id", 60),
        columns.id_("document_id"),
        columns.count("position"),
        columns.count("ordinal"),
        columns.text("type", 40),
        *(columns.sortable_text(name, 40) for name in ("debit_code", "credit_code")),
        columns.sortable_text("currency", 3),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("amount", "impact_amount")),
        sa.Column("journal_date", sa.Date(), nullable=False),
        columns.id_("log_id"),
        columns.instant("recorded_at", nullable=False),
        columns.text("recorded_by"),
        columns.check(
            "journal_entry", "amount", "amount > 0 AND (impact_amount = amount OR impact_amount = -amount)"
        ),
        columns.check("journal_entry", "two_sides", "debit_code <> credit_code"),
        columns.check("journal_entry", "places", "position > 0 AND ordinal > 0"),
        columns.check("journal_entry", "amounts_in_range", f"amount > -{LARGEST} AND amount < {LARGEST}"),
        columns.primary_key("journal_entry"),
        columns.unique("journal_entry", "log_id", "ordinal"),
        columns.belongs_to("journal_entry", "log_id", "log_entry"),
    )
    columns.index("journal_entry", "document_id", "id")
    columns.index("journal_entry", "journal_date", "id")


def _begin_journals() -> None:
    """What was posted before has no entries: accounting has booked it in another way, and must not be given it again."""
    connection = op.get_bind()
    acting = sa.text("SELECT set_config('app.entity_id', :id, true)")
    has_rows_of_entities = connection.dialect.name == "postgresql"
    if has_rows_of_entities:
        connection.execute(acting, {"id": "0"})
    entity = sa.table(
        "entity", sa.column("id", sa.Integer()), sa.column("journal_begins_at", sa.DateTime(timezone=True))
    )
    for id in connection.scalars(sa.select(entity.c.id).order_by(entity.c.id)).all():
        if has_rows_of_entities:
            connection.execute(acting, {"id": str(id)})
        connection.execute(
            sa.update(entity).where(entity.c.id == id).values(journal_begins_at=datetime.now(UTC))
        )
    if has_rows_of_entities:
        connection.execute(acting, {"id": ""})
