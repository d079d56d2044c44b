"""What a statement that fails says of itself, and so what stands in the log: which one it was, and none of its values."""

import traceback
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from app.repository import tables
from app.repository.books import Books
from app.repository.database import Busy
from app.repository.migrating import migration_engine
from tests.repository.works import ANY
from tests.support.books import TestBooks

SECRET = "signed-with-this-and-nothing-else"
# PostgreSQL runs what meets another's row again, a bounded number of times.
FAILED = (DBAPIError, Busy)


def callback(books: TestBooks, **said: Any) -> dict[str, Any]:
    row = {"entity_id": books.entity.id, "id": "txc_1", "url": "https://tax.example", "secret": SECRET}
    return row | {"timeout_milliseconds": 1000} | said


def told(failed: pytest.ExceptionInfo[Any]) -> str:
    """As the log has it, with the driver's own error."""
    return "".join(traceback.format_exception(failed.value))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"timeout_milliseconds": 0}], "ck_tax_callback_timeout"),
        ([{"url": None}], "url"),
        ([{}, {"id": "txc_2"}], "tax_callback"),
        ([{}, {"timeout_milliseconds": 0}], "tax_callback"),
    ],
    ids=["check", "not null", "unique", "second of two"],
)
async def test_a_row_that_is_refused_is_not_shown(
    books: TestBooks, rows: list[dict[str, Any]], said: str
) -> None:
    values = [callback(books, **each) for each in rows]

    async def work(inside: Books) -> None:
        await inside.write(insert(tables.tax_callback), values)

    with pytest.raises(FAILED) as failed:
        await books.database.transact(books.actor, ANY, work)
    assert said in told(failed)
    assert SECRET not in told(failed)
    with pytest.raises(FAILED) as failed:
        async with books.database.rehearse(books.actor, ANY, work):
            pass
    assert SECRET not in told(failed)


async def test_what_a_reader_asked_with_is_not_shown(books: TestBooks) -> None:
    asked = select(text("nothing")).where(tables.tax_callback.c.secret == SECRET)
    with pytest.raises(DBAPIError) as failed:
        async with books.database.snapshot(books.entity.id) as snapshot:
            await snapshot.rows(asked)
    assert "nothing" in told(failed)
    assert SECRET not in told(failed)


async def test_what_a_migration_writes_is_not_shown(books: TestBooks) -> None:
    engine = migration_engine(books.place.owner_url)
    try:
        with pytest.raises(DBAPIError) as failed:
            async with engine.begin() as connection:
                await connection.execute(text("SELECT nothing WHERE :secret = 'x'"), {"secret": SECRET})
    finally:
        await engine.dispose()
    assert SECRET not in told(failed)
