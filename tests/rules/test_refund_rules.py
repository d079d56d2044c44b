"""When a refund of credit may be recorded, and taken back."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import CreditMemoReference, RefundCreditMemo, ReverseRefund
from app.domain.entity import Settings
from app.domain.record import Record
from app.domain.vocabulary import CreditMemoStatus, RefundType
from app.validation.refunds import violations_of_refund, violations_of_refund_reversal
from tests.rules.facts import Seen, facts, memo, refund, seen

CLOSED = Settings(closed_through=date(2026, 3, 31))


def refunding(
    *records: Record, amount: str = "10.00", settings: Settings | None = None, **said: Any
) -> list[Seen]:
    named: dict[Any, str] = {("credit_memo",): "cm_1"}
    command = RefundCreditMemo(credit_memo=CreditMemoReference(id="cm_1"), amount=Decimal(amount), **said)
    return seen(violations_of_refund(command, facts(*records, named=named, settings=settings)))


def test_a_refund_is_at_most_the_balance_of_a_posted_memo() -> None:
    assert refunding(memo(), amount="50.00") == []
    assert refunding() == [("NOT_FOUND", ("credit_memo",), "cm_1", None)]
    assert refunding(memo(balance=2000, applied=3000), amount="20.01") == [
        ("EXCEEDS_MEMO_BALANCE", ("amount",), "20.01", "20.00")
    ]
    assert refunding(memo(), amount="0") == [("INVALID_AMOUNT", ("amount",), "0.00", None)]
    assert refunding(memo(status=CreditMemoStatus.DRAFT), amount="1.001", expected_version=2) == [
        ("VERSION_CONFLICT", ("expected_version",), "2", "1"),
        ("INVALID_STATUS", ("credit_memo",), "DRAFT", "POSTED"),
        ("TOO_MANY_DECIMALS", ("amount",), "1.001", "2"),
    ]


def test_a_refund_is_not_dated_before_its_memo_nor_into_a_closed_period() -> None:
    dated = memo(memo_date=date(2026, 3, 15))
    assert refunding(dated, date=date(2026, 3, 15)) == []
    assert refunding(dated, date=date(2026, 3, 14)) == [
        ("INVALID_DATE", ("date",), "2026-03-14", "2026-03-15 or later")
    ]
    assert refunding(dated, date=date(2026, 3, 31), settings=CLOSED) == [
        ("PERIOD_CLOSED", ("date",), "2026-03-31", "after 2026-03-31")
    ]


def reversing(*records: Record, settings: Settings | None = None, **said: Any) -> list[Seen]:
    command = ReverseRefund(refund_id="rfd_1", **said)
    return seen(violations_of_refund_reversal(command, facts(memo(), *records, settings=settings)))


def test_a_refund_is_taken_back_once() -> None:
    reversal = refund("rfd_2", type=RefundType.REVERSED, reversed_refund_id="rfd_1")
    assert reversing(refund()) == []
    assert reversing(refund(), expected_version=1) == []
    assert reversing(refund(), expected_version=2) == [("VERSION_CONFLICT", ("expected_version",), "2", "1")]
    assert reversing() == [("NOT_FOUND", ("refund_id",), "rfd_1", None)]
    assert reversing(refund(), reversal) == [("ALREADY_REVERSED", ("refund_id",), "rfd_1", None)]
    assert reversing(refund(type=RefundType.REVERSED)) == [
        ("INVALID_STATUS", ("refund_id",), "REVERSED", "REFUNDED")
    ]


@pytest.mark.parametrize(
    ("day", "refused"),
    [
        (date(2026, 6, 1), []),
        (date(2026, 5, 31), [("INVALID_DATE", ("date",), "2026-05-31", "2026-06-01 or later")]),
        (
            date(2026, 3, 31),
            [
                ("INVALID_DATE", ("date",), "2026-03-31", "2026-06-01 or later"),
                ("PERIOD_CLOSED", ("date",), "2026-03-31", "after 2026-03-31"),
            ],
        ),
    ],
)
def test_a_refund_is_not_taken_back_before_it_was_made(day: date, refused: list[Seen]) -> None:
    assert reversing(refund(), date=day, settings=CLOSED) == refused
