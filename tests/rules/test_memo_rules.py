"""When standalone memos may be created."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    AccountReference,
    CreateCreditMemo,
    MemoLineEntry,
    TaxItem,
)
from app.domain.entity import Settings
from app.domain.vocabulary import TaxMode, TaxStrategy
from app.validation.memos import violations_of_create
from tests.rules.facts import (
    Seen,
    account,
    facts,
    reason,
    seen,
)

CLOSED = Settings(closed_through=date(2026, 3, 31))
BUYER = AccountReference(id="acc_1")


def item(amount: str, **said: Any) -> TaxItem:
    return TaxItem(amount=Decimal(amount), **said)


def creating(
    *lines: MemoLineEntry, known: bool = True, settings: Settings | None = None, **said: Any
) -> list[Seen]:
    command = CreateCreditMemo(account=BUYER, lines=list(lines), **said)
    named: dict[Any, str] = {("account",): "acc_1"} if known else {}
    return seen(violations_of_create(command, facts(account(), reason("OK"), named=named, settings=settings)))


def entry(amount: str | None = "10.00", **said: Any) -> MemoLineEntry:
    return MemoLineEntry(amount=None if amount is None else Decimal(amount), **said)


AMOUNT = ("lines", 0, "amount")
CREATE: list[tuple[str, list[MemoLineEntry], dict[str, Any], list[Seen]]] = [
    ("no lines", [], {}, [("NO_LINES", ("lines",), None, None)]),
    ("account unknown", [entry()], {"known": False}, [("NOT_FOUND", ("account",), "acc_1", None)]),
    ("currency unknown", [entry()], {"currency": "XAU"}, [("UNKNOWN_CURRENCY", ("currency",), "XAU", None)]),
    (
        "reason unknown",
        [entry()],
        {"reason_code": "NO"},
        [("INVALID_REASON_CODE", ("reason_code",), "NO", "OK")],
    ),
    (
        "closed",
        [entry()],
        {"settings": CLOSED, "effective_date": date(2026, 3, 1)},
        [("PERIOD_CLOSED", ("effective_date",), "2026-03-01", "after 2026-03-31")],
    ),
    (
        "service ends before it starts",
        [entry(service_start=date(2026, 2, 2), service_end=date(2026, 2, 1))],
        {},
        [("INVALID_DATE", ("lines", 0, "service_end"), "2026-02-01", "2026-02-02 or later")],
    ),
    (
        "decimals as written",
        [entry("1.00")],
        {"currency": "JPY"},
        [("TOO_MANY_DECIMALS", AMOUNT, "1.00", "0")],
    ),
    ("zero", [entry("0")], {}, [("INVALID_AMOUNT", AMOUNT, "0.00", None)]),
    ("negative", [entry("-1.00")], {}, [("INVALID_AMOUNT", AMOUNT, "-1.00", None)]),
    ("neither amount nor price", [entry(None)], {}, [("INVALID_AMOUNT", AMOUNT, None, None)]),
    (
        "unit price too fine, beside an amount",
        [entry(unit_price=Decimal("0.0000000000001"))],
        {},
        [("TOO_MANY_DECIMALS", ("lines", 0, "unit_price"), "0.0000000000001", "12")],
    ),
    (
        "unit price too large on a line of tax only",
        [entry(None, unit_price=Decimal("1E+15"), tax_only=True, tax_items=[item("1.00")])],
        {},
        [
            (
                "INVALID_AMOUNT",
                ("lines", 0, "unit_price"),
                "1000000000000000",
                "999999999999999.999999999999",
            )
        ],
    ),
    (
        "exempt amount of the other sign",
        [entry(tax_items=[item("1.00", exempt_amount=Decimal("-0.50"))])],
        {},
        [("INVALID_AMOUNT", ("lines", 0, "tax_items", 0, "exempt_amount"), "-0.50", None)],
    ),
    (
        "exempt amounts too large together",
        [
            entry(
                tax_items=[
                    item("1.00", exempt_amount=Decimal("9999999999999.99")),
                    item("1.00", exempt_amount=Decimal("0.01")),
                ]
            )
        ],
        {},
        [("INVALID_AMOUNT", ("lines", 0, "tax_items", 1, "exempt_amount"), "0.01", None)],
    ),
    (
        "quantity too fine",
        [entry(quantity=Decimal("0.0000001"))],
        {},
        [("TOO_MANY_DECIMALS", ("lines", 0, "quantity"), "0.0000001", "6")],
    ),
    (
        "price too fine",
        [entry(None, quantity=Decimal(1), unit_price=Decimal("0.0000000000001"))],
        {},
        [("TOO_MANY_DECIMALS", ("lines", 0, "unit_price"), "0.0000000000001", "12")],
    ),
    (
        "too large together",
        [entry("9999999999999.99"), entry("0.01")],
        {},
        [("INVALID_AMOUNT", ("lines",), "10000000000000.00", "9999999999999.99")],
    ),
    (
        "too large together, by the last of its taxes",
        [entry("9999999999999.97", tax_items=[item("0.01"), item("0.02")])],
        {},
        [("INVALID_AMOUNT", ("lines",), "10000000000000.00", "9999999999999.99")],
    ),
    ("a tax of 0", [entry(tax_items=[item("0.00")])], {}, []),
    ("a tax of 0.01 alone", [entry(None, tax_only=True, tax_items=[item("0.01")])], {}, []),
    (
        "whatever is wrong with a line of tax only",
        [
            entry(
                None,
                tax_only=True,
                tax_items=[item("1.00")],
                quantity=Decimal("1E-7"),
                unit_price=Decimal("1E-13"),
            )
        ],
        {},
        [
            ("TOO_MANY_DECIMALS", ("lines", 0, "quantity"), "0.0000001", "6"),
            ("TOO_MANY_DECIMALS", ("lines", 0, "unit_price"), "0.0000000000001", "12"),
        ],
    ),
    (
        "whatever is wrong with its tax items",
        [
            entry(
                tax_items=[
                    item("1.001"),
                    item("1.002", rate=Decimal("1E-9"), exempt_amount=Decimal("0.001")),
                    item("1.00", exempt_amount=Decimal("0.002")),
                ]
            )
        ],
        {},
        [
            ("TOO_MANY_DECIMALS", ("lines", 0, "tax_items", 0, "amount"), "1.001", "2"),
            ("TOO_MANY_DECIMALS", ("lines", 0, "tax_items", 1, "amount"), "1.002", "2"),
            ("TOO_MANY_DECIMALS", ("lines", 0, "tax_items", 1, "exempt_amount"), "0.001", "2"),
            ("TOO_MANY_DECIMALS", ("lines", 0, "tax_items", 1, "rate"), "0.000000001", "8"),
            ("TOO_MANY_DECIMALS", ("lines", 0, "tax_items", 2, "exempt_amount"), "0.002", "2"),
        ],
    ),
    (
        "tax to copy from nowhere",
        [entry(tax_strategy=TaxStrategy.COPY_FROM_INVOICE_LINE)],
        {},
        [
            (
                "TAX_NOT_ALLOWED",
                ("lines", 0, "tax_strategy"),
                "COPY_FROM_INVOICE_LINE",
                "MANUAL_OVERRIDE, IGNORE",
            )
        ],
    ),
    (
        "no engine, said by the header",
        [entry()],
        {"tax_strategy": TaxStrategy.CALCULATE},
        [
            (
                "TAX_ENGINE_NOT_CONFIGURED",
                path,
                "CALCULATE",
                "COPY_FROM_INVOICE_LINE, MANUAL_OVERRIDE, IGNORE",
            )
            for path in (("lines", 0, "tax_strategy"),)
        ],
    ),
    (
        "inclusive",
        [entry(tax_mode=TaxMode.INCLUSIVE, tax_strategy=TaxStrategy.IGNORE)],
        {},
        [("TAX_NOT_ALLOWED", ("lines", 0, "tax_mode"), "INCLUSIVE with IGNORE", "EXCLUSIVE")],
    ),
    (
        "negative tax",
        [entry(tax_items=[item("-1.00")])],
        {},
        [("INVALID_AMOUNT", ("lines", 0, "tax_items", 0, "amount"), "-1.00", "0 or more")],
    ),
    (
        "a source item where there is no source",
        [entry(tax_items=[item("1.00", source_tax_item_id="invt_1")])],
        {},
        [("NOT_FOUND", ("lines", 0, "tax_items", 0, "source_tax_item_id"), "invt_1", None)],
    ),
    (
        "rate too fine",
        [entry(tax_items=[item("1.00", rate=Decimal("0.123456789"))])],
        {},
        [("TOO_MANY_DECIMALS", ("lines", 0, "tax_items", 0, "rate"), "0.123456789", "8")],
    ),
    (
        "tax only with an amount and without tax",
        [entry("1.00", tax_only=True)],
        {},
        [("INVALID_AMOUNT", AMOUNT, "1.00", "0"), ("INVALID_AMOUNT", ("lines", 0, "tax_items"), None, None)],
    ),
    ("accepted", [entry(), entry(None, quantity=Decimal("1.5"), unit_price=Decimal("0.333"))], {}, []),
    ("tax given", [entry(tax_items=[item("1.00")])], {}, []),
    ("tax only", [entry(None, tax_only=True, tax_items=[item("1.00")])], {}, []),
]


@pytest.mark.parametrize(
    ("lines", "said", "expected"), [row[1:] for row in CREATE], ids=[row[0] for row in CREATE]
)
def test_creating_a_memo(lines: list[MemoLineEntry], said: dict[str, Any], expected: list[Seen]) -> None:
    assert creating(*lines, **said) == expected
