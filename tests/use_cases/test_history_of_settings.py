"""What an entity says of itself has a history: who changed it, when, and from what to what; secrets never."""

import asyncio
import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.commands import (
    ConfigureTaxEngine,
    NumberSequenceEntry,
    ReasonCodeEntry,
    TaxCallbackEntry,
    TaxRateEntry,
    UpdateEntitySettings,
    UpdateNumberSequences,
    UpsertReasonCodes,
    UpsertTaxRates,
)
from app.domain.entity import Settings
from app.domain.vocabulary import SequenceKind, TaxEngineKind
from app.proof.audit import audit
from app.repository.opening import open_database
from tests.support.books import TestBooks, assert_books_hold, open_books
from tests.support.stores import Store

_HISTORY = """
SELECT c.version, l.operation, c.recorded_by, c.changes, c.recorded_at = l.recorded_at
FROM document_change c JOIN log_entry l ON l.entity_id = c.entity_id AND l.id = c.log_id
WHERE c.entity_id = :entity_id AND c.document_id = 'entity' ORDER BY c.version
"""


async def told(books: TestBooks) -> list[dict[str, Any]]:
    """What each change says, by record; each was made by the command that its log entry names."""
    rows = await books.rows(_HISTORY)
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert all(row[4] for row in rows)
    return [json.loads(row[3])["changed"] for row in rows]


async def test_moving_the_closed_through_date_is_recorded(books: TestBooks) -> None:
    await books.perform(UpdateEntitySettings(closed_through=dt.date(2026, 1, 31)))
    await books.perform(UpdateEntitySettings(closed_through=dt.date(2026, 2, 28)))
    await books.perform(UpdateEntitySettings(closed_through=dt.date(2026, 2, 28)))
    await books.perform(UpdateEntitySettings(reopen=True))
    assert await told(books) == [
        {"entity": {"closed_through": [None, "2026-01-31"]}},
        {"entity": {"closed_through": ["2026-01-31", "2026-02-28"]}},
        {"entity": {"closed_through": ["2026-02-28", None]}},
    ]
    await assert_books_hold(books)


async def test_so_is_what_it_keeps_for_its_documents(books: TestBooks) -> None:
    await books.perform(UpsertReasonCodes(reason_codes=[ReasonCodeEntry(code="NEW", label="New")]))
    await books.perform(UpsertReasonCodes(reason_codes=[ReasonCodeEntry(code="NEW", label="Newer")]))
    rate = TaxRateEntry(
        tax_code="S", jurisdiction="TX", name="TAX", rate=Decimal("0.0625"), valid_from=dt.date(2026, 1, 1)
    )
    await books.perform(UpsertTaxRates(tax_rates=[rate]))
    entry = NumberSequenceEntry(kind=SequenceKind.CREDIT_MEMO, prefix="X-")
    await books.perform(UpdateNumberSequences(sequences=[entry]))
    made, changed, rated, numbered = await told(books)
    [(id, columns)] = made.items()
    assert columns["label"] == [None, "New"]
    assert changed == {id: {"label": ["New", "Newer"]}}
    [columns] = rated.values()
    assert columns["rate"] == [None, 6_250_000]
    assert numbered == {"seq_CREDIT_MEMO": {"prefix": ["CM-", "X-"]}}


async def test_no_secret_and_no_address_is_told(books: TestBooks) -> None:
    for secret in ("first-secret-of-many", "second-secret-of-many"):
        callback = TaxCallbackEntry(url=f"https://tax.example/{secret}", secret=secret * 2)
        await books.perform(ConfigureTaxEngine(engine=TaxEngineKind.CALLBACK, callback=callback))
    history = await told(books)
    assert "secret-of-many" not in json.dumps(history)
    [id] = history[1]
    assert history[1] == {id: {"url": [None, None], "secret": [None, None]}}
    await assert_books_hold(books)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE entity SET closed_through = '2026-03-31' WHERE id = :id",
        "UPDATE entity SET version = version + 1 WHERE id = :id",
        "UPDATE document_change SET recorded_by = 'bob' WHERE entity_id = :id AND document_id = 'entity'",
        "DELETE FROM document_change WHERE entity_id = :id AND document_id = 'entity' AND version = 2",
        "DELETE FROM document_change WHERE entity_id = :id AND document_id = 'entity' AND version = 1",
    ],
    ids=["setting", "head", "link", "last link gone", "first link gone"],
)
def test_the_audit_finds_what_was_changed_behind_it(
    store: Store, runner: asyncio.Runner, damage: str
) -> None:
    place = store.migrated()

    async def found() -> list[tuple[str, str]]:
        books = await open_books(open_database(place.url), place, Settings())
        for month in (1, 2):
            await books.perform(UpdateEntitySettings(closed_through=dt.date(2026, month, 28)))
        await assert_books_hold(books)
        await _damage(books, damage)
        differences = [each async for each in audit(books.database, books.entity.id)]
        await books.database.close()
        return [(each.check, each.document_id) for each in differences]

    assert runner.run(found()) == [("history_seals_its_document", "entity")]


async def _damage(books: TestBooks, damage: str) -> None:
    """As somebody does who has the database to himself."""
    engine = books.place.as_owner()
    async with engine.connect() as connection:
        if books.place.engine == "sqlite":
            for name in ("is_never_deleted", "is_append_only"):
                await connection.execute(text(f"DROP TRIGGER document_change_{name}"))
        await connection.execute(text(damage), {"id": books.entity.id})
    await engine.dispose()
