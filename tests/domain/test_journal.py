"""Entries of moves, from facts alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from app.domain.application import BalanceEntry
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.entity import Settings
from app.domain.facts import Facts, Stamp, Worksheet
from app.domain.journal_entry import JournalEntry
from app.domain.record import Record
from app.domain.vocabulary import (
    BalanceEntryKind,
    CreditMemoStatus,
    Operation,
    TaxStrategy,
    TransferStatus,
)

NOW = datetime(2026, 5, 2, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
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


def sheet_of(records: Sequence[Record]) -> Worksheet:
    stamp = Stamp(
        now=NOW,
        today=TODAY,
        actor="maker",
        log_id="log_0123",
        operation=Operation.VOID_CREDIT_MEMO,
        new_id=lambda kind: f"{kind.PREFIX}_new",
    )
    return Worksheet(Facts(settings=Settings(), stamp=stamp, records=records))


def moved(sheet: Worksheet, kind: BalanceEntryKind, position: int = 2) -> None:
    sheet.enter(
        BalanceEntry(
            document_id=MEMO.id,
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
