"""A refused amount of a credited line names the largest that would pass: that one passes, one unit more does not."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.domain.commands import CreateAndApplyCreditMemo, InvoiceCreditEntry, InvoiceReference, TaxItem
from app.domain.entity import Settings
from app.domain.invoice import InvoiceLine, InvoiceLineTax
from app.domain.money import minor_to_text
from app.domain.record import Record
from app.domain.violation import Violation
from app.domain.vocabulary import ApplicationLevel, TaxMode, TaxStrategy
from app.validation.credit import violations_of_create_and_apply
from tests.rules.facts import Seen, facts, invoice, line, seen, tax

LEVELS = {level: Settings(application_level=level) for level in ApplicationLevel}
LINES = LEVELS[ApplicationLevel.INVOICE_LINE]
AMOUNT = ("lines", 0, "amount")
COPY, GIVEN, IGNORE = TaxStrategy.COPY_FROM_INVOICE_LINE, TaxStrategy.MANUAL_OVERRIDE, TaxStrategy.IGNORE


def judged(records: tuple[Record, ...], level: Settings, *entries: dict[str, Any]) -> list[Violation]:
    """Each entry credits the line of its place unless it names another."""
    lines = [
        InvoiceCreditEntry(**{"invoice_line_id": f"invl_{place + 1}"} | entry)
        for place, entry in enumerate(entries)
    ]
    command = CreateAndApplyCreditMemo(invoice=InvoiceReference(id="inv_1"), lines=lines)
    return violations_of_create_and_apply(
        command, facts(*records, named={("invoice",): "inv_1"}, settings=level)
    )


def asking(amount: str | None, **said: Any) -> dict[str, Any]:
    return {"amount": None if amount is None else Decimal(amount), **said}


TAXED = (invoice(total=10825), line(tax=825), tax())
HALF = (invoice(total=10825, balance=5413), line(tax=825, balance=5413), tax())
ROWS: list[tuple[str, tuple[Record, ...], dict[str, Any], list[Seen]]] = [
    (
        "what the line owes has the tax in it, the amount has not",
        (invoice(total=10825), line(tax=825, balance=5413), tax()),
        asking("60.00"),
        [("EXCEEDS_LINE_BALANCE", AMOUNT, "60.00", "50.00")],
    ),
    (
        "inclusive, it has",
        (invoice(total=10825), line(tax=825, balance=5413), tax()),
        asking("60.00", tax_mode=TaxMode.INCLUSIVE),
        [("EXCEEDS_LINE_BALANCE", AMOUNT, "60.00", "54.13")],
    ),
    (
        "beside given tax there is that much less",
        (invoice(total=10825), line(tax=825, balance=5413), tax()),
        asking("60.00", tax_items=[TaxItem(amount=Decimal("8.00"))]),
        [("EXCEEDS_LINE_BALANCE", AMOUNT, "60.00", "46.13")],
    ),
    (
        "both rules name the same amount",
        HALF,
        asking("100.01"),
        [
            ("EXCEEDS_LINE_BALANCE", AMOUNT, "100.01", "50.00"),
            ("EXCEEDS_CREDITABLE_AMOUNT", AMOUNT, "100.01", "50.00"),
            ("EXCEEDS_INVOICE_BALANCE", ("lines",), "108.26", "54.13"),
        ],
    ),
    (
        "a line without amount gives nothing to an inclusive amount",
        (invoice(total=500), line(amount=0, tax=500), tax(amount=500)),
        asking("5.00", tax_mode=TaxMode.INCLUSIVE),
        [("EXCEEDS_CREDITABLE_AMOUNT", AMOUNT, "5.00", "0.00")],
    ),
    (
        "given tax alone is held against the line",
        (invoice(total=10825), line(tax=825, balance=100), tax()),
        asking(None, tax_only=True, tax_items=[TaxItem(amount=Decimal("8.00"))]),
        [("EXCEEDS_LINE_BALANCE", ("lines", 0, "tax_items"), "8.00", "1.00")],
    ),
    (
        "all the tax is too much: the amount whose tax is not",
        (invoice(total=10825), line(tax=825, balance=413), tax()),
        asking(None, tax_only=True),
        [("EXCEEDS_LINE_BALANCE", AMOUNT, None, "50.12")],
    ),
    (
        "a line without amount has no such amount",
        (invoice(total=500), line(amount=0, tax=500, balance=100), tax(amount=500)),
        asking(None, tax_only=True),
        [("EXCEEDS_LINE_BALANCE", AMOUNT, None, None)],
    ),
    (
        "of a negative line the largest by magnitude",
        (invoice(), line(amount=-1000, amount_credited=-400), line("invl_2")),
        asking("-6.01"),
        [("EXCEEDS_CREDITABLE_AMOUNT", AMOUNT, "-6.01", "-6.00")],
    ),
]


@pytest.mark.parametrize(
    ("records", "entry", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_a_refused_amount_names_the_largest_that_would_pass(
    records: tuple[Record, ...], entry: dict[str, Any], expected: list[Seen]
) -> None:
    found = seen(judged(records, LINES, entry))
    assert [each for each in found if each[0] != "NOTHING_CREDITABLE"] == expected


def test_the_lines_that_pass_leave_the_refused_one_what_the_invoice_has_besides() -> None:
    records = (invoice(total=20000, balance=5000), line(), line("invl_2"))
    found = seen(judged(records, LEVELS[ApplicationLevel.INVOICE], asking("100.01"), asking("20.00")))
    assert ("EXCEEDS_CREDITABLE_AMOUNT", AMOUNT, "100.01", "30.00") in found
    assert judged(records, LEVELS[ApplicationLevel.INVOICE], asking("30.00"), asking("20.00")) == []


MIXED = (invoice(total=30000), line(amount=40000), line("invl_2", -10000), line("invl_3", 2000))
TOGETHER: list[tuple[str, tuple[dict[str, Any], ...], list[Seen]]] = [
    (
        "one line gives: it is named",
        (asking("300.01"),),
        [("EXCEEDS_CREDITABLE_AMOUNT", AMOUNT, "300.01", "300.00")],
    ),
    (
        "beside a discount that is mirrored there is that much more",
        (asking("400.00"), asking("-50.00")),
        [("EXCEEDS_CREDITABLE_AMOUNT", AMOUNT, "400.00", "350.00")],
    ),
    (
        "two lines give: any of them can be lowered",
        (asking("290.00"), asking("20.00", invoice_line_id="invl_3")),
        [("EXCEEDS_CREDITABLE_AMOUNT", ("lines",), "310.00", "300.00")],
    ),
    (
        "one of them is too much by itself, and the rest is not: it alone is named",
        (asking("290.00"), asking("20.01", invoice_line_id="invl_3")),
        [("EXCEEDS_CREDITABLE_AMOUNT", ("lines", 1, "amount"), "20.01", "10.00")],
    ),
    (
        "one of them is too much by itself, and the rest is, too",
        (asking("300.01"), asking("20.01", invoice_line_id="invl_3")),
        [
            ("EXCEEDS_CREDITABLE_AMOUNT", ("lines", 1, "amount"), "20.01", "0.00"),
            ("EXCEEDS_CREDITABLE_AMOUNT", ("lines",), "320.02", "300.00"),
        ],
    ),
]


@pytest.mark.parametrize(
    ("entries", "expected"), [row[1:] for row in TOGETHER], ids=[row[0] for row in TOGETHER]
)
def test_what_is_too_much_is_told_of_the_line_that_can_be_lowered(
    entries: tuple[dict[str, Any], ...], expected: list[Seen]
) -> None:
    found = seen(judged(MIXED, LEVELS[ApplicationLevel.INVOICE], *entries))
    assert [each for each in found if each[0] != "EXCEEDS_INVOICE_BALANCE"] == expected


sizes = st.one_of(st.integers(0, 12), st.integers(0, 3000))


@st.composite
def lines_with_history(draw: st.DrawFn) -> tuple[Record, ...]:
    """An invoice of one line, of which credits have taken a part, with balances of any size."""
    sign = draw(st.sampled_from([1, 1, -1]))
    amount, taxes = draw(sizes), draw(st.lists(sizes, max_size=3))
    assume(amount + sum(taxes) > 0)

    def taken(whole: int) -> tuple[int, int]:
        credited = draw(st.integers(0, whole))
        return sign * credited, sign * draw(st.integers(0, credited))

    items = []
    for place, size in enumerate(taxes, start=1):
        credited, copied = taken(size)
        items.append(tax(f"invt_{place}", amount=sign * size, credited_amount=credited, copied_amount=copied))
    credited, copied = taken(amount)
    total = amount + sum(taxes)
    charged = line(
        amount=sign * amount,
        tax=sign * sum(taxes),
        amount_credited=credited,
        amount_copied=copied,
        balance=draw(st.integers(0, total)) if sign > 0 else -total,
    )
    header = invoice(total=draw(st.integers(0, 2 * total)), balance=draw(st.integers(0, total)))
    return (header, charged, *items)


def _left_of(item: Record) -> int:
    assert isinstance(item, InvoiceLineTax)
    return item.amount - item.credited_amount


@st.composite
def entries(draw: st.DrawFn, records: tuple[Record, ...]) -> dict[str, Any]:
    """An entry of any strategy; given tax is within what is left of its source."""
    _, charged, *items = records
    assert isinstance(charged, InvoiceLine)
    sign = -1 if charged.total_amount < 0 else 1
    asked = minor_to_text(sign * draw(st.integers(1, 8000)), 2)
    match draw(st.sampled_from(["copy", "inclusive", "ignore", "given", "tax of an amount"])):
        case "copy":
            return asking(asked, tax_strategy=COPY)
        case "inclusive":
            return asking(asked, tax_strategy=COPY, tax_mode=TaxMode.INCLUSIVE)
        case "ignore":
            return asking(asked, tax_strategy=IGNORE)
        case "tax of an amount":
            return asking(asked, tax_strategy=COPY, tax_only=True)
        case _:
            given_items = [
                TaxItem(
                    amount=Decimal(minor_to_text(sign * draw(st.integers(0, abs(_left_of(item)))), 2)),
                    source_tax_item_id=item.id,
                )
                for item in items
            ]
            return asking(asked, tax_strategy=GIVEN, tax_items=given_items)


@settings(derandomize=True, max_examples=600, deadline=None)
@given(st.data(), st.sampled_from(list(LEVELS.values())))
def test_the_amount_named_passes_and_one_unit_more_does_not(data: st.DataObject, level: Settings) -> None:
    records = data.draw(lines_with_history())
    entry = data.draw(entries(records))
    told = [each for each in judged(records, level, entry) if each.path == AMOUNT]
    assume(told)
    [named] = {each.allowed for each in told}

    def refused(amount: Decimal) -> list[Violation]:
        found = judged(records, level, entry | {"amount": amount})
        return [each for each in found if each.code != "NOTHING_CREDITABLE"]

    assert {each.asked for each in told} == {format(entry["amount"], "f")}
    largest = Decimal(named or 0)
    unit = Decimal("0.01").copy_sign(entry["amount"])
    if largest:
        assert refused(largest) == []
    assert refused(largest + unit)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(list(LEVELS.values())))
def test_the_amount_named_beside_a_discount_passes_and_one_unit_more_does_not(
    data: st.DataObject, level: Settings
) -> None:
    """An invoice of a taxed line and a discount, of which any part is mirrored."""
    amount, charged, discount = (data.draw(st.integers(1, most)) for most in (3000, 300, 2000))
    assume(amount + charged >= discount)
    records = (
        invoice(total=amount + charged - discount),
        line(amount=amount, tax=charged),
        tax(amount=charged),
        line("invl_2", -discount),
    )
    mirrored = data.draw(st.integers(0, discount))
    beside = [asking(minor_to_text(-mirrored, 2))] if mirrored else []
    mode = data.draw(st.sampled_from(TaxMode))

    def refused(minor: int) -> list[Violation]:
        found = judged(records, level, asking(minor_to_text(minor, 2), tax_mode=mode), *beside)
        return [each for each in found if each.code != "NOTHING_CREDITABLE"]

    told = [each for each in refused(data.draw(st.integers(1, 4000))) if each.path == AMOUNT]
    assume(told)
    [named] = {each.allowed for each in told}
    largest = int(Decimal(named or 0) * 100)
    assert not largest or refused(largest) == []
    assert refused(largest + 1)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.data())
def test_the_quantity_named_passes_and_one_millionth_more_does_not(data: st.DataObject) -> None:
    """Of a line that owes less than the quantity is worth with its tax."""
    quantity, amount, charged = (data.draw(st.integers(1, most)) for most in (3 * 10**6, 3000, 300))
    total = amount + charged
    records = (
        invoice(total=total),
        line(amount=amount, tax=charged, quantity=quantity, balance=data.draw(st.integers(0, total))),
        tax(amount=charged),
    )
    asked = minor_to_text(data.draw(st.integers(1, quantity)), 6)

    def told(quantity: Decimal) -> list[Violation]:
        found = judged(records, LINES, {"amount": None, "quantity": quantity})
        return [each for each in found if each.path == ("lines", 0, "quantity")]

    found = told(Decimal(asked))
    assume(found)
    [violation] = found
    assert violation.code == "EXCEEDS_LINE_BALANCE"
    largest = Decimal(violation.allowed or 0)
    if largest:
        assert told(largest) == []
    assert told(largest + Decimal("0.000001"))
