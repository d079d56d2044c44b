"""The set-up of PostgreSQL in README.md works as it is written, but for the names of the database and its owner."""

import os
import re
import uuid
from collections.abc import Iterator

import pytest

from tests.docs.markdown import blocks
from tests.docs.sample_service import ROOT
from tests.support.preloaded import run_module
from tests.support.stores import PostgresStore

README = (ROOT / "README.md").read_text(encoding="utf-8")
STATEMENTS = next(block.text for block in blocks(README) if block.info == "sql")
COMMANDS = next(
    block.text for block in blocks(README) if block.info == "sh" and "MIGRATION_URL" in block.text
)


@pytest.fixture
def name(postgres_store: PostgresStore) -> Iterator[str]:
    """The name that stands for `books`; the service's role is there already, as it belongs to the whole server."""
    postgres_store.migrated()
    name = f"books_{uuid.uuid4().hex[:12]}"
    for statement in STATEMENTS.strip().splitlines():
        if "credit_memo_service" not in statement:
            postgres_store.server.execute(re.sub(r"\bbooks", name, statement))
    yield name
    postgres_store.server.drop_database(name)
    postgres_store.server.execute(f"DROP ROLE {name}_owner")


def test_the_set_up_migrates_as_the_owner_and_works_as_the_service(
    name: str, postgres_store: PostgresStore
) -> None:
    server = postgres_store.server
    exports = dict(re.findall(r"^export (\w+)=(\S+)$", COMMANDS, re.MULTILINE))
    environment = {
        variable: re.sub(r"\bbooks", name, address).replace("127.0.0.1", f"{server.host}:{server.port}")
        for variable, address in exports.items()
    }
    ran = re.findall(r"^\.venv/bin/python -m app (migrate|seed)$", COMMANDS, re.MULTILINE)
    assert len(ran) == 2
    for command in [*ran, "audit"]:
        run_module("app", [command], ROOT, {**os.environ, **environment}).check_returncode()
    owners = [f"{name}_owner"]
    server.execute(
        "DO $$ BEGIN ASSERT (SELECT array_agg(DISTINCT tableowner::text) FROM pg_tables"
        f" WHERE schemaname = 'public') = ARRAY['{owners[0]}']; END $$",
        database=name,
    )
