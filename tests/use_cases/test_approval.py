"""Memos above a limit wait for somebody else, and what one step would do in several is refused (domain 2, 10)."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    CancelCreditMemo,
    Command,
    ConvertNegativeInvoiceLines,
    CreateDirectCreditMemos,
    CreateInvoices,
    CreditMemoReference,
    DirectCreditLineEntry,
    DirectCreditMemoEntry,
    InvoiceReference,
    PostInvoice,
    RecalculateTax,
    RecordPayment,
)
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Settings
from app.domain.invoice import InvoiceLine
from app.domain.job import Job, JobItem
from app.domain.vocabulary import (
    BalanceEntryKind,
    CreditMemoStatus,
    JobItemOutcome,
    TaxStrategy,
)
from app.repository.database import Database
from tests.support.approving import (
    approving,
    as_clerk,
    posting,
    rejecting,
    status_of,
    waiting_memo,
)
from tests.support.books import SEQUENCES, TestBooks, assert_books_hold, open_books, trace
from tests.support.building import (
    Made,
    draft_invoice,
    draft_memo,
    invoice_balances,
    invoice_entry,
    memo_balances,
    memo_line,
    posted_invoice,
    posted_memo,
)
from tests.support.building import crediting as crediting_and_applying
from tests.support.crediting import credited, crediting, drawn_from, of_line
from tests.support.levels import at_both_levels
from tests.support.stores import Place
from tests.support.tax_engines import rate_entry, with_rates

PENDING = "PENDING_APPROVAL"


# ---------------------------------------------------------------------------------------------- posting alone
@pytest.mark.parametrize(
    ("amount", "status"), [("100.00", "POSTED"), ("100.01", PENDING)], ids=["at the limit", "above it"]
)
async def test_a_memo_above_the_limit_waits_whichever_verb_posts_it(
    books: TestBooks, amount: str, status: str
) -> None:
    clerk = as_clerk(books)
    made = await posted_memo(clerk, amount)
    assert await status_of(books, made) == status
    drafted = await draft_memo(books, amount)
    await clerk.perform(posting(drafted))
    assert await status_of(books, drafted) == status
    invoice = await posted_invoice(books, "200.00")
    drawn = await credited(clerk, invoice, of_line(invoice, 0, amount), post=True)
    assert drawn.status == status
    await assert_books_hold(books)


async def test_what_is_drawn_and_posted_waits_with_its_tax_and_reserves_like_a_draft(
    books: TestBooks,
) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"))
    memo = await credited(as_clerk(books, USD=10_824), invoice, post=True)
    assert (memo.status, memo.total_amount) == (CreditMemoStatus.PENDING_APPROVAL, 10825)
    assert (memo.approval_requested_by, memo.approval_requested_at) == ("clerk", memo.created_at)
    assert (memo.posted_at, memo.credit_date, memo.position) == (None, None, 0)
    assert await drawn_from(books, invoice) == (10000, 825, 0)
    assert await books.codes(crediting(invoice)) == ["NOTHING_CREDITABLE"]
    await assert_books_hold(books)


async def test_nothing_needs_no_approval(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00", "-100.00")
    memo = await credited(as_clerk(books, USD=0), invoice, post=True)
    assert (memo.status, memo.total_amount) == (CreditMemoStatus.POSTED, 0)


async def test_a_currency_without_a_limit_of_its_own_has_limit_0(books: TestBooks) -> None:
    memo = await posted_memo(as_clerk(books), "0.01", currency="EUR")
    assert await status_of(books, memo) == PENDING


async def test_whoever_has_no_limits_posts_whatever_it_is(books: TestBooks) -> None:
    assert await status_of(books, await posted_memo(books, "99999999.99")) == "POSTED"


async def test_a_memo_that_waits_is_neither_posted_nor_applied_nor_taxed_anew(books: TestBooks) -> None:
    memo = await waiting_memo(books)
    recalculate = RecalculateTax(credit_memo=CreditMemoReference(id=memo.id))
    assert "INVALID_STATUS" in await books.codes(recalculate)
    assert await books.codes(posting(memo)) == ["INVALID_STATUS"]


# ---------------------------------------------------------------------------------------------- approving
async def test_approval_posts_at_that_moment_and_says_by_whom(books: TestBooks) -> None:
    made = await waiting_memo(books, "150.00", "50.00")
    waiting = await books.record(CreditMemo, made.id)
    await books.perform(approving(made))
    memo = await books.record(CreditMemo, made.id)
    assert memo.status is CreditMemoStatus.POSTED
    assert (memo.approved_by, memo.posted_by, memo.approved_at) == ("ada", "ada", memo.posted_at)
    assert (memo.approval_requested_by, memo.created_by) == ("clerk", "clerk")
    assert memo.approval_requested_at == waiting.approval_requested_at
    assert memo.version == waiting.version + 1
    [entry] = await books.rows(
        "SELECT kind, impact_amount FROM balance_entry WHERE entity_id = :entity_id AND document_id = :id",
        id=made.id,
    )
    assert entry == (BalanceEntryKind.POSTING.value, 20000)
    await assert_books_hold(books)


@at_both_levels
async def test_approval_applies_what_was_to_be_applied_upon_posting(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("200.00", "16.50"))
    clerk = as_clerk(books)
    memo = await credited(clerk, invoice, of_line(invoice, 0, "100.00"), apply_to_invoice=True)
    result = await clerk.perform(posting(memo))
    assert result.outcome == {"credit_memo": memo.id, "application": None}
    assert await status_of(books, memo) == PENDING
    result = await books.perform(approving(memo))
    assert result.outcome["application"]
    assert (await invoice_balances(books, invoice))[0] == "108.25"
    assert (await memo_balances(books, memo.id))[0] == "0.00"
    await assert_books_hold(books)


async def test_what_the_invoice_owes_less_by_then_is_not_applied(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "200.00")
    clerk = as_clerk(books)
    memo = await credited(clerk, invoice, of_line(invoice, 0, "150.00"), apply_to_invoice=True)
    await clerk.perform(posting(memo))
    await books.perform(RecordPayment(invoice=InvoiceReference(id=invoice.id), amount=Decimal("200.00")))
    result = await books.perform(approving(memo))
    assert result.outcome["application"] is None
    assert (await memo_balances(books, memo.id))[0] == "150.00"
    await assert_books_hold(books)


async def test_whoever_made_changed_or_submitted_it_does_not_approve_it(books: TestBooks) -> None:
    """ada made it, ben submitted it: cyd approves."""
    memo = await draft_memo(books, "150.00")
    await books.as_somebody("ben", USD=0).perform(posting(memo))
    ben = books.as_somebody("ben")
    before = await trace(books.place)
    assert await books.codes(approving(memo)) == ["SELF_APPROVAL"]
    assert await ben.codes(approving(memo)) == ["SELF_APPROVAL"]
    assert await trace(books.place) == before
    await books.as_somebody("cyd").perform(approving(memo))
    assert await status_of(books, memo) == "POSTED"


async def test_the_last_editor_does_not_approve_it_though_others_have_changed_its_status_since(
    books: TestBooks,
) -> None:
    """ada made it, ben had its tax calculated anew, cyd submitted it, dan gave it back, eve submitted it again."""
    await with_rates(books, rate_entry("0.0825"))
    line = memo_line("150.00", tax_code="SAAS", jurisdiction="TEXAS")
    drawn = await draft_memo(books, line, tax_strategy=TaxStrategy.CALCULATE, tax_date=date(2026, 1, 10))
    memo = await books.record(CreditMemo, drawn.id)
    assert memo.edited_by is None
    ben, dan = books.as_somebody("ben"), books.as_somebody("dan")
    await ben.perform(RecalculateTax(credit_memo=CreditMemoReference(id=memo.id)))
    await books.as_somebody("cyd", USD=0).perform(posting(memo))
    await dan.perform(rejecting(memo))
    await books.as_somebody("eve", USD=0).perform(posting(memo))
    waiting = await books.record(CreditMemo, memo.id)
    assert (waiting.edited_by, waiting.updated_by) == ("ben", "eve")
    assert await ben.codes(approving(memo)) == ["SELF_APPROVAL"]
    await dan.perform(approving(memo))
    assert await status_of(books, drawn) == "POSTED"
    await assert_books_hold(books)


async def test_the_approvers_own_limit_counts(books: TestBooks) -> None:
    memo = await waiting_memo(books)
    lead = books.as_somebody("lead", USD=14_999)
    [violation] = await lead.refusal(approving(memo))
    assert (violation.code, violation.asked, violation.allowed) == (
        "EXCEEDS_APPROVAL_LIMIT",
        "150.00",
        "149.99",
    )
    await books.as_somebody("lead", USD=15_000).perform(approving(memo))
    assert await status_of(books, memo) == "POSTED"


async def test_approval_judges_what_posting_judges_as_it_is_by_then(books: TestBooks) -> None:
    memo = await waiting_memo(books, effective_date=date(2026, 3, 1))
    await books.change_settings(Settings(closed_through=date(2026, 3, 31)))
    before = await trace(books.place)
    assert await books.codes(approving(memo)) == ["PERIOD_CLOSED"]
    assert await trace(books.place) == before
    assert await status_of(books, memo) == PENDING


async def test_submission_judges_what_posting_judges(books: TestBooks) -> None:
    draft = await draft_memo(books, "150.00", effective_date=date(2026, 3, 1))
    await books.change_settings(Settings(closed_through=date(2026, 3, 31)))
    assert await as_clerk(books).codes(posting(draft)) == ["PERIOD_CLOSED"]


async def test_an_approval_is_done_once_however_often_it_is_sent(books: TestBooks) -> None:
    memo = await waiting_memo(books)
    first = await books.perform(approving(memo, idempotency_key="k"))
    again = await books.perform(approving(memo, idempotency_key="k"))
    assert (again.outcome, again.replayed) == (first.outcome, True)
    assert await books.codes(approving(memo)) == ["INVALID_STATUS"]


async def test_a_rehearsed_approval_leaves_no_trace(books: TestBooks) -> None:
    memo = await waiting_memo(books)
    before = await trace(books.place)
    async with books.rehearse(approving(memo)) as (result, _):
        assert result.dry_run
    assert await trace(books.place) == before


# ---------------------------------------------------------------------------------------------- giving back
async def test_a_rejected_memo_is_a_draft_that_can_be_submitted_again(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "200.00")
    clerk = as_clerk(books)
    memo = await credited(clerk, invoice, of_line(invoice, 0, "150.00"), post=True)
    await books.perform(rejecting(memo))
    rejected = await books.record(CreditMemo, memo.id)
    assert rejected.status is CreditMemoStatus.DRAFT
    assert (rejected.approval_requested_at, rejected.approval_requested_by) == (None, None)
    assert await drawn_from(books, invoice) == (15000, 0, 0)
    await clerk.perform(posting(memo))
    await books.perform(approving(memo))
    assert await status_of(books, memo) == "POSTED"
    await assert_books_hold(books)


async def test_a_memo_that_waits_can_be_canceled_and_frees_what_it_drew(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "200.00")
    memo = await credited(as_clerk(books), invoice, of_line(invoice, 0, "150.00"), post=True)
    await as_clerk(books).perform(CancelCreditMemo(credit_memo=CreditMemoReference(id=memo.id)))
    assert await status_of(books, memo) == "CANCELED"
    assert await drawn_from(books, invoice) == (0, 0, 0)
    assert await books.codes(approving(memo)) == ["INVALID_STATUS"]
    await assert_books_hold(books)


# ---------------------------------------------------------------------------------------------- numbers
@pytest.fixture
def gapless(database: Database, place: Place, runner: asyncio.Runner) -> TestBooks:
    sequences = [replace(each, gapless=True) for each in SEQUENCES]
    return runner.run(open_books(database, place, Settings(), sequences=sequences))


async def test_a_gapless_sequence_numbers_a_memo_when_it_is_approved(gapless: TestBooks) -> None:
    waiting = await waiting_memo(gapless)
    drafted = await draft_memo(gapless, "150.00")
    await as_clerk(gapless).perform(posting(drafted))
    assert await status_of(gapless, drafted) == PENDING
    posted = await posted_memo(gapless, "1.00")
    await gapless.perform(approving(waiting))
    numbers = [(await gapless.record(CreditMemo, each.id)).number for each in (posted, waiting, drafted)]
    assert numbers == ["CM-000001", "CM-000002", None]
    await assert_books_hold(gapless)


async def test_another_sequence_has_numbered_it_when_it_was_made(books: TestBooks) -> None:
    waiting = await waiting_memo(books)
    assert (await books.record(CreditMemo, waiting.id)).number == "CM-000001"
    await books.perform(approving(waiting))
    assert (await books.record(CreditMemo, waiting.id)).number == "CM-000001"


# ---------------------------------------------------------------------------------------------- several steps in one
Composite = Callable[[Made], Command]
COMPOSITES: dict[str, Composite] = {
    "create and apply": lambda invoice: crediting_and_applying(invoice, (0, "100.01")),
    "from an invoice, posted and applied": lambda invoice: crediting(
        invoice, of_line(invoice, 0, "100.01"), post=True, apply_to_invoice=True
    ),
    "the same by its other name": lambda invoice: crediting(
        invoice, of_line(invoice, 0, "100.01"), post=True, auto_apply_upon_posting=True
    ),
    "conversion": lambda invoice: ConvertNegativeInvoiceLines(invoice=InvoiceReference(id=invoice.id)),
    "conversion, applied": lambda invoice: ConvertNegativeInvoiceLines(
        invoice=InvoiceReference(id=invoice.id), apply_to_invoice=True
    ),
}


@at_both_levels
@pytest.mark.parametrize("command_for", COMPOSITES.values(), ids=COMPOSITES.keys())
async def test_a_composite_above_the_limit_is_refused_whole(books: TestBooks, command_for: Composite) -> None:
    invoice = await posted_invoice(books, "400.00", "-100.01")
    command = command_for(invoice)
    before = await trace(books.place)
    [violation] = await as_clerk(books).refusal(command)
    told = (violation.code, violation.asked, violation.allowed)
    assert told == ("EXCEEDS_APPROVAL_LIMIT", "100.01", "100.00")
    assert await trace(books.place) == before
    await as_clerk(books, USD=10_001).perform(command)
    await assert_books_hold(books)


CONVERTING = Settings(convert_negative_lines_on_posting=True)


@pytest.mark.parametrize("entity_settings", [CONVERTING])
async def test_posting_an_invoice_converts_no_more_than_the_limit(books: TestBooks) -> None:
    clerk = as_clerk(books)
    draft = await draft_invoice(books, "400.00", "-100.01")
    posted = PostInvoice(invoice=InvoiceReference(id=draft.id))
    assert await clerk.codes(posted) == ["EXCEEDS_APPROVAL_LIMIT"]
    [violation] = await clerk.refusal(
        CreateInvoices(invoices=[invoice_entry("400.00", "-100.01", post=True)])
    )
    assert (violation.code, violation.path) == ("EXCEEDS_APPROVAL_LIMIT", ("invoices", 0, "lines"))
    within = CreateInvoices(invoices=[invoice_entry("400.00", "-100.00", post=True)])
    assert (await clerk.perform(within)).outcome["created"] == 1


# ---------------------------------------------------------------------------------------------- direct memos
def direct(invoice: Made, amount: str, **said: Any) -> DirectCreditMemoEntry:
    line = DirectCreditLineEntry(invoice_line_id=invoice.lines[0], amount=Decimal(amount))
    return DirectCreditMemoEntry(
        **{"invoice": InvoiceReference(id=invoice.id), "lines": [line], "auto_approve": True, **said}
    )


async def test_a_direct_memo_above_the_limit_waits_also_one_that_is_to_be_applied(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "500.00")
    entries = [
        direct(invoice, "100.00"),
        direct(invoice, "100.01"),
        direct(invoice, "150.00", auto_apply=True),
    ]
    result = await as_clerk(books).perform(CreateDirectCreditMemos(credit_memos=entries, atomic=True))
    items = [await books.record(JobItem, each) for each in result.outcome["results"]]
    assert [each.outcome for each in items] == [JobItemOutcome.DONE] * 3
    memos = [await books.record(CreditMemo, each.credit_memo_id or "") for each in items]
    assert [each.status for each in memos] == ["POSTED", PENDING, PENDING]
    assert [each.auto_apply_upon_posting for each in memos] == [False, False, True]
    assert items[2].application_id is None
    assert (await invoice_balances(books, invoice))[0] == "500.00"
    await books.perform(approving(memos[2]))
    assert (await invoice_balances(books, invoice))[0] == "350.00"
    job = await books.record(Job, result.outcome["job"])
    assert job.approval_limits == {"USD": 10_000}
    await assert_books_hold(books)


async def test_a_line_credited_by_one_that_waits_is_reserved_for_it(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "200.00")
    await as_clerk(books).perform(CreateDirectCreditMemos(credit_memos=[direct(invoice, "150.00")]))
    line = await books.record(InvoiceLine, invoice.lines[0])
    assert line.amount_credited == 15000
    refused = await books.refusal(
        crediting(invoice, of_line(invoice, 0, "50.01"), tax_strategy=TaxStrategy.IGNORE)
    )
    assert refused[0].allowed == "50.00"
