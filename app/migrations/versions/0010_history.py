"""Change history, its seal and its order: documents of before are adopted as they are, and the log is numbered.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

from app.migrations import columns
from app.migrations.adopting import adopt_documents
from app.migrations.guarding import freeze, guard

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    for table in ("entity", "account", "credit_memo", "invoice"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN history_hash VARCHAR(64)")
    instants = "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    op.execute("ALTER TABLE entity ADD COLUMN version INTEGER DEFAULT '0' NOT NULL")
    op.execute(f"ALTER TABLE entity ADD COLUMN changed_at {instants}")
    _create_document_change()
    _create_log_sequence()
    guard({"document_change": (), "log_sequence": ("last_number",)})
    _add_number()
    _adopt()


def _create_document_change() -> None:
    op.create_table(
        "document_change",
        columns.entity(),
        columns.id_("document_id"),
        columns.count("version"),
        columns.count("part"),
        columns.text("kind", 40),
        columns.id_("log_id", nullable=True),
        columns.instant("recorded_at", nullable=False),
        columns.text("recorded_by"),
        sa.Column("changes", sa.Text(), nullable=False),
        columns.text("previous_hash", 64, nullable=True),
        columns.text("hash", 64),
        columns.check("document_change", "kind", "kind IN ('CREATED', 'CHANGED', 'ADOPTED')"),
        columns.check("document_change", "place", "version > 0 AND part > 0"),
        columns.check("document_change", "adopted", "(kind = 'ADOPTED') = (log_id IS NULL)"),
        columns.primary_key("document_change", "document_id", "version", "part"),
        columns.belongs_to("document_change", "log_id", "log_entry"),
    )
    _index("ix_document_change_log_id", "document_change", "log_id", where="log_id IS NOT NULL")


def _create_log_sequence() -> None:
    op.create_table(
        "log_sequence",
        columns.entity(),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        columns.check("log_sequence", "last_number", "last_number >= 0"),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_log_sequence")),
    )


def _add_number() -> None:
    """An entry has its place in the order from when it is numbered; an instant, from when its command has its locks."""
    op.execute("ALTER TABLE log_entry ADD COLUMN number BIGINT")
    op.drop_index("ix_log_entry_recorded_at_id", "log_entry")
    _index("ix_log_entry_without_number", "log_entry", "id", where="number IS NULL")
    _index("uq_log_entry_number", "log_entry", "number", where="number IS NOT NULL", unique=True)
    if op.get_bind().dialect.name != "postgresql":
        op.execute("DROP TRIGGER log_entry_is_append_only")
    freeze({"log_entry": ("outcome", "recorded_at", "number")})


def _index(name: str, table: str, column: str, *, where: str, unique: bool = False) -> None:
    op.create_index(
        name,
        table,
        ["entity_id", column],
        unique=unique,
        postgresql_where=sa.text(where),
        sqlite_where=sa.text(where),
    )


def _adopt() -> None:
    connection = op.get_bind()
    acting = sa.text("SELECT set_config('app.entity_id', :id, true)")
    has_rows_of_entities = connection.dialect.name == "postgresql"
    if has_rows_of_entities:
        connection.execute(acting, {"id": "0"})
    for id in connection.scalars(sa.text("SELECT id FROM entity ORDER BY id")).all():
        if has_rows_of_entities:
            connection.execute(acting, {"id": str(id)})
        adopt_documents(connection, id)
        _number_log(connection, id)
    if has_rows_of_entities:
        connection.execute(acting, {"id": ""})


def _number_log(connection: sa.Connection, entity_id: int) -> None:
    """In the order of their instants, which before this revision was as good an order as there was."""
    connection.execute(
        sa.text(
            "UPDATE log_entry SET number = placed.number FROM (SELECT id AS placed_id,"
            " row_number() OVER (ORDER BY recorded_at, id) AS number FROM log_entry WHERE entity_id = :id) AS placed"
            " WHERE entity_id = :id AND id = placed.placed_id"
        ),
        {"id": entity_id},
    )
    connection.execute(
        sa.text(
            "INSERT INTO log_sequence (entity_id, last_number)"
            " SELECT :id, count(*) FROM log_entry WHERE entity_id = :id"
        ),
        {"id": entity_id},
    )
