"""What an invoice owes, or a memo has left, is written off or voided: by which lines, and what they say."""

from datetime import date, timedelta
from typing import Any

import pytest

from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.facts import Worksheet
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.record import Record
from app.domain.vocabulary import (
    CreditMemoSource,
    CreditMemoStatus,
    InvoiceKind,
    InvoiceSource,
    InvoiceStatus,
    SettlementStatus,
    TaxMode,
    TaxStrategy,
)
from app.domain.voiding import date_of_void, has_drawn_lines, void_invoice
from app.domain.writing_off import (
    drawn_by_write_off,
    is_write_off,
    void_written_off,
    write_off_invoice,
    write_off_memo,
)
from tests.domain.test_crediting_properties import sheet_of
from tests.rules.facts import NOW, TODAY, facts, invoice, line, memo, memo_line, tax

DAY = timedelta(days=1)
COPY, IGNORE = TaxStrategy.COPY_FROM_INVOICE_LINE, TaxStrategy.IGNORE


def owing(total: int, balance: int | None = None, **said: Any) -> Invoice:
    return invoice(total=total, **{"balance": total if balance is None else balance, **said})


DRAWN: list[tuple[str, tuple[Record, ...], list[tuple[str, int]]]] = [
    ("all of it", (owing(10000), line()), [("invl_1", 10000)]),
    ("what is owed", (owing(10000, 4000), line()), [("invl_1", 4000)]),
    (
        "each in proportion",
        (owing(4000), line("invl_1", 1000), line("invl_2", 3000)),
        [("invl_1", 1000), ("invl_2", 3000)],
    ),
    ("a cent", (owing(1), line(amount=1)), [("invl_1", 1)]),
    (
        "of positive lines",
        (owing(30000), line(amount=40000), line("invl_2", -10000)),
        [("invl_1", 30000)],
    ),
    (
        "no more than the invoice leaves as a whole",
        (
            owing(30000, credited_amount=10000),
            line(amount=40000, amount_credited=10000),
            line("invl_2", -10000),
        ),
        [("invl_1", 20000)],
    ),
    ("nothing is left to credit", (owing(10000, credited_amount=10000), line(amount_credited=10000)), []),
    (
        "in the order of the lines",
        (owing(300), line("invl_2", 200), line("invl_1", 100)),
        [("invl_1", 100), ("invl_2", 200)],
    ),
]


@pytest.mark.parametrize(("records", "expected"), [row[1:] for row in DRAWN], ids=[row[0] for row in DRAWN])
def test_a_write_off_draws_from_each_positive_line_what_it_leaves(
    records: tuple[Record, ...], expected: list[tuple[str, int]]
) -> None:
    sheet = sheet_of(records)
    taken = drawn_by_write_off(sheet, sheet.get(Invoice, "inv_1"))
    assert [(each.line.id, each.drawn.total) for each in taken] == expected


def lines_of(sheet: Worksheet, memo: CreditMemo) -> list[tuple[Any, ...]]:
    return [
        (each.source_invoice_line_id, each.amount, each.tax_amount, each.description)
        for each in sheet.of(CreditMemoLine, "credit_memo_id", memo.id)
    ]


def test_what_the_lines_do_not_leave_is_written_off_by_a_line_of_its_own() -> None:
    """50.00 + 4.13 have been credited and used elsewhere: all of the 108.25 is owed, half of it left to credit."""
    credited = line(
        tax=825, amount_credited=5000, amount_copied=5000, tax_credited=413, description="Seats", sku="SEAT"
    )
    taxed = tax(credited_amount=413, copied_amount=413)
    owed = owing(10825, credited_amount=5413, group_number="G")
    sheet = sheet_of((owed, credited, taxed))
    memo, applied = write_off_invoice(sheet, owed, {"description": "Insolvent"})
    assert lines_of(sheet, memo) == [
        ("invl_1", 5000, 412, "Seats"),
        (None, 5413, 0, "Written off beyond what the lines leave to credit"),
    ]
    [drawn, beyond] = sheet.every(CreditMemoLine)
    assert (drawn.tax_strategy, drawn.tax_mode, drawn.tax_only, drawn.sku) == (
        COPY,
        TaxMode.INCLUSIVE,
        False,
        "SEAT",
    )
    assert beyond.tax_strategy is IGNORE
    [item] = sheet.every(CreditMemoLineTax)
    assert (item.amount, item.source_tax_item_id) == (412, "invt_1")
    assert (memo.source, memo.status) == (CreditMemoSource.INVOICE_WRITE_OFF, CreditMemoStatus.POSTED)
    assert memo.invoice_group_number == "G"
    assert (applied.amount, applied.description) == (10825, "Insolvent")
    after = sheet.get(Invoice, "inv_1")
    assert (after.balance, after.credited_amount) == (0, 10825)
    assert sheet.get(InvoiceLine, "invl_1").amount_copied == 10000


def test_a_line_that_was_charged_nothing_but_tax_is_written_off_by_its_tax_alone() -> None:
    sheet = sheet_of((owing(825), line(amount=0, tax=825), tax()))
    memo, _ = write_off_invoice(sheet, sheet.get(Invoice, "inv_1"), {})
    assert lines_of(sheet, memo) == [("invl_1", 0, 825, None)]
    [drawn] = sheet.every(CreditMemoLine)
    assert (drawn.tax_only, drawn.tax_mode) == (True, TaxMode.EXCLUSIVE)
    # Of tax that is given, nothing counts into the proportion of later copies.
    assert sheet.get(type(tax()), "invt_1").copied_amount == 0


@pytest.mark.parametrize(("description", "kept"), [(None, "Credit written off"), ("Expired", "Expired")])
def test_a_memo_is_written_off_through_a_debit_memo_of_one_line(description: str | None, kept: str) -> None:
    left = memo(applied=3000, balance=2000)
    sheet = sheet_of((left, memo_line(applied=3000, balance=2000)))
    made, applied = write_off_memo(sheet, left, dated=TODAY + DAY, reason_code="OLD", description=description)
    assert (made.kind, made.source) == (InvoiceKind.DEBIT_MEMO, InvoiceSource.CREDIT_MEMO_WRITE_OFF)
    assert (made.total_amount, made.invoice_date, made.reason_code) == (2000, TODAY + DAY, "OLD")
    [only] = sheet.every(InvoiceLine)
    assert (only.description, only.amount) == (kept, 2000)
    assert (applied.amount, applied.description, applied.invoice_id) == (2000, description, made.id)
    assert sheet.get(CreditMemo, "cm_1").balance == 0


def test_a_memo_that_has_nothing_left_is_not_written_off() -> None:
    used = memo(applied=5000, balance=0)
    sheet = sheet_of((used, memo_line(applied=5000, balance=0)))
    with pytest.raises(ValueError, match="cm_1 has nothing left"):
        write_off_memo(sheet, used, dated=TODAY, reason_code=None, description=None)


@pytest.mark.parametrize(
    ("memo_source", "invoice_source", "voided"),
    [
        (CreditMemoSource.INVOICE_WRITE_OFF, InvoiceSource.INGESTED, ("VOIDED", "POSTED")),
        (CreditMemoSource.STANDALONE, InvoiceSource.CREDIT_MEMO_WRITE_OFF, ("POSTED", "VOIDED")),
        (CreditMemoSource.STANDALONE, InvoiceSource.INGESTED, ("POSTED", "POSTED")),
    ],
)
def test_of_a_write_off_that_is_taken_back_what_it_had_made_is_void(
    memo_source: CreditMemoSource, invoice_source: InvoiceSource, voided: tuple[str, str]
) -> None:
    made, owed = memo(source=memo_source), owing(5000, source=invoice_source, position=1)
    sheet = sheet_of((made, memo_line(), owed, line(amount=5000)))
    void_written_off(sheet, made, owed)
    now = sheet.get(CreditMemo, "cm_1"), sheet.get(Invoice, "inv_1")
    assert (now[0].status, now[1].status) == voided
    assert [each.balance for each in now] == [0 if status == "VOIDED" else 5000 for status in voided]
    if now[1].status is InvoiceStatus.VOIDED:
        assert (now[1].voided_at, now[1].voided_by) == (NOW, "ada")
        assert now[1].settlement_status is SettlementStatus.SETTLED
        [entry] = sheet.changes().entries
        assert (entry.kind, entry.impact_amount, entry.balance_after) == ("VOID", -5000, 0)


@pytest.mark.parametrize(
    ("asked", "invoice_date", "expected"),
    [
        (None, TODAY - DAY, None),
        (None, TODAY, None),
        (None, TODAY + DAY, TODAY + DAY),
        (TODAY, TODAY + DAY, TODAY),
    ],
)
def test_a_void_takes_effect_as_asked_else_not_before_its_invoice(
    asked: date | None, invoice_date: date, expected: date | None
) -> None:
    posted = invoice(invoice_date=invoice_date)
    assert date_of_void(Worksheet(facts(posted)), posted, asked) == expected


def test_a_voided_invoice_is_mirrored_line_by_line() -> None:
    whole = owing(11825)
    sheet = sheet_of(
        (
            whole,
            line("invl_2", 1000),
            line("invl_1", tax=825, quantity=3_000_000, sku="SEAT"),
            tax(),
        )
    )
    memo, applied = void_invoice(sheet, whole, {"description": "Never sent"})
    assert (memo.source, memo.total_amount) == (CreditMemoSource.INVOICE_VOID, 11825)
    assert lines_of(sheet, memo) == [("invl_1", 10000, 825, None), ("invl_2", 1000, 0, None)]
    [first, second] = sheet.every(CreditMemoLine)
    assert (first.quantity, first.sku, first.tax_strategy) == (3_000_000, "SEAT", COPY)
    assert (second.quantity, second.tax_strategy) == (None, COPY)
    assert applied is not None
    assert (applied.amount, applied.description) == (11825, "Never sent")
    after = sheet.get(Invoice, "inv_1")
    assert (after.status, after.voided_at, after.voided_by) == (InvoiceStatus.VOIDED, NOW, "ada")
    assert (after.balance, after.credited_amount, after.settlement_status) == (
        0,
        11825,
        SettlementStatus.SETTLED,
    )
    taken = sheet.get(InvoiceLine, "invl_1")
    assert (taken.amount_credited, taken.tax_credited, taken.quantity_credited) == (10000, 825, 3_000_000)


def test_an_invoice_over_nothing_is_voided_without_an_application() -> None:
    empty = owing(0)
    sheet = sheet_of((empty, line("invl_1", 500), line("invl_2", -500)))
    memo, applied = void_invoice(sheet, empty, {})
    assert (memo.total_amount, applied) == (0, None)
    assert sheet.get(Invoice, "inv_1").status is InvoiceStatus.VOIDED


@pytest.mark.parametrize(
    ("said", "drawn"),
    [
        ({}, False),
        ({"amount_credited": 1}, True),
        ({"tax_credited": 1}, True),
        ({"quantity_credited": 1}, True),
    ],
)
def test_whether_a_memo_has_drawn_from_an_invoice_is_seen_at_each_of_its_lines(
    said: dict[str, int], drawn: bool
) -> None:
    owed = owing(10000)
    assert has_drawn_lines(facts(owed, line("invl_1", 4000), line("invl_2", 6000, **said)), owed) is drawn


@pytest.mark.parametrize(
    ("memo_source", "invoice_source", "expected"),
    [
        (CreditMemoSource.INVOICE_WRITE_OFF, InvoiceSource.INGESTED, True),
        (CreditMemoSource.STANDALONE, InvoiceSource.CREDIT_MEMO_WRITE_OFF, True),
        (CreditMemoSource.STANDALONE, InvoiceSource.INGESTED, False),
    ],
)
def test_an_application_is_a_write_off_by_what_it_lies_between(
    memo_source: CreditMemoSource, invoice_source: InvoiceSource, expected: bool
) -> None:
    assert is_write_off(memo(source=memo_source), invoice(source=invoice_source)) is expected
