"""A credit whose tax is not known, or that takes none, disturbs no other credit of its line (domain 5)."""

from app.domain.commands import CreditMemoReference, InvoiceCreditEntry, RecalculateTax
from app.domain.credit_memo import CreditMemo
from app.domain.invoice import InvoiceLine
from app.domain.vocabulary import OnTaxFailure, TaxMode, TaxStatus, TaxStrategy
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import Made, invoice_line, posted_invoice
from tests.support.crediting import (
    amounts_of,
    canceling,
    credited,
    crediting,
    drawn_from,
    lines_of,
    of_line,
)
from tests.support.tax_engines import rate_entry, with_rates

COPY, CALCULATE = TaxStrategy.COPY_FROM_INVOICE_LINE, TaxStrategy.CALCULATE


async def taxed_invoice(books: TestBooks, **said: bool) -> Made:
    """Posted: 100.00 with 8.25 of tax, for which the built-in engine has no rate yet."""
    await with_rates(books)
    line = invoice_line(("100.00", "8.25"), tax_code="SAAS", jurisdiction="TEXAS", **said)
    return await posted_invoice(books, line)


async def pending(books: TestBooks, invoice: Made, entry: InvoiceCreditEntry) -> CreditMemo:
    memo = await credited(books, invoice, entry, tax_strategy=CALCULATE, on_tax_failure=OnTaxFailure.DRAFT)
    assert memo.tax_status is TaxStatus.ERROR
    await assert_books_hold(books)
    return memo


async def taxed_again(books: TestBooks, memo: CreditMemo) -> None:
    """The rate is known now."""
    await with_rates(books, rate_entry("0.0825"))
    await books.perform(again(memo))
    await assert_books_hold(books)


def again(memo: CreditMemo) -> RecalculateTax:
    return RecalculateTax(credit_memo=CreditMemoReference(id=memo.id))


async def test_5_a_copy_beside_a_draft_that_waits_carries_only_its_own_tax(books: TestBooks) -> None:
    invoice = await taxed_invoice(books)
    waiting = await pending(books, invoice, of_line(invoice, 0, "50.00"))
    [line] = await lines_of(books, waiting)
    assert (line.amount, line.tax_amount, line.amount_to_tax) == (5000, 0, 5000)
    copy = await credited(books, invoice, of_line(invoice, 0, "25.00"), tax_strategy=COPY)
    assert await amounts_of(books, copy) == [(2500, 206)]
    await taxed_again(books, waiting)
    # 75.00 in all carry 6.19, of which the copy has 2.06.
    assert await amounts_of(books, waiting) == [(5000, 413)]
    [line] = await lines_of(books, waiting)
    assert line.amount_to_tax is None
    assert await drawn_from(books, invoice) == (7500, 619, 0)


async def test_5_a_draft_that_waits_gives_back_exactly_what_it_drew(books: TestBooks) -> None:
    invoice = await taxed_invoice(books)
    before = await books.record(InvoiceLine, invoice.lines[0])
    for entry in (
        of_line(invoice, 0, "50.00"),
        of_line(invoice, 0, "54.13", tax_mode=TaxMode.INCLUSIVE),
    ):
        waiting = await pending(books, invoice, entry)
        assert await drawn_from(books, invoice) == (5000, 0, 0)
        await books.perform(canceling(waiting))
        assert await books.record(InvoiceLine, invoice.lines[0]) == before
        await assert_books_hold(books)


async def test_5_two_halves_are_4_13_and_4_12_whichever_had_to_wait(books: TestBooks) -> None:
    invoice = await taxed_invoice(books)
    waiting = await pending(books, invoice, of_line(invoice, 0, "50.00"))
    copy = await credited(books, invoice, of_line(invoice, 0, "50.00"), tax_strategy=COPY)
    await taxed_again(books, waiting)
    assert await amounts_of(books, copy) == [(5000, 413)]
    assert await amounts_of(books, waiting) == [(5000, 412)]
    assert await books.codes(crediting(invoice)) == ["NOTHING_CREDITABLE"]


async def test_5_an_exempt_line_credited_by_the_engine_leaves_a_copy_its_own_tax(books: TestBooks) -> None:
    invoice = await taxed_invoice(books, tax_exempt=True)
    exempt = await credited(books, invoice, of_line(invoice, 0, "50.00"), tax_strategy=CALCULATE)
    assert await amounts_of(books, exempt) == [(5000, 0)]
    copy = await credited(books, invoice, of_line(invoice, 0, "25.00"), tax_strategy=COPY)
    assert await amounts_of(books, copy) == [(2500, 206)]
    await assert_books_hold(books)
    await taxed_again(books, exempt)
    assert await amounts_of(books, exempt) == [(5000, 0)]
    await books.perform(canceling(exempt))
    assert await drawn_from(books, invoice) == (2500, 206, 0)
    await assert_books_hold(books)


async def test_5_an_inclusive_draft_that_waits_draws_what_it_would_without_its_tax(books: TestBooks) -> None:
    invoice = await taxed_invoice(books)
    whole = of_line(invoice, 0, "108.25", tax_mode=TaxMode.INCLUSIVE)
    waiting = await pending(books, invoice, whole)
    assert await amounts_of(books, waiting) == [(10000, 0)]
    [line] = await lines_of(books, waiting)
    assert line.amount_to_tax == 10825
    await taxed_again(books, waiting)
    assert await amounts_of(books, waiting) == [(10000, 825)]
    assert await drawn_from(books, invoice) == (10000, 825, 0)


async def test_5_an_inclusive_draft_that_waits_is_refused_the_tax_that_others_took(books: TestBooks) -> None:
    invoice = await taxed_invoice(books)
    waiting = await pending(books, invoice, of_line(invoice, 0, "54.13", tax_mode=TaxMode.INCLUSIVE))
    await credited(books, invoice, of_line(invoice, 0, "50.00"), tax_strategy=COPY)
    await with_rates(books, rate_entry("0.0825"))
    refused = await books.refusal(again(waiting))
    assert [(each.code, each.asked, each.allowed) for each in refused] == [
        ("EXCEEDS_CREDITABLE_AMOUNT", "54.13", "54.12"),
        ("EXCEEDS_CREDITABLE_AMOUNT", "4.13", "4.12"),
    ]
    await assert_books_hold(books)
