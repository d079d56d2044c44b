"""What one line of a credit from an invoice may ask for."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    InvoiceCreditEntry,
    TaxItem,
)
from app.domain.invoice import OrderItem
from app.domain.vocabulary import (
    OnTaxFailure,
    TaxMode,
)
from tests.rules.facts import Seen, invoice, line, tax
from tests.rules.from_invoice import (
    AMOUNT,
    BUILT_IN,
    CALCULATE,
    COPY,
    FREE,
    IGNORE,
    MIXED,
    QUANTITY,
    TAX_AMOUNT,
    TAXED,
    Row,
    entry,
    judged,
    of_quantity,
)

SPENT = (
    invoice(total=10825, credited_amount=10000),
    line(tax=825, quantity=10_000_000, amount_credited=10000),
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
        [("EXCEEDS_CREDITABLE_AMOUNT", ("lines", 0, "quantity"), "4", "1.200199")],
    ),
    (
        "more than an order item can keep the sum of",
        [of_quantity("1")],
        {
            "records": (
                invoice(),
                line(quantity=10_000_000, order_item_id="ord_1"),
                OrderItem(id="ord_1", external_reference="O", quantity_credited=10**18 - 1_000_000),
            )
        },
        [("INVALID_AMOUNT", QUANTITY, "1000000000000", "999999999999.999999")],
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
    (
        "inclusive, of tax only",
        [entry(None, tax_only=True, tax_mode=TaxMode.INCLUSIVE)],
        {},
        [("TAX_NOT_ALLOWED", ("lines", 0, "tax_mode"), "INCLUSIVE", "EXCLUSIVE")],
    ),
    (
        "a quantity alone where no amount is left",
        [of_quantity("1")],
        {"records": SPENT},
        [("EXCEEDS_CREDITABLE_AMOUNT", QUANTITY, "1", "0")],
    ),
    (
        "a quantity where no amount is left, beside what is corrected",
        [entry("0.00", quantity=Decimal(1), comment="Nine seats")],
        {"records": SPENT},
        [],
    ),
    ("a quantity alone of what was free", [of_quantity("1")], {"records": FREE}, []),
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
    ("entries", "said", "expected"), [row[1:] for row in LINE], ids=[row[0] for row in LINE]
)
def test_crediting_a_line_of_an_invoice(
    entries: list[InvoiceCreditEntry], said: dict[str, Any], expected: list[Seen]
) -> None:
    assert judged(*entries, **said) == expected
