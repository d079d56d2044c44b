"""What the database role that the service connects as could do past the guards of the books."""

from sqlalchemy import make_url, text

from app.repository.migrating import migration_engine

_POWERS = text(
    """
    SELECT rolsuper AS "is a superuser", rolbypassrls AS "bypasses row-level security",
           rolcreaterole AS "may make roles",
           EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname = current_schema() AND c.relkind = 'r'
                     AND pg_has_role(current_user, c.relowner, 'USAGE')) AS "owns tables of the books"
    FROM pg_roles WHERE rolname = current_user
    """
)


async def role_powers(url: str) -> list[str]:
    """Each power in words, none for a role that is fit to serve; a file of SQLite has no roles."""
    if make_url(url).get_backend_name() != "postgresql":
        return []
    engine = migration_engine(url)
    try:
        async with engine.connect() as connection:
            row = (await connection.execute(_POWERS)).mappings().one()
            return [power for power, has in row.items() if has]
    finally:
        await engine.dispose()
