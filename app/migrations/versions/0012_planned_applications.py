"""What the preview of a job would apply, kept with its items.

Revision: 0012, after 0011.
"""

from alembic import context, op

from app.migrations import columns

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("job_item", columns.json("planned"))
    if op.get_bind().dialect.name == "postgresql":
        role = context.config.attributes["service_role"]
        op.execute(f'GRANT UPDATE (planned) ON job_item TO "{role}"')
