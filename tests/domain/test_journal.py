"""Entries of moves, from facts alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.application import BalanceEntry
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.entity import Settings
from app.domain.facts import Facts, Stamp, Worksheet
from app.domain.journal_entry import JournalEntry
from app.domain.record import Record
from app.domain.vocabulary import (
    AccountingCodeType,
    BalanceEntryKind,
    CreditMemoStatus,
    InvoiceSource,
    Operation,
    RefundType,
    TaxStrategy,
    TransferStatus,
)
from tests.rules.facts import invoice, line, refund

NOW = datetime(2026, 5, 2, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
DAY = timedelta(days=1)
POSTED_ON = date(2026, 3, 31)
MEMO = CreditMemo(
    id="cm_1",
    number="CM-1",
    account_id="acc_1",
    currency="USD",
    status=CreditMemoStatus.POSTED,
    charge_amount=10000,
    tax_amount=825,
    total_amount=10825,
    balance=10825,
    memo_date=POSTED_ON,
    created_at=NOW,
    created_by="maker",
    updated_at=NOW,
    updated_by="maker",
    position=1,
)
LINE = CreditMemoLine(
    id="cml_1",
    credit_memo_id="cm_1",
    line_number=1,
    currency="USD",
    tax_strategy=TaxStrategy.IGNORE,
    accounting_code="4010",
    amount=10000,
    tax_amount=825,
    total_amount=10825,
    balance=10825,
)


def sheet_of(records: Sequence[Record], closed_through: date | None = None) -> Worksheet:
    stamp = Stamp(
        now=NOW,
        today=TODAY,
        actor="maker",
        log_id="log_0123",
        operation=Operation.VOID_CREDIT_MEMO,
        new_id=lambda kind: f"{kind.PREFIX}_new",
    )
    return Worksheet(Facts(settings=Settings(closed_through=closed_through), stamp=stamp, records=records))


def moved(
    sheet: Worksheet,
    kind: BalanceEntryKind,
    position: int = 2,
    document_id: str = MEMO.id,
    cause_id: str | None = None,
) -> None:
    sheet.enter(
        BalanceEntry(
            document_id=document_id,
            cause_id=cause_id,
            position=position,
            currency="USD",
            kind=kind,
            impact_amount=-10825,
            balance_before=10825,
            balance_after=0,
            log_id="log_0123",
            recorded_at=NOW,
            recorded_by="maker",
        )
    )


def entries_of(sheet: Worksheet) -> list[tuple[str, str, str, int, date]]:
    new = [each for each in sheet.changes().new if isinstance(each, JournalEntry)]
    return [(each.id, each.debit_code, each.credit_code, each.amount, each.journal_date) for each in new]


def test_what_was_posted_before_there_was_a_journal_is_taken_back_by_its_lines() -> None:
    sheet = sheet_of([MEMO, LINE])
    moved(sheet, BalanceEntryKind.VOID)
    assert entries_of(sheet) == [
        ("jrn_0123-0000001", "ACCOUNTS_RECEIVABLE", "4010", 10000, TODAY),
        ("jrn_0123-0000002", "ACCOUNTS_RECEIVABLE", "SALES_TAX_PAYABLE", 825, TODAY),
    ]


def test_changes_taken_off_twice_have_each_entry_once() -> None:
    """A job prepares its rows before its memos have their numbers, and takes them off again afterwards."""
    sheet = sheet_of([MEMO, LINE])
    moved(sheet, BalanceEntryKind.VOID)
    assert entries_of(sheet) == entries_of(sheet)


def test_a_document_whose_lines_are_not_among_the_facts_is_no_document_without_lines() -> None:
    sheet = sheet_of([MEMO])
    moved(sheet, BalanceEntryKind.POSTING, 1)
    with pytest.raises(LookupError, match="lines of cm_1"):
        sheet.changes()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (TransferStatus.NO, TransferStatus.NO),
        (TransferStatus.YES, TransferStatus.PROCESSING),
        (TransferStatus.PROCESSING, TransferStatus.PROCESSING),
        (TransferStatus.IGNORE, TransferStatus.IGNORE),
    ],
)
def test_of_a_memo_that_accounting_has_there_is_more_to_take(
    before: TransferStatus, after: TransferStatus
) -> None:
    sheet = sheet_of([replace(MEMO, transferred_to_accounting=before), LINE])
    moved(sheet, BalanceEntryKind.VOID)
    sheet.changes()
    assert sheet.get(CreditMemo, MEMO.id).transferred_to_accounting is after


def test_what_the_billing_system_makes_is_in_its_own_ledger() -> None:
    sheet = sheet_of([invoice(), line()])
    for kind in (BalanceEntryKind.POSTING, BalanceEntryKind.VOID):
        moved(sheet, kind, document_id="inv_1")
    assert entries_of(sheet) == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (InvoiceSource.CREDIT_MEMO_REVERSAL, [("REVENUE", 10000), ("SALES_TAX_PAYABLE", 825)]),
        (InvoiceSource.CREDIT_MEMO_WRITE_OFF, [("CREDIT_WRITE_OFF", 10825)]),
    ],
)
def test_a_debit_memo_is_owed_by_the_buyer_again(
    source: InvoiceSource, expected: list[tuple[str, int]]
) -> None:
    made = invoice(total=10825, tax_amount=825, source=source, invoice_date=POSTED_ON)
    sheet = sheet_of([made, line(tax=825)])
    moved(sheet, BalanceEntryKind.POSTING, 1, document_id="inv_1")
    assert [each[1:] for each in entries_of(sheet)] == [
        ("ACCOUNTS_RECEIVABLE", code, amount, POSTED_ON) for code, amount in expected
    ]


def posted(day: date) -> JournalEntry:
    return JournalEntry(
        id="jrn_0",
        document_id=MEMO.id,
        position=1,
        ordinal=1,
        type=AccountingCodeType.REVENUE,
        debit_code="4010",
        credit_code="1200",
        currency="USD",
        amount=10825,
        impact_amount=-10825,
        journal_date=day,
        log_id="log_0",
        recorded_at=NOW,
        recorded_by="maker",
    )


@pytest.mark.parametrize(
    ("kind", "posted_on", "closed_through", "expected"),
    [
        (BalanceEntryKind.UNPOSTING, POSTED_ON, None, POSTED_ON),
        (BalanceEntryKind.UNPOSTING, POSTED_ON, POSTED_ON - DAY, POSTED_ON),
        (BalanceEntryKind.UNPOSTING, POSTED_ON, POSTED_ON, TODAY),
        (BalanceEntryKind.VOID, POSTED_ON, None, TODAY),
        (BalanceEntryKind.VOID, TODAY + DAY, None, TODAY + DAY),
    ],
)
def test_what_is_final_is_taken_back_today_and_what_is_not_on_its_own_day_unless_that_is_closed(
    kind: BalanceEntryKind, posted_on: date, closed_through: date | None, expected: date
) -> None:
    sheet = sheet_of([MEMO, LINE, posted(posted_on)], closed_through)
    moved(sheet, kind)
    assert entries_of(sheet) == [("jrn_0123-0000001", "1200", "4010", 10825, expected)]


REVERSAL = refund("rfd_2", type=RefundType.REVERSED, reversed_refund_id="rfd_1")


@pytest.mark.parametrize(
    ("records", "kind", "missing"),
    [
        ([], BalanceEntryKind.VOID, "cm_1 moves and is not among the facts"),
        ([MEMO, LINE], BalanceEntryKind.REFUND, "the refund rfd_2 is not among the facts"),
        ([MEMO, LINE], BalanceEntryKind.REFUND_REVERSAL, "the refund that rfd_2 takes back is not"),
        ([MEMO, LINE, REVERSAL], BalanceEntryKind.REFUND_REVERSAL, "the refund that rfd_2 takes back is not"),
    ],
)
def test_nothing_moves_without_what_it_moves_for(
    records: list[Record], kind: BalanceEntryKind, missing: str
) -> None:
    sheet = sheet_of(records)
    moved(sheet, kind, cause_id="rfd_2")
    with pytest.raises(LookupError, match=missing):
        sheet.changes()
