"""Guards: what is written in the history stays, and an entity sees only its own books.

PostgreSQL: the service's role gets no DELETE, and UPDATE only of the columns that may change; row-level security is
forced. SQLite has no roles: triggers refuse the same.

Revision: 0002, after 0001.
"""

from alembic import context, op

revision = "0002"
down_revision = "0001"

MARKS = ("description", "has_been_unapplied", "unapplied_date")

# Table -> columns that the service may update; None means all of them, () none.
UPDATABLE: dict[str, tuple[str, ...] | None] = {
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
        guard_postgresql(context.config.attributes["service_role"])
    else:
        guard_sqlite()


def guard_postgresql(role: str) -> None:
    op.execute(
        f"""DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN CREATE ROLE "{role}" LOGIN; END IF;
        END $$"""
    )
    op.execute(f'GRANT SELECT ON alembic_version TO "{role}"')
    for table, columns in UPDATABLE.items():
        op.execute(f'GRANT SELECT, INSERT ON {table} TO "{role}"')
        if columns is None:
            op.execute(f'GRANT UPDATE ON {table} TO "{role}"')
        elif columns:
            op.execute(f'GRANT UPDATE ({", ".join(columns)}) ON {table} TO "{role}"')
        # Whose books they are is chosen by reading this table, so no entity is set yet.
        if table == "entity":
            continue
        mine = "entity_id = nullif(current_setting('app.entity_id', true), '')::integer"
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_entity ON {table} USING ({mine}) WITH CHECK ({mine})")


def guard_sqlite() -> None:
    for table, columns in UPDATABLE.items():
        op.execute(
            f"""CREATE TRIGGER {table}_is_never_deleted BEFORE DELETE ON {table}
            BEGIN SELECT RAISE(ABORT, '{table}: rows of the books are never deleted'); END"""
        )
        if columns is None:
            continue
        rows = op.get_bind().exec_driver_sql(f"PRAGMA table_info({table})").all()
        frozen = [row[1] for row in rows if row[1] not in columns]
        op.execute(
            f"""CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OF {", ".join(frozen)} ON {table}
            BEGIN SELECT RAISE(ABORT, '{table}: the history is append-only'); END"""
        )
