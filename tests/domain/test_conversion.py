"""Negative lines turned into credit, what of it goes back to their invoice, and how they are put back."""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.application import CreditMemoApplication, CreditMemoLineApplication
from app.domain.conversion import apply_converted, convert_lines, give_converted_back
from app.domain.credit_memo import CreditMemo, CreditMemoLineTax
from app.domain.facts import Worksheet
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.vocabulary import AllocationRule, SettlementStatus
from tests.rules.facts import invoice, line, memo, memo_line, tax, worksheet
from tests.support.levels import LINES


def converted(sheet: Worksheet) -> CreditMemo:
    lines = [each for each in sheet.every(InvoiceLine) if each.amount < 0]
    return convert_lines(sheet, sheet.get(Invoice, "inv_1"), lines, number=None, fields={})


def test_what_a_line_was_exempt_of_its_counterpart_is_exempt_of_too() -> None:
    sheet = worksheet(
        invoice(total=-1080), line(amount=-1000, tax=-80), tax(amount=-80, exempt_amount=-20, name="STATE")
    )
    made = converted(sheet)
    [item] = sheet.of(CreditMemoLineTax, "credit_memo_id", made.id)
    assert (item.name, item.amount, item.exempt_amount) == ("STATE", 80, 20)
    assert (made.total_amount, made.tax_exempt_amount) == (1080, 20)


def test_all_lines_are_put_back_as_they_were_before() -> None:
    before = invoice(total=39000), line(amount=40000), line("invl_2", -700), line("invl_3", -300)
    sheet = worksheet(*before, tax(amount=0, invoice_line_id="invl_2"))
    made = converted(sheet)
    assert sheet.get(Invoice, "inv_1").balance == 40000
    give_converted_back(sheet, made)
    after = sheet.get(Invoice, "inv_1")
    assert (after.balance, after.converted_amount) == (39000, 0)
    assert sheet.every(InvoiceLine) == list(before[1:])
    assert [each.converted_amount for each in sheet.every(InvoiceLineTax)] == [0]


def test_an_invoice_that_owes_nothing_once_its_lines_are_back_is_settled() -> None:
    sheet = worksheet(
        invoice(total=0, settlement_status=SettlementStatus.SETTLED), line(), line("invl_2", -10000)
    )
    made = converted(sheet)
    assert sheet.get(Invoice, "inv_1").settlement_status is SettlementStatus.NOT_SETTLED
    give_converted_back(sheet, made)
    assert sheet.get(Invoice, "inv_1").settlement_status is SettlementStatus.SETTLED


@pytest.mark.parametrize(
    ("owed", "credit", "applied"), [(500, 100, 100), (100, 500, 100), (1, 500, 1), (500, 1, 1)]
)
def test_credit_of_a_conversion_goes_to_its_invoice_as_far_as_both_reach(
    owed: int, credit: int, applied: int
) -> None:
    sheet = worksheet(invoice(total=owed), memo(total=credit))
    application = apply_converted(sheet, "cm_1", "inv_1", "Conversion")
    assert application is not None
    assert (application.amount, application.description) == (applied, "Conversion")


@pytest.mark.parametrize(("owed", "credit"), [(0, 100), (-100, 100), (100, 0)])
def test_where_nothing_is_owed_or_nothing_is_left_nothing_is_applied(owed: int, credit: int) -> None:
    sheet = worksheet(invoice(total=owed), memo(total=credit))
    assert apply_converted(sheet, "cm_1", "inv_1") is None
    assert sheet.every(CreditMemoApplication) == []


def test_at_lines_it_goes_to_the_highest_balances_first_whatever_the_entity_has_for_others() -> None:
    lines = line(amount=100, service_start=date(2025, 1, 1)), line("invl_2", 300)
    settings = replace(LINES, default_allocation=AllocationRule.OLDEST_SERVICE_FIRST)
    sheet = worksheet(invoice(total=400), *lines, memo(total=300), memo_line(amount=300), settings=settings)
    application = apply_converted(sheet, "cm_1", "inv_1")
    assert application is not None
    assert application.allocation_rule is AllocationRule.HIGHEST_FIRST
    assert [each.invoice_line_id for each in sheet.every(CreditMemoLineApplication)] == ["invl_2"]
