"""When a memo may be created from an invoice."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    InvoiceCreditEntry,
)
from app.domain.entity import Settings
from app.domain.limits import Limits
from app.domain.violation import Path
from app.domain.vocabulary import (
    InvoiceStatus,
    TaxEngineKind,
    TaxMode,
)
from app.validation.credit_from_invoice import violations_of_create_from_invoice
from tests.rules.facts import Seen, invoice, line, tax
from tests.rules.from_invoice import (
    AMOUNT,
    CALCULATE,
    FREE,
    GIVEN,
    IGNORE,
    MIXED,
    NET_NEGATIVE,
    TAXED,
    THREE,
    Row,
    asked,
    entry,
    judged,
    known,
)
from tests.support.levels import LINES

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
        "a discount alone, where more is wrong: without it the memo might not be negative",
        [entry("-1.00", invoice_line_id="invl_2")],
        {"records": MIXED, "expected_version": 4},
        [("VERSION_CONFLICT", ("expected_version",), "4", "1")],
    ),
    (
        "a discount alone, of which less is left",
        [entry("-100.01", invoice_line_id="invl_2")],
        {"records": MIXED},
        [("EXCEEDS_CREDITABLE_AMOUNT", AMOUNT, "-100.01", "-100.00")],
    ),
    (
        "a discount alone, beside a line that cannot be read",
        [entry("-1.00", invoice_line_id="invl_2"), entry("1.001")],
        {"records": MIXED},
        [("TOO_MANY_DECIMALS", ("lines", 1, "amount"), "1.001", "2")],
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
        [("EXCEEDS_CREDITABLE_AMOUNT", ("lines", 0, "amount"), "300.01", "300.00")],
    ),
    (
        "more than the invoice as a whole, by one of two lines, the other of which corrects data",
        [entry("300.01"), entry("0.00", invoice_line_id="invl_2", comment="Nine seats")],
        {"records": MIXED},
        [("EXCEEDS_CREDITABLE_AMOUNT", AMOUNT, "300.01", "300.00")],
    ),
    (
        "more than the invoice as a whole, by two lines, however small one is",
        [entry("300.00"), entry("0.01", invoice_line_id="invl_3")],
        {"records": (*MIXED, line("invl_3"))},
        [("EXCEEDS_CREDITABLE_AMOUNT", ("lines",), "300.01", "300.00")],
    ),
    (
        "more than a line has, beside one that takes all the invoice leaves",
        [entry("400.01"), entry("300.00", invoice_line_id="invl_3")],
        {"records": (*MIXED, line("invl_3", 30000))},
        [("EXCEEDS_CREDITABLE_AMOUNT", AMOUNT, "400.01", "0.00")],
    ),
    (
        "more lines than can be settled, as a draft",
        [],
        {"full_credit": True, "apply_to_invoice": True, "records": THREE}
        | {"settings": LINES, "limits": Limits(source_pairs=2)},
        [],
    ),
    (
        "more lines than can be settled, and less than nothing",
        [],
        {
            "full_credit": True,
            "tax_strategy": IGNORE,
            "post": True,
            "apply_to_invoice": True,
            "records": (
                invoice(total=1000),
                line(amount=1000, tax=4000),
                line("invl_2", -4000),
                line("invl_3", 1000),
            ),
            "settings": LINES,
            "limits": Limits(source_pairs=2),
        },
        [
            ("LIMIT_EXCEEDED", ("apply_to_invoice",), "3", "2"),
            ("INVALID_AMOUNT", ("full_credit",), "-20.00", "0 or more"),
        ],
    ),
    (
        "more lines than can be settled",
        [],
        {"full_credit": True, "post": True, "apply_to_invoice": True, "records": THREE}
        | {"settings": LINES, "limits": Limits(source_pairs=2)},
        [("LIMIT_EXCEEDED", ("apply_to_invoice",), "5", "2")],
    ),
]


@pytest.mark.parametrize(
    ("entries", "said", "expected"), [row[1:] for row in WHOLE], ids=[row[0] for row in WHOLE]
)
def test_creating_a_memo_from_an_invoice(
    entries: list[InvoiceCreditEntry], said: dict[str, Any], expected: list[Seen]
) -> None:
    assert judged(*entries, **said) == expected


def test_a_full_credit_that_takes_nothing_says_who_would_take_the_tax_that_is_left() -> None:
    amounts_taken = (
        invoice(total=10825, credited_amount=10000),
        line(tax=825, amount_credited=10000),
        tax(),
    )
    without_tax = asked(full_credit=True, tax_strategy=IGNORE)
    [wrong] = violations_of_create_from_invoice(without_tax, known(amounts_taken))
    assert wrong.message.endswith("COPY_FROM_INVOICE_LINE would take the tax that is left.")
    all_taken = (invoice(credited_amount=10000), line(amount_credited=10000))
    [wrong] = violations_of_create_from_invoice(without_tax, known(all_taken))
    assert wrong.message == "Nothing is left to credit on the invoice."


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
