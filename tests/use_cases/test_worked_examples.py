"""The worked examples of the domain, one by one, on both databases (numbers in names are its sections)."""

import datetime as dt
from decimal import Decimal

import pytest

from app.domain.application import CreditMemoApplication, CreditMemoLineApplication
from app.domain.commands import (
    ConvertNegativeInvoiceLines,
    InvoiceReference,
    TaxItem,
    UnapplyCreditMemo,
    UnapplyCreditMemoLine,
)
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.entity import Settings
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.vocabulary import (
    AllocationRule,
    CreditMemoSource,
    HasBeenUnapplied,
    SettledLevel,
    SettlementStatus,
    TaxMode,
    TaxStrategy,
)
from tests.support.books import TestBooks
from tests.support.building import (
    Credited,
    Made,
    applied,
    applying,
    applying_line,
    credit,
    crediting,
    invoice_balances,
    invoice_line,
    memo_balances,
    paid,
    posted_invoice,
    posted_memo,
)
from tests.support.levels import LINES, at_both_levels, at_lines


async def taxes_of(books: TestBooks, credited: Credited) -> list[int]:
    return [line.tax_amount for line in await books.of(CreditMemoLine, "credit_memo_id", credited.memo.id)]


async def pairs_of(books: TestBooks, application_id: str) -> list[tuple[int, int, int]]:
    """(memo line number, invoice line number, amount) of the line applications, in allocation order."""
    rows = await books.of(CreditMemoLineApplication, "application_id", application_id)
    return [
        (
            (await books.record(CreditMemoLine, row.credit_memo_line_id)).line_number,
            (await books.record(InvoiceLine, row.invoice_line_id)).line_number,
            row.amount,
        )
        for row in rows
    ]


@at_lines
async def test_3a_a_settled_invoice_may_have_open_lines(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "100.00", "50.00")
    await paid(books, invoice, "120.00")
    memo = await posted_memo(books, "30.00")
    await books.perform(applying_line(memo.lines[0], (invoice.lines[0], "30.00")))
    assert await invoice_balances(books, invoice) == ["0.00", "70.00", "50.00"]
    assert (await books.record(Invoice, invoice.id)).settlement_status is SettlementStatus.SETTLED
    more = await posted_memo(books, "1.00")
    [violation] = await books.refusal(applying_line(more.lines[0], (invoice.lines[1], "1.00")))
    assert (violation.code, violation.asked, violation.allowed) == ("EXCEEDS_INVOICE_BALANCE", "1.00", "0.00")


@at_lines
async def test_3a_a_negative_line_keeps_its_balance_and_takes_nothing(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "400.00", "-100.00")
    await applied(books, await posted_memo(books, "300.00"), (invoice, "300.00"))
    assert await invoice_balances(books, invoice) == ["0.00", "100.00", "-100.00"]


@at_both_levels
async def test_4_2_credit_creates_posts_and_applies_in_one_step(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"))
    credited = await credit(books, invoice, (0, "50.00"))
    memo = await books.record(CreditMemo, credited.memo.id)
    assert (memo.charge_amount, memo.tax_amount, memo.applied, memo.balance) == (5000, 413, 5413, 0)
    assert memo.source is CreditMemoSource.INVOICE
    application = await books.record(CreditMemoApplication, credited.application)
    at_lines = application.level is SettledLevel.LINE
    assert (await invoice_balances(books, invoice)) == ["54.12", "54.12" if at_lines else "108.25"]
    assert bool(await pairs_of(books, application.id)) is at_lines
    assert application.allocation_rule is (AllocationRule.SOURCE_LINE if at_lines else None)


async def test_4_2_more_than_is_left_is_refused_with_the_largest_that_passes(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"))
    await credit(books, invoice, (0, "60.00"))
    of_line, of_balance = await books.refusal(crediting(invoice, (0, "40.01")))
    assert (of_line.code, of_line.path) == ("EXCEEDS_CREDITABLE_AMOUNT", ("lines", 0, "amount"))
    assert (of_line.asked, of_line.allowed) == ("40.01", "40.00")
    assert (of_balance.code, of_balance.allowed) == ("EXCEEDS_INVOICE_BALANCE", "43.30")
    await credit(books, invoice, (0, "40.00"))
    assert await invoice_balances(books, invoice) == ["0.00", "108.25"]


@at_both_levels
async def test_4_3_a_memo_is_applied_to_several_invoices_in_input_order(
    books: TestBooks, entity_settings: Settings
) -> None:
    first, second = await posted_invoice(books, "30.00"), await posted_invoice(books, "50.00")
    memo = await posted_memo(books, "60.00")
    applications = await applied(books, memo, (second, "40.00"), (first, "20.00"))
    rows = [await books.record(CreditMemoApplication, each) for each in applications]
    assert [(row.invoice_id, row.credit_memo_balance, row.invoice_balance) for row in rows] == [
        (second.id, 2000, 1000),
        (first.id, 0, 1000),
    ]
    assert [row.number for row in rows] == ["CM-000001-2", "CM-000001-3"]
    assert {row.level == "LINE" for row in rows} == {entity_settings is LINES}


async def test_4_3_all_items_or_none(books: TestBooks) -> None:
    first, second = await posted_invoice(books, "30.00"), await posted_invoice(books, "50.00")
    memo = await posted_memo(books, "60.00")
    assert await books.codes(applying(memo, (first, "20.00"), (second, "50.01"))) == [
        "EXCEEDS_MEMO_BALANCE",
        "EXCEEDS_INVOICE_BALANCE",
    ]
    assert (await invoice_balances(books, first), await memo_balances(books, memo)) == (
        ["30.00", "30.00"],
        ["60.00", "60.00"],
    )


@at_both_levels
async def test_4_4_one_memo_line_settles_lines_of_several_invoices(books: TestBooks) -> None:
    first, second = await posted_invoice(books, "30.00", "5.00"), await posted_invoice(books, "50.00")
    memo = await posted_memo(books, "60.00", "7.00")
    outcome = (
        await books.perform(
            applying_line(
                memo.lines[0],
                (first.lines[1], "5.00"),
                (second.lines[0], "20.00"),
                (first.lines[0], "10.00"),
            )
        )
    ).outcome
    assert outcome["invoices"] == [first.id, second.id]
    assert [await pairs_of(books, each) for each in outcome["applications"]] == [
        [(1, 2, 500), (1, 1, 1000)],
        [(1, 1, 2000)],
    ]
    assert await memo_balances(books, memo) == ["32.00", "25.00", "7.00"]


async def sixty_and_forty(books: TestBooks) -> tuple[Made, Made, str]:
    invoice, memo = await posted_invoice(books, "60.00", "40.00"), await posted_memo(books, "100.00")
    [application] = await applied(books, memo, (invoice, "100.00"))
    assert await pairs_of(books, application) == [(1, 1, 6000), (1, 2, 4000)]
    return invoice, memo, application


@at_lines
async def test_4_6_unapplying_the_header_unwinds_lines_last_first(books: TestBooks) -> None:
    invoice, memo, application = await sixty_and_forty(books)
    half = UnapplyCreditMemo(application_id=application, amount=Decimal("50.00"))
    outcome = (await books.perform(half)).outcome
    assert await pairs_of(books, outcome["application"]) == [(1, 2, 4000), (1, 1, 1000)]
    assert await invoice_balances(books, invoice) == ["50.00", "10.00", "40.00"]
    first, second = await books.of(CreditMemoLineApplication, "application_id", application)
    assert (first.has_been_unapplied, second.has_been_unapplied) == (
        HasBeenUnapplied.NO,
        HasBeenUnapplied.YES,
    )
    await books.perform(UnapplyCreditMemoLine(line_application_id=first.id, amount=Decimal("20.00")))
    rows = await books.of(CreditMemoApplication, "associated_application_id", application)
    assert 10000 - sum(row.amount for row in rows) == 3000
    assert await invoice_balances(books, invoice) == ["70.00", "30.00", "40.00"]
    assert await memo_balances(books, memo) == ["70.00", "70.00"]
    [violation] = await books.refusal(UnapplyCreditMemo(application_id=application, amount=Decimal("30.01")))
    assert (violation.code, violation.allowed) == ("EXCEEDS_REMAINING_APPLICATION", "30.00")


@at_both_levels
async def test_4_5_what_was_unapplied_cannot_be_unapplied_again(books: TestBooks) -> None:
    invoice, memo = await posted_invoice(books, "60.00", "40.00"), await posted_memo(books, "100.00")
    [application] = await applied(books, memo, (invoice, "100.00"))
    row = (await books.perform(UnapplyCreditMemo(application_id=application))).outcome["application"]
    original, taken_back = [await books.record(CreditMemoApplication, each) for each in (application, row)]
    assert original.has_been_unapplied is HasBeenUnapplied.YES
    assert original.unapplied_date == taken_back.recorded_at
    assert (taken_back.applied_date, taken_back.has_been_unapplied) == (
        original.applied_date,
        HasBeenUnapplied.NA,
    )
    assert (taken_back.credit_memo_balance, taken_back.invoice_balance) == (10000, 10000)
    assert await books.codes(UnapplyCreditMemo(application_id=application)) == ["ALREADY_UNAPPLIED"]
    assert await books.codes(UnapplyCreditMemo(application_id=row)) == ["NOT_AN_APPLIED_ROW"]


async def converted(books: TestBooks, invoice: Made, *, apply_to_invoice: bool = False) -> dict[str, str]:
    command = ConvertNegativeInvoiceLines(
        invoice=InvoiceReference(id=invoice.id), apply_to_invoice=apply_to_invoice
    )
    return (await books.perform(command)).outcome


@at_both_levels
async def test_4_7_a_converted_line_raises_the_balance_by_its_memo(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "400.00", "-100.00")
    outcome = await converted(books, invoice)
    memo = await books.record(CreditMemo, outcome["credit_memo"])
    assert await invoice_balances(books, invoice) == ["400.00", "400.00", "0.00"]
    assert (memo.balance, memo.source) == (10000, CreditMemoSource.NEGATIVE_LINES)
    assert outcome["application"] is None


@at_both_levels
async def test_4_7_conversion_applies_at_once_as_far_as_both_reach(
    books: TestBooks, entity_settings: Settings
) -> None:
    invoice = await posted_invoice(books, "400.00", "-100.00")
    outcome = await converted(books, invoice, apply_to_invoice=True)
    open_line = "300.00" if entity_settings is LINES else "400.00"
    assert await invoice_balances(books, invoice) == ["300.00", open_line, "0.00"]
    assert (await books.record(CreditMemo, outcome["credit_memo"])).balance == 0


async def test_4_7_a_credit_after_conversion_still_mirrors_the_negative_line(books: TestBooks) -> None:
    invoice = await posted_invoice(books, "400.00", "-100.00")
    conversion = await converted(books, invoice)
    credited = await credit(books, invoice, (0, "400.00"), (1, "-100.00"))
    assert (await books.record(CreditMemo, credited.memo.id)).total_amount == 30000
    memo = Made(conversion["credit_memo"], ())
    await applied(books, memo, (invoice, "100.00"))
    assert (await invoice_balances(books, invoice))[0] == "0.00"
    assert (await memo_balances(books, memo))[0] == "0.00"


async def test_4_7_taxes_are_converted_with_the_other_sign(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("400.00", "33.00"), ("-100.00", "-8.25"))
    memo = await books.record(CreditMemo, (await converted(books, invoice))["credit_memo"])
    assert (memo.charge_amount, memo.tax_amount, memo.balance) == (10000, 825, 10825)
    assert await invoice_balances(books, invoice) == ["433.00", "433.00", "0.00"]


async def test_5_two_halves_carry_the_tax_of_the_whole(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"))
    halves = [await credit(books, invoice, (0, "50.00")) for _ in range(2)]
    assert [await taxes_of(books, each) for each in halves] == [[413], [412]]


async def test_5_a_copy_after_a_credit_without_tax_carries_its_own_share(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"))
    without = await credit(books, invoice, (0, "50.00"), tax_strategy=TaxStrategy.IGNORE)
    copied = await credit(books, invoice, (0, "25.00"))
    assert (await taxes_of(books, without), await taxes_of(books, copied)) == ([0], [206])


async def test_5_given_tax_is_held_against_its_source(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"))
    [violation] = await books.refusal(
        crediting(invoice, (0, "50.00"), tax_items=[TaxItem(name="TAX 1", amount=Decimal("8.26"))])
    )
    assert (violation.code, violation.allowed) == ("EXCEEDS_CREDITABLE_TAX", "8.25")
    given = await credit(
        books, invoice, (0, "50.00"), tax_items=[TaxItem(name="TAX 1", amount=Decimal("8.25"))]
    )
    assert await taxes_of(books, given) == [825]


async def test_5_an_inclusive_amount_contains_its_tax(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"))
    credited = await credit(books, invoice, (0, "54.13"), tax_mode=TaxMode.INCLUSIVE)
    [line] = await books.of(CreditMemoLine, "credit_memo_id", credited.memo.id)
    assert (line.amount, line.tax_amount, line.total_amount) == (5000, 413, 5413)


async def test_5_small_taxes_never_exceed_a_small_inclusive_amount(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("1.00", "0.02", "0.02", "0.02"))
    credited = await credit(books, invoice, (0, "0.01"), tax_mode=TaxMode.INCLUSIVE)
    [line] = await books.of(CreditMemoLine, "credit_memo_id", credited.memo.id)
    assert (line.amount, line.tax_amount) == (1, 0)


async def test_5_tax_only_credits_what_belongs_to_the_amount_or_all_that_is_left(books: TestBooks) -> None:
    invoice = await posted_invoice(books, ("100.00", "8.25"))
    part = await credit(books, invoice, (0, "50.00"), tax_only=True)
    rest = await credit(books, invoice, (0, None), tax_only=True)
    assert (await taxes_of(books, part), await taxes_of(books, rest)) == ([413], [412])
    assert await books.codes(crediting(invoice, (0, None), tax_only=True)) == ["NOTHING_CREDITABLE"]


@at_lines
@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (AllocationRule.HIGHEST_FIRST, [(1, 2, 4000), (2, 2, 1000), (2, 3, 1500)]),
        (AllocationRule.PROPORTIONAL, [(1, 1, 1084), (1, 2, 2166), (2, 2, 542), (2, 3, 2708)]),
        (AllocationRule.OLDEST_SERVICE_FIRST, [(1, 3, 4000), (2, 3, 1000), (2, 2, 1500)]),
        (AllocationRule.SOURCE_LINE, [(1, 2, 4000), (2, 2, 1000), (2, 3, 1500)]),
    ],
)
async def test_6_each_rule_spreads_an_amount_over_lines_in_its_own_way(
    books: TestBooks, rule: AllocationRule, expected: list[tuple[int, int, int]]
) -> None:
    invoice = await posted_invoice(
        books,
        "20.00",
        invoice_line("50.00", service_start=dt.date(2026, 2, 1)),
        invoice_line("50.00", service_start=dt.date(2026, 1, 1)),
    )
    memo = await posted_memo(books, "40.00", "40.00")
    [application] = await applied(books, memo, (invoice, "65.00"), allocation=rule)
    assert await pairs_of(books, application) == expected
    assert (await books.record(CreditMemoApplication, application)).allocation_rule is rule
