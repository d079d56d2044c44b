"""Books to damage: copies without triggers, keys and checks, as if the database had not guarded them."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Protocol

from app.repository.database import Database, open_database
from app.repository.migrating import SERVICE_ROLE, migrate
from tests.proof.rich_books import build
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

    def __init__(self, directory: Path) -> None:
        self._honest, self._unguarded = directory / "honest.db", directory / "unguarded.db"
        self._copy = directory / "copy.db"
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
        return open_database(f"sqlite:///{self._copy}")

    def close(self) -> None:
        return


class PostgresqlCopies:
    """Databases made from a template whose constraints were dropped; read as the service's own role."""

    def __init__(self, server: PostgresServer, name: str) -> None:
        self._server, self._name = server, name
        server.create_database(name)
        self.entity_id = asyncio.run(_built(server.url(name), server.url(name, SERVICE_ROLE)))
        server.create_database(f"{name}_unguarded", template=name)
        server.execute(UNGUARD_POSTGRESQL, database=f"{name}_unguarded")
        self._has_copy = False

    def honest(self) -> Database:
        return open_database(self._server.url(self._name, SERVICE_ROLE))

    def damaged(self, statements: Iterable[str]) -> Database:
        copy = f"{self._name}_copy"
        if self._has_copy:
            self._server.drop_database(copy)
        self._server.create_database(copy, template=f"{self._name}_unguarded")
        self._has_copy = True
        self._server.execute(*statements, database=copy)
        return open_database(self._server.url(copy, SERVICE_ROLE))

    def close(self) -> None:
        copies = [f"{self._name}_copy"] if self._has_copy else []
        for database in [*copies, f"{self._name}_unguarded", self._name]:
            self._server.drop_database(database)
