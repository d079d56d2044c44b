"""When a memo's rest or an invoice's balance may be written off, an invoice voided, and a write-off taken back."""

from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.commands import (
    CreditMemoReference,
    InvoiceReference,
    UnapplyCreditMemo,
    UnapplyCreditMemoLine,
    VoidInvoice,
    WriteOffCreditMemo,
    WriteOffInvoice,
)
from app.domain.entity import Settings
from app.domain.limits import Limits
from app.domain.record import Record
from app.domain.vocabulary import (
    ApplicationLevel,
    CreditMemoSource,
    CreditMemoStatus,
    InvoiceSource,
    InvoiceStatus,
)
from app.validation.unapply import violations_of_unapply, violations_of_unapply_line
from app.validation.write_offs import (
    violations_of_invoice_write_off,
    violations_of_memo_write_off,
    violations_of_void_invoice,
)
from tests.rules.facts import (
    Seen,
    application,
    facts,
    invoice,
    line,
    line_application,
    memo,
    memo_line,
    reason,
    seen,
)

CLOSED = Settings(closed_through=date(2026, 3, 31))
WHY = reason("GONE")


def of_memo(*records: Record, settings: Settings | None = None, **said: Any) -> list[Seen]:
    command = WriteOffCreditMemo(
        **{"credit_memo": CreditMemoReference(id="cm_1"), "reason_code": "GONE", **said}
    )
    known = facts(WHY, *records, named={("credit_memo",): "cm_1"}, settings=settings)
    return seen(violations_of_memo_write_off(command, known))


def test_what_a_posted_memo_has_left_is_written_off() -> None:
    assert of_memo(memo(applied=4999, balance=1)) == []
    assert of_memo() == [("NOT_FOUND", ("credit_memo",), "cm_1", None)]
    assert of_memo(memo(applied=5000, balance=0)) == [
        ("EXCEEDS_MEMO_BALANCE", ("credit_memo",), "0.00", "0.00")
    ]
    assert of_memo(memo(status=CreditMemoStatus.DRAFT), expected_version=2) == [
        ("VERSION_CONFLICT", ("expected_version",), "2", "1"),
        ("INVALID_STATUS", ("credit_memo",), "DRAFT", "POSTED"),
    ]


def test_a_debit_memo_is_not_dated_before_its_memo_nor_into_a_closed_period() -> None:
    dated = memo(memo_date=date(2026, 3, 15))
    assert of_memo(dated, date=date(2026, 3, 15)) == []
    assert of_memo(dated, date=date(2026, 3, 14), settings=CLOSED) == [
        ("INVALID_DATE", ("date",), "2026-03-14", "2026-03-15 or later"),
        ("PERIOD_CLOSED", ("date",), "2026-03-14", "after 2026-03-31"),
    ]


def test_a_write_off_has_a_reason() -> None:
    assert of_memo(memo(), reason_code=None) == [("INVALID_REASON_CODE", ("reason_code",), None, None)]
    assert of_memo(memo(), reason("USUAL", is_default=True), reason_code=None) == []
    assert of_memo(memo(), reason_code="NONE") == [("INVALID_REASON_CODE", ("reason_code",), "NONE", "GONE")]


def of_invoice(
    *records: Record,
    settings: Settings | None = None,
    approval_limits: dict[str, int] | None = None,
    limits: Limits | None = None,
    **said: Any,
) -> list[Seen]:
    command = WriteOffInvoice(**{"invoice": InvoiceReference(id="inv_1"), "reason_code": "GONE", **said})
    known = facts(
        WHY,
        *records,
        named={("invoice",): "inv_1"},
        settings=settings,
        approval_limits=approval_limits,
        limits=limits or Limits(),
    )
    return seen(violations_of_invoice_write_off(command, known))


def test_what_a_posted_invoice_owes_is_written_off() -> None:
    assert of_invoice(invoice(), line()) == []
    assert of_invoice(invoice(balance=1), line()) == []
    assert of_invoice(invoice(), line(), expected_version=2) == [
        ("VERSION_CONFLICT", ("expected_version",), "2", "1")
    ]
    assert of_invoice() == [("NOT_FOUND", ("invoice",), "inv_1", None)]
    for settled in (invoice(balance=0), invoice(total=-100)):
        assert of_invoice(settled, line()) == [("NOTHING_CREDITABLE", ("invoice",), None, None)]
    assert of_invoice(invoice(status=InvoiceStatus.DRAFT), line(), reason_code=None) == [
        ("INVALID_STATUS", ("invoice",), "DRAFT", "POSTED"),
        ("INVALID_REASON_CODE", ("reason_code",), None, None),
    ]
    assert of_invoice(invoice(), line(), effective_date=date(2026, 3, 31), settings=CLOSED) == [
        ("PERIOD_CLOSED", ("effective_date",), "2026-03-31", "after 2026-03-31")
    ]


def test_a_write_off_above_the_limit_of_whoever_does_it_is_refused_whole() -> None:
    assert of_invoice(invoice(), line(), approval_limits={"USD": 10000}) == []
    assert of_invoice(invoice(), line(), approval_limits={"USD": 9999}) == [
        ("EXCEEDS_APPROVAL_LIMIT", ("invoice",), "100.00", "99.99")
    ]


def test_a_write_off_settles_no_more_lines_than_an_application_may() -> None:
    by_lines = Settings(application_level=ApplicationLevel.INVOICE_LINE)
    lines = [line("invl_1", 5000), line("invl_2", 5000)]
    few = Limits(source_pairs=2)
    assert of_invoice(invoice(), *lines, limits=few) == []
    assert of_invoice(invoice(), *lines, limits=few, settings=by_lines) == [
        ("LIMIT_EXCEEDED", ("invoice",), "3", "2")
    ]


def voiding(
    *records: Record,
    settings: Settings | None = None,
    approval_limits: dict[str, int] | None = None,
    **said: Any,
) -> list[Seen]:
    command = VoidInvoice(invoice=InvoiceReference(id="inv_1"), **said)
    known = facts(
        WHY,
        *records,
        named={("invoice",): "inv_1"},
        settings=settings,
        approval_limits=approval_limits,
    )
    return seen(violations_of_void_invoice(command, known))


def test_an_invoice_with_which_nothing_was_done_is_voided() -> None:
    assert voiding(invoice(), line()) == []
    assert voiding(invoice(total=0), line("invl_1", 100), line("invl_2", -100)) == []
    assert voiding() == [("NOT_FOUND", ("invoice",), "inv_1", None)]
    assert voiding(invoice(), line(), expected_version=2) == [
        ("VERSION_CONFLICT", ("expected_version",), "2", "1")
    ]
    assert voiding(invoice(status=InvoiceStatus.VOIDED), reason_code="NONE") == [
        ("INVALID_STATUS", ("invoice",), "VOIDED", "POSTED"),
        ("INVALID_REASON_CODE", ("reason_code",), "NONE", "GONE"),
    ]
    assert [code for code, *_ in voiding(invoice(total=-100), line())] == ["NOTHING_CREDITABLE"]
    for used in (invoice(credits_applied=1), invoice(payments_applied=1)):
        assert voiding(used, line()) == [("ACTIVE_SETTLEMENT", ("invoice",), None, None)]
    assert voiding(invoice(converted_amount=-100), line()) == [
        ("ALREADY_CONVERTED", ("invoice",), None, None)
    ]


def test_an_invoice_from_which_something_was_drawn_is_not_voided() -> None:
    for drawn in (line(amount_credited=1), line(tax=10, tax_credited=1), line(quantity_credited=1)):
        assert voiding(invoice(), drawn) == [("HAS_CREDITS", ("invoice",), None, None)]


def test_voiding_is_bound_by_dates_and_by_the_limit_of_whoever_does_it() -> None:
    assert voiding(invoice(), line(), effective_date=date(2026, 1, 9), settings=CLOSED) == [
        ("INVALID_DATE", ("effective_date",), "2026-01-09", "2026-01-10 or later"),
        ("PERIOD_CLOSED", ("effective_date",), "2026-01-09", "after 2026-03-31"),
    ]
    assert voiding(invoice(), line(), approval_limits={"USD": 9999}) == [
        ("EXCEEDS_APPROVAL_LIMIT", ("invoice",), "100.00", "99.99")
    ]


WRITE_OFFS = (
    (memo(source=CreditMemoSource.INVOICE_WRITE_OFF, invoice_id="inv_1"), invoice()),
    (memo(), invoice(source=InvoiceSource.CREDIT_MEMO_WRITE_OFF)),
)


def test_a_write_off_is_taken_back_only_whole() -> None:
    for sides in WRITE_OFFS:
        for amount, refused in (
            (None, []),
            ("30.00", []),
            ("29.99", [("INVALID_AMOUNT", ("amount",), "29.99", "30.00")]),
            ("30.01", [("EXCEEDS_REMAINING_APPLICATION", ("amount",), "30.01", "30.00")]),
        ):
            command = UnapplyCreditMemo(
                application_id="app_1", amount=None if amount is None else Decimal(amount)
            )
            assert seen(violations_of_unapply(command, facts(*sides, application()))) == refused


def test_a_line_of_a_write_off_is_not_taken_back_by_itself() -> None:
    rows = (application(), line_application(), line(), memo_line())
    command = UnapplyCreditMemoLine(line_application_id="lapp_1")
    for sides in WRITE_OFFS:
        asked = f"{sides[0].source} on {sides[1].source}"
        assert seen(violations_of_unapply_line(command, facts(*sides, *rows))) == [
            ("INVALID_SOURCE", ("line_application_id",), asked, None)
        ]
    assert violations_of_unapply_line(command, facts(memo(), invoice(), *rows)) == []
