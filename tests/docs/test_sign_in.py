"""docs/sign-in.md is true: its commands make a client, get a token in two ways, and replace the key that signs."""

import asyncio
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.markdown import blocks
from tests.docs.sample_service import ROOT, load_samples
from tests.support.preloaded import PreloadedProcess
from tests.support.stores import SqliteStore

PAGE = (ROOT / "docs" / "sign-in.md").read_text(encoding="utf-8")
CREATE, CURL, ROTATE = (block.text for block in blocks(PAGE) if block.info == "sh")
[LIBRARY] = (block.text for block in blocks(PAGE) if block.info == "python")
HALF_OF_A_LINE = '{"totalAmount":"54.13"}'


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page asks by curl, which is not here")
def test_the_page_leads_to_a_token_that_is_good(
    sqlite_store: SqliteStore, runner: asyncio.Runner, tmp_path: Path
) -> None:
    url = sqlite_store.migrated().url
    runner.run(load_samples(url))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CREDIT_MEMO_")}
    environment = {**inherited, "CREDIT_MEMO_DATABASE_URL": url, "PYTHONUNBUFFERED": "1"}

    def printed(command: list[str], **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=ROOT, env={**environment, **more}, check=True, capture_output=True, text=True
        )

    def here(text: str, address: str = "") -> str:
        """The page's commands with this interpreter, a folder and a server of their own."""
        moved = text.replace(".venv/bin/python", sys.executable).replace("var/", f"{tmp_path}/")
        return moved.replace("http://127.0.0.1:8000", address)

    made = printed(["bash", "-euc", here(CREATE)])
    assert made.stdout == ""
    [client_id] = re.findall(r"crd_[0-9a-f]{32}", made.stderr)
    assert (tmp_path / "crm-secret").stat().st_mode & 0o077 == 0
    server = PreloadedProcess(
        "app",
        "serve",
        "--port",
        "0",
        output_file=tmp_path / "server.log",
        environment=environment,
        directory=ROOT,
        is_whole_environment=True,
    )
    with server:
        address = server.wait_for_line(r"GraphQL: (http://\S+)/graphql")[1]
        by_curl = here(re.sub(r"crd_[0-9a-f]{32}", client_id, CURL), address)
        assert HALF_OF_A_LINE in printed(["bash", "-euc", by_curl]).stdout
        by_library = printed([sys.executable, "-c", here(LIBRARY, address)], CLIENT_ID=client_id).stdout
        assert "{'totalAmount': '54.13'}" in by_library
        assert "retired: 1" in printed(["bash", "-euc", here(ROTATE)]).stdout
        assert HALF_OF_A_LINE in printed(["bash", "-euc", by_curl]).stdout
