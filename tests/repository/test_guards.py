"""The database itself keeps the history: no row of the books is deleted, no frozen value is changed."""

from app.repository import tables
from tests.repository.direct import refused, run, service_connection
from tests.support.books import TestBooks, trace
from tests.support.building import one_row_of_everything
from tests.support.levels import LINES, at_lines

# Which jobs have work is no history: the job says when it had its last.
MADE_TO_BE_EMPTIED = {"job_queue"}
MARKS = {"description", "has_been_unapplied", "unapplied_date"}
COUNTED = {"version", "updated_at", "updated_by"}
CHANGEABLE: dict[str, set[str]] = {
    "credit_memo_application": MARKS,
    "credit_memo_line_application": MARKS,
    "payment": set(),
    "refund": set(),
    "balance_entry": set(),
    "journal_entry": set(),
    "log_entry": {"outcome", "recorded_at", "number"},
    "document_change": set(),
    "log_sequence": {"last_number"},
    "access_change": set(),
    "credential": {
        "secret_hash",
        "expires_at",
        "revoked_at",
        "revoked_by",
        "last_used_at",
        "every_entity",
        "granted_elsewhere",
        *COUNTED,
    },
    "credential_grant": {"roles", *COUNTED},
    "role": {"label", "permissions", "approval_limits", "active", *COUNTED},
    "signing_key": {"sealed_private_key", "retired_at"},
    "job_item": {
        "invoice_id",
        "outcome",
        "credit_memo_id",
        "application_id",
        "violations",
        "planned",
        "log_id",
        "recorded_at",
    },
}


@at_lines
async def test_no_row_of_any_table_can_be_deleted(books: TestBooks) -> None:
    await one_row_of_everything(books)
    before = await trace(books.place)
    async with service_connection(books.place, books.entity.id) as connection:
        for name in tables.metadata.tables.keys() - MADE_TO_BE_EMPTIED:
            reason = await refused(connection, f"DELETE FROM {name}")
            assert name in reason
            assert "never deleted" in reason or "permission denied" in reason
    assert await trace(books.place) == before


@at_lines
async def test_no_frozen_value_of_the_history_can_be_changed(books: TestBooks) -> None:
    await one_row_of_everything(books)
    before = await trace(books.place)
    async with service_connection(books.place, books.entity.id) as connection:
        for name, changeable in CHANGEABLE.items():
            for column in tables.metadata.tables[name].c:
                if column.name in changeable:
                    continue
                reason = await refused(connection, f"UPDATE {name} SET {column.name} = {column.name}")
                assert "append-only" in reason or "permission denied" in reason, (name, column.name)
    assert await trace(books.place) == before


@at_lines
async def test_the_description_of_an_application_can_be_changed(books: TestBooks) -> None:
    await one_row_of_everything(books)
    mine = f"entity_id = {books.entity.id}"
    async with service_connection(books.place, books.entity.id) as connection:
        for name, column in (
            ("credit_memo_application", "description"),
            ("credit_memo_line_application", "description"),
        ):
            result = await run(connection, f"UPDATE {name} SET {column} = 'corrected' WHERE {mine}")
            assert result.rowcount > 0
    assert set(
        await books.rows(
            "SELECT DISTINCT description FROM credit_memo_application WHERE entity_id = :entity_id"
        )
    ) == {("corrected",)}


async def test_one_row_of_everything_means_every_table(books: TestBooks, engine: str) -> None:
    lines = await books.neighbour(LINES)
    await one_row_of_everything(lines)
    for name in tables.metadata.tables:
        # Keys that sign tokens belong to the service, not to an entity.
        if name not in ("entity", "signing_key"):
            assert await lines.value(f"SELECT count(*) FROM {name} WHERE entity_id = :entity_id") > 0, name
