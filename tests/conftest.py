"""What every test may ask for: an event loop that lives as long as the worker, both engines, books of its own.

An `async def` test runs on the worker's one loop, so that pools opened by one test serve the next.
"""

import asyncio
import gc
import inspect
import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import uvloop
from hypothesis import HealthCheck, settings

from app.domain.entity import Settings
from app.repository.database import Database
from app.repository.opening import open_database
from tests.support.books import TestBooks, open_books, stop_looking
from tests.support.stores import Place, PostgresStore, SqliteStore, Store

PATIENCE_SECONDS = 180
"""A walk takes ten seconds of a processor, of which there may be a tenth to have."""
DEAREST_FIRST = (
    "hostile/test_hostile_values.py",
    "races/test_races.py",
    "proof/test_audit_finds_damage.py",
    "hostile/test_whole_schema.py",
    "stateful/test_directed.py",
    "graphiql/test_in_browser.py",
    "stateful/test_walks.py",
    "docs/test_killed_server.py",
    "cli/test_commands.py",
    "client/test_generated_client.py",
    "api/test_permissions.py",
    "api/test_paging.py",
    "api/test_filters.py",
    "races/test_jobs.py",
    "docs/test_tour.py",
    "degradation/test_stopping.py",
    "jobs/test_killed_workers.py",
    "support/test_postgres.py",
    "isolation/test_foreign_ids.py",
    "stateful/test_found_in_credits.py",
    "api/test_abilities.py",
    "api/test_dry_runs.py",
    "benchmarks/test_requests.py",
    "benchmarks/test_direct_credits.py",
    "loading/test_interrupted_imports.py",
    "api/test_idempotency.py",
    "races/test_killed_workers.py",
    "races/test_killed_database.py",
    "races/test_dry_runs.py",
)
"""A file that takes long and comes last keeps one worker busy while the others have nothing to do."""

settings.register_profile(
    "default",
    derandomize=True,
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile(
    "soak",
    parent=settings.get_profile("default"),
    derandomize=False,
    max_examples=5000,
    print_blob=True,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> None:
    if name.startswith("test") and inspect.iscoroutinefunction(obj):
        pytest.mark.usefixtures("runner")(obj)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    places = {config.rootpath / "tests" / name: place for place, name in enumerate(DEAREST_FIRST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


def pytest_collection_finish() -> None:
    """What was imported stays: a third of a worker's time would go into looking whether it is garbage.

    A tenth would go into looking as often as Python does for what came later.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: pyfuncitem.funcargs[name] for name in wanted}
    runner = pyfuncitem.funcargs["runner"]
    assert isinstance(runner, asyncio.Runner)
    runner.run(_within_patience(pyfuncitem.obj, arguments))
    return True


async def _within_patience(test: Any, arguments: dict[str, Any]) -> None:
    """A test that waits for what never comes fails; and it leaves no task behind."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        await test(**arguments)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, f"the test left tasks behind: {left}"


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    """The worker's event loop: `runner.run(...)` where a test is not a coroutine itself.

    The one that the service runs on; a test takes a tenth less of the processor on it than on asyncio's own.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        yield runner


@pytest.fixture(scope="session", autouse=True)
def _no_day_ends() -> Iterator[None]:
    """In the last minutes of a day commands hold the entity's settings: what locks and statements are counted is not to
    depend on the hour at which tests are run. A test of that hour sets it right.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.repository.books.LONGEST_TRANSACTION", timedelta(0))
        yield


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """The database the test runs on; `-k sqlite` narrows it."""
    return str(request.param)


@pytest.fixture(scope="session")
def session_directory(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One directory for all workers of the session."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def sqlite_store(tmp_path_factory: pytest.TempPathFactory, runner: asyncio.Runner) -> SqliteStore:
    return SqliteStore(tmp_path_factory.mktemp("books"), runner)


@pytest.fixture(scope="session")
def postgres_store(session_directory: Any, runner: asyncio.Runner) -> Iterator[PostgresStore]:
    store = PostgresStore(session_directory, runner)
    yield store
    runner.run(stop_looking())
    store.close()


@pytest.fixture(scope="session")
def store(engine: str, request: pytest.FixtureRequest) -> Store:
    """Makes databases of the engine: empty ones and migrated ones."""
    chosen: Store = request.getfixturevalue("sqlite_store" if engine == "sqlite" else "postgres_store")
    return chosen


@pytest.fixture(scope="module")
def place(store: Store, runner: asyncio.Runner) -> Iterator[Place]:
    """The module's own migrated database, shared by its tests: each has an entity of its own there.

    One for the whole session would grow, and with it every look at all its rows.
    """
    place = store.migrated()
    yield place
    runner.run(stop_looking(place))
    store.drop(place)


@pytest.fixture(scope="module")
def database(place: Place, runner: asyncio.Runner) -> Iterator[Database]:
    """The module's database as the service opens it."""

    async def opened() -> Database:
        return open_database(place.url)

    database = runner.run(opened())
    yield database
    runner.run(database.close())


@pytest.fixture
def entity_settings() -> Settings:
    """Settings of the test's entity: override by `@pytest.mark.parametrize("entity_settings", [...])`."""
    return Settings()


@pytest.fixture
def books(
    database: Database, place: Place, entity_settings: Settings, runner: asyncio.Runner
) -> Iterator[TestBooks]:
    """Empty books of a new entity. Afterwards no connection is still in use."""
    books = runner.run(open_books(database, place, entity_settings))
    yield books
    assert books.connections_in_use() == 0
