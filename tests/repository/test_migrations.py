"""Migrations lead from nothing to exactly the tables of the code, guards included, and keep every row."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.entity import Settings
from app.repository import tables
from app.repository.migrating import (
    SCRIPTS,
    SERVICE_ROLE,
    is_up_to_date,
    migrate,
    migration_engine,
    newest_revision,
)
from app.repository.opening import open_database
from tests.repository.direct import owner_connection, run
from tests.support.books import open_books, trace
from tests.support.building import draft_memo, one_row_of_everything, posted_memo
from tests.support.stores import Place, Store

HISTORY = {
    "credit_memo_application",
    "credit_memo_line_application",
    "payment",
    "journal_entry",
    "refund",
    "balance_entry",
    "log_entry",
    "document_change",
    "log_sequence",
    "access_change",
}


def created_by_metadata(store: Store, runner: asyncio.Runner) -> Place:
    place = store.empty()

    async def create() -> None:
        async with migrating(place) as connection:
            await connection.run_sync(tables.metadata.create_all)

    runner.run(create())
    return place


@asynccontextmanager
async def migrating(place: Place) -> AsyncIterator[AsyncConnection]:
    """A transaction of the engine that migrations run on."""
    engine = migration_engine(place.owner_url)
    try:
        async with engine.begin() as connection:
            yield connection
    finally:
        await engine.dispose()


def described(connection: Connection) -> dict[str, dict[str, Any]]:
    """Everything the database says of its tables, apart from the order in which it says it."""
    found: dict[str, dict[str, Any]] = {}
    look = inspect(connection)
    for name in look.get_table_names():
        if name == "alembic_version":
            continue
        found[name] = {
            "columns": {
                each["name"]: (
                    str(each["type"]),
                    getattr(each["type"], "collation", None),
                    each["nullable"],
                    each["default"],
                )
                for each in look.get_columns(name)
            },
            "primary key": look.get_pk_constraint(name),
            "unique": by_name(look.get_unique_constraints(name)),
            "foreign keys": by_name(look.get_foreign_keys(name)),
            "checks": by_name(look.get_check_constraints(name)),
            "indexes": by_name(map(compared, look.get_indexes(name))),
        }
    return found


def compared(index: Any) -> dict[str, Any]:
    """The index with the text of what it is limited to: clauses are never equal."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return {**index, "dialect_options": options}


def by_name(found: Iterable[Any]) -> dict[str, Any]:
    listed = list(found)
    named = {each["name"]: each for each in listed}
    assert len(named) == len(listed)
    return named


async def described_at(place: Place) -> dict[str, dict[str, Any]]:
    async with owner_connection(place) as connection:
        description: dict[str, dict[str, Any]] = await connection.run_sync(described)
        return description


def test_migrated_tables_are_the_tables_of_the_code(store: Store, runner: asyncio.Runner) -> None:
    migrated = runner.run(described_at(store.migrated()))
    meant = runner.run(described_at(created_by_metadata(store, runner)))
    assert set(migrated) == set(meant) == set(tables.metadata.tables)
    for name, parts in meant.items():
        for part, value in parts.items():
            assert migrated[name][part] == value, (name, part)


def test_every_constraint_and_index_of_the_code_is_in_the_database_by_name(
    store: Store, runner: asyncio.Runner
) -> None:
    migrated = runner.run(described_at(store.migrated()))
    for name, table in tables.metadata.tables.items():
        parts = migrated[name]
        found = {
            parts["primary key"]["name"],
            *parts["unique"],
            *parts["foreign keys"],
            *parts["checks"],
            *parts["indexes"],
        }
        wanted = {str(each.name) for each in table.constraints} | {str(each.name) for each in table.indexes}
        assert wanted <= found, name


async def test_every_guard_is_there_after_all_migrations(place: Place) -> None:
    async with owner_connection(place) as connection:
        if place.engine == "sqlite":
            sql = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
            wanted = {(f"{name}_is_never_deleted", name) for name in tables.metadata.tables}
            wanted -= {("job_queue_is_never_deleted", "job_queue")}
            with_frozen = {"job_item", "signing_key", "credential", "credential_grant", "role"}
            wanted |= {(f"{name}_is_append_only", name) for name in HISTORY | with_frozen}
        else:
            sql = "SELECT policyname, tablename FROM pg_policies"
            wanted = {("own_entity", name) for name in tables.metadata.tables}
            wanted -= {("own_entity", "job_queue"), ("own_entity", "signing_key")}
            wanted |= {("nobody_signs", "signing_key")}
            wanted |= {
                ("nobody_reads_all", name) for name in ("entity", "credential", "credential_grant", "role")
            }
        assert {tuple(row) for row in await run(connection, sql)} == wanted


def test_an_empty_database_is_not_up_to_date_until_it_is_migrated(
    store: Store, runner: asyncio.Runner
) -> None:
    place = store.empty()
    assert not runner.run(is_up_to_date(place.owner_url))
    assert runner.run(migrate(place.owner_url)) == newest_revision()
    assert runner.run(is_up_to_date(place.owner_url))
    assert runner.run(is_up_to_date(place.url)), "the service may ask as well"


def test_migrating_twice_changes_nothing(store: Store, runner: asyncio.Runner) -> None:
    place = store.migrated()
    before = runner.run(described_at(place))
    assert runner.run(migrate(place.owner_url)) == newest_revision()
    assert runner.run(described_at(place)) == before


def test_nothing_is_kept_of_a_migration_that_fails(store: Store, runner: asyncio.Runner) -> None:
    place = store.empty()

    async def in_the_way() -> None:
        async with owner_connection(place) as connection:
            await run(connection, "CREATE TABLE payment (id integer)")

    runner.run(in_the_way())
    before = runner.run(described_at(place))
    with pytest.raises(DBAPIError, match="payment"):
        runner.run(migrate(place.owner_url))
    assert runner.run(described_at(place)) == before
    assert not runner.run(is_up_to_date(place.owner_url))


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_two_databases_of_one_server_are_migrated_at_the_same_time(
    store: Store, runner: asyncio.Runner
) -> None:
    """The service's role belongs to the server: whoever makes it second finds it made."""
    place = store.empty()
    role = f"service_{uuid.uuid4().hex}"

    async def race() -> str:
        async with owner_connection(place) as rival, owner_connection(place) as onlooker:
            await run(rival, "BEGIN")
            await run(rival, f"CREATE ROLE {role} LOGIN")
            migration = asyncio.ensure_future(migrate(place.owner_url, service_role=role))
            while not (await run(onlooker, WAITING)).scalar_one():
                assert not migration.done()
            await run(rival, "COMMIT")
            return await migration

    try:
        assert runner.run(race()) == newest_revision()
    finally:
        store.drop(place)
        runner.run(dropped(store.empty(), role))


async def dropped(place: Place, role: str) -> None:
    async with owner_connection(place) as connection:
        await run(connection, f"DROP ROLE {role}")


WAITING = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'DO %'"
)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_rebuilding_a_parent_table_deletes_no_child_row(store: Store, runner: asyncio.Runner) -> None:
    """Alembic's batch mode copies and drops the table; with foreign keys on, SQLite would delete what refers to it."""
    place = store.migrated()

    async def filled() -> dict[str, str]:
        database = open_database(place.url)
        await one_row_of_everything(await open_books(database, place, Settings()))
        await database.close()
        return await trace(place)

    before = runner.run(filled())

    def rebuild(connection: Connection) -> None:
        operations = Operations(MigrationContext.configure(connection))
        for parent in ("account", "invoice", "credit_memo"):
            with operations.batch_alter_table(parent, recreate="always"):
                pass

    async def rebuilt() -> dict[str, str]:
        async with migrating(place) as connection:
            assert (await connection.execute(text("PRAGMA foreign_keys"))).scalar_one() == 0
            await connection.run_sync(rebuild)
            assert (await connection.execute(text("PRAGMA foreign_key_check"))).all() == []
        return await trace(place)

    assert runner.run(rebuilt()) == before


def test_drafts_of_the_time_before_editors_were_noted_keep_who_changed_them_last(
    store: Store, runner: asyncio.Runner
) -> None:
    """0006: a draft that ada made and ben changed cannot be approved by ben; of a posted one nobody asks."""
    place = store.migrated()

    async def changed_by_ben() -> None:
        database = open_database(place.url)
        for _ in range(2):
            books = await open_books(database, place, Settings())
            await draft_memo(books, "1.00")
            await draft_memo(books, "2.00")
            await posted_memo(books, "3.00")
        await database.close()

    async def taken_back() -> None:
        async with owner_connection(place) as connection:
            for table in ("credential", "credential_grant", "role"):
                if place.engine == "sqlite":
                    await run(connection, f"DROP TRIGGER {table}_is_append_only")
            for sql in (
                "UPDATE credit_memo SET updated_by = 'ben' WHERE total_amount > 100",
                "ALTER TABLE credit_memo DROP COLUMN edited_by",
                "UPDATE alembic_version SET version_num = '0005'",
            ):
                await run(connection, sql)

    async def editors() -> list[tuple[Any, ...]]:
        async with owner_connection(place) as connection:
            sql = (
                "SELECT entity_id, total_amount, edited_by FROM credit_memo ORDER BY entity_id, total_amount"
            )
            return [tuple(row)[1:] for row in await run(connection, sql)]

    def to_0006(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes.update(connection=connection, service_role=SERVICE_ROLE)
        command.upgrade(config, "0006")

    async def migrated_again() -> None:
        async with migrating(place) as connection:
            await connection.run_sync(to_0006)

    runner.run(changed_by_ben())
    runner.run(taken_back())
    runner.run(migrated_again())
    assert runner.run(editors()) == [(100, None), (200, "ben"), (300, None)] * 2
