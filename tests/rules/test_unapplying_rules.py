"""When an application may be taken back, whole or in part."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    UnapplyCreditMemo,
    UnapplyCreditMemoLine,
    UpdateCreditMemoApplication,
)
from app.domain.entity import Settings
from app.domain.record import Record
from app.domain.vocabulary import InvoiceSource
from app.validation.unapply import (
    violations_of_takeable,
    violations_of_unapply,
    violations_of_unapply_line,
    violations_of_update,
)
from tests.rules.facts import (
    NOW,
    Seen,
    application,
    codes,
    facts,
    invoice,
    line_application,
    line_taken_back,
    memo,
    seen,
    taken_back,
)

CLOSED = Settings(closed_through=date(2026, 3, 31))
IN_CLOSED = datetime(2026, 3, 31, 23, tzinfo=UTC)


SIDES: tuple[Record, ...] = (memo(), invoice(version=4))
ROW = application()
UNAPPLY = [
    ("unknown", {}, (), [("NOT_FOUND", ("application_id",), "app_1", None)]),
    (
        "an UNAPPLIED row",
        {},
        (replace(taken_back(ROW, 3000), id="app_1"),),
        [("NOT_AN_APPLIED_ROW", ("application_id",), "UNAPPLIED", "APPLIED")],
    ),
    (
        "nothing remains",
        {},
        (ROW, taken_back(ROW, 3000)),
        [("ALREADY_UNAPPLIED", ("application_id",), "app_1", None)],
    ),
    (
        "an amount of which nothing remains",
        {"amount": Decimal("1.00")},
        (ROW, taken_back(ROW, 3000)),
        [("ALREADY_UNAPPLIED", ("application_id",), "app_1", None)],
    ),
    (
        "more than the cent that remains",
        {"amount": Decimal("0.02")},
        (ROW, taken_back(ROW, 2999)),
        [("EXCEEDS_REMAINING_APPLICATION", ("amount",), "0.02", "0.01")],
    ),
    (
        "more than remains",
        {"amount": Decimal("20.01")},
        (ROW, taken_back(ROW, 1000)),
        [("EXCEEDS_REMAINING_APPLICATION", ("amount",), "20.01", "20.00")],
    ),
    ("zero", {"amount": Decimal(0)}, (ROW,), [("INVALID_AMOUNT", ("amount",), "0.00", None)]),
    (
        "too many decimals",
        {"amount": Decimal("1.000")},
        (ROW,),
        [("TOO_MANY_DECIMALS", ("amount",), "1.000", "2")],
    ),
    (
        "stale memo",
        {"expected_version": 2, "expected_invoice_version": 4},
        (ROW,),
        [("VERSION_CONFLICT", ("expected_version",), "2", "1")],
    ),
    (
        "stale invoice",
        {"expected_version": 1, "expected_invoice_version": 3},
        (ROW,),
        [("VERSION_CONFLICT", ("expected_invoice_version",), "3", "4")],
    ),
    (
        "dated before the application",
        {"effective_date": NOW - timedelta(seconds=1)},
        (ROW,),
        [
            (
                "INVALID_DATE",
                ("effective_date",),
                "2026-06-15T11:59:59+00:00",
                "2026-06-15T12:00:00+00:00 or later",
            )
        ],
    ),
    ("accepted", {"amount": Decimal("20.00"), "effective_date": NOW}, (ROW, taken_back(ROW, 1000)), []),
]


@pytest.mark.parametrize(
    ("said", "records", "expected"), [row[1:] for row in UNAPPLY], ids=[row[0] for row in UNAPPLY]
)
def test_taking_an_application_back(
    said: dict[str, Any], records: tuple[Record, ...], expected: list[Seen]
) -> None:
    command = UnapplyCreditMemo(application_id="app_1", **said)
    assert seen(violations_of_unapply(command, facts(*SIDES, *records))) == expected


def test_taking_back_into_a_closed_period_is_refused() -> None:
    old = replace(ROW, recorded_at=IN_CLOSED)
    command = UnapplyCreditMemo(application_id="app_1", effective_date=IN_CLOSED)
    asked = IN_CLOSED.isoformat()
    assert seen(violations_of_unapply(command, facts(*SIDES, old, settings=CLOSED))) == [
        ("PERIOD_CLOSED", ("effective_date",), asked, "after 2026-03-31")
    ]


def test_what_took_a_reversed_memo_s_credit_is_not_taken_back_whole_nor_by_its_lines() -> None:
    debit_memo = invoice(version=4, source=InvoiceSource.CREDIT_MEMO_REVERSAL, credit_memo_id="cm_1")
    given = facts(memo(), debit_memo, ROW, LINE_ROW)
    assert seen(violations_of_unapply(UnapplyCreditMemo(application_id="app_1"), given)) == [
        ("ALREADY_REVERSED", ("application_id",), None, None)
    ]
    assert seen(violations_of_unapply_line(UnapplyCreditMemoLine(line_application_id="lapp_1"), given)) == [
        ("ALREADY_REVERSED", ("line_application_id",), None, None)
    ]


LINE_ROW = line_application()


@pytest.mark.parametrize(
    ("said", "records", "expected"),
    [
        ({}, (), [("NOT_FOUND", ("line_application_id",), "lapp_1", None)]),
        (
            {},
            (ROW, replace(line_taken_back(LINE_ROW, 3000), id="lapp_1")),
            [("NOT_AN_APPLIED_ROW", ("line_application_id",), "UNAPPLIED", "APPLIED")],
        ),
        (
            {},
            (ROW, LINE_ROW, line_taken_back(LINE_ROW, 3000)),
            [("ALREADY_UNAPPLIED", ("line_application_id",), "lapp_1", None)],
        ),
        (
            {"amount": Decimal("20.01")},
            (ROW, LINE_ROW, line_taken_back(LINE_ROW, 1000)),
            [("EXCEEDS_REMAINING_APPLICATION", ("amount",), "20.01", "20.00")],
        ),
        (
            {"expected_version": 2, "expected_invoice_version": 3},
            (ROW, LINE_ROW),
            [
                ("VERSION_CONFLICT", ("expected_version",), "2", "1"),
                ("VERSION_CONFLICT", ("expected_invoice_version",), "3", "4"),
            ],
        ),
        ({"amount": Decimal("30.00")}, (ROW, LINE_ROW), []),
    ],
)
def test_taking_a_line_application_back(
    said: dict[str, Any], records: tuple[Record, ...], expected: list[Seen]
) -> None:
    command = UnapplyCreditMemoLine(line_application_id="lapp_1", **said)
    assert seen(violations_of_unapply_line(command, facts(*SIDES, *records))) == expected


def test_whether_an_application_can_be_taken_back_at_all() -> None:
    assert codes(violations_of_takeable(ROW, 1)) == []
    assert codes(violations_of_takeable(ROW, 0)) == ["ALREADY_UNAPPLIED"]
    assert codes(violations_of_takeable(taken_back(ROW, 1), 1)) == ["NOT_AN_APPLIED_ROW"]


@pytest.mark.parametrize(
    ("version", "records", "expected"),
    [
        (None, (), [("NOT_FOUND", ("application_id",), "app_1", None)]),
        (2, (ROW,), [("VERSION_CONFLICT", ("expected_version",), "2", "1")]),
        (1, (ROW,), []),
        (None, (ROW,), []),
    ],
)
def test_changing_the_description_of_an_application(
    version: int | None, records: tuple[Record, ...], expected: list[Seen]
) -> None:
    command = UpdateCreditMemoApplication(application_id="app_1", expected_version=version)
    assert seen(violations_of_update(command, facts(*SIDES, *records))) == expected
