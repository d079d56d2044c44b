"""When a payment may be recorded, and taken back."""

from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.commands import (
    InvoiceReference,
    RecordPayment,
    ReversePayment,
)
from app.domain.entity import Settings
from app.domain.record import Record
from app.domain.vocabulary import InvoiceStatus, PaymentType
from app.validation.payments import violations_of_payment, violations_of_reversal
from tests.rules.facts import Seen, facts, invoice, payment, seen

CLOSED = Settings(closed_through=date(2026, 3, 31))


def paying(
    *records: Record, amount: str = "10.00", settings: Settings | None = None, **said: Any
) -> list[Seen]:
    named: dict[Any, str] = {("invoice",): "inv_1"}
    command = RecordPayment(invoice=InvoiceReference(id="inv_1"), amount=Decimal(amount), **said)
    return seen(violations_of_payment(command, facts(*records, named=named, settings=settings)))


def test_recording_a_payment() -> None:
    assert paying(invoice(), amount="100.00") == []
    assert paying() == [("NOT_FOUND", ("invoice",), "inv_1", None)]
    assert paying(invoice(), amount="100.01") == [
        ("EXCEEDS_INVOICE_BALANCE", ("amount",), "100.01", "100.00")
    ]
    assert paying(invoice(total=-100)) == [("EXCEEDS_INVOICE_BALANCE", ("amount",), "10.00", "0.00")]
    assert paying(invoice(), amount="0") == [("INVALID_AMOUNT", ("amount",), "0.00", None)]
    assert paying(invoice(), date=date(2026, 3, 31), settings=CLOSED) == [
        ("PERIOD_CLOSED", ("date",), "2026-03-31", "after 2026-03-31")
    ]
    assert paying(invoice(status=InvoiceStatus.DRAFT), amount="1.001", expected_version=2) == [
        ("VERSION_CONFLICT", ("expected_version",), "2", "1"),
        ("INVALID_STATUS", ("invoice",), "DRAFT", "POSTED"),
        ("TOO_MANY_DECIMALS", ("amount",), "1.001", "2"),
    ]


def reversing(*records: Record, settings: Settings | None = None, **said: Any) -> list[Seen]:
    command = ReversePayment(payment_id="pay_1", **said)
    return seen(violations_of_reversal(command, facts(invoice(), *records, settings=settings)))


def test_taking_a_payment_back() -> None:
    reversal = payment("pay_2", type=PaymentType.REVERSED, reversed_payment_id="pay_1")
    assert reversing(payment()) == []
    assert reversing(payment(), date=date(2026, 6, 1)) == []
    assert reversing(payment(), expected_version=1) == []
    assert reversing(payment(), expected_version=2) == [("VERSION_CONFLICT", ("expected_version",), "2", "1")]
    assert reversing() == [("NOT_FOUND", ("payment_id",), "pay_1", None)]
    assert reversing(payment(), reversal) == [("ALREADY_REVERSED", ("payment_id",), "pay_1", None)]
    assert reversing(payment(type=PaymentType.REVERSED)) == [
        ("INVALID_STATUS", ("payment_id",), "REVERSED", "RECEIVED")
    ]
    assert reversing(payment(), date=date(2026, 5, 31)) == [
        ("INVALID_DATE", ("date",), "2026-05-31", "2026-06-01 or later")
    ]
    assert reversing(payment(), date=date(2026, 3, 31), settings=CLOSED) == [
        ("INVALID_DATE", ("date",), "2026-03-31", "2026-06-01 or later"),
        ("PERIOD_CLOSED", ("date",), "2026-03-31", "after 2026-03-31"),
    ]
