"""Where document numbers come from: given at creation, or, from a gapless sequence, at posting and not before."""

import asyncio
from dataclasses import replace

import pytest

from app.domain.commands import (
    CreateInvoices,
    CreditMemoReference,
    InvoiceReference,
    PostCreditMemo,
    PostInvoice,
)
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Settings
from app.domain.invoice import Invoice
from app.domain.vocabulary import InvoiceKind
from app.proof.audit import audit
from app.repository.database import Database
from tests.support.books import SEQUENCES, TestBooks, open_books
from tests.support.building import account, draft_invoice, draft_memo, invoice_entry, posted_invoice
from tests.support.stores import Place

GAPLESS = [replace(each, gapless=True) for each in SEQUENCES]


@pytest.fixture
def gapless(database: Database, place: Place, runner: asyncio.Runner) -> TestBooks:
    """Books whose sequences have no gaps."""
    return runner.run(open_books(database, place, Settings(), sequences=GAPLESS))


async def number_of(books: TestBooks, id: str) -> str | None:
    return (await books.record(Invoice, id)).number


async def post(books: TestBooks, id: str) -> str | None:
    await books.perform(PostInvoice(invoice=InvoiceReference(id=id)))
    return await number_of(books, id)


async def next_values(books: TestBooks) -> dict[str, int]:
    rows = await books.rows("SELECT kind, next FROM number_sequence WHERE entity_id = :entity_id")
    return {str(kind): int(value) for kind, value in rows}


async def test_a_draft_of_an_ordinary_sequence_is_numbered_at_once_and_keeps_its_number(
    books: TestBooks,
) -> None:
    draft = await draft_invoice(books, "10.00")
    assert await number_of(books, draft.id) == "INV-000001"
    assert await post(books, draft.id) == "INV-000001"


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        (InvoiceKind.INVOICE, "INV-000001", "INV-000002"),
        (InvoiceKind.DEBIT_MEMO, "DM-000001", "DM-000002"),
    ],
)
async def test_a_draft_of_a_gapless_sequence_has_no_number_until_it_is_posted(
    gapless: TestBooks, kind: InvoiceKind, first: str, second: str
) -> None:
    earlier = await draft_invoice(gapless, "10.00", kind=kind)
    later = await draft_invoice(gapless, "20.00", kind=kind)
    assert [await number_of(gapless, each.id) for each in (earlier, later)] == [None, None]
    assert (await next_values(gapless))[kind] == 1
    assert await post(gapless, later.id) == first
    assert await post(gapless, earlier.id) == second
    posted = await gapless.record(Invoice, later.id)
    assert posted.version == 2


async def test_one_call_numbers_what_it_posts_and_leaves_its_drafts_without(gapless: TestBooks) -> None:
    await account(gapless)
    entries = [
        invoice_entry("1.00"),
        invoice_entry("2.00", post=True),
        invoice_entry("3.00", kind=InvoiceKind.DEBIT_MEMO),
        invoice_entry("4.00", post=True),
    ]
    made = (await gapless.perform(CreateInvoices(invoices=entries))).outcome["invoices"]
    assert [await number_of(gapless, id) for id in made] == [None, "INV-000001", None, "INV-000002"]


async def test_numbers_of_an_ordinary_sequence_follow_the_order_of_the_call(books: TestBooks) -> None:
    await account(books)
    entries = [invoice_entry("1.00"), invoice_entry("2.00", post=True), invoice_entry("3.00")]
    made = (await books.perform(CreateInvoices(invoices=entries))).outcome["invoices"]
    assert [await number_of(books, id) for id in made] == ["INV-000001", "INV-000002", "INV-000003"]


async def test_posting_passes_over_numbers_that_callers_have_used(gapless: TestBooks) -> None:
    draft = await draft_invoice(gapless, "10.00")
    for number in ("INV-000001", "INV-000002"):
        await posted_invoice(gapless, "1.00", number=number)
    # A debit memo is numbered apart: the same text is another number.
    await posted_invoice(gapless, "1.00", number="INV-000003", kind=InvoiceKind.DEBIT_MEMO)
    assert await post(gapless, draft.id) == "INV-000003"


async def test_a_number_given_to_another_kind_in_the_same_call_leaves_no_gap(gapless: TestBooks) -> None:
    await account(gapless)
    entries = [
        invoice_entry("1.00", kind=InvoiceKind.DEBIT_MEMO, number="INV-000001", post=True),
        invoice_entry("2.00", number="INV-000002", post=True),
        invoice_entry("3.00", post=True),
        invoice_entry("4.00", post=True),
    ]
    made = (await gapless.perform(CreateInvoices(invoices=entries))).outcome["invoices"]
    found = [await number_of(gapless, id) for id in made]
    assert found == ["INV-000001", "INV-000002", "INV-000001", "INV-000003"]


async def test_a_refused_posting_takes_no_number(gapless: TestBooks) -> None:
    draft = await draft_invoice(gapless, "10.00")
    stale = PostInvoice(invoice=InvoiceReference(id=draft.id), expected_version=9)
    assert await gapless.codes(stale) == ["VERSION_CONFLICT"]
    async with gapless.rehearse(PostInvoice(invoice=InvoiceReference(id=draft.id))) as (result, snapshot):
        assert result.dry_run
        assert snapshot is not None
    assert (await next_values(gapless))["INVOICE"] == 1
    assert await number_of(gapless, draft.id) is None


async def test_a_memo_of_a_gapless_sequence_is_numbered_at_posting(gapless: TestBooks) -> None:
    memo = await draft_memo(gapless, "10.00")
    assert (await gapless.record(CreditMemo, memo.id)).number is None
    await gapless.perform(PostCreditMemo(credit_memo=CreditMemoReference(id=memo.id)))
    assert (await gapless.record(CreditMemo, memo.id)).number == "CM-000001"


async def test_books_with_drafts_without_numbers_are_in_order(gapless: TestBooks) -> None:
    """Numbers that callers brought with them, with holes of their own, are no gaps of the sequence."""
    await draft_invoice(gapless, "10.00")
    await draft_memo(gapless, "10.00")
    for number in ("INV-000007", "INV-000009"):
        await posted_invoice(gapless, "1.00", number=number)
    assert await post(gapless, (await draft_invoice(gapless, "2.00")).id) == "INV-000001"
    assert [each async for each in audit(gapless.database, gapless.entity.id)] == []


async def test_an_entity_without_a_sequence_posts_nothing_and_says_which_is_missing(
    database: Database, place: Place
) -> None:
    bare = await open_books(database, place, Settings(), sequences=())
    await account(bare)
    posting = CreateInvoices(invoices=[invoice_entry("10.00", post=True)])
    with pytest.raises(LookupError, match="no number sequence for INVOICE"):
        await bare.perform(posting)
    draft = await draft_invoice(bare, "10.00")
    with pytest.raises(LookupError, match="no number sequence for INVOICE"):
        await post(bare, draft.id)
    memo = await draft_memo(bare, "10.00")
    with pytest.raises(LookupError, match="no number sequence for CREDIT_MEMO"):
        await bare.perform(PostCreditMemo(credit_memo=CreditMemoReference(id=memo.id)))
