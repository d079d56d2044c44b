"""Guards: what is written in the history stays, and an entity sees only its own books.

PostgreSQL: the service's role gets no DELETE, and UPDATE only of the columns that may change; row-level security is
forced. SQLite has no roles: triggers refuse the same.

Revision: 0002, after 0001.
"""

from alembic import context, op

from app.migrations.guarding import Updatable, guard

revision = "0002"
down_revision = "0001"

MARKS = ("description", "has_been_unapplied", "unapplied_date")

UPDATABLE: Updatable = {
    "entity": None,
    "reason_code": None,
    "number_sequence": None,
    "account": None,
    "order_item": None,
    "invoice": None,
    "invoice_line": None,
    "invoice_line_tax": None,
    "credit_memo": None,
    "credit_memo_line": None,
    "credit_memo_line_tax": None,
    "log_entry": ("outcome",),
    "credit_memo_application": MARKS,
    "credit_memo_line_application": MARKS,
    "payment": (),
    "balance_entry": (),
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        role = context.config.attributes["service_role"]
        op.execute(
            f"""DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE "{role}" LOGIN; END IF;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                -- Another database of the server is migrated at the same time.
            END $$"""
        )
        op.execute(f'GRANT SELECT ON alembic_version TO "{role}"')
    # Whose books they are is chosen by reading the entities, so none is set yet.
    guard(UPDATABLE, entities=frozenset({"entity"}))
