"""Lines credited by amount, quantity and tax, their worked examples (domain 2, 4.8, 5), on both databases."""

import datetime as dt
from decimal import Decimal

from app.domain.commands import (
    CreateAndApplyCreditMemo,
    InvoiceReference,
    OrderItemEntry,
    TaxItem,
)
from app.domain.credit_memo import CreditMemo, CreditMemoLineTax
from app.domain.invoice import InvoiceLine, OrderItem
from app.domain.vocabulary import (
    TaxStrategy,
)
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import (
    Made,
    invoice_line,
    posted_invoice,
)
from tests.support.crediting import (
    amounts_of,
    canceling,
    credited,
    crediting,
    drawn_from,
    lines_of,
    of_line,
)
from tests.support.levels import at_both_levels

IGNORE, CALCULATE = TaxStrategy.IGNORE, TaxStrategy.CALCULATE


# ---------------------------------------------------------------- lines
async def test_4_8_what_a_line_does_not_say_is_its_invoice_lines(books: TestBooks) -> None:
    charged = invoice_line(
        "100.00",
        sku="SKU-1",
        description="Seats",
        unit_of_measure="Each",
        unit_price=Decimal("10"),
        quantity=Decimal(10),
        service_start=dt.date(2026, 1, 1),
        service_end=dt.date(2026, 1, 31),
    )
    invoice = await posted_invoice(books, charged, charged)
    said = {
        "sku": "SKU-2",
        "description": "Chairs",
        "unit_of_measure": "Piece",
        "service_start": dt.date(2026, 1, 10),
        "service_end": dt.date(2026, 1, 20),
        "comment": "swapped",
        "metadata": {"po": "1"},
    }
    memo = await credited(
        books, invoice, of_line(invoice, 0, "10.00"), of_line(invoice, 1, "10.00", quantity="1", **said)
    )
    first, second = await lines_of(books, memo)
    assert (first.sku, first.description, first.unit_of_measure) == ("SKU-1", "Seats", "Each")
    assert (first.service_start, first.service_end) == (dt.date(2026, 1, 1), dt.date(2026, 1, 31))
    assert (first.quantity, first.unit_price, first.comment) == (None, "10", None)
    assert {name: getattr(second, name) for name in said} == said
    assert second.quantity == 1_000_000


async def test_4_8_an_amount_of_0_corrects_data_or_tax(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"), "50.00")
    memo = await credited(
        books,
        invoice,
        of_line(invoice, 0, "0.00", tax_items=[TaxItem(amount=Decimal("1.25"))]),
        of_line(invoice, 1, "0.00", sku="SKU-31"),
    )
    tax, data = await lines_of(books, memo)
    assert (tax.amount, tax.tax_amount, tax.tax_only) == (0, 125, True)
    assert (data.total_amount, data.sku, data.tax_only) == (0, "SKU-31", False)
    await assert_books_hold(books)


async def test_5_a_tax_given_as_one_number_is_split_by_what_is_left(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "6.25", "2.00"))
    memo = await credited(books, invoice, of_line(invoice, 0, "50.00", tax_amount="4.13"))
    items = await books.of(CreditMemoLineTax, "credit_memo_id", memo.id)
    assert [item.amount for item in items] == [313, 100]
    assert [line.tax_strategy for line in await lines_of(books, memo)] == ["MANUAL_OVERRIDE"]
    [over] = await books.refusal(crediting(invoice, of_line(invoice, 0, "1.00", tax_amount="4.13")))
    assert (over.code, over.path, over.allowed) == (
        "EXCEEDS_CREDITABLE_TAX",
        ("lines", 0, "tax_amount"),
        "4.12",
    )
    rest = await credited(books, invoice, of_line(invoice, 0, "50.00", tax_amount="4.12"))
    assert await amounts_of(books, rest) == [(5000, 412)]
    await assert_books_hold(books)


# ---------------------------------------------------------------- quantities
async def seats(books: TestBooks, amount: str = "100.00", quantity: str = "3") -> Made:
    """A line of seats that came from an order item of ten."""
    ordered = OrderItemEntry(external_reference="SEATS", quantity=Decimal(10))
    line = invoice_line((amount, "8.25"), quantity=Decimal(quantity), order_item=ordered)
    return await posted_invoice(books, line, "500.00")


async def seats_credited(books: TestBooks) -> int:
    value: int = await books.value(
        "SELECT quantity_credited FROM order_item WHERE entity_id = :entity_id AND external_reference = 'SEATS'"
    )
    return value


async def test_5_a_quantity_alone_finds_its_amount_in_cumulative_proportion(books: TestBooks) -> None:
    invoice = await seats(books)
    made = [await credited(books, invoice, of_line(invoice, quantity="1")) for _ in range(3)]
    assert [await amounts_of(books, memo) for memo in made] == [[(3333, 275)], [(3334, 275)], [(3333, 275)]]
    [line] = await lines_of(books, made[0])
    assert (line.quantity, line.amount_prorated) == (1_000_000, True)
    assert await drawn_from(books, invoice) == (10000, 825, 3_000_000)
    source = await books.record(InvoiceLine, invoice.lines[0])
    assert (source.quantity_prorated, source.amount_prorated) == (3_000_000, 10000)
    await assert_books_hold(books)


async def test_5_a_quantity_whose_share_rounds_to_0_is_counted(books: TestBooks) -> None:
    """0.02 for 3 seats: a cent, nothing, a cent."""
    invoice = await posted_invoice(books, invoice_line("0.02", quantity=Decimal(3)))
    made = [await credited(books, invoice, of_line(invoice, quantity="1")) for _ in range(3)]
    assert [memo.total_amount for memo in made] == [1, 0, 1]
    source = await books.record(InvoiceLine, invoice.lines[0])
    assert (source.quantity_credited, source.amount_credited) == (3_000_000, 2)
    await assert_books_hold(books)


async def test_4_8_beside_a_quantity_the_amount_decides_the_money(books: TestBooks) -> None:
    invoice = await seats(books)
    memo = await credited(books, invoice, of_line(invoice, 0, "1.00", quantity="2"))
    assert await amounts_of(books, memo) == [(100, 8)]
    # One seat alone is a third of the line, whatever was named beside the two others.
    rest = await credited(books, invoice, of_line(invoice, quantity="1"))
    assert await amounts_of(books, rest) == [(3333, 275)]
    [over] = await books.refusal(crediting(invoice, of_line(invoice, 0, "1.00", quantity="0.5")))
    assert (over.code, over.asked, over.allowed) == ("EXCEEDS_CREDITABLE_QUANTITY", "0.5", "0")
    await assert_books_hold(books)


async def test_2_quantities_are_counted_on_line_and_order_item_and_taken_back_exactly(
    books: TestBooks,
) -> None:
    january, february = await seats(books, quantity="10"), await seats(books, quantity="10")
    memos = [await credited(books, each) for each in (january, february)]
    # On the order item it is a sum, not a cap.
    assert await seats_credited(books) == 20_000_000
    await books.perform(canceling(memos[0]))
    assert await seats_credited(books) == 10_000_000
    assert await drawn_from(books, january) == (0, 0, 0)
    prorated = await credited(books, january, of_line(january, quantity="4.5"))
    assert await seats_credited(books) == 14_500_000
    await books.perform(canceling(prorated))
    line = await books.record(InvoiceLine, january.lines[0])
    assert (line.quantity_credited, line.quantity_prorated, line.amount_prorated) == (0, 0, 0)
    [item] = [
        await books.record(OrderItem, id)
        for [id] in await books.rows("SELECT id FROM order_item WHERE entity_id = :entity_id")
    ]
    assert (item.quantity, item.quantity_credited) == (10_000_000, 10_000_000)
    await assert_books_hold(books)


@at_both_levels
async def test_4_2_credit_and_apply_counts_quantities_alike(books: TestBooks) -> None:
    invoice = await seats(books)
    command = CreateAndApplyCreditMemo(
        invoice=InvoiceReference(id=invoice.id), lines=[of_line(invoice, quantity="2")]
    )
    memo = await books.record(CreditMemo, (await books.perform(command)).outcome["credit_memo"])
    assert await amounts_of(books, memo) == [(6667, 550)]
    assert (memo.applied, memo.source_type) == (7217, "Invoice")
    assert await seats_credited(books) == 2_000_000
    refused = await books.refusal(command)
    assert ("EXCEEDS_CREDITABLE_QUANTITY", "2", "1") in [
        (each.code, each.asked, each.allowed) for each in refused
    ]
    await assert_books_hold(books)
