"""Books to damage: copies without triggers, keys and checks, as if the database had not guarded them."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Protocol

from sqlalchemy import make_url

from app.proof.audit import AuditSummary, Difference, audit
from app.repository.database import Database, Snapshot
from app.repository.driven import DrivenConnection
from app.repository.migrating import SERVICE_ROLE, migrate
from app.repository.opening import open_database
from app.repository.postgresql import PostgresqlDatabase
from app.repository.sqlite import SqliteDatabase
from tests.proof.rich_books import build
from tests.support.offline import export_of
from tests.support.postgres import PostgresServer

UNGUARD_POSTGRESQL = """DO $$ DECLARE each record; BEGIN
    FOR each IN SELECT conrelid::regclass AS own, conname FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'c', 'u')
        ORDER BY contype = 'f' DESC, conname
    LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', each.own, each.conname); END LOOP;
END $$"""


class Copies(Protocol):
    """One engine's honest books, and copies of them that can be damaged."""

    entity_id: int

    def honest(self) -> Database: ...

    def damaged(self, statements: Iterable[str]) -> Database:
        """A new copy after these statements; the one before is gone."""
        ...

    def close(self) -> None: ...


async def _built(url: str, service_url: str) -> int:
    await migrate(url)
    database = open_database(service_url)
    try:
        return await build(database)
    finally:
        await database.close()


class SqliteCopies:
    """Copies of a file whose tables were rebuilt without any constraint."""

    def __init__(self, directory: Path, runner: asyncio.Runner) -> None:
        self._honest, self._unguarded = directory / "honest.db", directory / "unguarded.db"
        self._copy = directory / "copy.db"
        self._runner = runner
        self._damaged = DamagedSqlite(make_url(f"sqlite:///{self._copy}"))
        url = f"sqlite:///{self._honest}"
        self.entity_id = asyncio.run(_built(url, url))
        with closing(sqlite3.connect(self._honest)) as connection:
            connection.execute(f"VACUUM INTO '{self._unguarded}'")
        with closing(sqlite3.connect(self._unguarded)) as connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in tables:
                connection.execute(f"CREATE TABLE plain AS SELECT * FROM {table}")
                connection.execute(f"DROP TABLE {table}")
                connection.execute(f"ALTER TABLE plain RENAME TO {table}")
            connection.commit()

    def honest(self) -> Database:
        return open_database(f"sqlite:///{self._honest}")

    def damaged(self, statements: Iterable[str]) -> Database:
        for path in self._copy.parent.glob(f"{self._copy.name}*"):
            path.unlink()
        shutil.copyfile(self._unguarded, self._copy)
        with closing(sqlite3.connect(self._copy)) as connection:
            for statement in statements:
                assert connection.execute(statement).rowcount != 0, f"nothing damaged by {statement}"
            connection.commit()
        return self._damaged

    def close(self) -> None:
        self._runner.run(self._damaged.end())


class DamagedSqlite(SqliteDatabase):
    """It serves all damages one after the other: to write the audit's statements takes longer than to run them."""

    async def close(self) -> None:
        """Nobody has the file open any more: the next one may come in its place."""
        await self.engine.dispose()

    async def end(self) -> None:
        await super().close()


class PostgresqlCopies:
    """A database without constraints: damage is done in a transaction, read in it, and rolled back."""

    def __init__(self, server: PostgresServer, name: str, runner: asyncio.Runner) -> None:
        self._server, self._name, self._unguarded = server, name, f"{name}_unguarded"
        self._runner = runner
        self._damaged: DamagedPostgresql | None = None
        server.create_database(name)
        self.entity_id = asyncio.run(_built(server.url(name), server.url(name, SERVICE_ROLE)))
        server.create_database(self._unguarded, template=name)
        server.execute(UNGUARD_POSTGRESQL, database=self._unguarded)

    def honest(self) -> Database:
        return open_database(self._server.url(self._name, SERVICE_ROLE))

    def damaged(self, statements: Iterable[str]) -> Database:
        if self._damaged is None:
            self._damaged = DamagedPostgresql(make_url(self._server.url(self._unguarded)))
        self._damaged.statements = list(statements)
        return self._damaged

    def close(self) -> None:
        if self._damaged is not None:
            self._runner.run(self._damaged.end())
        for database in (self._unguarded, self._name):
            self._server.drop_database(database)


class DamagedPostgresql(PostgresqlDatabase):
    """Every snapshot is taken after the damage, by the service's own role, and takes the damage with it.

    It serves all damages one after the other: a connection that knows the audit's statements is worth keeping.
    """

    statements: Sequence[str] = ()

    async def close(self) -> None:
        """The next damage is for it, too."""

    async def end(self) -> None:
        await super().close()

    @asynccontextmanager
    async def snapshot(self, entity_id: int) -> AsyncIterator[Snapshot]:
        async with self.engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            await driver.execute("BEGIN")
            try:
                for statement in self.statements:
                    done = await driver.execute(statement)
                    assert not done.endswith(" 0"), f"nothing damaged by {statement}"
                await driver.execute(
                    f"SET LOCAL ROLE {SERVICE_ROLE}; SET LOCAL app.entity_id = '{entity_id}'"
                )
                yield Snapshot(DrivenConnection(connection, driver), entity_id)
            finally:
                await driver.execute("ROLLBACK")


async def audited(database: Database, entity_id: int, summary: AuditSummary) -> list[Difference]:
    try:
        return [difference async for difference in audit(database, entity_id, summary)]
    finally:
        await database.close()


async def exported(database: Database, entity_id: int) -> str:
    """The export of the books, which are closed again."""
    try:
        return await export_of(database, entity_id)
    finally:
        await database.close()
