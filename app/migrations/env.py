"""Alembic's entry: migrations run on a connection that `app.repository.migrating` has opened and begun."""

from alembic import context

from app.repository.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transactional_ddl=False,
)
context.run_migrations()
