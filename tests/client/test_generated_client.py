"""A client generated from the schema type-checks strictly and does a caller's work against a live service."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.entity import Settings
from app.repository.opening import open_database
from tests.client.environment import generators_programs, run
from tests.client.generating import PACKAGE, generate
from tests.support.books import open_books
from tests.support.preloaded import PreloadedProcess
from tests.support.stores import SqliteStore

TOUR = Path(__file__).with_name("tour.py")
TOKEN = "a-token-that-only-this-test-knows-0123456789"


@pytest.fixture(scope="module")
def programs() -> Path:
    return generators_programs()


@pytest.fixture(scope="module")
def generated(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the generated package and a copy of the tour."""
    directory = tmp_path_factory.mktemp("client")
    generate(programs, directory)
    shutil.copy(TOUR, directory)
    return directory


@pytest.fixture
def live(sqlite_store: SqliteStore, runner: asyncio.Runner, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of a service in a process of its own, and the entity in whose books it can act."""
    place = sqlite_store.migrated()

    async def entity() -> str:
        database = open_database(place.url)
        books = await open_books(database, place, Settings())
        await database.close()
        return books.entity.code

    token_file = tmp_path / "token"
    token_file.touch(0o600)
    token_file.write_text(TOKEN)
    environment = {"CREDIT_MEMO_DATABASE_URL": place.url, "CREDIT_MEMO_TOKEN_FILE": str(token_file)}
    code = runner.run(entity())
    with PreloadedProcess(
        "app", "serve", "--port", "0", output_file=tmp_path / "service.log", environment=environment
    ) as service:
        yield service.wait_for_line(r"(http://\S+)/graphql")[1], code


def test_the_generated_package_and_its_use_type_check_strictly(programs: Path, generated: Path) -> None:
    mypy: list[str | Path] = [programs / "mypy", "--config-file", generated / "mypy.ini"]
    run([*mypy, "-p", PACKAGE, "-m", "tour"], generated)


def test_the_generated_client_does_a_callers_work(
    programs: Path, generated: Path, live: tuple[str, str]
) -> None:
    address, entity = live
    run([programs / "python", "tour.py", address, TOKEN, entity], generated)
