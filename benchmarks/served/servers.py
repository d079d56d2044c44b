"""The servers that are compared, as processes of their own: the service as in production, and PostGraphile."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from sqlalchemy import make_url

from benchmarks.served.books import ENTITY, Books
from benchmarks.served.node import PEER, installed_node
from tests.support.processes import WatchedProcess

PEER_SCHEMA = "bench_peer"
"""Where what PostGraphile needs beside the service's tables is."""
POOL = 15
"""Connections that one entity's requests have at most in the service, and PostGraphile's in all."""
_ROOT = Path(__file__).parents[2]
_START_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server: its address, the headers that it wants of a client, and its process."""

    host: str
    port: int
    headers: tuple[tuple[str, str], ...]
    process: int


def environment_of(books: Books) -> dict[str, str]:
    """The service's environment, with nobody's own settings: access control, limits and masking on, and budgets that no
    run uses up.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CREDIT_MEMO_")}
    return {
        **inherited,
        "PYTHONUNBUFFERED": "1",
        "CREDIT_MEMO_DATABASE_URL": address_of(books.place.url),
        "CREDIT_MEMO_PEPPER": "what only the benchmark knows",
        "CREDIT_MEMO_COST_BUDGET": str(10**12),
        "CREDIT_MEMO_COST_PER_SECOND": str(10**12),
        "CREDIT_MEMO_TOKEN_FILE": str(Path(gettempdir(), "no-such-token")),
    }


def address_of(url: str) -> str:
    """The address as the service's settings and PostgreSQL's programs write it: without a driver."""
    return make_url(url).set(drivername=make_url(url).get_backend_name()).render_as_string(False)


def key_of(books: Books) -> str:
    """A new API key that may do all that is measured, made as an operator makes one."""
    name = f"bench-{os.urandom(4).hex()}"
    command = [sys.executable, "-m", "app", "access", "create-key", name]
    made = subprocess.run(
        [*command, "--entity", ENTITY, "--role", "BILLING_ADMIN"],
        env=environment_of(books),
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise RuntimeError(made.stderr)
    return made.stdout.strip()


@contextmanager
def service(books: Books, key: str) -> Iterator[Server]:
    """`serve`, as an operator starts it."""
    with (
        TemporaryDirectory(prefix="bench-service-") as directory,
        WatchedProcess(
            [sys.executable, "-m", "app", "serve", "--port", "0"],
            output_file=Path(directory, "output"),
            environment=environment_of(books),
            directory=_ROOT,
        ) as process,
    ):
        said = process.wait_for_line(r"GraphQL: http://([0-9.]+):([0-9]+)/", _START_SECONDS)
        headers = (("Authorization", f"Bearer {key}"), ("X-Entity-Id", ENTITY))
        yield Server(host=said[1], port=int(said[2]), headers=headers, process=process.pid)


@contextmanager
def postgraphile(books: Books) -> Iterator[Server]:
    """PostGraphile on the same tables, by the same role. Raises PeerMissing without Node.js."""
    node = installed_node()
    with TemporaryDirectory(prefix="bench-peer-") as directory:
        environment = {
            **os.environ,
            "NODE_ENV": "production",
            "GRAPHILE_ENV": "production",
            "DATABASE_URL": address_of(books.place.url),
            "ENTITY_ID": str(books.entity_id),
            "SCHEMAS": f"public,{PEER_SCHEMA}",
            "POOL": str(POOL),
        }
        with WatchedProcess(
            [node, "serve.mjs"],
            output_file=Path(directory, "output"),
            environment=environment,
            directory=PEER,
        ) as process:
            said = process.wait_for_line(r"PostGraphile: http://([0-9.]+):([0-9]+)/", _START_SECONDS)
            yield Server(host=said[1], port=int(said[2]), headers=(), process=process.pid)
