"""What a credit takes over from its invoice line, what a conversion makes of one, and what a second delivery finds."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.application import CreditMemoApplication
from app.domain.commands import (
    ConvertNegativeInvoiceLines,
    InvoiceLineEntry,
    InvoiceReference,
    TaxItem,
    UnapplyCreditMemo,
)
from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.limits import Limits
from app.domain.violation import Rejected
from app.domain.vocabulary import TaxMode, TaxStrategy
from tests.support.books import TestBooks, assert_books_hold, trace
from tests.support.building import Made, applied, credit, crediting, paying, posted_invoice
from tests.support.levels import LINES


async def an_exempt_invoice(books: TestBooks) -> Made:
    """100.00 with 8.25 of tax, 30.00 of it exempt; and an item without tax, of which 100.00 are exempt."""
    items = [
        TaxItem(name="state", amount=Decimal("8.25"), exempt_amount=Decimal("30.00")),
        TaxItem(name="county", amount=Decimal("0.00"), exempt_amount=Decimal("100.00")),
    ]
    return await posted_invoice(books, InvoiceLineEntry(amount=Decimal("100.00"), tax_items=items))


async def exempt_of(books: TestBooks, memo: Made) -> list[tuple[str | None, int]]:
    taxes = await books.of(CreditMemoLineTax, "credit_memo_line_id", memo.lines[0])
    carried = [(each.name, each.exempt_amount) for each in taxes]
    header = await books.record(CreditMemo, memo.id)
    assert header.tax_exempt_amount == sum(amount for _, amount in carried)
    return carried


async def test_a_copied_tax_carries_its_share_of_the_exempt_amount_rounded_down(books: TestBooks) -> None:
    invoice = await an_exempt_invoice(books)
    first = await credit(books, invoice, (0, "50.00"))
    # 413 of 825 of 3000 is 1501.8; half of the amount is half of what is exempt without tax.
    assert await exempt_of(books, first.memo) == [("state", 1501), ("county", 5000)]
    second = await credit(books, invoice, (0, "50.00"))
    assert await exempt_of(books, second.memo) == [("state", 1498), ("county", 5000)]
    await assert_books_hold(books)


@pytest.mark.parametrize("mode", TaxMode)
async def test_a_credit_of_the_whole_line_carries_all_that_is_exempt(books: TestBooks, mode: TaxMode) -> None:
    invoice = await an_exempt_invoice(books)
    whole = "108.25" if mode is TaxMode.INCLUSIVE else "100.00"
    made = await credit(books, invoice, (0, whole), tax_mode=mode)
    assert await exempt_of(books, made.memo) == [("state", 3000), ("county", 10000)]


async def test_a_tax_only_credit_carries_what_is_exempt_with_its_tax_alone(books: TestBooks) -> None:
    invoice = await an_exempt_invoice(books)
    made = await credit(books, invoice, (0, None), tax_only=True)
    assert await exempt_of(books, made.memo) == [("state", 3000)]


async def test_a_credit_without_tax_carries_nothing_exempt(books: TestBooks) -> None:
    invoice = await an_exempt_invoice(books)
    made = await credit(books, invoice, (0, "50.00"), tax_strategy=TaxStrategy.IGNORE)
    assert await exempt_of(books, made.memo) == []


@pytest.mark.parametrize(("quantity", "unit_price"), [("-2", "50"), ("2", "-50"), (None, "-100.5")])
async def test_the_counterpart_of_a_negative_line_has_neither_negative_quantity_nor_price(
    books: TestBooks, quantity: str | None, unit_price: str
) -> None:
    negative = InvoiceLineEntry(
        amount=Decimal("-100.00"),
        quantity=None if quantity is None else Decimal(quantity),
        unit_price=Decimal(unit_price),
    )
    invoice = await posted_invoice(books, "400.00", negative)
    done = await books.perform(ConvertNegativeInvoiceLines(invoice=InvoiceReference(id=invoice.id)))
    [line] = await books.of(CreditMemoLine, "credit_memo_id", done.outcome["credit_memo"])
    assert line.quantity == (None if quantity is None else 2_000_000)
    assert line.unit_price == unit_price.removeprefix("-")
    await assert_books_hold(books)


async def test_a_second_delivery_of_a_credit_answers_its_first_application(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00")
    said = {"external_reference": "X-1"}
    first = await credit(books, invoice, (0, "10.00"), **said)
    await books.perform(UnapplyCreditMemo(application_id=first.application))
    await applied(books, first.memo, (invoice, "4.00"))
    again = await books.perform(crediting(invoice, (0, "10.00"), **said))
    assert again.outcome["application"] == first.application
    rows = await books.of(CreditMemoApplication, "credit_memo_id", first.memo.id)
    assert min(each.credit_memo_position for each in rows) == 2
    assert [each.id for each in rows if each.credit_memo_position == 2] == [first.application]


async def test_a_limit_lowered_since_does_not_refuse_a_replay(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00", "50.00")
    both = crediting(invoice, (0, "10.00"), (1, "5.00"), description="both", idempotency_key="a long key")
    first = await books.perform(both)
    narrower = replace(books, actor=replace(books.actor, limits=Limits(lines=1, description=3, text=5)))
    again = await narrower.perform(both)
    assert (again.replayed, again.outcome) == (True, first.outcome)


async def test_what_is_too_large_is_refused_alike_when_rehearsed_and_leaves_its_key_free(
    books: TestBooks,
) -> None:
    invoice = await posted_invoice(books, "100.00")
    narrower = replace(books, actor=replace(books.actor, limits=Limits(text=40)))
    command = paying(invoice, "10.00", method="x" * 41, idempotency_key="key")
    before = await trace(books.place)
    [violation] = await narrower.refusal(command)
    assert (violation.code, violation.path) == ("LIMIT_EXCEEDED", ("method",))
    with pytest.raises(Rejected) as rejected:
        async with narrower.rehearse(command):
            pass
    assert rejected.value.violations == (violation,)
    assert await trace(books.place) == before
    assert (await books.perform(command)).replayed is False


@pytest.mark.parametrize("entity_settings", [LINES], ids=["lines"])
async def test_more_pairs_than_the_limit_are_refused_wherever_lines_are_settled(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00", "50.00", "-30.00", "-20.00")
    narrower = replace(books, actor=replace(books.actor, limits=Limits(pairs=2, source_pairs=2)))
    converting = ConvertNegativeInvoiceLines(
        invoice=InvoiceReference(id=invoice.id), apply_to_invoice=True, idempotency_key="key"
    )
    for command in (converting, crediting(invoice, (0, "10.00"), (1, "5.00"))):
        [violation] = await narrower.refusal(command)
        assert (violation.code, violation.asked, violation.allowed) == ("LIMIT_EXCEEDED", "3", "2")
    await books.perform(converting)
