"""When invoices may be taken in, and an invoice posted."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    AccountReference,
    CreateInvoices,
    InvoiceEntry,
    InvoiceLineEntry,
    InvoiceReference,
    OrderItemEntry,
    PostInvoice,
    TaxItem,
)
from app.domain.entity import Settings
from app.domain.fingerprint import content_fingerprint
from app.domain.record import Record
from app.domain.vocabulary import InvoiceKind, InvoiceStatus
from app.validation.invoices import (
    first_delivery_of,
    violations_of_invoice,
    violations_of_invoices,
    violations_of_post_invoice,
    violations_of_posted_entry,
)
from tests.rules.facts import Seen, account, facts, invoice, seen

CLOSED = Settings(closed_through=date(2026, 3, 31))
BUYER = AccountReference(id="acc_1")


def item(amount: str, **said: Any) -> TaxItem:
    return TaxItem(amount=Decimal(amount), **said)


def invoicing(
    *entries: InvoiceEntry, records: tuple[Record, ...] = (), settings: Settings | None = None
) -> list[Seen]:
    named: dict[Any, str] = {
        ("invoices", place, "account"): "acc_1"
        for place, each in enumerate(entries)
        if each.account.id == "acc_1"
    }
    given = facts(account(), *records, named=named, settings=settings)
    return seen(violations_of_invoices(CreateInvoices(invoices=list(entries)), given, {}))


def bill(*lines: InvoiceLineEntry, **said: Any) -> InvoiceEntry:
    return InvoiceEntry(**{"account": BUYER, "invoice_date": date(2026, 6, 1), "lines": list(lines), **said})


def billed(amount: str | None = "10.00", **said: Any) -> InvoiceLineEntry:
    return InvoiceLineEntry(amount=None if amount is None else Decimal(amount), **said)


FIRST = ("invoices", 0)
LINE = (*FIRST, "lines", 0)
LARGEST = "9999999999999.99"
OF_ERP: dict[str, Any] = {"external_reference": "E", "external_reference_source": "erp"}
INVOICES: list[tuple[str, list[InvoiceEntry], dict[str, Any], list[Seen]]] = [
    ("none", [], {}, [("NO_LINES", ("invoices",), None, None)]),
    ("no lines", [bill()], {}, [("NO_LINES", (*FIRST, "lines"), None, None)]),
    (
        "account unknown",
        [bill(billed(), account=AccountReference(number="A-9"))],
        {},
        [("NOT_FOUND", (*FIRST, "account"), "A-9", None)],
    ),
    (
        "currency unknown",
        [bill(billed(), currency="ABC")],
        {},
        [("UNKNOWN_CURRENCY", (*FIRST, "currency"), "ABC", None)],
    ),
    (
        "closed",
        [bill(billed(), invoice_date=date(2026, 3, 31))],
        {"settings": CLOSED},
        [("PERIOD_CLOSED", (*FIRST, "invoice_date"), "2026-03-31", "after 2026-03-31")],
    ),
    (
        "number taken",
        [bill(billed(), number="inv_1")],
        {"records": (invoice(),)},
        [("NUMBER_TAKEN", (*FIRST, "number"), "inv_1", None)],
    ),
    (
        "number twice in one call",
        [bill(billed(), number="X"), bill(billed(), number="X")],
        {},
        [("NUMBER_TAKEN", ("invoices", 1, "number"), "X", None)],
    ),
    (
        "external reference of another content",
        [bill(billed(), external_reference="E", external_reference_source="erp")],
        {"records": (invoice(external_reference="E", external_reference_source="erp"),)},
        [("EXTERNAL_REFERENCE_REUSED", (*FIRST, "external_reference"), "E", None)],
    ),
    (
        "external reference twice in one call",
        [bill(billed(), **OF_ERP), bill(billed("2.00"), **OF_ERP)],
        {},
        [("EXTERNAL_REFERENCE_REUSED", ("invoices", 1, "external_reference"), "E", None)],
    ),
    (
        "number and external reference taken",
        [bill(billed(), number="inv_1", **OF_ERP)],
        {"records": (invoice(**OF_ERP),)},
        [
            ("EXTERNAL_REFERENCE_REUSED", (*FIRST, "external_reference"), "E", None),
            ("NUMBER_TAKEN", (*FIRST, "number"), "inv_1", None),
        ],
    ),
    (
        "line number twice",
        [bill(billed(line_number=2), billed())],
        {},
        [("DUPLICATE_LINE", (*FIRST, "lines"), None, None)],
    ),
    (
        "line number 0",
        [bill(billed(line_number=-1))],
        {},
        [("INVALID_AMOUNT", (*LINE, "line_number"), "-1", None)],
    ),
    ("line number 1", [bill(billed(line_number=1))], {}, []),
    (
        "all that is wrong with a line",
        [
            bill(
                billed(
                    "1.001",
                    line_number=0,
                    order_item=OrderItemEntry(external_reference="O", quantity=Decimal("1E-7")),
                    tax_amount=Decimal("0.001"),
                )
            )
        ],
        {},
        [
            ("TOO_MANY_DECIMALS", (*LINE, "order_item", "quantity"), "0.0000001", "6"),
            ("TOO_MANY_DECIMALS", (*LINE, "amount"), "1.001", "2"),
            ("TOO_MANY_DECIMALS", (*LINE, "tax_amount"), "0.001", "2"),
            ("INVALID_AMOUNT", (*LINE, "line_number"), "0", None),
        ],
    ),
    ("decimals", [bill(billed("1.001"))], {}, [("TOO_MANY_DECIMALS", (*LINE, "amount"), "1.001", "2")]),
    (
        "neither amount nor price",
        [bill(billed(None))],
        {},
        [("INVALID_AMOUNT", (*LINE, "amount"), None, None)],
    ),
    (
        "unit price too fine, beside an amount",
        [bill(billed(unit_price=Decimal("1E-13")))],
        {},
        [("TOO_MANY_DECIMALS", (*LINE, "unit_price"), "0.0000000000001", "12")],
    ),
    (
        "unit price too large, beside an amount",
        [bill(billed(unit_price=Decimal("-1E+15")))],
        {},
        [("INVALID_AMOUNT", (*LINE, "unit_price"), "-1000000000000000", "999999999999999.999999999999")],
    ),
    (
        "quantity times price too large",
        [bill(billed(None, quantity=Decimal(10), unit_price=Decimal("1E+12")))],
        {},
        [("INVALID_AMOUNT", (*LINE, "unit_price"), "1000000000000", "9999999999999.99")],
    ),
    (
        "exempt amount of the other sign",
        [bill(billed(tax_items=[item("1.00", exempt_amount=Decimal("-0.50"))]))],
        {},
        [("INVALID_AMOUNT", (*LINE, "tax_items", 0, "exempt_amount"), "-0.50", None)],
    ),
    (
        "exempt amounts too large together",
        [
            bill(
                billed(
                    tax_items=[
                        item("1.00", exempt_amount=Decimal("9999999999999.99")),
                        item("1.00", exempt_amount=Decimal("0.01")),
                    ]
                )
            )
        ],
        {},
        [("INVALID_AMOUNT", (*LINE, "tax_items", 1, "exempt_amount"), "0.01", None)],
    ),
    (
        "exempt amount too fine",
        [bill(billed(tax_items=[item("1.00", exempt_amount=Decimal("0.001"))]))],
        {},
        [("TOO_MANY_DECIMALS", (*LINE, "tax_items", 0, "exempt_amount"), "0.001", "2")],
    ),
    (
        "exempt amounts of a negative line are negative",
        [bill(billed("-10.00", tax_items=[item("-1.00", exempt_amount=Decimal("-10.00"))]))],
        {},
        [],
    ),
    (
        "ordered quantity too fine",
        [bill(billed(order_item=OrderItemEntry(external_reference="O", quantity=Decimal("1E-7"))))],
        {},
        [("TOO_MANY_DECIMALS", (*LINE, "order_item", "quantity"), "0.0000001", "6")],
    ),
    (
        "taxes that do not add up",
        [bill(billed(tax_amount=Decimal("1.00"), tax_items=[item("0.99")]))],
        {},
        [("INVALID_AMOUNT", (*LINE, "tax_amount"), "1.00", "0.99")],
    ),
    (
        "amount and tax of two signs",
        [bill(billed(tax_amount=Decimal("-1.00")))],
        {},
        [("INVALID_AMOUNT", (*LINE, "tax_items"), "-1.00", None)],
    ),
    (
        "taxes of two signs on a line of 0",
        [bill(billed("0.00", tax_items=[item("1.00"), item("-2.00")]))],
        {},
        [("INVALID_AMOUNT", (*LINE, "tax_items"), "-1.00", None)],
    ),
    ("as large together as can be kept", [bill(billed(LARGEST))], {}, []),
    (
        "too large together by a cent of another line",
        [bill(billed(LARGEST), billed("0.01"))],
        {},
        [("INVALID_AMOUNT", (*FIRST, "lines"), "10000000000000.00", LARGEST)],
    ),
    (
        "too large together by a cent of tax",
        [bill(billed(LARGEST, tax_amount=Decimal("0.01")))],
        {},
        [("INVALID_AMOUNT", (*FIRST, "lines"), "10000000000000.00", LARGEST)],
    ),
    (
        "as large together as can be kept, beside a line that cannot be read",
        [bill(billed(LARGEST), billed("0.001"))],
        {},
        [("TOO_MANY_DECIMALS", (*FIRST, "lines", 1, "amount"), "0.001", "2")],
    ),
    (
        "too large together",
        [bill(billed("9999999999999.99"), billed("-9999999999999.99"))],
        {},
        [("INVALID_AMOUNT", (*FIRST, "lines"), "19999999999999.98", "9999999999999.99")],
    ),
    ("accepted", [bill(billed(), billed("-1.00", tax_amount=Decimal("-0.08")), post=True)], {}, []),
]


@pytest.mark.parametrize(
    ("entries", "said", "expected"), [row[1:] for row in INVOICES], ids=[row[0] for row in INVOICES]
)
def test_taking_invoices_in(entries: list[InvoiceEntry], said: dict[str, Any], expected: list[Seen]) -> None:
    assert invoicing(*entries, **said) == expected


def test_what_repeats_an_earlier_delivery_is_passed_over() -> None:
    given = facts(account(), named={("invoices", place, "account"): "acc_1" for place in (0, 1)})
    command = CreateInvoices(invoices=[bill(billed("0.001")), bill(billed("0.002"))])
    assert seen(violations_of_invoices(command, given, {0})) == [
        ("TOO_MANY_DECIMALS", ("invoices", 1, "lines", 0, "amount"), "0.002", "2")
    ]


HERE = ("invoices", 7)
NAMED: dict[Any, str] = {(*HERE, "account"): "acc_1"}


def by_itself(entry: InvoiceEntry, *records: Record) -> list[Seen]:
    return seen(violations_of_invoice(entry, facts(account(), *records, named=NAMED), HERE))


def test_an_invoice_that_comes_by_itself_is_judged_beside_those_in_the_books() -> None:
    known = invoice(**OF_ERP)
    assert by_itself(bill(billed(), number="X", **OF_ERP | {"external_reference": "F"}), known) == []
    assert by_itself(bill(billed(), number="inv_1"), known) == [
        ("NUMBER_TAKEN", (*HERE, "number"), "inv_1", None)
    ]
    assert by_itself(bill(billed(), number="inv_1", kind=InvoiceKind.DEBIT_MEMO), known) == []
    assert by_itself(bill(billed(), number="inv_1", **OF_ERP), known) == [
        ("EXTERNAL_REFERENCE_REUSED", (*HERE, "external_reference"), "E", None),
        ("NUMBER_TAKEN", (*HERE, "number"), "inv_1", None),
    ]
    assert by_itself(bill(billed("1.001"), **OF_ERP), known) == [
        ("EXTERNAL_REFERENCE_REUSED", (*HERE, "external_reference"), "E", None),
        ("TOO_MANY_DECIMALS", (*HERE, "lines", 0, "amount"), "1.001", "2"),
    ]
    assert by_itself(bill(billed(), **OF_ERP | {"external_reference_source": "crm"}), known) == []


def test_a_second_delivery_is_known_by_its_reference_and_every_word_of_it() -> None:
    entry = bill(billed(), **OF_ERP)
    known = invoice(**OF_ERP, content_fingerprint=content_fingerprint(entry))
    assert first_delivery_of(entry, facts(known)) == "inv_1"
    assert first_delivery_of(bill(billed("10.01"), **OF_ERP), facts(known)) is None
    assert (
        first_delivery_of(bill(billed(), **OF_ERP | {"external_reference_source": "crm"}), facts(known))
        is None
    )
    assert first_delivery_of(bill(billed()), facts(known)) is None


def test_what_posting_would_convert_of_an_invoice_stays_within_the_limit_of_whoever_posts() -> None:
    lines = [billed("100.00"), billed("-20.00", tax_amount=Decimal("-1.00")), billed("-5.00")]

    def judged(limit: int, *, post: bool = True, converts: bool = True, **said: Any) -> list[Seen]:
        settings = Settings(convert_negative_lines_on_posting=converts)
        limits = {"USD": limit, "EUR": 1}
        given = facts(account(), named=NAMED, settings=settings, approval_limits=limits)
        return seen(violations_of_posted_entry(bill(*lines, post=post, **said), given, HERE))

    assert judged(2600) == []
    assert judged(2599) == [("EXCEEDS_APPROVAL_LIMIT", (*HERE, "lines"), "26.00", "25.99")]
    assert judged(2600, currency="EUR") == [("EXCEEDS_APPROVAL_LIMIT", (*HERE, "lines"), "26.00", "0.01")]
    assert judged(2599, post=False) == judged(2599, converts=False) == []


def posting(*records: Record, settings: Settings | None = None, **said: Any) -> list[Seen]:
    named: dict[Any, str] = {("invoice",): "inv_1"}
    command = PostInvoice(invoice=InvoiceReference(id="inv_1"), **said)
    return seen(violations_of_post_invoice(command, facts(*records, named=named, settings=settings)))


def test_only_a_draft_invoice_is_posted_and_not_into_a_closed_period() -> None:
    draft = invoice(status=InvoiceStatus.DRAFT)
    assert posting(draft) == []
    assert posting() == [("NOT_FOUND", ("invoice",), "inv_1", None)]
    assert posting(invoice(), expected_version=2, settings=CLOSED) == [
        ("VERSION_CONFLICT", ("expected_version",), "2", "1"),
        ("INVALID_STATUS", ("invoice",), "POSTED", "DRAFT"),
        ("PERIOD_CLOSED", ("invoice",), "2026-01-10", "after 2026-03-31"),
    ]
