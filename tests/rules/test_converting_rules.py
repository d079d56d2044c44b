"""When negative lines of an invoice may be converted to credit."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.domain.commands import ConvertNegativeInvoiceLines, InvoiceReference
from app.domain.entity import Settings
from app.domain.limits import DEFAULT_LIMITS, Limits
from app.domain.record import Record
from app.domain.vocabulary import InvoiceSource, InvoiceStatus
from app.validation.convert import lines_to_convert, violations_of_convert
from tests.rules.facts import Seen, facts, invoice, line, seen
from tests.support.levels import LINES

CLOSED = Settings(closed_through=date(2026, 3, 31))


def converting(
    *records: Record, settings: Settings | None = None, limits: Limits = DEFAULT_LIMITS, **said: Any
) -> list[Seen]:
    command = ConvertNegativeInvoiceLines(invoice=InvoiceReference(id="inv_1"), **said)
    named: dict[Any, str] = {("invoice",): "inv_1"} if any(each.id == "inv_1" for each in records) else {}
    given = facts(*records, named=named, settings=settings, limits=limits)
    return seen(violations_of_convert(command, given))


NEGATIVE = line("invl_2", amount=-2000)
MIXED: tuple[Record, ...] = (invoice(total=8000), line(), NEGATIVE)
PLACE = ("invoice_line_ids", 0)
CONVERT: list[tuple[str, tuple[Record, ...], dict[str, Any], list[Seen]]] = [
    ("unknown", (), {}, [("NOT_FOUND", ("invoice",), "inv_1", None)]),
    (
        "unknown, and what else can be said of the lines",
        (NEGATIVE,),
        {"invoice_line_ids": ["invl_2", "invl_2", "x"]},
        [
            ("DUPLICATE_LINE", ("invoice_line_ids", 1), "invl_2", None),
            ("NOT_FOUND", ("invoice",), "inv_1", None),
            ("NOT_FOUND", ("invoice_line_ids", 2), "x", None),
        ],
    ),
    (
        "converted and settled since: only that nothing is left",
        (invoice(credits_applied=2000), replace(NEGATIVE, converted_amount=-2000)),
        {},
        [("NO_LINES", ("invoice_line_ids",), None, None)],
    ),
    (
        "the same by name: only that it has been converted",
        (invoice(credits_applied=2000), replace(NEGATIVE, converted_amount=-2000)),
        {"invoice_line_ids": ["invl_2"]},
        [("ALREADY_CONVERTED", PLACE, "invl_2", None)],
    ),
    ("no negative line", (invoice(), line()), {}, [("NO_LINES", ("invoice_line_ids",), None, None)]),
    ("none named", MIXED, {"invoice_line_ids": []}, [("NO_LINES", ("invoice_line_ids",), None, None)]),
    (
        "all converted",
        (invoice(), replace(NEGATIVE, converted_amount=-2000)),
        {},
        [("NO_LINES", ("invoice_line_ids",), None, None)],
    ),
    ("line unknown", MIXED, {"invoice_line_ids": ["x"]}, [("NOT_FOUND", PLACE, "x", None)]),
    (
        "a line of another invoice",
        (*MIXED, replace(NEGATIVE, id="invl_3", invoice_id="inv_2")),
        {"invoice_line_ids": ["invl_3"]},
        [("LINE_NOT_ON_INVOICE", PLACE, "invl_3", None)],
    ),
    (
        "twice",
        MIXED,
        {"invoice_line_ids": ["invl_2", "invl_2"]},
        [("DUPLICATE_LINE", ("invoice_line_ids", 1), "invl_2", None)],
    ),
    (
        "of an amount of 0",
        (invoice(), line(amount=0)),
        {"invoice_line_ids": ["invl_1"]},
        [("NOT_NEGATIVE", PLACE, "invl_1", None)],
    ),
    (
        "a debit memo that the service made",
        (invoice(total=8000, source=InvoiceSource.CREDIT_MEMO_REVERSAL), *MIXED[1:]),
        {},
        [("INVALID_SOURCE", ("invoice",), "CREDIT_MEMO_REVERSAL", "INGESTED")],
    ),
    ("positive", MIXED, {"invoice_line_ids": ["invl_1"]}, [("NOT_NEGATIVE", PLACE, "invl_1", None)]),
    (
        "converted before",
        (invoice(), replace(NEGATIVE, converted_amount=-2000)),
        {"invoice_line_ids": ["invl_2"]},
        [("ALREADY_CONVERTED", PLACE, "invl_2", None)],
    ),
    (
        "credit on the invoice",
        (invoice(total=8000, credits_applied=1), *MIXED[1:]),
        {},
        [("ACTIVE_SETTLEMENT", ("invoice",), None, None)],
    ),
    (
        "a payment on the invoice",
        (invoice(total=8000, payments_applied=1), *MIXED[1:]),
        {},
        [("ACTIVE_SETTLEMENT", ("invoice",), None, None)],
    ),
    (
        "draft",
        (invoice(total=8000, status=InvoiceStatus.DRAFT), *MIXED[1:]),
        {},
        [("INVALID_STATUS", ("invoice",), "DRAFT", "POSTED")],
    ),
    ("stale", MIXED, {"expected_version": 9}, [("VERSION_CONFLICT", ("expected_version",), "9", "1")]),
    (
        "closed",
        MIXED,
        {"settings": CLOSED, "effective_date": date(2026, 1, 1)},
        [("PERIOD_CLOSED", ("effective_date",), "2026-01-01", "after 2026-03-31")],
    ),
    ("accepted", MIXED, {}, []),
    ("accepted by name", MIXED, {"invoice_line_ids": ["invl_2"]}, []),
]


@pytest.mark.parametrize(
    ("records", "said", "expected"), [row[1:] for row in CONVERT], ids=[row[0] for row in CONVERT]
)
def test_converting_negative_lines(
    records: tuple[Record, ...], said: dict[str, Any], expected: list[Seen]
) -> None:
    assert converting(*records, **said) == expected


def test_without_names_every_negative_line_not_yet_converted_is_meant() -> None:
    given = facts(*MIXED, replace(NEGATIVE, id="invl_3", converted_amount=-2000))
    command = ConvertNegativeInvoiceLines(invoice=InvoiceReference(id="inv_1"))
    assert [each.id for each in lines_to_convert(command, given, invoice())] == ["invl_2"]


def test_of_several_negative_lines_those_that_are_named_are_meant() -> None:
    given = facts(*MIXED, replace(NEGATIVE, id="invl_3"), replace(NEGATIVE, id="invl_4"))
    command = ConvertNegativeInvoiceLines(
        invoice=InvoiceReference(id="inv_1"), invoice_line_ids=["invl_4", "invl_2"]
    )
    assert [each.id for each in lines_to_convert(command, given, invoice())] == ["invl_2", "invl_4"]


def test_more_line_pairs_than_the_limit_are_not_applied_with_the_conversion() -> None:
    two = (invoice(total=16000), line(), NEGATIVE, replace(NEGATIVE, id="invl_3"), line("invl_4"))
    asked: dict[str, Any] = {"settings": LINES, "limits": Limits(pairs=2), "apply_to_invoice": True}
    assert converting(*two, **asked) == [("LIMIT_EXCEEDED", ("apply_to_invoice",), "3", "2")]
    assert converting(*two, **asked | {"settings": Settings()}) == []
    assert converting(*two, **asked | {"apply_to_invoice": False}) == []
    assert converting(*two, **asked | {"limits": Limits(pairs=3)}) == []
