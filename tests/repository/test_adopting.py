"""Documents of the time before chains: one link seals all that they are, their chain goes on from there, and the log of
before has its numbers.
"""

import asyncio
from dataclasses import replace
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from app.domain.entity import Settings
from app.domain.vocabulary import ApplicationLevel
from app.proof.audit import audit
from app.repository.migrating import SCRIPTS, SERVICE_ROLE
from app.repository.opening import open_database
from tests.repository.direct import owner_connection, run
from tests.repository.test_migrations import described_at, migrating
from tests.support.books import TestBooks, open_books
from tests.support.building import applied, one_row_of_everything, posted_invoice, posted_memo
from tests.support.numbering import numbered
from tests.support.stores import Place, Store

_OF_LATER = ("document_change", "log_sequence")
_KINDS = """
SELECT kind, count(*) FROM document_change WHERE entity_id = :entity_id GROUP BY kind ORDER BY kind
"""
_TAKEN_BACK = (
    "DROP INDEX ix_log_entry_without_number",
    "DROP INDEX uq_log_entry_number",
    "CREATE INDEX ix_log_entry_recorded_at_id ON log_entry (entity_id, recorded_at, id)",
    "ALTER TABLE log_entry DROP COLUMN number",
    *(
        f"ALTER TABLE {table} DROP COLUMN history_hash"
        for table in ("entity", "account", "credit_memo", "invoice")
    ),
    "ALTER TABLE entity DROP COLUMN version",
    "ALTER TABLE entity DROP COLUMN changed_at",
    *(f"DROP TABLE {table}" for table in _OF_LATER),
)
_TRIGGER = """CREATE TRIGGER log_entry_is_append_only BEFORE UPDATE OF entity_id, id ON log_entry
    BEGIN SELECT RAISE(ABORT, 'log_entry: the history is append-only'); END"""


async def taken_back(place: Place) -> None:
    """The tables as they were before revision 0010, with what is in them; there were no journal entries."""
    async with owner_connection(place) as connection:
        if place.engine == "sqlite":
            await run(connection, "PRAGMA foreign_keys = OFF")
            await run(connection, "DROP TRIGGER log_entry_is_append_only")
            await run(connection, "DROP TRIGGER journal_entry_is_never_deleted")
        await run(connection, "DELETE FROM journal_entry")
        for sql in _TAKEN_BACK:
            await run(connection, sql)
        if place.engine == "sqlite":
            await run(connection, _TRIGGER)


def migrated_again(connection: Connection) -> None:
    """Revision 0010 alone: what comes after it is there."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes.update(connection=connection, service_role=SERVICE_ROLE)
    command.stamp(config, "0009")
    command.upgrade(config, "0010")
    command.stamp(config, "head")


async def chains_hold(books: TestBooks) -> None:
    """The books do, but that the journal begins later than they."""
    found = [each async for each in audit(books.database, books.entity.id)]
    assert [each for each in found if each.invariant != "journal"] == []


def test_documents_of_before_are_adopted_and_their_history_goes_on(
    store: Store, runner: asyncio.Runner
) -> None:
    place = store.migrated()

    async def filled() -> list[TestBooks]:
        database = open_database(place.url)
        found = [
            await open_books(database, place, Settings(application_level=each)) for each in ApplicationLevel
        ]
        for books in found:
            await one_row_of_everything(books)
        await database.close()
        return found

    async def adopted(books: TestBooks) -> list[tuple[Any, ...]]:
        kinds = await books.rows(_KINDS)
        last = await books.value("SELECT last_number FROM log_sequence WHERE entity_id = :entity_id")
        assert last == await books.value("SELECT count(*) FROM log_entry WHERE entity_id = :entity_id")
        assert last == await books.value("SELECT max(number) FROM log_entry WHERE entity_id = :entity_id")
        await chains_hold(books)
        memo, invoice = await posted_memo(books, "9.00"), await posted_invoice(books, "9.00")
        await applied(books, memo, (invoice, "1.00"))
        assert await numbered(books) > last
        await chains_hold(books)
        return kinds

    async def judged() -> None:
        database = open_database(place.url)
        for books in written:
            [(kind, count)] = await adopted(replace(books, database=database))
            assert kind == "ADOPTED"
            assert count >= 4
        await database.close()

    async def migrate_again() -> None:
        async with migrating(place) as connection:
            await connection.run_sync(migrated_again)

    written = runner.run(filled())
    before = runner.run(described_at(place))
    runner.run(taken_back(place))
    runner.run(migrate_again())
    assert runner.run(described_at(place)) == before
    runner.run(judged())
