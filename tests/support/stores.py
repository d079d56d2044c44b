"""Databases for tests: made empty or as copies of one that was migrated once, gone with the session."""

import asyncio
import shutil
import sqlite3
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.repository.migrating import SERVICE_ROLE, migrate
from tests.support.postgres import PostgresServer, shared_server


@dataclass(frozen=True, slots=True)
class Place:
    """Where a database is: for the service, and for its owner (on PostgreSQL a superuser, whom no policy stops)."""

    engine: str
    url: str
    owner_url: str

    def as_service(self) -> AsyncEngine:
        """An engine that speaks to the database as the service does, statement by statement."""
        return _engine(self.url)

    def as_owner(self) -> AsyncEngine:
        return _engine(self.owner_url)


def _engine(url: str) -> AsyncEngine:
    driver = "sqlite+aiosqlite" if url.startswith("sqlite") else "postgresql+asyncpg"
    return create_async_engine(f"{driver}://{url.partition('://')[2]}", isolation_level="AUTOCOMMIT")


class Store(Protocol):
    """Makes databases of one engine."""

    @property
    def engine(self) -> str: ...

    def empty(self) -> Place:
        """A new database without any table."""
        ...

    def migrated(self) -> Place:
        """A new database at the newest revision."""
        ...

    def copied(self, place: Place) -> Place:
        """A new database that holds what this one does, which nobody has open."""
        ...

    def drop(self, place: Place) -> None:
        """Removes a database before the session ends; nobody uses it any more."""
        ...


class SqliteStore:
    """Files of one directory."""

    engine = "sqlite"
    template: Path | None = None
    """A migrated database, to be copied: made by the first who asks, unless there is one for all stores."""

    def __init__(self, directory: Path, runner: asyncio.Runner) -> None:
        self._directory, self._runner = directory, runner
        self._made = 0

    def empty(self) -> Place:
        return _file(self._next())

    def migrated(self) -> Place:
        if self.template is None:
            self.template = self._next()
            self._runner.run(migrate(_file(self.template).url))
        return self.copied(_file(self.template))

    def copied(self, place: Place) -> Place:
        path = self._next()
        shutil.copyfile(_path(place), path)
        # A copy has the journal mode but no journal: opened once, so that no two openers meet in making it.
        sqlite3.connect(path).close()
        return _file(path)

    def drop(self, place: Place) -> None:
        path = _path(place)
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()

    def _next(self) -> Path:
        self._made += 1
        return self._directory / f"books-{self._made}.db"


def _file(path: Path) -> Place:
    return Place("sqlite", f"sqlite:///{path}", f"sqlite:///{path}")


def _path(place: Place) -> Path:
    return Path(place.url.removeprefix("sqlite:///"))


class PostgresStore:
    """Databases on the session's server, named so that workers and sessions never meet."""

    engine = "postgresql"

    def __init__(self, session_directory: Path, runner: asyncio.Runner) -> None:
        self._runner = runner
        self.server: PostgresServer = shared_server(session_directory)
        self._prefix = f"test_{uuid.uuid4().hex[:12]}"
        self._names: list[str] = []
        self._made = 0
        self._template: str | None = None

    def empty(self) -> Place:
        return self._created(None)

    def migrated(self) -> Place:
        if self._template is None:
            place = self._created(None)
            self._runner.run(migrate(place.owner_url))
            self._template = self._names[-1]
        return self._created(self._template)

    def copied(self, place: Place) -> Place:
        return self._created(self._name_of(place))

    def drop(self, place: Place) -> None:
        name = self._name_of(place)
        self._names.remove(name)
        self.server.drop_database(name)

    def close(self) -> None:
        for name in self._names:
            self.server.drop_database(name)
        self.server.stop()

    def _name_of(self, place: Place) -> str:
        [name] = [each for each in self._names if self.server.url(each) == place.owner_url]
        return name

    def _created(self, template: str | None) -> Place:
        self._made += 1
        name = f"{self._prefix}_{self._made}"
        self.server.create_database(name, template)
        self._names.append(name)
        return Place("postgresql", self.server.url(name, SERVICE_ROLE), self.server.url(name))
