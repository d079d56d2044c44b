"""Who may do what: credentials, grants, roles, signing keys, memos that wait for approval, what jobs were allowed.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

from app.migrations.columns import (
    belongs_to,
    check,
    code_order,
    count,
    document,
    entity,
    flag,
    id_,
    index,
    instant,
    json,
    primary_key,
    sortable_text,
    text,
    unique,
)
from app.migrations.guarding import guard

revision = "0004"
down_revision = "0003"

SIGN_IN = ("credential", "credential_grant", "role")
NOBODY = "nullif(current_setting('app.entity_id', true), '')::integer = 0"


def upgrade() -> None:
    _add_approval()
    _add_submission()
    _create_credential()
    _create_grant()
    _create_role()
    _create_access_change()
    _create_signing_key()
    guard({"credential": None, "credential_grant": None, "role": None, "access_change": ()})
    guard({"signing_key": ("sealed_private_key", "retired_at")}, entities=frozenset({"signing_key"}))
    if op.get_bind().dialect.name == "postgresql":
        _open_to_those_who_sign_in()


def _open_to_those_who_sign_in() -> None:
    """In nobody's name the list of entities, and who has access to them, can be read; in an entity's only its own.

    Keys that sign tokens are seen and written in nobody's name alone.
    """
    op.execute("DROP POLICY every_entity_is_listed ON entity")
    for table in ("entity", *SIGN_IN):
        op.execute(f"CREATE POLICY nobody_reads_all ON {table} FOR SELECT USING ({NOBODY})")
    op.execute("ALTER TABLE signing_key ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE signing_key FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY nobody_signs ON signing_key USING ({NOBODY}) WITH CHECK ({NOBODY})")


def _add_approval() -> None:
    instants = "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    for column, kind in (
        ("approval_requested_at", instants),
        ("approval_requested_by", "VARCHAR(255)"),
        ("approved_at", instants),
        ("approved_by", "VARCHAR(255)"),
    ):
        op.execute(f"ALTER TABLE credit_memo ADD COLUMN {column} {kind}")


def _add_submission() -> None:
    """Jobs of the time before roles: whoever steers them needs all that their kind may need."""
    op.execute("ALTER TABLE job ADD COLUMN permissions JSON")
    op.execute("ALTER TABLE job ADD COLUMN approval_limits JSON")
    for kind, permissions in (
        (
            "DIRECT_CREDIT_MEMOS",
            '["credit_memos:apply", "credit_memos:create", "credit_memos:post", "jobs:write"]',
        ),
        ("NEGATIVE_LINE_CONVERSIONS", '["credit_memos:apply", "invoices:convert", "jobs:write"]'),
        ("INVOICE_IMPORTS", '["invoices:post", "invoices:write", "jobs:write"]'),
    ):
        op.execute(f"UPDATE job SET permissions = '{permissions}' WHERE kind = '{kind}'")


def _create_credential() -> None:
    op.create_table(
        "credential",
        entity(),
        id_("id"),
        text("kind", 40),
        sortable_text("name"),
        text("description", 1000, nullable=True),
        text("secret_hash", 64),
        instant("expires_at"),
        instant("revoked_at"),
        text("revoked_by", nullable=True),
        instant("last_used_at"),
        flag("every_entity"),
        flag("granted_elsewhere"),
        *document(),
        check("credential", "kind", "kind IN ('API_KEY', 'OAUTH_CLIENT')"),
        check("credential", "revoked", "(revoked_at IS NULL) = (revoked_by IS NULL)"),
        primary_key("credential"),
        unique("credential", "name"),
    )
    index("credential", "created_at", "id")
    op.create_index("ix_credential_signing_in", "credential", ["id"])


def _create_grant() -> None:
    op.create_table(
        "credential_grant",
        entity(),
        id_("id"),
        id_("credential_id"),
        sortable_text("name"),
        count("home_entity_id"),
        json("roles", nullable=False),
        *document(),
        primary_key("credential_grant"),
        unique("credential_grant", "credential_id"),
        unique("credential_grant", "name"),
    )
    index("credential_grant", "created_at", "id")
    op.create_index("ix_credential_grant_signing_in", "credential_grant", ["credential_id"])


def _create_role() -> None:
    op.create_table(
        "role",
        entity(),
        id_("id"),
        sortable_text("code"),
        text("label"),
        json("permissions", nullable=False),
        json("approval_limits"),
        flag("active"),
        *document(),
        primary_key("role"),
        unique("role", "code"),
    )


def _create_access_change() -> None:
    op.create_table(
        "access_change",
        entity(),
        id_("id"),
        id_("subject_id"),
        text("action", 40),
        json("before"),
        json("after"),
        id_("log_id"),
        instant("recorded_at", nullable=False),
        text("recorded_by"),
        primary_key("access_change"),
        belongs_to("access_change", "log_id", "log_entry"),
    )
    index("access_change", "recorded_at", "id")
    index("access_change", "subject_id", "id")


def _create_signing_key() -> None:
    op.create_table(
        "signing_key",
        sa.Column("id", code_order(40), nullable=False),
        text("algorithm", 16),
        json("public_key", nullable=False),
        sa.Column("sealed_private_key", sa.Text(), nullable=True),
        instant("created_at", nullable=False),
        instant("retired_at"),
        check(
            "signing_key", "sealed_until_retired", "(sealed_private_key IS NULL) = (retired_at IS NOT NULL)"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
    )
