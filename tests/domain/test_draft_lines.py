"""The rows of a draft's lines: what is left of one that is taken out, its tax items, and the totals."""

from typing import Any

import pytest

from app.domain.credit_memo import CreditMemoLine, CreditMemoLineTax
from app.domain.draft_lines import put_taxes, put_totals, take_out
from app.domain.facts import Worksheet
from app.domain.tax_engine import TaxFailure
from app.domain.vocabulary import CreditMemoStatus, TaxStatus
from tests.rules.facts import memo, memo_line, worksheet


def item(id: str = "cmt_1", amount: int = 80, **said: Any) -> CreditMemoLineTax:
    return CreditMemoLineTax(
        **{
            "id": id,
            "credit_memo_id": "cm_1",
            "credit_memo_line_id": "cml_1",
            "ordinal": int(id[-1]),
            "currency": "USD",
            "name": "STATE",
            "amount": amount,
            **said,
        }
    )


DRAFT = memo(status=CreditMemoStatus.DRAFT, tax_status=TaxStatus.ERROR, tax_message="Line 1: no rate")


def items_of(sheet: Worksheet) -> list[tuple[str | None, int, int]]:
    return [(each.name, each.amount, each.exempt_amount) for each in sheet.every(CreditMemoLineTax)]


def test_a_line_that_is_taken_out_counts_nothing_and_waits_for_nothing() -> None:
    of_quantity = memo_line(
        tax_only=True, amount_prorated=True, amount_to_tax=5000, quantity=1_000_000, tax_amount=80, sku="SEAT"
    )
    sheet = worksheet(DRAFT, of_quantity, item(exempt_amount=20))
    take_out(sheet, of_quantity)
    row = sheet.get(CreditMemoLine, "cml_1")
    assert row == memo_line(amount=0, removed=True, sku="SEAT")
    assert items_of(sheet) == [("STATE", 0, 0)]


def test_tax_items_of_the_same_tax_keep_their_row_and_the_others_count_nothing() -> None:
    line = memo_line()
    sheet = worksheet(DRAFT, line, item(exempt_amount=20), item("cmt_2", 30, name="CITY", exempt_amount=5))
    put_taxes(sheet, line, [{"name": "COUNTY", "amount": 7}, {"name": "STATE", "amount": 90}])
    assert items_of(sheet) == [("STATE", 90, 0), ("CITY", 0, 0), ("COUNTY", 7, 0)]
    assert [each.ordinal for each in sheet.every(CreditMemoLineTax)] == [1, 2, 3]


TOTALS: list[tuple[str, list[Any], tuple[TaxStatus, str | None]]] = [
    ("known", [memo_line(), item()], (TaxStatus.COMPLETE, None)),
    ("exempt", [memo_line(), item(amount=0, exempt_amount=9)], (TaxStatus.COMPLETE, None)),
    ("no tax", [memo_line(), item(amount=0)], (TaxStatus.NOT_APPLICABLE, None)),
    ("a line still waits", [memo_line(amount_to_tax=5000)], (TaxStatus.ERROR, "Line 1: no rate")),
    (
        "one of several waits",
        [memo_line(), memo_line("cml_2", amount_to_tax=0), item()],
        (TaxStatus.ERROR, "Line 1: no rate"),
    ),
]


@pytest.mark.parametrize(
    ("rows", "expected"), [each[1:] for each in TOTALS], ids=[each[0] for each in TOTALS]
)
def test_while_a_line_waits_for_its_tax_so_does_the_memo_and_says_why(
    rows: list[Any], expected: tuple[TaxStatus, str | None]
) -> None:
    draft = put_totals(worksheet(DRAFT, *rows), DRAFT)
    assert (draft.tax_status, draft.tax_message) == expected


def test_a_draft_has_the_totals_of_its_lines() -> None:
    lines = memo_line(amount=100, tax_amount=8, total_amount=108), memo_line("cml_2", 50)
    items = item(amount=8, exempt_amount=20), item("cmt_2", 0, exempt_amount=3)
    draft = put_totals(worksheet(DRAFT, *lines, *items), DRAFT)
    assert (draft.charge_amount, draft.tax_amount, draft.tax_exempt_amount) == (150, 8, 23)
    assert (draft.total_amount, draft.balance, draft.edited_by) == (158, 158, "ada")


def test_why_tax_is_missing_is_said_with_the_number_of_the_line() -> None:
    lines = memo_line(), memo_line("cml_2", amount_to_tax=5000)
    draft = put_totals(worksheet(DRAFT, *lines), DRAFT, {2: TaxFailure("It is closed.")})
    assert (draft.tax_status, draft.tax_message) == (TaxStatus.ERROR, "Line 2: It is closed.")
