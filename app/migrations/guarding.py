"""How a table is guarded: PostgreSQL by privileges and row-level security, SQLite, which has no roles, by triggers."""

from collections.abc import Mapping

from alembic import context, op

Updatable = Mapping[str, tuple[str, ...] | None]
"""Table -> columns that the service may update; None means all of them, () none."""


def guard(updatable: Updatable, *, entities: frozenset[str] = frozenset()) -> None:
    """What is written stays, and an entity sees only its own books; `entities` has no row security."""
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql(context.config.attributes["service_role"], updatable, entities)
    else:
        _guard_sqlite(updatable)


def freeze(updatable: Updatable) -> None:
    """Of tables that are guarded already, and of which all could be updated: what is not named stays as it is written."""
    if op.get_bind().dialect.name == "postgresql":
        role = context.config.attributes["service_role"]
        for table, columns in updatable.items():
            op.execute(f'REVOKE UPDATE ON {table} FROM "{role}"')
            op.execute(f'GRANT UPDATE ({", ".join(columns or ())}) ON {table} TO "{role}"')
    else:
        _freeze_sqlite(updatable)


def _guard_postgresql(role: str, updatable: Updatable, entities: frozenset[str]) -> None:
    for table, columns in updatable.items():
        op.execute(f'GRANT SELECT, INSERT ON {table} TO "{role}"')
        if columns is None:
            op.execute(f'GRANT UPDATE ON {table} TO "{role}"')
        elif columns:
            op.execute(f'GRANT UPDATE ({", ".join(columns)}) ON {table} TO "{role}"')
        if table in entities:
            continue
        mine = "entity_id = nullif(current_setting('app.entity_id', true), '')::integer"
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_entity ON {table} USING ({mine}) WITH CHECK ({mine})")


def _guard_sqlite(updatable: Updatable) -> None:
    for table in updatable:
        op.execute(
            f"""CREATE TRIGGER {table}_is_never_deleted BEFORE DELETE ON {table}
            BEGIN SELECT RAISE(ABORT, '{table}: rows of the books are never deleted'); END"""
        )
    _freeze_sqlite(updatable)


def _freeze_sqlite(updatable: Updatable) -> None:
    for table, columns in updatable.items():
        if columns is None:
            continue
        rows = op.get_bind().exec_driver_sql(f"PRAGMA table_info({table})").all()
        frozen = [row[1] for row in rows if row[1] not in columns]
        op.execute(
            f"""CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OF {", ".join(frozen)} ON {table}
            BEGIN SELECT RAISE(ABORT, '{table}: the history is append-only'); END"""
        )
