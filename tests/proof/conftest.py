"""Rich books on both engines, made once a worker."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.proof.copies import Copies, PostgresqlCopies, SqliteCopies
from tests.support.postgres import shared_server


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def copies(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, runner: asyncio.Runner
) -> Iterator[Copies]:
    made: Copies
    if request.param == "sqlite":
        made = SqliteCopies(tmp_path_factory.mktemp("proof"), runner)
        yield made
        made.close()
        return
    server = shared_server(_session_directory(tmp_path_factory))
    made = PostgresqlCopies(server, f"proof_{uuid4().hex[:12]}", runner)
    yield made
    made.close()
    server.stop()


def _session_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all workers: under pytest-xdist each has its own base below it."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if base.name.startswith("popen-") else base
