"""What a submission takes, what it selects, and what it refuses before any worker sees it."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from app.domain.commands import (
    AccountReference,
    InvoiceReference,
    InvoiceSelection,
    SubmitNegativeLineConversions,
)
from app.domain.job import job_item_id
from app.domain.limits import DEFAULT_LIMITS
from tests.jobs.submitting import items, job, negative_invoices, submitted_selection, worked_off
from tests.support.books import TestBooks, trace
from tests.support.building import ACCOUNT, account, draft_invoice, posted_invoice


def limited(books: TestBooks, **limits: int) -> TestBooks:
    return replace(books, actor=replace(books.actor, limits=replace(DEFAULT_LIMITS, **limits)))


def listing(*ids: str, **said: Any) -> SubmitNegativeLineConversions:
    return SubmitNegativeLineConversions(invoices=[InvoiceReference(id=id) for id in ids], **said)


def selecting(*accounts: str, **said: Any) -> SubmitNegativeLineConversions:
    selection = InvoiceSelection(accounts=[AccountReference(number=each) for each in accounts])
    return SubmitNegativeLineConversions(selection=selection, **said)


async def test_a_list_or_a_selection_is_needed_and_not_both(books: TestBooks) -> None:
    await account(books)
    assert await books.codes(SubmitNegativeLineConversions()) == ["NO_LINES"]
    assert await books.codes(listing()) == ["NO_LINES"]
    both = replace(selecting(ACCOUNT), invoices=[InvoiceReference(id="inv_1")])
    assert await books.codes(both) == ["DUPLICATE_TARGET"]


async def test_a_selection_names_accounts_that_there_are_none_twice(books: TestBooks) -> None:
    await account(books)
    violations = await books.refusal(selecting(ACCOUNT, "A-0", ACCOUNT))
    assert [(each.code, each.path) for each in violations] == [
        ("DUPLICATE_TARGET", ("selection", "accounts", 2)),
        ("NOT_FOUND", ("selection", "accounts", 1)),
    ]
    assert await books.codes(selecting()) == ["NO_LINES"]


@pytest.mark.parametrize("is_selected", [False, True], ids=["list", "selection"])
@pytest.mark.parametrize("limit", ["job_items", "atomic_items"])
async def test_more_items_than_the_limit_are_refused_and_leave_no_trace(
    books: TestBooks, is_selected: bool, limit: str
) -> None:
    invoices = await negative_invoices(books, 3)
    few = limited(books, **{limit: 2})
    atomic = limit == "atomic_items"
    command = (
        selecting(ACCOUNT, atomic=atomic)
        if is_selected
        else listing(*(each.id for each in invoices), atomic=atomic)
    )
    before = await trace(books.place)
    [violation] = await few.refusal(command)
    assert (violation.code, violation.asked, violation.allowed) == ("LIMIT_EXCEEDED", "3", "2")
    assert await trace(books.place) == before
    result = await limited(books, **{limit: 3}).perform(command)
    assert (await job(books, result.outcome["job"])).total == 3
    await worked_off(books)


async def test_a_selection_takes_posted_invoices_of_its_accounts_from_a_day_on(books: TestBooks) -> None:
    negative = ("400.00", "-100.00")
    await posted_invoice(books, *negative, invoice_date=dt.date(2026, 1, 31))
    await draft_invoice(books, *negative, invoice_date=dt.date(2026, 2, 1))
    wanted = await posted_invoice(books, *negative, invoice_date=dt.date(2026, 2, 1))
    await account(books, "A-2")
    other = await posted_invoice(
        books, *negative, invoice_date=dt.date(2026, 2, 2), account=AccountReference(number="A-2")
    )
    job_id = await submitted_selection(books, invoice_date=dt.date(2026, 2, 1))
    assert [each.invoice_id for each in await items(books, job_id)] == [wanted.id]
    job_id = await submitted_selection(books, ACCOUNT, "A-2", invoice_date=dt.date(2026, 2, 1))
    assert {each.invoice_id for each in await items(books, job_id)} == {wanted.id, other.id}
    await worked_off(books)


async def test_a_selection_takes_invoices_posted_until_an_instant(books: TestBooks) -> None:
    [invoice] = await negative_invoices(books, 1)
    posted_at = await books.value(
        "SELECT posted_at FROM invoice WHERE entity_id = :entity_id AND id = :id", id=invoice.id
    )
    instant = dt.datetime.fromisoformat(str(posted_at))
    instant = instant.replace(tzinfo=dt.UTC) if instant.tzinfo is None else instant
    before = await submitted_selection(books, target_date_time=instant - dt.timedelta(microseconds=1))
    assert (await job(books, before)).total == 0
    until = await submitted_selection(books, target_date_time=instant)
    assert (await job(books, until)).total == 1
    await worked_off(books)


async def test_items_have_the_same_ids_whoever_made_them(books: TestBooks) -> None:
    [invoice] = await negative_invoices(books, 1)
    listed = (await books.perform(listing(invoice.id))).outcome["job"]
    selected = await submitted_selection(books)
    for job_id in (listed, selected):
        assert [each.id for each in await items(books, job_id)] == [job_item_id(job_id, 0)]
    await worked_off(books)
