"""What tax a credit of lines of an invoice may name."""

from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import InvoiceCreditEntry
from app.domain.vocabulary import TaxMode, TaxStrategy
from tests.rules.crediting import AMOUNT, Row, entry, item, judged
from tests.rules.facts import Seen, invoice, line, tax
from tests.rules.from_invoice import CALLBACK
from tests.support.levels import LINES

STRATEGY = ("lines", 0, "tax_strategy")
ENGINELESS = "COPY_FROM_INVOICE_LINE, MANUAL_OVERRIDE, IGNORE"
ROWS: list[Row] = [
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
        "an item on a source that credits have drawn from before",
        [entry(tax_items=[item("8.00"), item("0.25", source_tax_item_id="invt_1")])],
        {"records": (invoice(total=10825), line(tax=825), tax(credited_amount=25))},
        [("EXCEEDS_CREDITABLE_TAX", ("lines", 0, "tax_items", 1, "amount"), "0.25", "0.00")],
    ),
    (
        "each item on a source of which nothing is left after one that was too much",
        [entry(tax_items=[item("8.26"), item("-1.00"), item("0.01"), item("-2.00")])],
        {},
        [
            ("INVALID_AMOUNT", ("lines", 0, "tax_items", 1, "amount"), "-1.00", None),
            ("INVALID_AMOUNT", ("lines", 0, "tax_items", 3, "amount"), "-2.00", None),
            ("EXCEEDS_CREDITABLE_TAX", ("lines", 0, "tax_items", 0, "amount"), "8.26", "8.25"),
            ("EXCEEDS_CREDITABLE_TAX", ("lines", 0, "tax_items", 2, "amount"), "0.01", "0.00"),
        ],
    ),
    (
        "an item that fits more than one source",
        [entry(tax_items=[item("1.00")])],
        {"records": (invoice(total=10825), line(tax=825), tax(amount=800), tax("invt_2", amount=25))},
        [("TAX_NOT_ALLOWED", ("lines", 0, "tax_items", 0), None, "invt_1, invt_2")],
    ),
    (
        "an item on a line without tax",
        [entry(tax_items=[item("1.00")])],
        {"records": (invoice(), line())},
        [("TAX_NOT_ALLOWED", ("lines", 0, "tax_items", 0), None, None)],
    ),
    (
        "an item of too many decimals",
        [entry(tax_items=[item("1.001")])],
        {},
        [("TOO_MANY_DECIMALS", ("lines", 0, "tax_items", 0, "amount"), "1.001", "2")],
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
        "more than the line owes says nothing where its tax does not fit",
        [entry("50.00", tax_items=[item("8.26")])],
        {"records": (invoice(total=10825), line(tax=825, balance=3000), tax()), "settings": LINES},
        [("EXCEEDS_CREDITABLE_TAX", ("lines", 0, "tax_items", 0, "amount"), "8.26", "8.25")],
    ),
    (
        "a tax alone, more than the line owes",
        [entry(None, tax_only=True, tax_amount=Decimal("8.25"))],
        {"records": (invoice(total=10825), line(tax=825, balance=300), tax()), "settings": LINES},
        [("EXCEEDS_LINE_BALANCE", ("lines", 0, "tax_amount"), "8.25", "3.00")],
    ),
    (
        "a tax alone, of a line that owes nothing",
        [entry(None, tax_only=True, tax_items=[item("8.25")])],
        {"records": (invoice(total=10825), line(tax=825, balance=0), tax()), "settings": LINES},
        [("EXCEEDS_LINE_BALANCE", ("lines", 0, "tax_items"), "8.25", "0.00")],
    ),
]


@pytest.mark.parametrize(
    ("entries", "said", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_crediting_lines_with_their_tax(
    entries: list[InvoiceCreditEntry], said: dict[str, Any], expected: list[Seen]
) -> None:
    assert judged(*entries, **said) == expected


def test_a_tax_that_is_still_to_be_asked_for_exceeds_no_limit_of_approval() -> None:
    calculated = entry("50.00", tax_strategy=TaxStrategy.CALCULATE)
    taxed = (invoice(total=10825), line(tax=825, tax_code="SAAS"), tax())
    assert judged(calculated, records=taxed, settings=CALLBACK, approval_limits={"USD": 1}) == []
