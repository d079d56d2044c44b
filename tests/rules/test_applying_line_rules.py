"""When credit of a memo line may be applied to invoice lines."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import ApplyCreditMemoLine, LineApplicationEntry
from app.domain.entity import Settings
from app.domain.record import Record
from app.domain.vocabulary import CreditMemoStatus, InvoiceStatus
from app.validation.apply import maximum_applicable, violations_of_apply_line
from tests.rules.facts import Seen, facts, invoice, line, memo, memo_line, seen


def judged_lines(
    *entries: tuple[str, str],
    with_records: tuple[Record, ...],
    invoice_version: int | None = None,
    moment: datetime | None = None,
    **said: Any,
) -> list[Seen]:
    """applyCreditMemoLine of cml_1 to (invoice line id, amount)."""
    command = ApplyCreditMemoLine(
        credit_memo_line_id="cml_1",
        applications=[
            LineApplicationEntry(
                invoice_line_id=id,
                amount=Decimal(amount),
                effective_date=moment,
                expected_version=invoice_version,
            )
            for id, amount in entries
        ],
        **said,
    )
    closed = Settings(closed_through=date(2026, 3, 31))
    return seen(violations_of_apply_line(command, facts(*with_records, settings=closed)))


LINE_ITEM = ("applications", 0, "amount")
LINE_TARGET = ("applications", 0, "invoice_line_id")
SIDES: tuple[Record, ...] = (memo(), memo_line(), invoice(), line())
APPLY_LINE = [
    ("nothing named", [], SIDES, [("NO_LINES", ("applications",), None, None)]),
    (
        "memo line unknown",
        [("invl_1", "1.00")],
        SIDES[2:],
        [("NOT_FOUND", ("credit_memo_line_id",), "cml_1", None)],
    ),
    ("invoice line unknown", [("invl_9", "1.00")], SIDES, [("NOT_FOUND", LINE_TARGET, "invl_9", None)]),
    (
        "line named twice",
        [("invl_1", "1.00"), ("invl_1", "1.00")],
        SIDES,
        [("DUPLICATE_LINE", ("applications", 1, "invoice_line_id"), "invl_1", None)],
    ),
    (
        "draft memo",
        [("invl_1", "1.00")],
        (memo(status=CreditMemoStatus.DRAFT), memo_line(), invoice(), line()),
        [("INVALID_STATUS", ("credit_memo_line_id",), "DRAFT", "POSTED")],
    ),
    (
        "another account",
        [("invl_1", "1.00")],
        (memo(), memo_line(), invoice(account_id="acc_2"), line()),
        [("ACCOUNT_MISMATCH", LINE_TARGET, "acc_2", "acc_1")],
    ),
    (
        "a memo with nothing left is told so once",
        [("invl_1", "0.01")],
        (memo(balance=0), memo_line(), invoice(), line()),
        [("EXCEEDS_MEMO_BALANCE", ("credit_memo_line_id",), "0.00", "0.00")],
    ),
    ("zero", [("invl_1", "0")], SIDES, [("INVALID_AMOUNT", LINE_ITEM, "0.00", None)]),
    (
        "more than the line has",
        [("invl_1", "30.01")],
        (memo(), memo_line(), invoice(), line(balance=3000)),
        [("EXCEEDS_LINE_BALANCE", LINE_ITEM, "30.01", "30.00")],
    ),
    (
        "more than the invoice has: the largest that passes is the less of both",
        [("invl_1", "40.00")],
        (memo(), memo_line(), invoice(balance=1000), line(balance=3000)),
        [
            ("EXCEEDS_LINE_BALANCE", LINE_ITEM, "40.00", "10.00"),
            ("EXCEEDS_INVOICE_BALANCE", LINE_ITEM, "40.00", "10.00"),
        ],
    ),
    (
        "more than the line has, which is less than the invoice has",
        [("invl_1", "40.00")],
        (memo(), memo_line(), invoice(balance=3000), line(balance=1000)),
        [
            ("EXCEEDS_LINE_BALANCE", LINE_ITEM, "40.00", "10.00"),
            ("EXCEEDS_INVOICE_BALANCE", LINE_ITEM, "40.00", "10.00"),
        ],
    ),
    (
        "another currency, whose amounts are compared with no balance",
        [("invl_1", "200.00")],
        (memo(), memo_line(), invoice(currency="EUR"), line(currency="EUR")),
        [("CURRENCY_MISMATCH", LINE_TARGET, "EUR", "USD")],
    ),
    (
        "a negative line takes nothing",
        [("invl_1", "0.01")],
        (memo(), memo_line(), invoice(), line(amount=-100)),
        [("EXCEEDS_LINE_BALANCE", LINE_ITEM, "0.01", "0.00")],
    ),
    (
        "a negative memo line gives nothing",
        [("invl_1", "0.01")],
        (memo(), memo_line(amount=-100), invoice(), line()),
        [("EXCEEDS_LINE_BALANCE", ("applications",), "0.01", "0.00")],
    ),
    (
        "more than the memo line and the memo have, together",
        [("invl_1", "30.00"), ("invl_2", "20.01")],
        (*SIDES, line("invl_2")),
        [
            ("EXCEEDS_MEMO_BALANCE", ("applications",), "50.01", "50.00"),
            ("EXCEEDS_LINE_BALANCE", ("applications",), "50.01", "50.00"),
        ],
    ),
    (
        "more than the memo line and the memo have",
        [("invl_1", "60.00")],
        SIDES,
        [
            ("EXCEEDS_MEMO_BALANCE", ("applications",), "60.00", "50.00"),
            ("EXCEEDS_LINE_BALANCE", ("applications",), "60.00", "50.00"),
        ],
    ),
]


@pytest.mark.parametrize(
    ("entries", "records", "expected"), [row[1:] for row in APPLY_LINE], ids=[row[0] for row in APPLY_LINE]
)
def test_an_application_of_a_line_is_refused(
    entries: list[tuple[str, str]], records: tuple[Record, ...], expected: list[Seen]
) -> None:
    assert judged_lines(*entries, with_records=records) == expected


def test_a_line_within_every_balance_is_accepted() -> None:
    assert judged_lines(("invl_1", "50.00"), with_records=SIDES) == []


def test_a_line_of_an_invoice_that_has_changed_since_it_was_read_is_refused() -> None:
    assert judged_lines(("invl_1", "1.00"), with_records=SIDES, invoice_version=1) == []
    assert judged_lines(("invl_1", "1.00"), with_records=SIDES, invoice_version=2) == [
        ("VERSION_CONFLICT", ("applications", 0, "expected_version"), "2", "1")
    ]


def test_of_a_memo_that_has_changed_since_it_was_read_no_line_is_applied() -> None:
    assert judged_lines(("invl_1", "1.00"), with_records=SIDES, expected_version=1) == []
    assert judged_lines(("invl_1", "1.00"), with_records=SIDES, expected_version=3) == [
        ("VERSION_CONFLICT", ("expected_version",), "3", "1")
    ]


def test_no_line_is_settled_in_a_closed_period() -> None:
    found = judged_lines(("invl_1", "1.00"), with_records=SIDES, moment=datetime(2026, 3, 31, tzinfo=UTC))
    asked = "2026-03-31T00:00:00+00:00"
    assert found == [("PERIOD_CLOSED", ("applications", 0, "effective_date"), asked, "after 2026-03-31")]


def test_each_line_is_judged_whatever_is_wrong_with_those_before_it() -> None:
    lines = (line("invl_2"), line("invl_3"))
    entries = (
        ("invl_1", "1.00"),
        ("invl_1", "1.00"),
        ("invl_9", "1.00"),
        ("invl_2", "1.001"),
        ("invl_3", "0.00"),
    )
    assert judged_lines(*entries, with_records=(*SIDES, *lines)) == [
        ("DUPLICATE_LINE", ("applications", 1, "invoice_line_id"), "invl_1", None),
        ("NOT_FOUND", ("applications", 2, "invoice_line_id"), "invl_9", None),
        ("TOO_MANY_DECIMALS", ("applications", 3, "amount"), "1.001", "2"),
        ("INVALID_AMOUNT", ("applications", 4, "amount"), "0.00", None),
    ]


def test_lines_of_one_invoice_count_together_against_it() -> None:
    records = (memo(), memo_line(), invoice(balance=3000), line(), line("invl_2"), line("invl_3"))
    found = judged_lines(("invl_1", "20.00"), ("invl_2", "10.01"), with_records=records)
    assert found == [("EXCEEDS_INVOICE_BALANCE", ("applications", 1, "amount"), "10.01", "10.00")]
    found = judged_lines(("invl_1", "10.00"), ("invl_2", "10.00"), ("invl_3", "10.01"), with_records=records)
    assert found == [("EXCEEDS_INVOICE_BALANCE", ("applications", 2, "amount"), "10.01", "10.00")]


def test_whether_an_earlier_line_has_taken_of_the_invoice_is_said() -> None:
    records = (memo(), memo_line(), invoice(balance=1000), line(), line("invl_2"))
    entries = [
        LineApplicationEntry(invoice_line_id=id, amount=Decimal("10.01")) for id in ("invl_1", "invl_2")
    ]
    command = ApplyCreditMemoLine(credit_memo_line_id="cml_1", applications=entries)
    found = violations_of_apply_line(command, facts(*records))
    assert [each.message for each in found] == [
        "The invoice's balance is less.",
        "Less is left of the invoice's balance.",
    ]


@pytest.mark.parametrize(
    ("status", "line_balance", "invoice_balance", "expected"),
    [
        (InvoiceStatus.POSTED, 3000, 1000, 1000),
        (InvoiceStatus.POSTED, 1000, 3000, 1000),
        (InvoiceStatus.POSTED, -100, 3000, 0),
        (InvoiceStatus.DRAFT, 1000, 3000, 0),
    ],
)
def test_what_a_line_can_still_take(
    status: InvoiceStatus, line_balance: int, invoice_balance: int, expected: int
) -> None:
    assert (
        maximum_applicable(line(balance=line_balance), invoice(status=status, balance=invoice_balance))
        == expected
    )
