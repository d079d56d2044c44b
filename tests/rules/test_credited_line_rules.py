"""What one line of a credit from an invoice may ask for."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    InvoiceCreditEntry,
    TaxItem,
)
from app.domain.vocabulary import (
    OnTaxFailure,
    TaxMode,
)
from app.validation.credited_entry import violations_of_entry
from tests.rules.facts import Seen, invoice, line, tax
from tests.rules.from_invoice import (
    AMOUNT,
    BUILT_IN,
    CALCULATE,
    COPY,
    FREE,
    IGNORE,
    MIXED,
    SPENT,
    TAX_AMOUNT,
    TAXED,
    Row,
    entry,
    judged,
    known,
    of_quantity,
)

TURNED = (
    TAXED[0],
    line(tax=825, service_start=date(2026, 1, 31), service_end=date(2026, 1, 1)),
    tax(),
)
LINE: list[Row] = [
    ("an amount", [entry()], {}, []),
    ("all of it", [entry("100.00")], {}, []),
    (
        "too much",
        [entry("100.01")],
        {},
        [("EXCEEDS_CREDITABLE_AMOUNT", AMOUNT, "100.01", "100.00")],
    ),
    ("the other sign", [entry("-1.00")], {}, [("INVALID_AMOUNT", AMOUNT, "-1.00", None)]),
    (
        "the other sign of a discount",
        [entry("1.00", invoice_line_id="invl_2"), entry("2.00")],
        {"records": MIXED},
        [("INVALID_AMOUNT", AMOUNT, "1.00", None)],
    ),
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
    (
        "a period that starts after the line's ends",
        [entry(service_start=date(2026, 2, 1))],
        {},
        [("INVALID_DATE", ("lines", 0, "service_end"), "2026-01-31", "2026-02-01 or later")],
    ),
    (
        "a period that ends before it starts, beside what else is wrong",
        [entry("1.001", service_end=date(2025, 12, 31))],
        {},
        [
            ("INVALID_DATE", ("lines", 0, "service_end"), "2025-12-31", "2026-01-01 or later"),
            ("TOO_MANY_DECIMALS", AMOUNT, "1.001", "2"),
        ],
    ),
    ("the line's own period is not judged", [entry()], {"records": TURNED}, []),
    (
        "inclusive, of a quantity alone",
        [of_quantity("1", tax_mode=TaxMode.INCLUSIVE)],
        {},
        [("TAX_NOT_ALLOWED", ("lines", 0, "tax_mode"), "INCLUSIVE", "EXCLUSIVE")],
    ),
    (
        "inclusive, of an amount beside a quantity",
        [entry("10.00", quantity=Decimal(1), tax_mode=TaxMode.INCLUSIVE)],
        {},
        [],
    ),
    (
        "inclusive, of neither",
        [entry(None, tax_mode=TaxMode.INCLUSIVE)],
        {},
        [("INVALID_AMOUNT", AMOUNT, None, None)],
    ),
    (
        "inclusive, of tax only",
        [entry(None, tax_only=True, tax_mode=TaxMode.INCLUSIVE)],
        {},
        [("TAX_NOT_ALLOWED", ("lines", 0, "tax_mode"), "INCLUSIVE", "EXCLUSIVE")],
    ),
    ("tax only, of an amount of 0", [entry("0.00", tax_only=True)], {}, []),
    ("tax only, where tax is left", [entry(None, tax_only=True)], {"records": SPENT}, []),
    (
        "tax only, where no tax is left",
        [entry(None, tax_only=True)],
        {"records": (TAXED[0], TAXED[1], tax(credited_amount=825))},
        [("NOTHING_CREDITABLE", ("lines", 0, "tax_only"), None, None)],
    ),
    (
        "tax only, of an amount too small for any",
        [entry("0.01", tax_only=True)],
        {},
        [("NOTHING_CREDITABLE", ("lines", 0, "tax_only"), None, None)],
    ),
    (
        "tax only, given as 0",
        [entry(None, tax_only=True, tax_amount=Decimal("0.00"))],
        {},
        [("NOTHING_CREDITABLE", ("lines", 0, "tax_only"), None, None)],
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
    (
        "a tax amount where there is to be none",
        [entry(tax_amount=Decimal("0.01"), tax_strategy=IGNORE)],
        {},
        [("TAX_NOT_ALLOWED", TAX_AMOUNT, "IGNORE", "MANUAL_OVERRIDE")],
    ),
    (
        "a tax amount of 0 where the tax is to be copied",
        [entry(tax_amount=Decimal("0.00"), tax_strategy=COPY)],
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
        "calculated where no rate is known, to be a draft that is within every limit",
        [entry(tax_strategy=CALCULATE)],
        {
            "settings": BUILT_IN,
            "on_tax_failure": OnTaxFailure.DRAFT,
            "post": True,
            "apply_to_invoice": True,
            "approval_limits": {"USD": 1},
        },
        [],
    ),
    (
        "calculated in full where no rate is known, told of each line, and before the sum",
        [],
        {
            "full_credit": True,
            "tax_strategy": CALCULATE,
            "settings": BUILT_IN,
            "records": (
                invoice(total=9000),
                *(line(f"invl_{n}", tax=825) for n in (1, 2)),
                *(tax(f"invt_{n}", invoice_line_id=f"invl_{n}") for n in (1, 2)),
                line("invl_3", -10000, -2650),
                tax("invt_3", -2650, invoice_line_id="invl_3"),
            ),
        },
        [("TAX_ENGINE_FAILED", ("full_credit",), None, None)] * 3,
    ),
    (
        "calculated in full where no rate is known",
        [],
        {"full_credit": True, "tax_strategy": CALCULATE, "settings": BUILT_IN},
        [("TAX_ENGINE_FAILED", ("full_credit",), None, None)],
    ),
]


@pytest.mark.parametrize(
    ("entries", "said", "expected"), [row[1:] for row in LINE], ids=[row[0] for row in LINE]
)
def test_crediting_a_line_of_an_invoice(
    entries: list[InvoiceCreditEntry], said: dict[str, Any], expected: list[Seen]
) -> None:
    assert judged(*entries, **said) == expected


@pytest.mark.parametrize(
    ("of_line", "asked", "side"), [(-100, "1.00", "less"), (0, "-1.00", "greater"), (100, "-1.00", "greater")]
)
def test_a_credit_of_the_other_sign_is_told_which_one_its_line_has(
    of_line: int, asked: str, side: str
) -> None:
    given, given_line = known(), line(amount=of_line)
    [found] = violations_of_entry(entry(asked), COPY, given, given_line, (), takes_zero=False)
    assert found.message == f"A credit has the sign of its line: the amount must be {side} than 0."
