"""Write-offs through the books, on both databases and both levels: what is drawn, what is left, how it is taken back."""

from decimal import Decimal

import pytest

from app.domain.application import CreditMemoLineApplication
from app.domain.commands import (
    CancelCreditMemo,
    CreateCreditMemoFromInvoice,
    CreditMemoReference,
    InvoiceCreditEntry,
    InvoiceReference,
    UnapplyCreditMemo,
    UnapplyCreditMemoLine,
    WriteOffInvoice,
)
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.entity import Settings
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.vocabulary import (
    ApplicationLevel,
    CreditMemoSource,
    CreditMemoStatus,
    InvoiceKind,
    InvoiceSource,
    InvoiceStatus,
    SettlementStatus,
    TaxStrategy,
)
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import (
    Made,
    applied,
    applying,
    credit,
    draft_memo,
    invoice_balances,
    memo_balances,
    paid,
    posted_invoice,
    posted_memo,
    refunded,
    refunding,
)
from tests.support.write_offs import writing_off, writing_off_memo

LEVELS = pytest.mark.parametrize(
    "entity_settings",
    [Settings(application_level=level) for level in ApplicationLevel],
    ids=list(ApplicationLevel),
)
HISTORY = """SELECT kind, impact_amount, balance_after FROM balance_entry
  WHERE entity_id = :entity_id AND document_id = :document ORDER BY position"""


async def credit_draft(books: TestBooks, invoice: Made, amount: str) -> str:
    entry = InvoiceCreditEntry(invoice_line_id=invoice.lines[0], amount=Decimal(amount))
    command = CreateCreditMemoFromInvoice(invoice=InvoiceReference(id=invoice.id), lines=[entry])
    made: str = (await books.perform(command)).outcome["credit_memo"]
    return made


async def memo_of(
    books: TestBooks, command: WriteOffInvoice
) -> tuple[CreditMemo, list[tuple[int, int, bool]]]:
    """The memo, and of each of its lines amount, tax, and whether it was drawn."""
    id = (await books.perform(command)).outcome["credit_memo"]
    lines = await books.of(CreditMemoLine, "credit_memo_id", id)
    shown = [(line.amount, line.tax_amount, line.source_invoice_line_id is not None) for line in lines]
    return await books.record(CreditMemo, id), shown


@LEVELS
async def test_what_an_invoice_owes_is_drawn_from_its_lines_with_their_tax(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"), "40.00")
    memo, lines = await memo_of(books, writing_off(invoice, description="Insolvent"))
    assert (memo.source, memo.total_amount, memo.balance) == (CreditMemoSource.INVOICE_WRITE_OFF, 14825, 0)
    assert (memo.reason_code, memo.description, memo.invoice_id) == ("GOODWILL", "Insolvent", invoice.id)
    assert lines == [(10000, 825, True), (4000, 0, True)]
    header = await books.record(Invoice, invoice.id)
    assert (header.balance, header.credited_amount) == (0, 14825)
    assert header.settlement_status is SettlementStatus.SETTLED
    # What is written off cannot be credited again.
    assert [line.amount_credited for line in await books.of(InvoiceLine, "invoice_id", invoice.id)] == [
        10000,
        4000,
    ]
    await assert_books_hold(books)


@LEVELS
async def test_a_part_is_drawn_in_proportion_to_what_each_line_leaves(books: TestBooks) -> None:
    """Of 108.25 and 40.00, 48.25 is paid: 100.00 is written off, 73.02 of the first line and 26.98 of the other."""
    invoice = await posted_invoice(books, ("100.00", "8.25"), "40.00")
    await paid(books, invoice, "48.25")
    _, lines = await memo_of(books, writing_off(invoice))
    assert lines == [(6745, 557, True), (2698, 0, True)]
    await assert_books_hold(books)


@LEVELS
async def test_beyond_what_is_creditable_the_rest_is_one_line_without_source_and_tax(
    books: TestBooks,
) -> None:
    """The invoice's own memo was used elsewhere: 100.00 is owed, and 40.00 is left to credit."""
    invoice, other = await posted_invoice(books, "100.00"), await posted_invoice(books, "60.00")
    credited = await credit(books, invoice, (0, "60.00"))
    await books.perform(UnapplyCreditMemo(application_id=credited.application))
    await applied(books, credited.memo, (other, "60.00"))
    _, lines = await memo_of(books, writing_off(invoice))
    assert lines == [(4000, 0, True), (6000, 0, False)]
    header = await books.record(Invoice, invoice.id)
    assert (header.balance, header.credited_amount) == (0, 10000)
    await assert_books_hold(books)


@LEVELS
async def test_of_an_invoice_with_negative_lines_no_more_is_drawn_than_it_is_worth(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "400.00", "-100.00")
    memo, lines = await memo_of(books, writing_off(invoice))
    assert (memo.total_amount, lines) == (30000, [(30000, 0, True)])
    await assert_books_hold(books)


async def test_what_is_left_of_a_line_and_not_of_its_invoice_is_not_drawn(books: TestBooks) -> None:
    """Of 400 - 100, 300 are credited and used elsewhere: 100 are left of the line, and nothing of the invoice."""
    invoice, other = await posted_invoice(books, "400.00", "-100.00"), await posted_invoice(books, "300.00")
    credited = await credit(books, invoice, (0, "300.00"))
    await books.perform(UnapplyCreditMemo(application_id=credited.application))
    await applied(books, credited.memo, (other, "300.00"))
    _, lines = await memo_of(books, writing_off(invoice))
    assert lines == [(30000, 0, False)]
    await assert_books_hold(books)


async def test_a_line_of_tax_alone_is_written_off_as_tax_alone(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("0.00", "7.00"), "3.00")
    _, lines = await memo_of(books, writing_off(invoice))
    assert lines == [(0, 700, True), (300, 0, True)]
    await assert_books_hold(books)


async def test_tax_that_credits_without_tax_have_left_is_written_off_too(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"))
    await credit(books, invoice, (0, "100.00"), tax_strategy=TaxStrategy.IGNORE)
    _, lines = await memo_of(books, writing_off(invoice))
    assert lines == [(0, 825, True)]
    await assert_books_hold(books)


@LEVELS
async def test_a_write_off_is_taken_back_whole_and_what_it_made_is_void(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"), "40.00")
    outcome = (await books.perform(writing_off(invoice))).outcome
    command = UnapplyCreditMemo(application_id=outcome["application"])
    part = UnapplyCreditMemo(application_id=outcome["application"], amount=Decimal("148.24"))
    assert await books.codes(part) == ["INVALID_AMOUNT"]
    rows = await books.of(CreditMemoLineApplication, "application_id", outcome["application"])
    for row in rows:
        assert await books.codes(UnapplyCreditMemoLine(line_application_id=row.id)) == ["INVALID_SOURCE"]
    await books.perform(command)
    memo = await books.record(CreditMemo, outcome["credit_memo"])
    assert (memo.status, memo.balance, memo.applied) == (CreditMemoStatus.VOIDED, 0, 0)
    assert await books.rows(HISTORY, document=memo.id) == [
        ("POSTING", 14825, 14825),
        ("APPLICATION", -14825, 0),
        ("UNAPPLICATION", 14825, 14825),
        ("VOID", -14825, 0),
    ]
    assert await invoice_balances(books, invoice) == ["148.25", "108.25", "40.00"]
    header = await books.record(Invoice, invoice.id)
    assert (header.credited_amount, header.settlement_status) == (0, SettlementStatus.NOT_SETTLED)
    assert await books.codes(refunding(Made(memo.id, ()), "0.01")) == [
        "INVALID_STATUS",
        "EXCEEDS_MEMO_BALANCE",
    ]
    # It can be written off, or credited, again.
    await books.perform(writing_off(invoice))
    await assert_books_hold(books)


async def test_a_write_off_may_be_taken_back_by_naming_its_whole_amount(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "30.00")
    outcome = (await books.perform(writing_off(invoice))).outcome
    await books.perform(UnapplyCreditMemo(application_id=outcome["application"], amount=Decimal("30.00")))
    assert (await books.record(CreditMemo, outcome["credit_memo"])).status is CreditMemoStatus.VOIDED


async def test_a_write_off_needs_a_reason_a_balance_and_a_posted_document(books: TestBooks) -> None:
    invoice, memo = await posted_invoice(books, "30.00"), await posted_memo(books, "30.00")
    draft = await draft_memo(books, "30.00")
    assert await books.codes(writing_off(invoice, reason_code=None)) == ["INVALID_REASON_CODE"]
    assert await books.codes(writing_off(invoice, reason_code="OLD")) == ["INVALID_REASON_CODE"]
    assert await books.codes(writing_off_memo(memo, reason_code=None)) == ["INVALID_REASON_CODE"]
    assert await books.codes(writing_off_memo(draft)) == ["INVALID_STATUS"]
    await applied(books, memo, (invoice, "30.00"))
    assert await books.codes(writing_off_memo(memo)) == ["EXCEEDS_MEMO_BALANCE"]
    assert await books.codes(writing_off(invoice)) == ["NOTHING_CREDITABLE"]


@pytest.mark.parametrize(("balance", "codes"), [("100.00", []), ("100.01", ["EXCEEDS_APPROVAL_LIMIT"])])
async def test_an_invoice_is_written_off_within_the_limit_of_whoever_does_it(
    books: TestBooks, balance: str, codes: list[str]
) -> None:
    clerk = books.as_somebody("clerk", USD=10000)
    invoice = await posted_invoice(books, balance)
    if codes:
        assert await clerk.codes(writing_off(invoice)) == codes
    else:
        await clerk.perform(writing_off(invoice))


@LEVELS
async def test_what_a_memo_has_left_is_written_off_through_a_debit_memo(books: TestBooks) -> None:
    memo, invoice = await posted_memo(books, ("60.00", "5.00"), "40.00"), await posted_invoice(books, "30.00")
    await applied(books, memo, (invoice, "30.00"))
    await refunded(books, memo, "10.00")
    outcome = (await books.perform(writing_off_memo(memo, description="Expired"))).outcome
    debit_memo = await books.record(Invoice, outcome["debit_memo"])
    assert (debit_memo.kind, debit_memo.source) == (
        InvoiceKind.DEBIT_MEMO,
        InvoiceSource.CREDIT_MEMO_WRITE_OFF,
    )
    assert (debit_memo.number, debit_memo.total_amount, debit_memo.balance) == ("DM-000001", 6500, 0)
    assert (debit_memo.reason_code, debit_memo.credit_memo_id) == ("GOODWILL", memo.id)
    header = await books.record(CreditMemo, memo.id)
    assert (header.applied, header.refunded, header.balance) == (9500, 1000, 0)
    await assert_books_hold(books)


@LEVELS
async def test_the_write_off_of_a_memo_is_taken_back_whole_and_its_debit_memo_is_void(
    books: TestBooks,
) -> None:
    memo = await posted_memo(books, "60.00", "40.00")
    outcome = (await books.perform(writing_off_memo(memo))).outcome
    part = UnapplyCreditMemo(application_id=outcome["application"], amount=Decimal("1.00"))
    assert await books.codes(part) == ["INVALID_AMOUNT"]
    await books.perform(UnapplyCreditMemo(application_id=outcome["application"]))
    debit_memo = await books.record(Invoice, outcome["debit_memo"])
    assert (debit_memo.status, debit_memo.balance) == (InvoiceStatus.VOIDED, 0)
    assert await books.rows(HISTORY, document=debit_memo.id) == [
        ("POSTING", 10000, 10000),
        ("APPLICATION", -10000, 0),
        ("UNAPPLICATION", 10000, 10000),
        ("VOID", -10000, 0),
    ]
    assert await memo_balances(books, memo) == ["100.00", "60.00", "40.00"]
    applied_again = applying(memo, (Made(debit_memo.id, ()), "1.00"))
    assert await books.codes(applied_again) == ["INVALID_STATUS"]
    await assert_books_hold(books)


async def test_a_draft_that_reserves_leaves_less_to_draw_and_nothing_less_to_write_off(
    books: TestBooks,
) -> None:
    invoice = await posted_invoice(books, "100.00")
    drafted = await credit_draft(books, invoice, "70.00")
    _, lines = await memo_of(books, writing_off(invoice))
    assert lines == [(3000, 0, True), (7000, 0, False)]
    await books.perform(CancelCreditMemo(credit_memo=CreditMemoReference(id=drafted)))
    await assert_books_hold(books)
