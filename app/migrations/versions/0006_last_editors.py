"""Who edited a memo last; what a credential, its grants and a role are called stays.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

from app.migrations.guarding import freeze

revision = "0006"
down_revision = "0005"

COUNTED = ("version", "updated_at", "updated_by")


def upgrade() -> None:
    op.execute("ALTER TABLE credit_memo ADD COLUMN edited_by VARCHAR(255)")
    _note_editors_of_drafts()
    freeze(
        {
            "credential": (
                "secret_hash",
                "expires_at",
                "revoked_at",
                "revoked_by",
                "last_used_at",
                "every_entity",
                "granted_elsewhere",
                *COUNTED,
            ),
            "credential_grant": ("roles", *COUNTED),
            "role": ("label", "permissions", "approval_limits", "active", *COUNTED),
        }
    )


def _note_editors_of_drafts() -> None:
    """Who changed a draft last may have changed what it says. Of what was submitted since, nothing tells."""
    connection = op.get_bind()
    acting = sa.text("SELECT set_config('app.entity_id', :id, true)")
    has_rows_of_entities = connection.dialect.name == "postgresql"
    if has_rows_of_entities:
        connection.execute(acting, {"id": "0"})
    for id in connection.scalars(sa.text("SELECT id FROM entity ORDER BY id")).all():
        if has_rows_of_entities:
            connection.execute(acting, {"id": str(id)})
        connection.execute(
            sa.text(
                "UPDATE credit_memo SET edited_by = updated_by"
                " WHERE entity_id = :id AND status = 'DRAFT' AND updated_by <> created_by"
            ),
            {"id": id},
        )
    if has_rows_of_entities:
        connection.execute(acting, {"id": ""})
