"""PostgreSQL sees by itself that a document is what its one link seals, and never sees it where it is not."""

from typing import Any

import pytest

from app.proof.audit import audit
from app.proof.chain import hash_of_link
from app.repository.chains import chained_documents, unproved_documents
from tests.repository.direct import owner_connection, run
from tests.support.books import TestBooks
from tests.support.building import applied, posted_invoice, posted_memo

pytestmark = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


async def unproved(books: TestBooks) -> set[str]:
    """The documents that have to be read."""
    async with books.database.snapshot(books.entity.id) as snapshot:
        await books.database.plan_for_whole_tables(snapshot)
        return {each.id async for each in unproved_documents(books.database, snapshot)}


async def unsealed(books: TestBooks) -> set[str]:
    """The documents whose chain an audit finds broken."""
    found = audit(books.database, books.entity.id)
    return {each.document_id async for each in found if each.invariant == "chain"}


async def altered(books: TestBooks, statement: str) -> None:
    async with owner_connection(books.place) as owner:
        # Past the guards, which would refuse it.
        await run(owner, "SET session_replication_role = replica")
        await run(owner, statement)
        await owner.commit()


async def test_what_one_command_has_made_needs_no_reading(books: TestBooks) -> None:
    await posted_invoice(books, "30.00", "20.00")
    await posted_memo(books, "50.00", description="Überzahlung – März\u007f")
    assert await unproved(books) == set()


async def test_what_has_changed_since_is_read(books: TestBooks) -> None:
    invoice, memo = await posted_invoice(books, "30.00"), await posted_memo(books, "50.00")
    other = await posted_memo(books, "50.00")
    await applied(books, memo, (invoice, "20.00"))
    assert await unproved(books) == {invoice.id, memo.id}
    assert other.id not in await unsealed(books)


@pytest.mark.parametrize(
    "said",
    [
        {"description": 'a 15" screen'},
        {"description": "back\\slash"},
        {"description": "two\nlines"},
        {"metadata": {"tier": 2.5, "of": "the caller"}},
    ],
    ids=lambda said: next(iter(said)),
)
async def test_what_json_writes_in_another_way_is_read_and_holds(
    books: TestBooks, said: dict[str, Any]
) -> None:
    memo = await posted_memo(books, "50.00", **said)
    assert await unproved(books) == {memo.id}
    assert await unsealed(books) == set()


@pytest.mark.parametrize(
    ("sealed", "stored"),
    [
        ("plain", "another"),
        # Each is, as it stands, what canonical JSON writes of the text that was sealed.
        ("back\\slash", "back\\\\slash"),
        ('a 15" screen', 'a 15\\" screen'),
        ("two\nlines", "two\\nlines"),
    ],
)
async def test_no_altered_text_passes_for_the_sealed_one(books: TestBooks, sealed: str, stored: str) -> None:
    memo = await posted_memo(books, "50.00", description=sealed)
    await altered(books, f"UPDATE credit_memo SET description = E'{stored.replace(chr(92), chr(92) * 2)}'")
    assert await unproved(books) == {memo.id}
    assert await unsealed(books) == {memo.id}


async def test_no_text_passes_for_itself_and_the_next_column(books: TestBooks) -> None:
    memo = await posted_memo(
        books, "50.00", description="plain", external_reference="C-1", external_reference_source="crm"
    )
    told = """description = 'plain","external_reference":"C-1', external_reference = NULL"""
    await altered(books, f"UPDATE credit_memo SET {told}")
    assert await unproved(books) == {memo.id}
    assert await unsealed(books) == {memo.id}


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE credit_memo_line SET amount = amount + 1, total_amount = total_amount + 1, balance = balance + 1",
        "UPDATE credit_memo SET posted_at = posted_at + interval '1 microsecond'",
        "UPDATE credit_memo_line SET service_start = 'infinity'",
        "UPDATE document_change SET previous_hash = hash",
        "UPDATE document_change SET recorded_by = 'nobody'",
        "UPDATE document_change SET changes = '{\"added\":[]}'",
    ],
)
async def test_damage_to_a_document_or_its_link_is_seen(books: TestBooks, damage: str) -> None:
    memo = await posted_memo(books, "50.00")
    where = " WHERE document_id LIKE 'cm\\_%'" if "document_change" in damage else ""
    await altered(books, f"{damage}{where}")
    assert memo.id in await unproved(books)
    assert memo.id in await unsealed(books)


async def test_a_row_of_another_command_is_seen_though_the_seal_fits(books: TestBooks) -> None:
    memo, other = await posted_memo(books, "50.00"), await posted_memo(books, "50.00")
    of_other = f"(SELECT log_id FROM balance_entry WHERE document_id = '{other.id}')"
    await altered(books, f"UPDATE balance_entry SET log_id = {of_other} WHERE document_id = '{memo.id}'")
    async with books.database.snapshot(books.entity.id) as snapshot:
        documents = [each async for each in chained_documents(books.database, snapshot)]
    [document] = [each for each in documents if each.id == memo.id]
    fitting = hash_of_link(document.links[0], document.rows)
    await altered(books, f"UPDATE document_change SET hash = '{fitting}' WHERE document_id = '{memo.id}'")
    await altered(books, f"UPDATE credit_memo SET history_hash = '{fitting}' WHERE id = '{memo.id}'")
    assert await unproved(books) == {memo.id}
    assert await unsealed(books) == {memo.id}
