"""unpostCreditMemo, voidCreditMemo and reverseCreditMemo (domain 4.10), on both databases."""

import datetime as dt
from decimal import Decimal

from app.domain.application import CreditMemoApplication, CreditMemoLineApplication
from app.domain.commands import (
    CancelCreditMemo,
    ConvertNegativeInvoiceLines,
    CreditMemoReference,
    InvoiceReference,
    NumberSequenceEntry,
    OrderItemEntry,
    PostCreditMemo,
    ReverseCreditMemo,
    ReversePayment,
    UnapplyCreditMemo,
    UnapplyCreditMemoLine,
    UnpostCreditMemo,
    UpdateCreditMemo,
    UpdateNumberSequences,
    VoidCreditMemo,
)
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Settings
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax, OrderItem
from app.domain.vocabulary import (
    CreditMemoStatus,
    InvoiceKind,
    InvoiceSource,
    InvoiceStatus,
    SequenceKind,
    SettlementStatus,
)
from tests.support.approving import approving, waiting_memo
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import (
    Made,
    applied,
    credit,
    draft_memo,
    invoice_balances,
    invoice_line,
    memo_balances,
    paid,
    posted_invoice,
    posted_memo,
    refunded,
)
from tests.support.crediting import credited, crediting, drawn_from, of_line
from tests.support.levels import at_both_levels


def named(memo_id: str) -> CreditMemoReference:
    return CreditMemoReference(id=memo_id)


def unposting(memo_id: str) -> UnpostCreditMemo:
    return UnpostCreditMemo(credit_memo=named(memo_id))


def voiding(memo_id: str) -> VoidCreditMemo:
    return VoidCreditMemo(credit_memo=named(memo_id))


def reversing(memo_id: str, **said: object) -> ReverseCreditMemo:
    return ReverseCreditMemo(credit_memo=named(memo_id), **said)  # type: ignore[arg-type]


def posting(memo_id: str) -> PostCreditMemo:
    return PostCreditMemo(credit_memo=named(memo_id))


async def history(books: TestBooks, document_id: str) -> list[tuple[str, int, int]]:
    """Kind, impact and balance after of every entry, in order."""
    rows = await books.rows(
        "SELECT kind, impact_amount, balance_after FROM balance_entry"
        " WHERE entity_id = :entity_id AND document_id = :document ORDER BY position",
        document=document_id,
    )
    return [(kind, impact, after) for kind, impact, after in rows]


# ---------------------------------------------------------------- unpost
async def test_an_unposted_memo_is_a_draft_that_keeps_its_number_and_what_it_draws(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"))
    memo = await credited(books, invoice, of_line(invoice, amount="50.00"), post=True)
    await books.perform(unposting(memo.id))
    draft = await books.record(CreditMemo, memo.id)
    assert (draft.status, draft.number, draft.balance) == (CreditMemoStatus.DRAFT, memo.number, 5413)
    assert (draft.posted_at, draft.posted_by, draft.credit_date) == (None, None, None)
    assert await drawn_from(books, invoice) == (5000, 413, 0)
    assert await history(books, memo.id) == [("POSTING", 5413, 5413), ("UNPOSTING", -5413, 0)]
    await assert_books_hold(books)
    await books.perform(posting(memo.id))
    again = await books.record(CreditMemo, memo.id)
    assert (again.status, again.number, again.position) == (CreditMemoStatus.POSTED, memo.number, 3)
    await applied(books, await posted_memo(books, "1.00"), (invoice, "1.00"))
    await assert_books_hold(books)


async def test_a_memo_that_was_ever_used_is_not_unposted(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    used, paid_back = await posted_memo(books, "10.00"), await posted_memo(books, "10.00")
    [application] = await applied(books, used, (invoice, "10.00"))
    assert await books.codes(unposting(used.id)) == ["HAS_APPLICATIONS"]
    await books.perform(UnapplyCreditMemo(application_id=application))
    assert await books.codes(unposting(used.id)) == ["HAS_APPLICATIONS"]
    await refunded(books, paid_back, "10.00")
    assert await books.codes(unposting(paid_back.id)) == ["HAS_REFUNDS"]


async def test_a_memo_under_a_gapless_number_is_posted_again_but_never_canceled(books: TestBooks) -> None:
    entry = NumberSequenceEntry(kind=SequenceKind.CREDIT_MEMO, gapless=True)
    early = await posted_memo(books, "5.00")
    await books.perform(UpdateNumberSequences(sequences=[entry]))
    memo, other = await posted_memo(books, "10.00"), await draft_memo(books, "10.00")
    for each in (early, memo):
        await books.perform(unposting(each.id))
    [violation] = await books.refusal(CancelCreditMemo(credit_memo=named(memo.id)))
    assert (violation.code, violation.asked) == ("INVALID_STATUS", "CM-000002")
    # Of a number from before the promise, and of a draft that has none, nothing is promised.
    for each in (early, other):
        await books.perform(CancelCreditMemo(credit_memo=named(each.id)))
    await books.perform(posting(memo.id))
    assert (await books.record(CreditMemo, memo.id)).number == "CM-000002"
    await assert_books_hold(books)


async def test_a_memo_dated_in_a_closed_period_is_not_unposted(books: TestBooks) -> None:
    memo = await posted_memo(books, "10.00", effective_date=dt.date(2026, 1, 10))
    await books.change_settings(Settings(closed_through=dt.date(2026, 1, 10)))
    assert await books.codes(unposting(memo.id)) == ["PERIOD_CLOSED"]
    # Undone after the period it can be.
    await books.perform(voiding(memo.id))
    await assert_books_hold(books)


async def test_an_unposted_memo_waits_for_approval_again_and_for_somebody_else(books: TestBooks) -> None:
    memo = await posted_memo(books, "100.00")
    await books.perform(unposting(memo.id))
    clerk = books.as_somebody("clerk", USD=0)
    await clerk.perform(posting(memo.id))
    assert (await books.record(CreditMemo, memo.id)).status is CreditMemoStatus.PENDING_APPROVAL
    await assert_books_hold(books)


async def test_an_approved_memo_that_is_unposted_was_approved_by_nobody(books: TestBooks) -> None:
    memo = await waiting_memo(books)
    await books.perform(approving(memo))
    await books.perform(unposting(memo.id))
    draft = await books.record(CreditMemo, memo.id)
    assert (draft.approval_requested_at, draft.approval_requested_by) == (None, None)
    assert (draft.approved_at, draft.approved_by) == (None, None)
    await assert_books_hold(books)


# ---------------------------------------------------------------- void
async def test_a_voided_memo_releases_amount_tax_and_quantity(books: TestBooks) -> None:
    ordered = OrderItemEntry(external_reference="O-1", quantity=Decimal(10))
    line = invoice_line(("100.00", "8.25"), quantity=Decimal(10), order_item=ordered)
    invoice = await posted_invoice(books, line)
    memo = await credited(books, invoice, of_line(invoice, quantity="4"), post=True)
    assert await drawn_from(books, invoice) == (4000, 330, 4000000)
    await books.perform(voiding(memo.id))
    voided = await books.record(CreditMemo, memo.id)
    assert (voided.status, voided.balance, voided.voided_by) == (CreditMemoStatus.VOIDED, 0, "ada")
    assert await drawn_from(books, invoice) == (0, 0, 0)
    [item] = await books.of(OrderItem, "external_reference", "O-1")
    assert item.quantity_credited == 0
    assert (await history(books, memo.id))[-1] == ("VOID", -4330, 0)
    assert (await credited(books, invoice)).total_amount == 10825
    await assert_books_hold(books)


async def test_a_memo_is_voided_once_its_credit_is_back(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    made = await credit(books, invoice, (0, "40.00"))
    assert await books.codes(voiding(made.memo.id)) == ["HAS_APPLICATIONS"]
    await books.perform(UnapplyCreditMemo(application_id=made.application))
    await books.perform(voiding(made.memo.id))
    assert await books.codes(voiding(made.memo.id)) == ["INVALID_STATUS"]
    assert await books.codes(unposting(made.memo.id)) == ["INVALID_STATUS"]
    assert (await invoice_balances(books, invoice))[0] == "100.00"
    await assert_books_hold(books)


async def test_voiding_a_conversion_puts_its_lines_back(books: TestBooks) -> None:
    """4.10: 400 → 300, and the line can be converted anew."""
    invoice = await posted_invoice(books, "400.00", ("-90.00", "-10.00"))
    converting = ConvertNegativeInvoiceLines(invoice=InvoiceReference(id=invoice.id))
    memo = (await books.perform(converting)).outcome["credit_memo"]
    assert (await invoice_balances(books, invoice)) == ["400.00", "400.00", "0.00"]
    await books.perform(voiding(memo))
    assert (await invoice_balances(books, invoice)) == ["300.00", "400.00", "-100.00"]
    [item] = await books.of(InvoiceLineTax, "invoice_line_id", invoice.lines[1])
    assert item.converted_amount == 0
    assert [kind for kind, _, _ in await history(books, invoice.id)] == [
        "POSTING",
        "CONVERSION",
        "CONVERSION_REVERSAL",
    ]
    await assert_books_hold(books)
    await books.perform(converting)
    assert (await invoice_balances(books, invoice)) == ["400.00", "400.00", "0.00"]
    await assert_books_hold(books)


async def test_a_conversion_is_not_voided_under_a_settlement(books: TestBooks) -> None:
    """With 350 paid of 400 the invoice would owe −50."""
    invoice = await posted_invoice(books, "400.00", "-100.00")
    converting = ConvertNegativeInvoiceLines(invoice=InvoiceReference(id=invoice.id))
    memo = (await books.perform(converting)).outcome["credit_memo"]
    payment = await paid(books, invoice, "350.00")
    assert await books.codes(voiding(memo)) == ["ACTIVE_SETTLEMENT"]
    await books.perform(ReversePayment(payment_id=payment))
    await books.perform(voiding(memo))
    await assert_books_hold(books)


async def test_memos_of_conversions_are_neither_unposted_nor_reversed(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "400.00", "-100.00")
    converting = ConvertNegativeInvoiceLines(invoice=InvoiceReference(id=invoice.id))
    memo = (await books.perform(converting)).outcome["credit_memo"]
    assert await books.codes(unposting(memo)) == ["INVALID_SOURCE"]
    assert await books.codes(reversing(memo)) == ["INVALID_SOURCE"]


# ---------------------------------------------------------------- reverse
@at_both_levels
async def test_a_debit_memo_mirrors_the_memo_that_is_reversed(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("400.00", "33.00"), "-100.00", ("400.00", "20.00", "13.00"))
    memo = await credited(books, invoice, post=True)
    done = await books.perform(reversing(memo.id, description="Given in error"))
    debit_memo = await books.record(Invoice, done.outcome["debit_memo"])
    assert (debit_memo.kind, debit_memo.source) == (
        InvoiceKind.DEBIT_MEMO,
        InvoiceSource.CREDIT_MEMO_REVERSAL,
    )
    assert (debit_memo.status, debit_memo.number) == (InvoiceStatus.POSTED, "DM-000001")
    assert (debit_memo.credit_memo_id, debit_memo.reference_document) == (memo.id, memo.number)
    assert (debit_memo.total_amount, debit_memo.balance) == (memo.total_amount, 0)
    assert debit_memo.settlement_status is SettlementStatus.SETTLED
    lines = await books.of(InvoiceLine, "invoice_id", debit_memo.id)
    assert [(each.amount, each.tax_amount) for each in lines] == [(40000, 3300), (-10000, 0), (40000, 3300)]
    items = [await books.of(InvoiceLineTax, "invoice_line_id", each.id) for each in lines]
    assert [[each.amount for each in of_line] for of_line in items] == [[3300], [], [2000, 1300]]
    reversed_memo = await books.record(CreditMemo, memo.id)
    assert (reversed_memo.status, reversed_memo.reversed) == (CreditMemoStatus.POSTED, True)
    assert (reversed_memo.balance, reversed_memo.applied) == (0, memo.total_amount)
    assert await drawn_from(books, invoice) == (0, 0, 0)
    assert (await invoice_balances(books, invoice))[0] == "766.00"
    await assert_books_hold(books)


@at_both_levels
async def test_the_application_of_a_reversal_cannot_be_unapplied(books: TestBooks) -> None:
    memo = await posted_memo(books, "30.00", ("10.00", "1.00"))
    application = (await books.perform(reversing(memo.id))).outcome["application"]
    assert await books.codes(UnapplyCreditMemo(application_id=application)) == ["ALREADY_REVERSED"]
    parts = await books.of(CreditMemoLineApplication, "application_id", application)
    for part in parts:
        unapplying = UnapplyCreditMemoLine(line_application_id=part.id)
        assert await books.codes(unapplying) == ["ALREADY_REVERSED"]
    for again in (reversing(memo.id), voiding(memo.id), unposting(memo.id)):
        assert await books.codes(again) == ["ALREADY_REVERSED"]
    assert (await memo_balances(books, memo))[0] == "0.00"


async def test_a_memo_is_not_reversed_before_its_own_date(books: TestBooks) -> None:
    future = dt.date(2999, 1, 1)
    memo = await posted_memo(books, "30.00", effective_date=future)
    [violation] = await books.refusal(reversing(memo.id, date=future - dt.timedelta(days=1)))
    assert (violation.code, violation.path) == ("INVALID_DATE", ("date",))
    done = await books.perform(reversing(memo.id))
    assert (await books.record(Invoice, done.outcome["debit_memo"])).invoice_date == future
    await assert_books_hold(books)


async def test_a_reversal_is_not_dated_into_a_closed_period(books: TestBooks) -> None:
    memo = await posted_memo(books, "30.00", effective_date=dt.date(2026, 1, 10))
    await books.change_settings(Settings(closed_through=dt.date(2026, 1, 31)))
    assert await books.codes(reversing(memo.id, date=dt.date(2026, 1, 31))) == ["PERIOD_CLOSED"]
    await books.perform(reversing(memo.id, date=dt.date(2026, 2, 1)))
    await assert_books_hold(books)


async def test_a_memo_is_reversed_once_its_credit_is_back(books: TestBooks) -> None:
    invoice, memo = await posted_invoice(books, "100.00"), await posted_memo(books, "30.00")
    [application] = await applied(books, memo, (invoice, "10.00"))
    assert await books.codes(reversing(memo.id)) == ["HAS_APPLICATIONS"]
    await books.perform(UnapplyCreditMemo(application_id=application))
    done = await books.perform(reversing(memo.id))
    row = await books.record(CreditMemoApplication, done.outcome["application"])
    assert (row.number, row.amount) == (f"{row.number.rpartition('-')[0]}-4", 3000)
    await assert_books_hold(books)


async def test_a_line_that_was_taken_out_is_not_mirrored(books: TestBooks) -> None:
    memo = await draft_memo(books, "10.00", "20.00", "30.00")
    edit = UpdateCreditMemo(credit_memo=named(memo.id), remove_line_ids=[memo.lines[1]])
    await books.perform(edit)
    await books.perform(posting(memo.id))
    done = await books.perform(reversing(memo.id))
    lines = await books.of(InvoiceLine, "invoice_id", done.outcome["debit_memo"])
    assert [(each.line_number, each.amount) for each in lines] == [(1, 1000), (2, 3000)]
    await assert_books_hold(books)


async def test_a_memo_over_nothing_is_reversed_without_an_application(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00", "-100.00")
    memo = await credited(books, invoice, post=True)
    done = await books.perform(reversing(memo.id))
    assert done.outcome["application"] is None
    assert (await books.record(CreditMemo, memo.id)).reversed
    assert await books.codes(voiding(memo.id)) == ["ALREADY_REVERSED"]
    await assert_books_hold(books)


async def test_nothing_is_drawn_from_a_debit_memo_that_the_service_made(books: TestBooks) -> None:
    source = await posted_invoice(books, "100.00", "-100.00")
    memo = await credited(books, source, post=True)
    id = (await books.perform(reversing(memo.id))).outcome["debit_memo"]
    debit_memo = Made(id, tuple(each.id for each in await books.of(InvoiceLine, "invoice_id", id)))
    assert await books.codes(crediting(debit_memo)) == ["INVALID_SOURCE"]
    assert await books.codes(crediting(debit_memo, of_line(debit_memo, amount="1.00"))) == ["INVALID_SOURCE"]
    converting = ConvertNegativeInvoiceLines(invoice=InvoiceReference(id=id))
    assert await books.codes(converting) == ["INVALID_SOURCE"]
