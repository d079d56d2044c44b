"""What a credit from an invoice may ask for by quantity."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import InvoiceCreditEntry
from app.domain.invoice import OrderItem
from tests.rules.facts import Seen, invoice, line, tax
from tests.rules.from_invoice import (
    AMOUNT,
    FREE,
    MIXED,
    QUANTITY,
    SPENT,
    TAXED,
    Row,
    entry,
    judged,
    of_quantity,
)

ROWS: list[Row] = [
    ("neither amount nor quantity", [entry(None)], {}, [("INVALID_AMOUNT", AMOUNT, None, None)]),
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
        "a negative quantity of what was charged, for which the invoice leaves too little",
        [of_quantity("-4")],
        {"records": (invoice(total=3000), line(quantity=-4_000_000), line("invl_2", -7000))},
        [("EXCEEDS_CREDITABLE_AMOUNT", QUANTITY, "-4", "-1.200199")],
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
    (
        "more than an order item can keep the sum of, told once",
        [
            of_quantity("1"),
            entry("1.00", invoice_line_id="invl_2"),
            of_quantity("1", invoice_line_id="invl_3"),
        ],
        {
            "records": (
                invoice(total=30000),
                *(line(f"invl_{n}", quantity=10_000_000, order_item_id=f"ord_{n % 2}") for n in (1, 2, 3)),
                OrderItem(id="ord_0", external_reference="P", quantity_credited=10**18 - 1),
                OrderItem(id="ord_1", external_reference="O", quantity_credited=10**18 - 2_000_000),
            )
        },
        [("INVALID_AMOUNT", ("lines", 2, "quantity"), "1000000000000", "999999999999.999999")],
    ),
    (
        "too much, beside a quantity that is there",
        [entry("100.01", quantity=Decimal("0.000001"))],
        {},
        [("EXCEEDS_CREDITABLE_AMOUNT", AMOUNT, "100.01", "100.00")],
    ),
    (
        "a negative quantity of which less is left",
        [of_quantity("-4"), entry("70.00", invoice_line_id="invl_2")],
        {
            "records": (
                invoice(total=5000),
                line(amount=-5000, quantity=-4_000_000, amount_credited=-2500, quantity_credited=-2_000_000),
                line("invl_2"),
            )
        },
        [("EXCEEDS_CREDITABLE_QUANTITY", QUANTITY, "-4", "-2")],
    ),
    (
        "a quantity as it was not charged",
        [of_quantity("1"), entry("40.00", invoice_line_id="invl_2")],
        {"records": (invoice(total=5000), line(amount=-5000, quantity=-1_000_000), line("invl_2"))},
        [("INVALID_AMOUNT", QUANTITY, "1", None)],
    ),
    (
        "a negative quantity of a line without one",
        [of_quantity("-1")],
        {"records": MIXED},
        [("INVALID_AMOUNT", QUANTITY, "-1", None)],
    ),
    (
        "a quantity of 0 of a line with a negative one, beside an amount",
        [entry("1.00", quantity=Decimal(0))],
        {"records": (invoice(), line(quantity=-1_000_000))},
        [],
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
]


@pytest.mark.parametrize(
    ("entries", "said", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_crediting_a_quantity(
    entries: list[InvoiceCreditEntry], said: dict[str, Any], expected: list[Seen]
) -> None:
    assert judged(*entries, **said) == expected
