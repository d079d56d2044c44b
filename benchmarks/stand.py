"""The databases of a run: a durable PostgreSQL server of its own and SQLite files, copied from what is seeded once."""

import asyncio
import shutil
import sqlite3
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

import asyncpg
from sqlalchemy import make_url

from app.repository.migrating import SERVICE_ROLE, migrate
from tests.support.postgres import PostgresServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a database is: for the service, and for its owner."""

    engine: str
    name: str
    url: str
    owner_url: str


class Stand(AbstractContextManager["Stand"]):
    """Starts the server with fsync and synchronous_commit on, its other settings PostgreSQL's own; ends with its last
    database gone. SQLite files lie in a temporary directory.
    """

    def __enter__(self) -> Self:
        self._directory = TemporaryDirectory(prefix="bench-")
        self._server = PostgresServer.start(durable=True)
        self._made = 0
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()
        self._directory.cleanup()

    @property
    def server_process(self) -> int:
        process: int = self._server.facts["pid"]
        return process

    @property
    def programs(self) -> Path:
        """Where the server's own programs lie, pgbench among them."""
        return Path(f"/proc/{self.server_process}/exe").resolve().parent

    async def version(self) -> str:
        """What the server says that it is, e.g. `PostgreSQL 18.6`."""
        connection = await connected(self._server.url())
        try:
            said: str = await connection.fetchval("SHOW server_version")
        finally:
            await connection.close()
        return f"PostgreSQL {said.split()[0]}"

    async def migrated(self, engine: str) -> Place:
        """A new database without any books."""
        place = self._file() if engine == "sqlite" else self._database(None)
        await migrate(place.owner_url)
        return place

    def copy(self, seeded: Place) -> Place:
        """The same books once more; nobody may be connected to the seeded database."""
        if seeded.engine == "postgresql":
            return self._database(seeded.name)
        place = self._file()
        shutil.copyfile(seeded.name, place.name)
        return place

    def drop(self, place: Place) -> None:
        if place.engine == "postgresql":
            self._server.drop_database(place.name)
        else:
            Path(place.name).unlink()

    def _database(self, template: str | None) -> Place:
        self._made += 1
        name = f"bench_{self._made}"
        self._server.create_database(name, template)
        url, owner_url = self._server.url(name, SERVICE_ROLE), self._server.url(name)
        return Place(engine="postgresql", name=name, url=url, owner_url=owner_url)

    def _file(self) -> Place:
        self._made += 1
        path = Path(self._directory.name, f"bench-{self._made}.db")
        url = f"sqlite:///{path}"
        return Place(engine="sqlite", name=str(path), url=url, owner_url=url)


async def connected(url: str) -> Any:
    """A connection of PostgreSQL's driver, without anything of the service in between."""
    parts = make_url(url)
    return await asyncpg.connect(
        host=parts.host,
        port=parts.port,
        user=parts.username,
        password=parts.password,
        database=parts.database,
    )


async def settle(place: Place) -> None:
    """Statistics, visibility and the log are as after a quiet night, and nothing is left to do beside the run."""
    if place.engine == "sqlite":
        await asyncio.to_thread(_settle_file, place.name)
        return
    connection = await connected(place.owner_url)
    try:
        await connection.execute("VACUUM (ANALYZE)")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def _settle_file(path: str) -> None:
    connection = sqlite3.connect(path)
    try:
        connection.execute("ANALYZE")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
