"""A debit memo that takes credit back: what it says of the memo, and how the memo is applied to it."""

from dataclasses import replace

from app.domain.application import CreditMemoLineApplication
from app.domain.credit_memo import CreditMemo
from app.domain.debit_memo import NewDebitLine, apply_to_debit_memo, make_debit_memo
from app.domain.facts import Worksheet
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.vocabulary import AllocationRule, InvoiceSource
from tests.rules.facts import TODAY, memo, memo_line, worksheet
from tests.support.levels import LINES

TAXES = [{"name": "STATE", "amount": 30}, {"name": "CITY", "amount": 20}]


def made(sheet: Worksheet, *lines: NewDebitLine) -> Invoice:
    of_memo = sheet.get(CreditMemo, "cm_1")
    return make_debit_memo(sheet, of_memo, lines, source=InvoiceSource.CREDIT_MEMO_REVERSAL, dated=TODAY)


def test_a_debit_memo_is_of_its_memos_group_and_its_tax_items_are_numbered_by_line() -> None:
    sheet = worksheet(memo(invoice_group_number="G-1"))
    lines = [NewDebitLine(amount=amount, taxes=TAXES, fields={}) for amount in (400, 500)]
    debit_memo = made(sheet, *lines)
    assert (debit_memo.group_number, debit_memo.reference_document) == ("G-1", "cm_1")
    assert (debit_memo.charge_amount, debit_memo.tax_amount) == (900, 100)
    assert (debit_memo.total_amount, debit_memo.balance) == (1000, 1000)
    rows = sheet.of(InvoiceLine, "invoice_id", debit_memo.id)
    assert [(each.line_number, each.total_amount, each.balance) for each in rows] == [
        (1, 450, 450),
        (2, 550, 550),
    ]
    for row in rows:
        items = sheet.of(InvoiceLineTax, "invoice_line_id", row.id)
        assert [(each.ordinal, each.name, each.amount) for each in items] == [
            (1, "STATE", 30),
            (2, "CITY", 20),
        ]


def test_lines_that_mirror_each_other_settle_each_other_whatever_the_entity_has_for_others() -> None:
    of_memo = memo_line(amount=100), memo_line("cml_2", 300)
    settings = replace(LINES, default_allocation=AllocationRule.PROPORTIONAL)
    sheet = worksheet(memo(total=400), *of_memo, settings=settings)
    debit_memo = made(sheet, *(NewDebitLine(amount=each.amount, fields={}) for each in of_memo))
    application = apply_to_debit_memo(sheet, sheet.get(CreditMemo, "cm_1"), debit_memo, "Given in error")
    assert application is not None
    assert (application.amount, application.description) == (400, "Given in error")
    assert application.allocation_rule is AllocationRule.HIGHEST_FIRST
    places = {each.id: each.line_number for each in sheet.of(InvoiceLine, "invoice_id", debit_memo.id)}
    assert {
        (each.credit_memo_line_id, places[each.invoice_line_id], each.amount)
        for each in sheet.every(CreditMemoLineApplication)
    } == {("cml_1", 1, 100), ("cml_2", 2, 300)}


def test_to_a_debit_memo_over_nothing_nothing_is_applied() -> None:
    sheet = worksheet(memo(total=0))
    debit_memo = made(sheet, NewDebitLine(amount=0, fields={}))
    assert apply_to_debit_memo(sheet, sheet.get(CreditMemo, "cm_1"), debit_memo) is None
