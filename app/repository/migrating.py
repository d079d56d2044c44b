"""Bringing a database up to date, in one transaction on both engines."""

from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

SERVICE_ROLE = "credit_memo_service"
"""The PostgreSQL role that the service connects as: it owns nothing, so it can alter no table and skip no policy."""

SCRIPTS = Path(__file__).parents[1] / "migrations"


def migration_engine(url: str) -> AsyncEngine:
    """An engine on which BEGIN is ours and SQLite's foreign keys are off (batch mode would delete child rows)."""
    parsed: URL = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_async_engine(parsed.set(drivername="postgresql+asyncpg"), hide_parameters=True)
    engine = create_async_engine(parsed.set(drivername="sqlite+aiosqlite"), hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def connect(driver: Any, _: Any) -> None:
        driver.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=OFF", "busy_timeout=10000"):
            driver.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


async def migrate(url: str, *, service_role: str = SERVICE_ROLE) -> str:
    """Upgrade to the newest revision and return it; nothing is kept of a migration that fails.

    Alembic is loaded only where there is something to upgrade.
    """
    if await is_up_to_date(url):
        return newest_revision()
    engine = migration_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, service_role)
            if engine.dialect.name == "sqlite":
                orphans = (await connection.exec_driver_sql("PRAGMA foreign_key_check")).all()
                if orphans:
                    raise RuntimeError(f"the migration would leave {len(orphans)} rows without their parents")
        return newest_revision()
    finally:
        await engine.dispose()


async def is_up_to_date(url: str) -> bool:
    """Whether the database has the newest revision: one SELECT, without loading Alembic."""
    engine = migration_engine(url)
    try:
        async with engine.connect() as connection:
            result = await connection.execute(text("SELECT version_num FROM alembic_version"))
            return result.scalar_one_or_none() == newest_revision()
    except DBAPIError:
        return False
    finally:
        await engine.dispose()


def newest_revision() -> str:
    """The last script's revision: scripts are named by it, in order."""
    return max(path.name[:4] for path in (SCRIPTS / "versions").glob("[0-9]*.py"))


def _upgrade(connection: Connection, service_role: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes.update(connection=connection, service_role=service_role)
    command.upgrade(config, "head")
