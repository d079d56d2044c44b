"""Where the open credit of an account goes when an invoice is posted, whichever command posts it."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from app.domain.application import CreditMemoApplication
from app.domain.commands import (
    CreateInvoices,
    InvoiceReference,
    PostInvoice,
)
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Settings
from app.domain.invoice import Invoice
from app.domain.limits import Limits
from app.domain.vocabulary import (
    ApplicationLevel,
)
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import (
    Line,
    draft_invoice,
    invoice_entry,
    posted_invoice,
    posted_memo,
)
from tests.support.matches import EQUAL, OLDEST, REFERENCE, applications

APPLYING = Settings(apply_available_credit_on_posting=True)
EVERYTHING = replace(APPLYING, convert_negative_lines_on_posting=True, apply_converted_memo_on_posting=True)
on_posting = pytest.mark.parametrize(
    "entity_settings",
    [APPLYING, replace(APPLYING, application_level=ApplicationLevel.INVOICE_LINE)],
    ids=["headers", "lines"],
)
everything_on_posting = pytest.mark.parametrize(
    "entity_settings",
    [EVERYTHING, replace(EVERYTHING, application_level=ApplicationLevel.INVOICE_LINE)],
    ids=["headers", "lines"],
)


async def created(books: TestBooks, *lines: Line) -> str:
    return (await posted_invoice(books, *lines)).id


async def posted(books: TestBooks, *lines: Line) -> str:
    draft = await draft_invoice(books, *lines)
    await books.perform(PostInvoice(invoice=InvoiceReference(id=draft.id)))
    return draft.id


either_way = pytest.mark.parametrize("make", [created, posted])


@either_way
@on_posting
async def test_posting_an_invoice_applies_the_open_credit_of_its_account(books: TestBooks, make: Any) -> None:
    old = await posted_memo(books, "30.00", effective_date=dt.date(2026, 1, 1))
    equal = await posted_memo(books, "100.00", effective_date=dt.date(2026, 1, 2))
    await posted_memo(books, "70.00", exclude_from_auto_apply=True)
    await posted_memo(books, "70.00", expires_on=dt.date(2026, 1, 1))
    invoice = await make(books, "60.00", "40.00")
    assert await applications(books) == [(equal.id, invoice, 10_000, EQUAL, 2)]
    further = await make(books, "50.00")
    assert (await applications(books))[1:] == [(old.id, further, 3_000, OLDEST, 3)]
    assert (await books.record(Invoice, further)).balance == 2_000
    await assert_books_hold(books)


@either_way
@on_posting
async def test_an_invoice_that_owes_nothing_gets_nothing(books: TestBooks, make: Any) -> None:
    await posted_memo(books, "30.00")
    for lines in (("10.00", "-10.00"), ("10.00", "-30.00")):
        await make(books, *lines)
    assert await applications(books) == []
    await assert_books_hold(books)


@either_way
@everything_on_posting
async def test_what_was_converted_is_applied_before_other_credit(books: TestBooks, make: Any) -> None:
    old = await posted_memo(books, "500.00", effective_date=dt.date(2026, 1, 1))
    invoice = await make(books, "400.00", "-100.00")
    [converted] = await books.of(CreditMemo, "invoice_id", invoice)
    assert await applications(books) == [
        (converted.id, invoice, 10_000, None, None),
        (old.id, invoice, 30_000, OLDEST, 3),
    ]
    rows = await books.of(CreditMemoApplication, "credit_memo_id", converted.id)
    assert rows[0].number == f"{converted.number}-2"
    await assert_books_hold(books)


@pytest.mark.parametrize(
    "entity_settings", [replace(EVERYTHING, apply_converted_memo_on_posting=False)], ids=["kept"]
)
async def test_a_converted_memo_is_open_credit_as_well(books: TestBooks) -> None:
    invoice = await created(books, "400.00", "-100.00")
    [converted] = await books.of(CreditMemo, "invoice_id", invoice)
    assert await applications(books) == [(converted.id, invoice, 10_000, REFERENCE, 1)]
    [row] = await books.of(CreditMemoApplication, "credit_memo_id", converted.id)
    assert row.number == f"{converted.number}-2"


@on_posting
async def test_several_invoices_of_one_call_are_posted_one_after_another(books: TestBooks) -> None:
    memo = await posted_memo(books, "100.00")
    entries = [
        invoice_entry("80.00", post=True, due_date=dt.date(2026, 5, 2)),
        invoice_entry("80.00", post=False),
        invoice_entry("80.00", post=True, due_date=dt.date(2026, 5, 1)),
    ]
    first, _, third = (await books.perform(CreateInvoices(invoices=entries))).outcome["invoices"]
    assert await applications(books) == [
        (memo.id, first, 8_000, OLDEST, 3),
        (memo.id, third, 2_000, OLDEST, 3),
    ]


@on_posting
async def test_a_memo_with_too_many_lines_for_one_application_keeps_no_invoice_from_being_posted(
    books: TestBooks, entity_settings: Settings
) -> None:
    many = await posted_memo(books, "10.00", "10.00", "10.00", effective_date=dt.date(2026, 1, 1))
    few = await posted_memo(books, "5.00")
    narrow = replace(books, actor=replace(books.actor, limits=Limits(pairs=2)))
    invoice = await created(narrow, "50.00")
    used = (
        [few.id] if entity_settings.application_level is ApplicationLevel.INVOICE_LINE else [many.id, few.id]
    )
    assert [memo for memo, *_ in await applications(books)] == used
    assert (await books.record(Invoice, invoice)).position == 1 + len(used)


async def test_posting_applies_nothing_where_the_entity_does_not_have_it_so(books: TestBooks) -> None:
    await posted_memo(books, "30.00")
    await created(books, "60.00")
    assert await applications(books) == []
