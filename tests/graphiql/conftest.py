"""The stub service in a process of its own, and a browser; each once for all tests of a worker."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.api.graphiql.page import ASSETS
from tests.graphiql.browser import Browser, chromium

ROOT = Path(__file__).parents[2]


def _missing(what: str) -> None:
    """A developer may do without; the machine that decides what is merged may not."""
    if "CI" in os.environ:
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def built() -> None:
    """Stands for the built front end."""
    if not (ASSETS / "index.html").is_file():
        _missing("GraphiQL is not built: make graphiql")


@pytest.fixture(scope="session")
def service_url(built: None) -> Iterator[str]:
    """Where the stub service listens. The socket listens before the service starts, so nobody waits for it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        descriptor = listener.fileno()
        command = (sys.executable, "-m", "uvicorn", "tests.graphiql.stub_service:service")
        service = subprocess.Popen(
            [*command, "--fd", str(descriptor), "--log-level", "warning"], pass_fds=(descriptor,), cwd=ROOT
        )
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        service.terminate()
        service.wait()


@pytest.fixture
def browser(service_url: str) -> Iterator[Browser]:
    """A browser that has never been here."""
    program = chromium()
    if program is None:
        _missing("no chromium here: apt-get install chromium")
    else:
        with Browser(program) as browser:
            yield browser
