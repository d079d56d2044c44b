"""When lines of an invoice may be credited."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.domain.commands import (
    CreateAndApplyCreditMemo,
    InvoiceCreditEntry,
    InvoiceReference,
)
from app.domain.entity import Settings
from app.domain.limits import Limits
from app.domain.vocabulary import InvoiceStatus, TaxStrategy
from app.validation.credit import violations_of_create_and_apply
from tests.rules.crediting import AMOUNT, TAXED, Row, entry, item, judged
from tests.rules.facts import Seen, codes, facts, invoice, line, tax
from tests.support.levels import LINES

CLOSED = Settings(closed_through=date(2026, 3, 31))
CREDIT: list[Row] = [
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
        "whatever is wrong with those before",
        [
            entry(invoice_line_id="invl_2"),
            entry("1.001"),
            entry("2.00"),
            entry("1.001", invoice_line_id="invl_3"),
        ],
        {"records": (*TAXED, invoice("inv_2"), line("invl_2", invoice_id="inv_2"), line("invl_3"))},
        [
            ("DUPLICATE_LINE", ("lines", 2, "invoice_line_id"), "invl_1", None),
            ("LINE_NOT_ON_INVOICE", ("lines", 0, "invoice_line_id"), "invl_2", None),
            ("TOO_MANY_DECIMALS", ("lines", 1, "amount"), "1.001", "2"),
            ("TOO_MANY_DECIMALS", ("lines", 3, "amount"), "1.001", "2"),
        ],
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
    (
        "zero, where data would be corrected: what is applied is more than 0",
        [entry("0.00", comment="Nine seats")],
        {},
        [("INVALID_AMOUNT", AMOUNT, "0.00", None)],
    ),
    ("no amount", [entry(None)], {}, [("INVALID_AMOUNT", AMOUNT, None, None)]),
    ("the other sign", [entry("-1.00")], {}, [("INVALID_AMOUNT", AMOUNT, "-1.00", None)]),
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
        "more than the line owes, and than the invoice leaves to credit",
        [entry("100.00")],
        {"records": (invoice(credited_amount=4000), line(balance=3000)), "settings": LINES},
        [
            ("EXCEEDS_LINE_BALANCE", AMOUNT, "100.00", "30.00"),
            ("EXCEEDS_CREDITABLE_AMOUNT", AMOUNT, "100.00", "30.00"),
        ],
    ),
    (
        "more than the invoice leaves to credit, which is less than the line owes",
        [entry("100.00")],
        {"records": (invoice(credited_amount=8000), line(balance=3000)), "settings": LINES},
        [
            ("EXCEEDS_LINE_BALANCE", AMOUNT, "100.00", "20.00"),
            ("EXCEEDS_CREDITABLE_AMOUNT", AMOUNT, "100.00", "20.00"),
        ],
    ),
    (
        "an invoice that owes nothing",
        [entry("0.01")],
        {"records": (invoice(balance=0), line())},
        [("EXCEEDS_INVOICE_BALANCE", ("lines",), "0.01", "0.00")],
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
