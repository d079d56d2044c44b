"""Accounts are brought up to date by what an upsert says of them, and by nothing that it leaves out."""

from app.domain.commands import AccountEntry, UpsertAccounts
from app.domain.entity import Account
from tests.support.books import TestBooks
from tests.support.building import account


async def upserted(books: TestBooks, **said: object) -> Account:
    return await books.record(Account, await account(books, "A-1", **{"name": "Acme", **said}))


async def test_what_an_upsert_leaves_out_stays_as_it_was(books: TestBooks) -> None:
    metadata = {"tier": "gold"}
    first = await upserted(
        books, external_reference="C-1", external_reference_source="crm", metadata=metadata
    )
    again = await upserted(books)
    assert again == first
    renamed = await upserted(books, name="Acme & Co")
    assert (renamed.name, renamed.version) == ("Acme & Co", 2)
    assert (renamed.external_reference, renamed.external_reference_source) == ("C-1", "crm")
    assert renamed.metadata == metadata


async def test_a_reference_is_set_together_with_its_source(books: TestBooks) -> None:
    await upserted(books, external_reference="C-1", external_reference_source="crm")
    moved = await upserted(books, external_reference="C-2")
    assert (moved.external_reference, moved.external_reference_source) == ("C-2", "")
    alone = await upserted(books, external_reference_source="erp")
    assert alone == moved


async def test_given_metadata_replace_all_that_were_stored(books: TestBooks) -> None:
    await upserted(books, metadata={"tier": "gold", "region": "north"})
    assert (await upserted(books, metadata={"tier": "silver"})).metadata == {"tier": "silver"}
    assert (await upserted(books, metadata={})).metadata == {}


async def test_metadata_that_python_alone_calls_equal_are_stored(books: TestBooks) -> None:
    await upserted(books, metadata={"seats": 1, "rate": 0})
    for version, metadata in enumerate(({"seats": True, "rate": 0}, {"seats": 1.0, "rate": False}), start=2):
        stored = await upserted(books, metadata=metadata)
        assert (repr(stored.metadata), stored.version) == (repr(metadata), version)


async def test_metadata_in_another_order_are_the_same(books: TestBooks) -> None:
    first = await upserted(books, metadata={"seats": 1, "tier": "gold"})
    assert await upserted(books, metadata={"tier": "gold", "seats": 1}) == first


async def test_a_reference_left_out_still_stands_for_its_account(books: TestBooks) -> None:
    await upserted(books, external_reference="C-1", external_reference_source="crm")
    await upserted(books)
    entry = AccountEntry(
        number="A-2",
        name="Other",
        currency="USD",
        external_reference="C-1",
        external_reference_source="crm",
    )
    assert await books.codes(UpsertAccounts(accounts=[entry])) == ["EXTERNAL_REFERENCE_REUSED"]
