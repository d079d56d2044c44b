"""createCreditMemoFromInvoice, its worked examples (domain 4.8, 5) and what goes with them, on both databases."""

from decimal import Decimal

import pytest

from app.domain.application import CreditMemoApplication
from app.domain.commands import (
    ConvertNegativeInvoiceLines,
    CreditMemoReference,
    InvoiceReference,
    PostCreditMemo,
    RecalculateTax,
    TaxItem,
)
from app.domain.credit_memo import CreditMemo, CreditMemoLineTax
from app.domain.invoice import Invoice
from app.domain.vocabulary import (
    AllocationRule,
    CreditMemoSource,
    CreditMemoStatus,
    OnTaxFailure,
    SettledLevel,
    TaxMode,
    TaxStatus,
    TaxStrategy,
)
from tests.support.books import TestBooks, assert_books_hold, trace
from tests.support.building import (
    Made,
    applied,
    credit,
    invoice_balances,
    invoice_line,
    memo_balances,
    paid,
    posted_invoice,
    posted_memo,
)
from tests.support.crediting import (
    amounts_of,
    credited,
    crediting,
    lines_of,
    of_line,
    posting,
)
from tests.support.levels import at_both_levels
from tests.support.tax_engines import Answering, rate_entry, with_callback, with_rates

IGNORE, CALCULATE = TaxStrategy.IGNORE, TaxStrategy.CALCULATE


# ---------------------------------------------------------------- in full
async def test_4_8_a_full_credit_takes_all_that_is_left_of_every_line(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"), ("40.00", "3.30"), "10.00")
    await credit(books, invoice, (0, "50.00"), (2, "10.00"))
    memo = await credited(books, invoice)
    assert await amounts_of(books, memo) == [(5000, 412), (4000, 330)]
    assert (memo.status, memo.source, memo.source_type) == (CreditMemoStatus.DRAFT, "INVOICE", "Invoice")
    assert (memo.source_id, memo.invoice_id) == (invoice.id, invoice.id)
    assert await books.codes(crediting(invoice)) == ["NOTHING_CREDITABLE"]
    await assert_books_hold(books)


async def test_4_8_a_full_credit_mirrors_negative_lines(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "400.00", "-100.00")
    memo = await credited(books, invoice, post=True, apply_to_invoice=True)
    assert (memo.total_amount, memo.balance) == (30000, 0)
    assert await amounts_of(books, memo) == [(40000, 0), (-10000, 0)]
    assert (await invoice_balances(books, invoice))[0] == "0.00"
    await assert_books_hold(books)


@at_both_levels
async def test_4_7_a_full_credit_after_conversion_leaves_nothing_over(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "400.00", "-100.00")
    done = await books.perform(ConvertNegativeInvoiceLines(invoice=InvoiceReference(id=invoice.id)))
    memo = await credited(books, invoice, post=True, apply_to_invoice=True)
    assert (memo.total_amount, memo.balance) == (30000, 0)
    converted = Made(done.outcome["credit_memo"], ())
    await applied(books, converted, (invoice, "100.00"))
    assert (await invoice_balances(books, invoice))[0] == "0.00"
    assert (await memo_balances(books, converted))[0] == "0.00"
    await assert_books_hold(books)


@at_both_levels
async def test_4_8_a_memo_may_come_to_nothing_and_then_has_no_application(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00", "-100.00")
    result = await books.perform(crediting(invoice, post=True, apply_to_invoice=True))
    memo = await books.record(CreditMemo, result.outcome["credit_memo"])
    assert (memo.total_amount, memo.status) == (0, CreditMemoStatus.POSTED)
    assert result.outcome["application"] is None
    assert await amounts_of(books, memo) == [(10000, 0), (-10000, 0)]
    await assert_books_hold(books)


async def test_4_8_from_a_net_negative_invoice_nothing_can_be_drawn(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "10.00", "-25.00")
    assert await books.codes(crediting(invoice)) == ["NOTHING_CREDITABLE"]
    assert await books.codes(crediting(invoice, of_line(invoice, 0, "1.00"))) == ["NOTHING_CREDITABLE"]


async def test_5_a_full_credit_without_tax_leaves_the_tax(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"))
    assert await amounts_of(books, await credited(books, invoice, tax_strategy=IGNORE)) == [(10000, 0)]
    [line] = await lines_of(books, await credited(books, invoice))
    assert (line.amount, line.tax_amount, line.tax_only) == (0, 825, False)
    await assert_books_hold(books)


async def test_4_8_a_free_line_is_credited_with_its_quantity(books: TestBooks) -> None:
    free = invoice_line("0.00", quantity=Decimal(3))
    invoice = await posted_invoice(books, free, "0.00", "10.00")
    memo = await credited(books, invoice)
    assert [(line.amount, line.quantity) for line in await lines_of(books, memo)] == [
        (0, 3_000_000),
        (1000, None),
    ]
    assert await books.codes(crediting(invoice)) == ["NOTHING_CREDITABLE"]


# ---------------------------------------------------------------- posting and applying
@at_both_levels
async def test_4_8_applied_at_once_as_far_as_both_balances_reach(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"), "50.00")
    await paid(books, invoice, "60.00")
    result = await books.perform(
        crediting(invoice, of_line(invoice, 0, "100.00"), post=True, apply_to_invoice=True)
    )
    memo = await books.record(CreditMemo, result.outcome["credit_memo"])
    application = await books.record(CreditMemoApplication, result.outcome["application"])
    assert (application.amount, memo.balance, memo.applied) == (9825, 1000, 9825)
    assert application.number == f"{memo.number}-2"
    at_lines = application.level is SettledLevel.LINE
    assert application.allocation_rule is (AllocationRule.SOURCE_LINE if at_lines else None)
    assert (await invoice_balances(books, invoice))[0] == "0.00"
    await assert_books_hold(books)


@at_both_levels
@pytest.mark.parametrize("word", ["apply_to_invoice", "auto_apply_upon_posting"])
async def test_4_8_a_draft_is_applied_when_it_is_posted(books: TestBooks, word: str) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"))
    draft = await credited(books, invoice, of_line(invoice, 0, "50.00"), **{word: True})
    assert (draft.status, draft.auto_apply_upon_posting) == (CreditMemoStatus.DRAFT, True)
    posted = await books.perform(posting(draft))
    application = await books.record(CreditMemoApplication, posted.outcome["application"])
    assert (application.amount, application.invoice_id) == (5413, invoice.id)
    memo = await books.record(CreditMemo, draft.id)
    assert (memo.status, memo.balance, memo.source) == (CreditMemoStatus.POSTED, 0, CreditMemoSource.INVOICE)
    await assert_books_hold(books)


async def test_4_8_posting_applies_nothing_where_nothing_is_owed_or_no_one_asked(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    unasked = await credited(books, invoice, of_line(invoice, 0, "10.00"))
    assert (await books.perform(posting(unasked))).outcome["application"] is None
    asked = await credited(books, invoice, of_line(invoice, 0, "10.00"), apply_to_invoice=True)
    await paid(books, invoice, "100.00")
    assert (await books.perform(posting(asked))).outcome["application"] is None
    assert (await books.record(CreditMemo, asked.id)).balance == 1000
    alone = await posted_memo(books, "10.00", post=False, auto_apply_upon_posting=True)
    done = await books.perform(PostCreditMemo(credit_memo=CreditMemoReference(id=alone.id)))
    assert done.outcome["application"] is None


# ---------------------------------------------------------------- exactly once
async def test_a_key_a_reference_and_a_rehearsal(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    before = await trace(books.place)
    async with books.rehearse(crediting(invoice, post=True, apply_to_invoice=True)) as (result, _):
        assert result.outcome["application"]
    assert await trace(books.place) == before
    entry = of_line(invoice, 0, "10.00")
    keyed = crediting(invoice, entry, post=True, apply_to_invoice=True, idempotency_key="k")
    first = await books.perform(keyed)
    replayed = await books.perform(keyed)
    assert (replayed.replayed, replayed.outcome) == (True, first.outcome)
    named = crediting(invoice, entry, external_reference="R-1")
    draft = await books.perform(named)
    await books.perform(PostCreditMemo(credit_memo=CreditMemoReference(id=draft.outcome["credit_memo"])))
    await applied(books, Made(draft.outcome["credit_memo"], ()), (invoice, "10.00"))
    delivered = await books.perform(named)
    # That it was applied by another call since is not this one's.
    assert (delivered.replayed, delivered.outcome) == (True, draft.outcome)
    other = crediting(invoice, of_line(invoice, 0, "11.00"), external_reference="R-1")
    assert await books.codes(other) == ["EXTERNAL_REFERENCE_REUSED"]


# ---------------------------------------------------------------- tax that an engine finds
async def taxed_invoice(books: TestBooks) -> Made:
    item = TaxItem(name="SALES TAX", code="SAAS", jurisdiction="TEXAS", amount=Decimal("8.25"))
    line = invoice_line("100.00", tax_items=[item], tax_code="SAAS", jurisdiction="TEXAS")
    return await posted_invoice(books, line, invoice_line("100.00", tax_items=[item]))


async def test_5_rates_tax_credited_lines_cumulatively(books: TestBooks) -> None:
    await with_rates(books, rate_entry("0.0825"))
    invoice = await taxed_invoice(books)
    halves = [
        await credited(books, invoice, of_line(invoice, 0, "50.00"), tax_strategy=CALCULATE) for _ in "12"
    ]
    assert [await amounts_of(books, memo) for memo in halves] == [[(5000, 413)], [(5000, 412)]]
    [item] = await books.of(CreditMemoLineTax, "credit_memo_id", halves[0].id)
    assert item.rate == 8_250_000
    await assert_books_hold(books)


async def test_5_the_callback_is_asked_once_for_all_lines_and_capped(books: TestBooks) -> None:
    await with_callback(books)
    invoice = await taxed_invoice(books)
    ask = Answering("0.0825")
    halves = [of_line(invoice, 0, "50.00"), of_line(invoice, 1, "54.13", tax_mode=TaxMode.INCLUSIVE)]
    for taxes in ([(5000, 413), (5000, 413)], [(5000, 412), (5000, 412)]):
        said = {"tax_strategy": CALCULATE, "post": True, "apply_to_invoice": True}
        if taxes[0][1] == 412:
            halves[1] = of_line(invoice, 1, "54.12", tax_mode=TaxMode.INCLUSIVE)
        memo = await credited(books.asking(ask), invoice, *halves, **said)
        assert await amounts_of(books, memo) == taxes
    assert ask.previews == [False, False]
    assert len(ask.asked) == 4
    await assert_books_hold(books)


async def test_5_a_full_credit_is_taxed_by_the_engine_and_capped(books: TestBooks) -> None:
    await with_callback(books)
    invoice = await taxed_invoice(books)
    memo = await credited(books.asking(Answering("0.0900")), invoice, tax_strategy=CALCULATE)
    assert await amounts_of(books, memo) == [(10000, 825), (10000, 825)]
    assert await books.codes(crediting(invoice)) == ["NOTHING_CREDITABLE"]


async def test_5_an_answer_that_is_missing_makes_a_draft_where_that_was_asked(books: TestBooks) -> None:
    await with_callback(books)
    invoice = await taxed_invoice(books)
    failing = books.asking(Answering(failure="It is closed."))
    said = {"tax_strategy": CALCULATE, "post": True, "apply_to_invoice": True}
    command = crediting(invoice, of_line(invoice, 0, "50.00"), **said)
    refused = await failing.refusal(command)
    assert [(each.code, each.path) for each in refused] == [("TAX_ENGINE_FAILED", ("lines", 0))]
    memo = await credited(
        failing, invoice, of_line(invoice, 0, "50.00"), **said, on_tax_failure=OnTaxFailure.DRAFT
    )
    assert (memo.status, memo.tax_status, memo.tax_message) == (
        CreditMemoStatus.DRAFT,
        TaxStatus.ERROR,
        "Line 1: It is closed.",
    )
    assert await books.codes(posting(memo)) == ["TAX_PENDING"]
    again = RecalculateTax(credit_memo=CreditMemoReference(id=memo.id))
    await books.asking(Answering("0.0825")).perform(again)
    posted = await books.perform(posting(memo))
    assert (await books.record(CreditMemoApplication, posted.outcome["application"])).amount == 5413
    assert (await books.record(Invoice, invoice.id)).credited_amount == 5413
    await assert_books_hold(books)
