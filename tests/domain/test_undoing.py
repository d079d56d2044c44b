"""What is taken back, voided or written off, from facts alone: what the documents say of themselves afterwards."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.domain.application import BalanceEntry, CreditMemoApplication, CreditMemoLineApplication
from app.domain.conversion import convert_lines
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Settings
from app.domain.facts import Worksheet
from app.domain.history import move_line_credit
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.taking_back import remaining_of, remaining_of_line, take_back, unwound
from app.domain.undoing import date_of_reversal, reverse, unpost, void
from app.domain.vocabulary import (
    CreditMemoSource,
    CreditMemoStatus,
    HasBeenUnapplied,
    InvoiceKind,
    InvoiceSource,
    InvoiceStatus,
    SettlementStatus,
)
from tests.domain.test_crediting_properties import sheet_of
from tests.rules.facts import (
    NOW,
    TODAY,
    application,
    facts,
    invoice,
    line,
    line_application,
    line_taken_back,
    memo,
    memo_line,
    taken_back,
)

DAY = timedelta(days=1)
POSTED: dict[str, Any] = {
    "position": 1,
    "credit_date": TODAY - DAY,
    "approval_requested_at": NOW,
    "approval_requested_by": "bob",
    "approved_at": NOW,
    "approved_by": "carol",
    "posted_at": NOW,
    "posted_by": "carol",
}


def moves(sheet: Worksheet, id: str) -> list[tuple[str, int, int]]:
    """Kind, impact and balance of each move of the document."""
    entries: tuple[BalanceEntry, ...] = sheet.changes().entries
    return [
        (each.kind.value, each.impact_amount, each.balance_after)
        for each in entries
        if each.document_id == id
    ]


@pytest.mark.parametrize(
    ("effective_date", "memo_date"), [(None, date(2026, 6, 16)), (date(2026, 6, 1), date(2026, 6, 1))]
)
def test_an_unposted_memo_is_as_if_it_had_never_been_submitted(
    effective_date: date | None, memo_date: date
) -> None:
    """Its day is the entity's day of its making again, where it has no effective date."""
    late = datetime(2026, 6, 15, 20, tzinfo=UTC)
    posted = memo(**POSTED, created_at=late, effective_date=effective_date)
    sheet = Worksheet(facts(posted, memo_line(), settings=Settings(time_zone="Asia/Tokyo")))
    draft = unpost(sheet, posted)
    assert draft.status is CreditMemoStatus.DRAFT
    assert {name: getattr(draft, name) for name in POSTED} == dict.fromkeys(POSTED) | {"position": 2}
    assert (draft.memo_date, draft.balance) == (memo_date, 5000)
    assert moves(sheet, "cm_1") == [("UNPOSTING", -5000, 0)]


def test_a_voided_memo_is_worth_nothing_and_says_who_has_voided_it_and_when() -> None:
    posted = memo(**POSTED, source=CreditMemoSource.INVOICE, invoice_id="inv_1")
    taken = line(amount_credited=5000, amount_copied=0)
    drawn = memo_line(source_invoice_line_id="invl_1")
    sheet = Worksheet(facts(posted, drawn, invoice(credited_amount=5000), taken))
    voided = void(sheet, posted)
    assert (voided.status, voided.balance) == (CreditMemoStatus.VOIDED, 0)
    assert (voided.voided_at, voided.voided_by) == (NOW, "ada")
    assert moves(sheet, "cm_1") == [("VOID", -5000, 0)]
    assert sheet.get(Invoice, "inv_1").credited_amount == 0


def test_a_voided_memo_of_negative_lines_puts_them_back() -> None:
    sheet = sheet_of((invoice(total=7000), line(), line("invl_2", -3000)))
    converted = convert_lines(
        sheet,
        sheet.get(Invoice, "inv_1"),
        [sheet.get(InvoiceLine, "invl_2")],
        number="CM-1",
        fields={},
    )
    assert sheet.get(Invoice, "inv_1").balance == 10000
    void(sheet, converted)
    after = sheet.get(Invoice, "inv_1")
    assert (after.balance, after.converted_amount, after.credited_amount) == (7000, 0, 0)
    assert sheet.get(InvoiceLine, "invl_2").balance == -3000


@pytest.mark.parametrize(
    ("asked", "memo_date", "expected"),
    [
        (None, TODAY - DAY, TODAY),
        (None, TODAY + DAY, TODAY + DAY),
        (TODAY - DAY, TODAY + DAY, TODAY - DAY),
    ],
)
def test_a_reversal_is_dated_as_asked_else_today_but_not_before_its_memo(
    asked: date | None, memo_date: date, expected: date
) -> None:
    posted = memo(memo_date=memo_date)
    assert date_of_reversal(Worksheet(facts(posted)), posted, asked) == expected


def test_a_reversed_memo_is_applied_to_the_debit_memo_that_mirrors_it() -> None:
    posted = memo(number="CM-1", invoice_group_number="G")
    sheet = sheet_of((posted, memo_line(sku="SEAT")))
    debit_memo, applied = reverse(sheet, posted, TODAY + DAY, "Wrong buyer")
    assert applied is not None
    assert (applied.amount, applied.description) == (5000, "Wrong buyer")
    made = sheet.get(Invoice, debit_memo.id)
    assert (made.kind, made.source) == (InvoiceKind.DEBIT_MEMO, InvoiceSource.CREDIT_MEMO_REVERSAL)
    assert (made.invoice_date, made.credit_memo_id) == (TODAY + DAY, "cm_1")
    assert (made.status, made.settlement_status) == (InvoiceStatus.POSTED, SettlementStatus.SETTLED)
    assert (made.total_amount, made.balance, made.posted_at, made.posted_by) == (5000, 0, NOW, "ada")
    [mirrored] = sheet.every(InvoiceLine)
    assert (mirrored.sku, mirrored.amount) == ("SEAT", 5000)
    after = sheet.get(CreditMemo, "cm_1")
    assert (after.reversed, after.balance) == (True, 0)


@pytest.mark.parametrize("amount", [3000, 1000])
def test_what_is_taken_back_has_its_days_and_marks_what_is_taken_back_whole(amount: int) -> None:
    """On both levels: the row that takes back has the day of the application, and the day of its own."""
    then, asked = NOW - DAY, NOW + DAY
    original = application(applied_date=then, recorded_at=then)
    part = line_application(applied_date=then, recorded_at=then)
    sheet = sheet_of(
        (
            memo(applied=3000, balance=2000),
            memo_line(applied=3000, balance=2000),
            invoice(credits_applied=3000, balance=7000),
            line(credits_applied=3000, balance=7000),
            original,
            part,
        )
    )
    row = take_back(
        sheet, original, amount, [(part.id, amount)], effective_date=asked, description="Wrong invoice"
    )
    is_whole = amount == 3000
    mark = (HasBeenUnapplied.YES, NOW) if is_whole else (HasBeenUnapplied.NO, None)
    header = sheet.get(CreditMemoApplication, original.id)
    assert (header.has_been_unapplied, header.unapplied_date) == mark
    of_line = sheet.get(type(part), part.id)
    assert (of_line.has_been_unapplied, of_line.unapplied_date) == mark
    [made] = [each for each in sheet.every(type(part)) if each.id != part.id]
    for each in (row, made):
        assert (each.applied_date, each.unapplied_date, each.effective_date) == (then, NOW, asked)
        assert (each.has_been_unapplied, each.description) == (HasBeenUnapplied.NA, "Wrong invoice")
        assert (each.amount, each.impact_amount, each.recorded_at) == (amount, amount, NOW)
    assert (row.associated_application_id, made.associated_line_application_id) == (original.id, part.id)


@pytest.mark.parametrize("effective_date", [None, NOW + DAY])
def test_credit_comes_back_no_sooner_than_it_was_applied(effective_date: datetime | None) -> None:
    original = application(effective_date=effective_date)
    sheet = sheet_of(
        (memo(applied=3000, balance=2000), invoice(credits_applied=3000, balance=7000), original)
    )
    row = take_back(sheet, original, 3000, [], effective_date=None, description=None)
    assert row.effective_date == (effective_date or NOW)


def test_a_row_says_whose_line_balances_it_leaves() -> None:
    sheet = sheet_of((memo(), memo_line(), invoice(), line()))
    made = move_line_credit(sheet, application(), 1, "cml_1", "invl_1", 3000)
    assert (made.credit_memo_line_balance, made.invoice_line_balance) == (2000, 7000)
    assert (made.applied_date, made.unapplied_date, made.has_been_unapplied) == (
        NOW,
        None,
        HasBeenUnapplied.NO,
    )


def test_credit_comes_back_from_the_line_that_got_it_last() -> None:
    """A part of the second has been taken back already; what comes back is numbered anew."""
    original = application(amount=5000)
    first = line_application("lapp_a", 2000, sequence=1)
    second = line_application("lapp_b", 3000, sequence=2, invoice_line_id="invl_2")
    earlier = taken_back(original, 1000)
    of_line = replace(line_taken_back(second, 1000), application_id=earlier.id)
    sheet = sheet_of(
        (
            memo(applied=4000, balance=1000),
            memo_line(applied=4000, balance=1000),
            invoice(credits_applied=4000, balance=6000),
            line(credits_applied=2000, balance=1000, amount=3000),
            line("invl_2", 7000, credits_applied=2000, balance=5000),
            *(original, earlier, second, first, of_line),
        )
    )
    assert remaining_of(sheet, original) == 4000
    assert [remaining_of_line(sheet, each) for each in (first, second)] == [2000, 2000]
    parts = unwound(sheet, original, 3000)
    assert parts == [("lapp_b", 2000), ("lapp_a", 1000)]
    row = take_back(sheet, original, 3000, parts, effective_date=None, description=None)
    rows = sheet.of(CreditMemoLineApplication, "application_id", row.id)
    assert [(each.sequence, each.associated_line_application_id, each.amount) for each in rows] == [
        (1, "lapp_b", 2000),
        (2, "lapp_a", 1000),
    ]
    assert sheet.get(CreditMemoLineApplication, "lapp_b").has_been_unapplied is HasBeenUnapplied.YES
    assert sheet.get(CreditMemoLineApplication, "lapp_a").has_been_unapplied is HasBeenUnapplied.NO
