"""When a memo may be created from an invoice."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    CreateCreditMemoFromInvoice,
    InvoiceCreditEntry,
    InvoiceReference,
    TaxItem,
)
from app.domain.entity import Settings
from app.domain.facts import Facts
from app.domain.limits import DEFAULT_LIMITS, Limits
from app.domain.record import Record
from app.domain.violation import Path
from app.domain.vocabulary import (
    ApplicationLevel,
    InvoiceStatus,
    OnTaxFailure,
    TaxEngineKind,
    TaxMode,
    TaxStrategy,
)
from app.validation.credit_from_invoice import violations_of_create_from_invoice
from tests.rules.facts import Seen, facts, invoice, line, reason, seen, tax

COPY, GIVEN, IGNORE = TaxStrategy.COPY_FROM_INVOICE_LINE, TaxStrategy.MANUAL_OVERRIDE, TaxStrategy.IGNORE
CALCULATE = TaxStrategy.CALCULATE
LINES = Settings(application_level=ApplicationLevel.INVOICE_LINE)
BUILT_IN = Settings(tax_engine=TaxEngineKind.BUILT_IN)
TAXED: tuple[Record, ...] = (
    invoice(total=10825),
    line(tax=825, quantity=10_000_000, service_start=date(2026, 1, 1), service_end=date(2026, 1, 31)),
    tax(),
    reason("OK"),
)
MIXED: tuple[Record, ...] = (invoice(total=30000), line(amount=40000), line("invl_2", -10000))
THREE: tuple[Record, ...] = (invoice(total=30000), *(line(f"invl_{place}") for place in (1, 2, 3)))
FREE: tuple[Record, ...] = (invoice(total=0), line(amount=0, quantity=5_000_000))
NET_NEGATIVE: tuple[Record, ...] = (invoice(total=-100, balance=-100), line(amount=-100))


def entry(amount: str | None = "50.00", **said: Any) -> InvoiceCreditEntry:
    return InvoiceCreditEntry(
        **{"invoice_line_id": "invl_1", "amount": None if amount is None else Decimal(amount), **said}
    )


def of_quantity(quantity: str, **said: Any) -> InvoiceCreditEntry:
    return entry(None, quantity=Decimal(quantity), **said)


def asked(*entries: InvoiceCreditEntry, **said: Any) -> CreateCreditMemoFromInvoice:
    return CreateCreditMemoFromInvoice(
        **{"invoice": InvoiceReference(id="inv_1"), "lines": list(entries) or None, **said}
    )


def known(
    records: tuple[Record, ...] = TAXED,
    *,
    settings: Settings | None = None,
    limits: Limits = DEFAULT_LIMITS,
    at: Path = (),
) -> Facts:
    named = {(*at, "invoice"): "inv_1"} if any(each.id == "inv_1" for each in records) else {}
    return facts(*records, named=named, settings=settings, limits=limits)


def judged(*entries: InvoiceCreditEntry, records: tuple[Record, ...] = TAXED, **said: Any) -> list[Seen]:
    around = {name: said.pop(name) for name in ("settings", "limits") if name in said}
    return seen(violations_of_create_from_invoice(asked(*entries, **said), known(records, **around)))


AMOUNT, QUANTITY = ("lines", 0, "amount"), ("lines", 0, "quantity")
TAX_AMOUNT = ("lines", 0, "tax_amount")
Row = tuple[str, list[InvoiceCreditEntry], dict[str, Any], list[Seen]]
WHOLE: list[Row] = [
    ("neither in full nor lines", [], {}, [("NO_LINES", ("lines",), None, None)]),
    ("no lines in the list", [], {"lines": []}, [("NO_LINES", ("lines",), None, None)]),
    ("lines beside a full credit are not looked at", [entry("999.999")], {"full_credit": True}, []),
    ("invoice unknown", [entry()], {"records": TAXED[1:]}, [("NOT_FOUND", ("invoice",), "inv_1", None)]),
    (
        "line unknown",
        [entry(invoice_line_id="invl_9")],
        {},
        [("NOT_FOUND", ("lines", 0, "invoice_line_id"), "invl_9", None)],
    ),
    (
        "line of another invoice",
        [entry(invoice_line_id="invl_2")],
        {"records": (*TAXED, invoice("inv_2"), line("invl_2", invoice_id="inv_2"))},
        [("LINE_NOT_ON_INVOICE", ("lines", 0, "invoice_line_id"), "invl_2", None)],
    ),
    (
        "line named twice",
        [entry("1.00"), entry("1.00")],
        {},
        [("DUPLICATE_LINE", ("lines", 1, "invoice_line_id"), "invl_1", None)],
    ),
    ("stale", [entry()], {"expected_version": 4}, [("VERSION_CONFLICT", ("expected_version",), "4", "1")]),
    (
        "draft: what it leaves to credit says nothing",
        [entry("900.00")],
        {"records": (replace(invoice(total=10825), status=InvoiceStatus.DRAFT), *TAXED[1:])},
        [("INVALID_STATUS", ("invoice",), "DRAFT", "POSTED")],
    ),
    (
        "a net-negative invoice, in full",
        [],
        {"records": NET_NEGATIVE, "full_credit": True},
        [("NOTHING_CREDITABLE", ("invoice",), None, None)],
    ),
    (
        "a net-negative invoice, by its line",
        [entry("-1.00")],
        {"records": NET_NEGATIVE},
        [("NOTHING_CREDITABLE", ("invoice",), None, None)],
    ),
    ("in full", [], {"full_credit": True}, []),
    ("in full without tax", [], {"full_credit": True, "tax_strategy": IGNORE}, []),
    (
        "in full with given tax",
        [],
        {"full_credit": True, "tax_strategy": GIVEN},
        [
            (
                "TAX_NOT_ALLOWED",
                ("tax_strategy",),
                "MANUAL_OVERRIDE",
                "CALCULATE, COPY_FROM_INVOICE_LINE, IGNORE",
            )
        ],
    ),
    (
        "in full by an engine that is not there",
        [],
        {"full_credit": True, "tax_strategy": CALCULATE},
        [
            (
                "TAX_ENGINE_NOT_CONFIGURED",
                ("tax_strategy",),
                "CALCULATE",
                "COPY_FROM_INVOICE_LINE, MANUAL_OVERRIDE, IGNORE",
            )
        ],
    ),
    (
        "in full, nothing left",
        [],
        {
            "full_credit": True,
            "records": (invoice(credited_amount=10000), line(amount_credited=10000, quantity=1_000_000)),
        },
        [("NOTHING_CREDITABLE", ("full_credit",), None, None)],
    ),
    ("in full, a quantity of what was free", [], {"full_credit": True, "records": FREE}, []),
    (
        "in full without tax, where only tax is left",
        [],
        {
            "full_credit": True,
            "tax_strategy": IGNORE,
            "records": (
                invoice(total=10825, credited_amount=10000),
                line(tax=825, amount_credited=10000),
                tax(),
            ),
        },
        [("NOTHING_CREDITABLE", ("full_credit",), None, None)],
    ),
    (
        "in full, more than the invoice as a whole without the taxes of its discount",
        [],
        {
            "full_credit": True,
            "tax_strategy": IGNORE,
            "records": (invoice(total=4000), line(amount=5000), line("invl_2", 0, -1000)),
        },
        [("EXCEEDS_CREDITABLE_AMOUNT", ("full_credit",), "50.00", "40.00")],
    ),
    (
        "in full, less than nothing without the taxes of its charge",
        [],
        {
            "full_credit": True,
            "tax_strategy": IGNORE,
            "records": (invoice(total=1000), line(amount=0, tax=5000), line("invl_2", -4000)),
        },
        [("INVALID_AMOUNT", ("full_credit",), "-40.00", "0 or more")],
    ),
    (
        "a discount alone",
        [entry("-1.00", invoice_line_id="invl_2")],
        {"records": MIXED},
        [("INVALID_AMOUNT", ("lines",), "-1.00", "0 or more")],
    ),
    (
        "a memo of 0",
        [entry("100.00"), entry("-100.00", invoice_line_id="invl_2")],
        {"records": MIXED},
        [],
    ),
    (
        "more than the invoice as a whole",
        [entry("300.01")],
        {"records": MIXED},
        [("EXCEEDS_CREDITABLE_AMOUNT", ("lines",), "300.01", "300.00")],
    ),
    (
        "more lines than can be settled",
        [],
        {"full_credit": True, "post": True, "apply_to_invoice": True, "records": THREE}
        | {"settings": LINES, "limits": Limits(source_pairs=2)},
        [("LIMIT_EXCEEDED", ("apply_to_invoice",), "5", "2")],
    ),
]
LINE: list[Row] = [
    ("an amount", [entry()], {}, []),
    ("all of it", [entry("100.00")], {}, []),
    (
        "too much",
        [entry("100.01")],
        {},
        [
            ("EXCEEDS_CREDITABLE_AMOUNT", AMOUNT, "100.01", "100.00"),
            ("EXCEEDS_CREDITABLE_AMOUNT", ("lines",), "108.26", "108.25"),
        ],
    ),
    ("the other sign", [entry("-1.00")], {}, [("INVALID_AMOUNT", AMOUNT, "-1.00", None)]),
    ("neither amount nor quantity", [entry(None)], {}, [("INVALID_AMOUNT", AMOUNT, None, None)]),
    ("0 that corrects nothing", [entry("0.00")], {}, [("INVALID_AMOUNT", AMOUNT, "0.00", None)]),
    *(
        (f"0 that corrects: {name}", [entry("0.00", **{name: said})], {}, [])
        for name, said in [
            ("description", "Seats"),
            ("comment", "Wrong name"),
            ("sku", "SKU-31"),
            ("unit_of_measure", "Each"),
            ("service_start", date(2026, 1, 2)),
            ("service_end", date(2026, 1, 30)),
            ("metadata", {"po": "1"}),
        ]
    ),
    ("0 with given tax", [entry("0.00", tax_items=[TaxItem(amount=Decimal("1.00"))])], {}, []),
    ("0 with a tax amount", [entry("0.00", tax_amount=Decimal("1.00"))], {}, []),
    (
        "0 with a tax of 0",
        [entry("0.00", tax_amount=Decimal("0.00"))],
        {},
        [("INVALID_AMOUNT", AMOUNT, "0.00", None)],
    ),
    ("0 and a quantity of what was free", [entry("0.00", quantity=Decimal(2))], {"records": FREE}, []),
    (
        "0 and a quantity of what was charged",
        [entry("0.00", quantity=Decimal(2))],
        {},
        [("INVALID_AMOUNT", AMOUNT, "0.00", None)],
    ),
    (
        "a period that ends before it starts",
        [entry(service_end=date(2025, 12, 31))],
        {},
        [("INVALID_DATE", ("lines", 0, "service_end"), "2025-12-31", "2026-01-01 or later")],
    ),
    ("a quantity", [of_quantity("4")], {}, []),
    ("amount and quantity", [entry("1.00", quantity=Decimal("10"))], {}, []),
    (
        "more than the quantity",
        [of_quantity("10.000001")],
        {},
        [("EXCEEDS_CREDITABLE_QUANTITY", QUANTITY, "10.000001", "10")],
    ),
    (
        "more than is left of the quantity, beside an amount that is left",
        [entry("1.00", quantity=Decimal("2.5"))],
        {
            "records": (
                TAXED[0],
                replace(line(tax=825), quantity=10_000_000, quantity_credited=8_000_000),
                tax(),
            )
        },
        [("EXCEEDS_CREDITABLE_QUANTITY", QUANTITY, "2.5", "2")],
    ),
    (
        "a quantity of a line without one",
        [of_quantity("1")],
        {"records": MIXED},
        [("EXCEEDS_CREDITABLE_QUANTITY", QUANTITY, "1", "0")],
    ),
    (
        "a quantity of a line whose quantity is 0",
        [of_quantity("1")],
        {"records": (invoice(), line(quantity=0))},
        [("EXCEEDS_CREDITABLE_QUANTITY", QUANTITY, "1", "0")],
    ),
    (
        "a quantity for which the invoice leaves too little",
        [of_quantity("4")],
        {"records": (invoice(total=3000), line(quantity=4_000_000), line("invl_2", -7000))},
        [("EXCEEDS_CREDITABLE_AMOUNT", ("lines",), "100.00", "30.00")],
    ),
    ("a quantity of 0", [of_quantity("0")], {}, [("INVALID_AMOUNT", QUANTITY, "0", None)]),
    ("a quantity of 0 beside an amount", [entry("1.00", quantity=Decimal(0))], {}, []),
    ("a negative quantity", [of_quantity("-1")], {}, [("INVALID_AMOUNT", QUANTITY, "-1", None)]),
    (
        "a negative quantity as it was charged",
        [of_quantity("-1"), entry("60.00", invoice_line_id="invl_2")],
        {"records": (invoice(total=5000), line(amount=-5000, quantity=-1_000_000), line("invl_2"))},
        [],
    ),
    (
        "decimals of a quantity",
        [of_quantity("0.0000001")],
        {},
        [("TOO_MANY_DECIMALS", QUANTITY, "0.0000001", "6")],
    ),
    (
        "a quantity on a tax-only line",
        [entry(None, tax_only=True, quantity=Decimal(1))],
        {},
        [("INVALID_AMOUNT", QUANTITY, "1", None)],
    ),
    (
        "inclusive, of a quantity alone",
        [of_quantity("1", tax_mode=TaxMode.INCLUSIVE)],
        {},
        [("TAX_NOT_ALLOWED", ("lines", 0, "tax_mode"), "INCLUSIVE", "EXCLUSIVE")],
    ),
    ("a tax amount", [entry(tax_amount=Decimal("8.25"))], {}, []),
    (
        "a tax amount beyond what is left",
        [entry(tax_amount=Decimal("8.26"))],
        {},
        [("EXCEEDS_CREDITABLE_TAX", TAX_AMOUNT, "8.26", "8.25")],
    ),
    (
        "a tax amount of a line without tax",
        [entry(tax_amount=Decimal("0.01"))],
        {"records": MIXED},
        [("EXCEEDS_CREDITABLE_TAX", TAX_AMOUNT, "0.01", "0.00")],
    ),
    (
        "a tax amount of the other sign",
        [entry(tax_amount=Decimal("-0.01"))],
        {},
        [("INVALID_AMOUNT", TAX_AMOUNT, "-0.01", None)],
    ),
    (
        "decimals of a tax amount",
        [entry(tax_amount=Decimal("0.001"))],
        {},
        [("TOO_MANY_DECIMALS", TAX_AMOUNT, "0.001", "2")],
    ),
    (
        "a tax amount beside items",
        [entry(tax_amount=Decimal("1.00"), tax_items=[TaxItem(amount=Decimal("1.00"))])],
        {},
        [("TAX_NOT_ALLOWED", TAX_AMOUNT, None, None)],
    ),
    (
        "a tax amount under another strategy",
        [entry(tax_amount=Decimal("1.00"), tax_strategy=COPY)],
        {},
        [("TAX_NOT_ALLOWED", TAX_AMOUNT, "COPY_FROM_INVOICE_LINE", "MANUAL_OVERRIDE")],
    ),
    ("no tax, said twice", [entry(tax_amount=Decimal("0.00"), tax_strategy=IGNORE)], {}, []),
    ("tax-only, by its amount", [entry(None, tax_only=True, tax_amount=Decimal("1.00"))], {}, []),
    (
        "calculated where no rate is known",
        [entry(tax_strategy=CALCULATE)],
        {"settings": BUILT_IN},
        [("TAX_ENGINE_FAILED", ("lines", 0), None, None)],
    ),
    (
        "calculated where no rate is known, to be a draft",
        [entry(tax_strategy=CALCULATE)],
        {"settings": BUILT_IN, "on_tax_failure": OnTaxFailure.DRAFT},
        [],
    ),
    (
        "calculated in full where no rate is known",
        [],
        {"full_credit": True, "tax_strategy": CALCULATE, "settings": BUILT_IN},
        [("TAX_ENGINE_FAILED", ("full_credit",), None, None)],
    ),
]


@pytest.mark.parametrize(
    ("entries", "said", "expected"), [row[1:] for row in WHOLE], ids=[row[0] for row in WHOLE]
)
def test_creating_a_memo_from_an_invoice(
    entries: list[InvoiceCreditEntry], said: dict[str, Any], expected: list[Seen]
) -> None:
    assert judged(*entries, **said) == expected


@pytest.mark.parametrize(
    ("entries", "said", "expected"), [row[1:] for row in LINE], ids=[row[0] for row in LINE]
)
def test_crediting_a_line_of_an_invoice(
    entries: list[InvoiceCreditEntry], said: dict[str, Any], expected: list[Seen]
) -> None:
    assert judged(*entries, **said) == expected


def test_the_paths_begin_where_the_command_stands_in_the_input() -> None:
    at: Path = ("credit_memos", 3)
    found = violations_of_create_from_invoice(asked(entry("-1.00"), reason_code="NONE"), known(at=at), at)
    assert [each.path for each in found] == [(*at, "reason_code"), (*at, *AMOUNT)]
    missing = violations_of_create_from_invoice(asked(entry()), known(), at)
    assert [(each.code, each.path) for each in missing] == [("NOT_FOUND", (*at, "invoice"))]


def test_a_question_still_open_breaks_no_rule_of_the_whole() -> None:
    """The discount's tax is not known: without it the credit would seem too large, and inclusive beyond its line."""
    settings = Settings(tax_engine=TaxEngineKind.CALLBACK)
    records = (
        invoice(total=9175),
        line(),
        replace(line("invl_2", -1000, -825), tax_code="SAAS"),
        tax("invt_2", -825, invoice_line_id="invl_2"),
    )
    discount = entry("-18.25", invoice_line_id="invl_2", tax_strategy=CALCULATE, tax_mode=TaxMode.INCLUSIVE)
    assert judged(entry("100.00"), discount, records=records, settings=settings) == []
    in_full = {"full_credit": True, "tax_strategy": CALCULATE}
    assert judged(records=records, settings=settings, **in_full) == []
    beyond = replace(discount, amount=Decimal("-18.26"))
    assert judged(entry("100.00"), beyond, records=records, settings=settings) == [
        ("EXCEEDS_CREDITABLE_AMOUNT", ("lines", 1, "amount"), "-18.26", "-18.25")
    ]
