"""Where a document is missing or in the wrong state, what can still be judged is told, and nothing that says nothing."""

from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    ApplicationEntry,
    ApplyCreditMemo,
    ApplyCreditMemoLine,
    Command,
    CreditMemoReference,
    InvoiceReference,
    LineApplicationEntry,
)
from app.domain.record import Record
from app.domain.vocabulary import CreditMemoStatus, InvoiceStatus
from app.validation.apply import violations_of_apply, violations_of_apply_line
from tests.rules.facts import Seen, facts, invoice, line, memo, memo_line, seen

ITEM = ("applications", 0, "amount")
TARGET = ("applications", 0, "invoice")
LINE_TARGET = ("applications", 0, "invoice_line_id")
CANCELED = memo(status=CreditMemoStatus.CANCELED, balance=0)
DRAFT_MEMO = memo(status=CreditMemoStatus.DRAFT)
DRAFT = invoice(status=InvoiceStatus.DRAFT)


def applying(*amounts: str) -> ApplyCreditMemo:
    """Of cm_1 to inv_1, inv_2, ..."""
    return ApplyCreditMemo(
        credit_memo=CreditMemoReference(id="cm_1"),
        applications=[
            ApplicationEntry(invoice=InvoiceReference(id=f"inv_{place}"), amount=Decimal(amount))
            for place, amount in enumerate(amounts, start=1)
        ],
    )


def applying_line(*amounts: str) -> ApplyCreditMemoLine:
    """Of cml_1 to invl_1, invl_2, ..."""
    return ApplyCreditMemoLine(
        credit_memo_line_id="cml_1",
        applications=[
            LineApplicationEntry(invoice_line_id=f"invl_{place}", amount=Decimal(amount))
            for place, amount in enumerate(amounts, start=1)
        ],
    )


ROWS: list[tuple[str, Command, tuple[Record, ...], list[Seen]]] = [
    (
        "no memo: the invoices are judged by themselves",
        applying("100.01", "1.001", "1.00"),
        (invoice(), invoice("inv_2")),
        [
            ("NOT_FOUND", ("credit_memo",), "cm_1", None),
            ("NOT_FOUND", ("applications", 2, "invoice"), "inv_3", None),
            ("TOO_MANY_DECIMALS", ("applications", 1, "amount"), "1.001", "2"),
            ("EXCEEDS_INVOICE_BALANCE", ITEM, "100.01", "100.00"),
        ],
    ),
    (
        "a canceled memo has no balance to exceed",
        applying("1.00"),
        (CANCELED, invoice()),
        [("INVALID_STATUS", ("credit_memo",), "CANCELED", "POSTED")],
    ),
    (
        "nor has a draft",
        applying("60.00"),
        (DRAFT_MEMO, invoice()),
        [("INVALID_STATUS", ("credit_memo",), "DRAFT", "POSTED")],
    ),
    (
        "an amount of another currency counts against neither side",
        applying("900.00"),
        (memo(), invoice(currency="EUR")),
        [("CURRENCY_MISMATCH", TARGET, "EUR", "USD")],
    ),
    (
        "an invoice that is not posted owes nothing that could be exceeded",
        applying("40.00"),
        (memo(), invoice(balance=0, status=InvoiceStatus.DRAFT)),
        [("INVALID_STATUS", TARGET, "DRAFT", "POSTED")],
    ),
    (
        "no memo line: the invoice lines are judged by themselves",
        applying_line("100.01", "1.00"),
        (invoice(total=20000), line()),
        [
            ("NOT_FOUND", ("credit_memo_line_id",), "cml_1", None),
            ("NOT_FOUND", ("applications", 1, "invoice_line_id"), "invl_2", None),
            ("EXCEEDS_LINE_BALANCE", ITEM, "100.01", "100.00"),
        ],
    ),
    (
        "a line of a canceled memo has no balance to exceed",
        applying_line("60.00"),
        (CANCELED, memo_line(), invoice(), line()),
        [("INVALID_STATUS", ("credit_memo_line_id",), "CANCELED", "POSTED")],
    ),
    (
        "nor has a line of a draft invoice",
        applying_line("40.00"),
        (memo(), memo_line(), DRAFT, line(balance=3000)),
        [("INVALID_STATUS", LINE_TARGET, "DRAFT", "POSTED")],
    ),
    (
        "what earlier lines of the invoice take is not there for later ones",
        applying_line("30.00", "20.00"),
        (memo(), memo_line(), invoice(balance=4000), line(balance=3000), line("invl_2", balance=1500)),
        [
            ("EXCEEDS_LINE_BALANCE", ("applications", 1, "amount"), "20.00", "10.00"),
            ("EXCEEDS_INVOICE_BALANCE", ("applications", 1, "amount"), "20.00", "10.00"),
        ],
    ),
]


@pytest.mark.parametrize(
    ("command", "records", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_what_can_still_be_judged(
    command: ApplyCreditMemo | ApplyCreditMemoLine, records: tuple[Record, ...], expected: list[Seen]
) -> None:
    known = {record.id for record in records}
    located: dict[Any, str] = {("credit_memo",): "cm_1"} if "cm_1" in known else {}
    located |= {
        ("applications", place, "invoice"): f"inv_{place + 1}"
        for place in range(len(command.applications))
        if f"inv_{place + 1}" in known
    }
    given = facts(*records, named=located)
    if isinstance(command, ApplyCreditMemo):
        assert seen(violations_of_apply(command, given)) == expected
    else:
        assert seen(violations_of_apply_line(command, given)) == expected
