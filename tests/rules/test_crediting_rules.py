"""When lines of an invoice may be credited, and when negative ones may be converted."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    ConvertNegativeInvoiceLines,
    CreateAndApplyCreditMemo,
    InvoiceCreditEntry,
    InvoiceReference,
    TaxItem,
)
from app.domain.entity import Settings
from app.domain.record import Record
from app.domain.vocabulary import ApplicationLevel, InvoiceStatus, TaxMode, TaxStrategy
from app.validation.convert import lines_to_convert, violations_of_convert
from app.validation.credit import violations_of_create_and_apply
from tests.rules.facts import Seen, codes, facts, invoice, line, reason, seen, tax

LINES = Settings(application_level=ApplicationLevel.INVOICE_LINE)
CLOSED = Settings(closed_through=date(2026, 3, 31))
TAXED: tuple[Record, ...] = (
    invoice(total=10825),
    line(tax=825),
    tax(),
    reason("OK"),
    reason("OLD", active=False),
)


def entry(amount: str | None = "50.00", **said: Any) -> InvoiceCreditEntry:
    return InvoiceCreditEntry(
        **{"invoice_line_id": "invl_1", "amount": None if amount is None else Decimal(amount), **said}
    )


def judged(
    *entries: InvoiceCreditEntry,
    records: tuple[Record, ...] = TAXED,
    settings: Settings | None = None,
    **said: Any,
) -> list[Seen]:
    command = CreateAndApplyCreditMemo(invoice=InvoiceReference(id="inv_1"), lines=list(entries), **said)
    named: dict[Any, str] = {("invoice",): "inv_1"} if any(each.id == "inv_1" for each in records) else {}
    return seen(violations_of_create_and_apply(command, facts(*records, named=named, settings=settings)))


def item(amount: str, **said: Any) -> TaxItem:
    return TaxItem(amount=Decimal(amount), **said)


AMOUNT = ("lines", 0, "amount")
STRATEGY = ("lines", 0, "tax_strategy")
ENGINELESS = "COPY_FROM_INVOICE_LINE, MANUAL_OVERRIDE, IGNORE"
CREDIT: list[tuple[str, list[InvoiceCreditEntry], dict[str, Any], list[Seen]]] = [
    (
        "no lines",
        [],
        {},
        [("NO_LINES", ("lines",), None, None)],
    ),
    ("invoice unknown", [entry()], {"records": ()}, [("NOT_FOUND", ("invoice",), "inv_1", None)]),
    (
        "line unknown",
        [entry(invoice_line_id="invl_9")],
        {},
        [("NOT_FOUND", ("lines", 0, "invoice_line_id"), "invl_9", None)],
    ),
    (
        "a line of another invoice",
        [entry(invoice_line_id="invl_2")],
        {"records": (*TAXED, invoice("inv_2"), line("invl_2", invoice_id="inv_2"))},
        [("LINE_NOT_ON_INVOICE", ("lines", 0, "invoice_line_id"), "invl_2", None)],
    ),
    (
        "line named twice",
        [entry("10.00"), entry("10.00")],
        {},
        [("DUPLICATE_LINE", ("lines", 1, "invoice_line_id"), "invl_1", None)],
    ),
    (
        "stale",
        [entry()],
        {"expected_version": 4},
        [("VERSION_CONFLICT", ("expected_version",), "4", "1")],
    ),
    (
        "draft",
        [entry()],
        {"records": (replace(invoice(total=10825), status=InvoiceStatus.DRAFT), *TAXED[1:])},
        [("INVALID_STATUS", ("invoice",), "DRAFT", "POSTED")],
    ),
    (
        "retired reason",
        [entry()],
        {"reason_code": "OLD"},
        [("INVALID_REASON_CODE", ("reason_code",), "OLD", "OK")],
    ),
    (
        "closed period",
        [entry()],
        {"settings": CLOSED, "effective_date": date(2026, 3, 31)},
        [("PERIOD_CLOSED", ("effective_date",), "2026-03-31", "after 2026-03-31")],
    ),
    ("decimals", [entry("1.000")], {}, [("TOO_MANY_DECIMALS", AMOUNT, "1.000", "2")]),
    ("zero", [entry("0.00")], {}, [("INVALID_AMOUNT", AMOUNT, "0.00", None)]),
    ("no amount", [entry(None)], {}, [("INVALID_AMOUNT", AMOUNT, None, None)]),
    ("the other sign", [entry("-1.00")], {}, [("INVALID_AMOUNT", AMOUNT, "-1.00", None)]),
    (
        "no engine",
        [entry(tax_strategy=TaxStrategy.CALCULATE)],
        {},
        [("TAX_ENGINE_NOT_CONFIGURED", STRATEGY, "CALCULATE", ENGINELESS)],
    ),
    (
        "flag and strategy disagree",
        [entry()],
        {"tax_strategy": TaxStrategy.IGNORE, "tax_auto_calculation": True},
        [("TAX_NOT_ALLOWED", ("tax_auto_calculation",), None, None)],
    ),
    (
        "items under another strategy",
        [entry(tax_strategy=TaxStrategy.IGNORE, tax_items=[item("1.00")])],
        {},
        [("TAX_NOT_ALLOWED", ("lines", 0, "tax_items"), "IGNORE", "MANUAL_OVERRIDE")],
    ),
    (
        "inclusive without a strategy that finds the tax",
        [entry(tax_strategy=TaxStrategy.IGNORE, tax_mode=TaxMode.INCLUSIVE)],
        {},
        [("TAX_NOT_ALLOWED", ("lines", 0, "tax_mode"), "INCLUSIVE with IGNORE", "EXCLUSIVE")],
    ),
    (
        "tax only without a tax",
        [entry(None, tax_only=True, tax_strategy=TaxStrategy.IGNORE)],
        {},
        [("TAX_NOT_ALLOWED", ("lines", 0, "tax_only"), "IGNORE", None)],
    ),
    (
        "an item that fits no source",
        [entry(tax_items=[item("1.00", name="other")])],
        {},
        [("TAX_NOT_ALLOWED", ("lines", 0, "tax_items", 0), None, "invt_1")],
    ),
    (
        "an item of another line",
        [entry(tax_items=[item("1.00", source_tax_item_id="invt_9")])],
        {},
        [("NOT_FOUND", ("lines", 0, "tax_items", 0, "source_tax_item_id"), "invt_9", None)],
    ),
    (
        "a tax of the other sign",
        [entry(tax_items=[item("-1.00")])],
        {},
        [("INVALID_AMOUNT", ("lines", 0, "tax_items", 0, "amount"), "-1.00", None)],
    ),
    (
        "more tax than is left of the item",
        [entry(tax_items=[item("8.26")])],
        {},
        [("EXCEEDS_CREDITABLE_TAX", ("lines", 0, "tax_items", 0, "amount"), "8.26", "8.25")],
    ),
    (
        "more than is left of the line",
        [entry("50.01", tax_strategy=TaxStrategy.IGNORE)],
        {"records": (invoice(total=10825), line(tax=825, amount_credited=5000), tax())},
        [("EXCEEDS_CREDITABLE_AMOUNT", AMOUNT, "50.01", "50.00")],
    ),
    (
        "more than is left of the invoice as a whole",
        [entry("100.00")],
        {"records": (invoice(total=10000, credited_amount=4000), line())},
        [("EXCEEDS_CREDITABLE_AMOUNT", ("lines",), "100.00", "60.00")],
    ),
    (
        "more than the invoice owes",
        [entry("100.00")],
        {"records": (invoice(balance=6000), line())},
        [("EXCEEDS_INVOICE_BALANCE", ("lines",), "100.00", "60.00")],
    ),
    (
        "more than the line owes, where lines are settled",
        [entry("50.00")],
        {"records": (invoice(), line(balance=3000)), "settings": LINES},
        [("EXCEEDS_LINE_BALANCE", AMOUNT, "50.00", "30.00")],
    ),
    (
        "a credit that comes to nothing",
        [entry("100.00"), entry("-100.00", invoice_line_id="invl_2")],
        {"records": (invoice(), line(), line("invl_2", amount=-10000))},
        [("NOTHING_CREDITABLE", ("lines",), None, None)],
    ),
    (
        "all that is wrong, the most basic first",
        [entry("1.234"), entry("1.00", invoice_line_id="invl_9"), entry(tax_strategy=TaxStrategy.CALCULATE)],
        {"reason_code": "NO", "expected_version": 4},
        [
            ("DUPLICATE_LINE", ("lines", 2, "invoice_line_id"), "invl_1", None),
            ("NOT_FOUND", ("lines", 1, "invoice_line_id"), "invl_9", None),
            ("VERSION_CONFLICT", ("expected_version",), "4", "1"),
            ("INVALID_REASON_CODE", ("reason_code",), "NO", "OK"),
            ("TOO_MANY_DECIMALS", AMOUNT, "1.234", "2"),
        ],
    ),
    ("accepted", [entry("100.00")], {}, []),
    (
        "the line's balance does not matter where headers are settled",
        [entry("50.00")],
        {"records": (invoice(), line(balance=3000))},
        [],
    ),
]


@pytest.mark.parametrize(
    ("entries", "said", "expected"), [row[1:] for row in CREDIT], ids=[row[0] for row in CREDIT]
)
def test_crediting_lines_of_an_invoice(
    entries: list[InvoiceCreditEntry], said: dict[str, Any], expected: list[Seen]
) -> None:
    assert judged(*entries, **said) == expected


def converting(*records: Record, settings: Settings | None = None, **said: Any) -> list[Seen]:
    command = ConvertNegativeInvoiceLines(invoice=InvoiceReference(id="inv_1"), **said)
    named: dict[Any, str] = {("invoice",): "inv_1"} if any(each.id == "inv_1" for each in records) else {}
    return seen(violations_of_convert(command, facts(*records, named=named, settings=settings)))


NEGATIVE = line("invl_2", amount=-2000)
MIXED: tuple[Record, ...] = (invoice(total=8000), line(), NEGATIVE)
PLACE = ("invoice_line_ids", 0)
CONVERT: list[tuple[str, tuple[Record, ...], dict[str, Any], list[Seen]]] = [
    ("unknown", (), {}, [("NOT_FOUND", ("invoice",), "inv_1", None)]),
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


def test_the_order_of_refusals_does_not_depend_on_the_order_of_lines() -> None:
    wrong = [entry("1.000"), entry("1.00", invoice_line_id="invl_9")]
    command = CreateAndApplyCreditMemo(invoice=InvoiceReference(id="inv_1"), lines=wrong)
    turned = CreateAndApplyCreditMemo(invoice=InvoiceReference(id="inv_1"), lines=wrong[::-1])
    given = facts(*TAXED, named={("invoice",): "inv_1"})
    expected = ["NOT_FOUND", "TOO_MANY_DECIMALS"]
    assert codes(violations_of_create_and_apply(command, given)) == expected
    assert codes(violations_of_create_and_apply(turned, given)) == expected
