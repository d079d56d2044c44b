"""Voiding an invoice through the books, on both databases and both levels."""

import datetime as dt
from decimal import Decimal

import pytest

from app.domain.application import CreditMemoApplication
from app.domain.commands import (
    ConvertNegativeInvoiceLines,
    CreateCreditMemoFromInvoice,
    InvoiceCreditEntry,
    InvoiceReference,
    OrderItemEntry,
    ReversePayment,
    UnapplyCreditMemo,
)
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.entity import Settings
from app.domain.invoice import Invoice, InvoiceLine, OrderItem
from app.domain.vocabulary import ApplicationLevel, CreditMemoSource, InvoiceStatus, SettlementStatus
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import (
    Made,
    applied,
    credit,
    draft_invoice,
    invoice_line,
    paid,
    paying,
    posted_invoice,
    posted_memo,
)
from tests.support.write_offs import voiding

LEVELS = pytest.mark.parametrize(
    "entity_settings",
    [Settings(application_level=level) for level in ApplicationLevel],
    ids=list(ApplicationLevel),
)


@LEVELS
async def test_a_memo_mirrors_the_invoice_and_both_are_final(books: TestBooks) -> None:
    ordered = OrderItemEntry(external_reference="O-1", quantity=Decimal(10))
    seats = invoice_line(("400.00", "33.00"), quantity=Decimal(10), order_item=ordered)
    invoice = await posted_invoice(books, seats, ("-100.00", "-8.25"), "0.00")
    outcome = (await books.perform(voiding(invoice, description="Billed twice"))).outcome
    memo = await books.record(CreditMemo, outcome["credit_memo"])
    assert (memo.source, memo.total_amount, memo.balance) == (CreditMemoSource.INVOICE_VOID, 32475, 0)
    lines = await books.of(CreditMemoLine, "credit_memo_id", memo.id)
    mirrored = [(line.amount, line.tax_amount, line.quantity) for line in lines]
    assert mirrored == [(40000, 3300, 10_000_000), (-10000, -825, None), (0, 0, None)]
    header = await books.record(Invoice, invoice.id)
    assert (header.status, header.balance, header.credits_applied) == (InvoiceStatus.VOIDED, 0, 32475)
    assert (header.settlement_status, header.voided_by) == (SettlementStatus.SETTLED, "ada")
    [source, *_] = await books.of(InvoiceLine, "invoice_id", invoice.id)
    assert (await books.record(OrderItem, source.order_item_id or "")).quantity_credited == 10_000_000
    taken_back = UnapplyCreditMemo(application_id=outcome["application"])
    assert await books.codes(taken_back) == ["INVALID_STATUS"]
    assert await books.codes(voiding(invoice)) == ["INVALID_STATUS"]
    assert "INVALID_STATUS" in await books.codes(paying(invoice, "1.00"))
    await assert_books_hold(books)


@LEVELS
async def test_an_invoice_that_comes_to_nothing_is_voided_without_an_application(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00", "-100.00")
    outcome = (await books.perform(voiding(invoice))).outcome
    assert outcome["application"] is None
    assert await books.of(CreditMemoApplication, "invoice_id", invoice.id) == []
    assert (await books.record(Invoice, invoice.id)).status is InvoiceStatus.VOIDED
    assert len(await books.of(CreditMemoLine, "credit_memo_id", outcome["credit_memo"])) == 2
    await assert_books_hold(books)


async def test_only_a_posted_invoice_that_is_not_negative_is_voided(books: TestBooks) -> None:
    assert await books.codes(voiding(await draft_invoice(books, "9.00"))) == ["INVALID_STATUS"]
    assert await books.codes(voiding(await posted_invoice(books, "9.00", "-10.00"))) == ["NOTHING_CREDITABLE"]
    assert await books.codes(voiding(Made("inv_none", ()))) == ["NOT_FOUND"]


async def test_what_was_paid_or_applied_is_taken_back_before_the_invoice_is_voided(books: TestBooks) -> None:
    invoice, memo = await posted_invoice(books, "90.00"), await posted_memo(books, "50.00")
    payment = await paid(books, invoice, "10.00")
    assert await books.codes(voiding(invoice)) == ["ACTIVE_SETTLEMENT"]
    await books.perform(ReversePayment(payment_id=payment))
    [application] = await applied(books, memo, (invoice, "5.00"))
    assert await books.codes(voiding(invoice)) == ["ACTIVE_SETTLEMENT"]
    await books.perform(UnapplyCreditMemo(application_id=application))
    await books.perform(voiding(invoice))
    await assert_books_hold(books)


async def test_that_it_owes_its_total_is_not_enough(books: TestBooks) -> None:
    """400 - 100, converted and applied: it owes 300, which is its total."""
    invoice = await posted_invoice(books, "400.00", "-100.00")
    reference = InvoiceReference(id=invoice.id)
    await books.perform(ConvertNegativeInvoiceLines(invoice=reference, apply_to_invoice=True))
    assert await books.codes(voiding(invoice)) == ["ALREADY_CONVERTED", "ACTIVE_SETTLEMENT"]


@pytest.mark.parametrize("post", [False, True])
async def test_an_invoice_from_which_a_memo_has_drawn_is_not_voided(books: TestBooks, post: bool) -> None:
    """Also where what was drawn comes to nothing: +10 of one line, -10 of the other."""
    invoice = await posted_invoice(books, "100.00", "-50.00")
    entries = [
        InvoiceCreditEntry(invoice_line_id=line, amount=Decimal(amount))
        for line, amount in zip(invoice.lines, ("10.00", "-10.00"), strict=True)
    ]
    command = CreateCreditMemoFromInvoice(invoice=InvoiceReference(id=invoice.id), lines=entries, post=post)
    await books.perform(command)
    assert (await books.record(Invoice, invoice.id)).credited_amount == 0
    assert await books.codes(voiding(invoice)) == ["HAS_CREDITS"]


async def test_credit_that_was_drawn_and_used_elsewhere_stands_against_voiding(books: TestBooks) -> None:
    invoice, other = await posted_invoice(books, "100.00"), await posted_invoice(books, "60.00")
    credited = await credit(books, invoice, (0, "60.00"))
    await books.perform(UnapplyCreditMemo(application_id=credited.application))
    await applied(books, credited.memo, (other, "60.00"))
    assert await books.codes(voiding(invoice)) == ["HAS_CREDITS"]


async def test_an_invoice_is_not_voided_before_its_date_nor_into_a_closed_period(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "9.00", invoice_date=dt.date(2026, 3, 10))
    assert await books.codes(voiding(invoice, effective_date=dt.date(2026, 3, 9))) == ["INVALID_DATE"]
    await books.change_settings(Settings(closed_through=dt.date(2026, 3, 31)))
    assert await books.codes(voiding(invoice, effective_date=dt.date(2026, 3, 10))) == ["PERIOD_CLOSED"]
    # What lies in the closed period is undone after it.
    await books.perform(voiding(invoice))


async def test_an_invoice_of_a_day_to_come_is_voided_on_that_day(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "9.00", invoice_date=dt.date(2100, 3, 10))
    done = await books.perform(voiding(invoice))
    memo = await books.record(CreditMemo, done.outcome["credit_memo"])
    assert memo.memo_date == memo.effective_date == dt.date(2100, 3, 10)


async def test_an_invoice_above_the_limit_of_whoever_voids_it_is_not_voided(books: TestBooks) -> None:
    clerk = books.as_somebody("clerk", USD=10000)
    assert await clerk.codes(voiding(await posted_invoice(books, "100.01"))) == ["EXCEEDS_APPROVAL_LIMIT"]
    await clerk.perform(voiding(await posted_invoice(books, "100.00")))
