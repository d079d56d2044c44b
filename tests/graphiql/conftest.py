"""The service as `make run` starts it, over freshly loaded sample books, and a browser."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.api.graphiql.page import ASSETS
from tests.graphiql.browser import Browser, chromium
from tests.support.preloaded import PreloadedProcess

ROOT = Path(__file__).parents[2]


def _missing(what: str) -> None:
    """A developer may do without; the machine that decides what is merged may not."""
    if "CI" in os.environ:
        pytest.fail(what)
    pytest.skip(what)


@dataclass(frozen=True, slots=True)
class Served:
    """A running service: the page's address, and the token of the link that was printed."""

    page: str
    token: str

    @property
    def link(self) -> str:
        return f"{self.page}#token={self.token}"


@pytest.fixture(scope="session")
def built() -> None:
    """Stands for the built front end."""
    if not (ASSETS / "index.html").is_file():
        _missing("GraphiQL is not built: make graphiql")


@pytest.fixture(scope="session")
def served(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """`python -m app dev` on a database of its own."""
    directory = tmp_path_factory.mktemp("served")
    environment = {
        "CREDIT_MEMO_DATABASE_URL": f"sqlite:///{directory}/books.db",
        "CREDIT_MEMO_TOKEN_FILE": str(directory / "development-token"),
        "CREDIT_MEMO_PORT": "0",
    }
    log = directory / "service.log"
    with PreloadedProcess("app", "dev", output_file=log, environment=environment, directory=ROOT) as service:
        found = service.wait_for_line(r"GraphiQL: (\S+/graphiql)#token=([\w-]+)")
        yield Served(found[1], found[2])
        assert re.search("Traceback|internal error", service.output()) is None, service.output()


@pytest.fixture
def browser(served: Served) -> Iterator[Browser]:
    """A browser that has never been here."""
    program = chromium()
    if program is None:
        _missing("no chromium here: apt-get install chromium")
    else:
        with Browser(program) as browser:
            yield browser
