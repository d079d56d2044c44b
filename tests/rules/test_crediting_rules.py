"""When lines of an invoice may be credited."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    CreateAndApplyCreditMemo,
    InvoiceCreditEntry,
    InvoiceReference,
    TaxItem,
)
from app.domain.entity import Settings
from app.domain.limits import DEFAULT_LIMITS, Limits
from app.domain.record import Record
from app.domain.vocabulary import InvoiceStatus, TaxMode, TaxStrategy
from app.validation.credit import violations_of_create_and_apply
from tests.rules.facts import Seen, codes, facts, invoice, line, reason, seen, tax
from tests.support.levels import LINES

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
    limits: Limits = DEFAULT_LIMITS,
    approval_limits: dict[str, int] | None = None,
    **said: Any,
) -> list[Seen]:
    command = CreateAndApplyCreditMemo(invoice=InvoiceReference(id="inv_1"), lines=list(entries), **said)
    named: dict[Any, str] = {("invoice",): "inv_1"} if any(each.id == "inv_1" for each in records) else {}
    given = facts(*records, named=named, settings=settings, limits=limits, approval_limits=approval_limits)
    return seen(violations_of_create_and_apply(command, given))


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
    (
        "invoice unknown",
        [entry(), entry(invoice_line_id="invl_9")],
        {"records": TAXED[1:]},
        [
            ("NOT_FOUND", ("lines", 1, "invoice_line_id"), "invl_9", None),
            ("NOT_FOUND", ("invoice",), "inv_1", None),
        ],
    ),
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
        "draft: what it owes and leaves to credit says nothing, the amount as written does",
        [entry("900.00"), entry("1.001", invoice_line_id="invl_2")],
        {
            "records": (
                replace(invoice(balance=0), status=InvoiceStatus.DRAFT),
                line(),
                line("invl_2"),
            )
        },
        [
            ("INVALID_STATUS", ("invoice",), "DRAFT", "POSTED"),
            ("TOO_MANY_DECIMALS", ("lines", 1, "amount"), "1.001", "2"),
        ],
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
        "the second item on one source has what the first leaves",
        [entry(tax_items=[item("8.00"), item("0.26")])],
        {},
        [("EXCEEDS_CREDITABLE_TAX", ("lines", 0, "tax_items", 1, "amount"), "0.26", "0.25")],
    ),
    (
        "the amount is judged beside tax items that do not fit",
        [entry("100.01", tax_items=[item("8.26")])],
        {},
        [
            ("EXCEEDS_CREDITABLE_AMOUNT", AMOUNT, "100.01", "100.00"),
            ("EXCEEDS_CREDITABLE_TAX", ("lines", 0, "tax_items", 0, "amount"), "8.26", "8.25"),
        ],
    ),
    (
        "tax only with given items and an amount",
        [entry("1.00", tax_only=True, tax_items=[item("1.00")])],
        {},
        [("INVALID_AMOUNT", AMOUNT, "1.00", "0")],
    ),
    (
        "a line's own strategy overrides the header's flag",
        [entry("50.00", tax_strategy=TaxStrategy.IGNORE)],
        {"tax_auto_calculation": True},
        [],
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
        [("EXCEEDS_CREDITABLE_AMOUNT", ("lines", 0, "amount"), "100.00", "60.00")],
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
        "more pairs of lines than the limit, where lines are settled",
        [entry("10.00"), entry("10.00", invoice_line_id="invl_2")],
        {
            "records": (invoice(), line(), line("invl_2")),
            "settings": LINES,
            "limits": Limits(source_pairs=2),
        },
        [("LIMIT_EXCEEDED", ("lines",), "3", "2")],
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


def test_the_order_of_refusals_does_not_depend_on_the_order_of_lines() -> None:
    wrong = [entry("1.000"), entry("1.00", invoice_line_id="invl_9")]
    command = CreateAndApplyCreditMemo(invoice=InvoiceReference(id="inv_1"), lines=wrong)
    turned = CreateAndApplyCreditMemo(invoice=InvoiceReference(id="inv_1"), lines=wrong[::-1])
    given = facts(*TAXED, named={("invoice",): "inv_1"})
    expected = ["NOT_FOUND", "TOO_MANY_DECIMALS"]
    assert codes(violations_of_create_and_apply(command, given)) == expected
    assert codes(violations_of_create_and_apply(turned, given)) == expected


def test_all_lines_with_their_taxes_are_credited_within_the_limit_of_whoever_does_it() -> None:
    records = (*TAXED, line("invl_2"))
    entries = [
        entry("40.00", tax_items=[item("3.00")]),
        entry("10.00", invoice_line_id="invl_2", tax_strategy=TaxStrategy.IGNORE),
    ]
    assert judged(*entries, records=records, approval_limits={"USD": 5300}) == []
    assert judged(*entries, records=records, approval_limits={"USD": 5299}) == [
        ("EXCEEDS_APPROVAL_LIMIT", ("lines",), "53.00", "52.99")
    ]
