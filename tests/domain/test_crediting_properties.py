"""Any credits of any invoice, in any order, drafts given up among them: what is left is credited in full, exactly."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.commands import (
    CreateCreditMemoFromInvoice,
    InvoiceCreditEntry,
    InvoiceReference,
    TaxItem,
)
from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.crediting import credit_from_invoice
from app.domain.currencies import MINOR_DIGITS
from app.domain.drawing import give_back_drawn, quantity_left, taxes_of
from app.domain.facts import Worksheet
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax, OrderItem
from app.domain.money import QUANTITY_DIGITS, minor_to_text
from app.domain.record import Record
from app.domain.vocabulary import CreditMemoStatus, TaxMode, TaxStrategy
from app.validation.credit_from_invoice import violations_of_create_from_invoice
from tests.rules.facts import facts, invoice, line, tax

sizes = st.one_of(st.integers(0, 12), st.integers(0, 3000), st.integers(0, 10**13))
quantities = st.one_of(
    st.none(), st.just(0), st.integers(1, 12).map(lambda whole: whole * 10**6), st.integers(-(10**7), 10**7)
)
COPY, GIVEN, IGNORE = TaxStrategy.COPY_FROM_INVOICE_LINE, TaxStrategy.MANUAL_OVERRIDE, TaxStrategy.IGNORE
# As a whole the line or the invoice may have too little left, and a negative line cannot stand alone.
PASSING_OVER = {"INVALID_AMOUNT", "EXCEEDS_CREDITABLE_AMOUNT", "NOTHING_CREDITABLE"}


@st.composite
def charged_invoices(draw: st.DrawFn) -> tuple[Record, ...]:
    """Lines of either sign, each with up to three tax items, maybe a quantity and an order item."""
    currency = draw(st.sampled_from(sorted(MINOR_DIGITS)))
    charged = [
        (draw(st.sampled_from([1, 1, -1])), draw(sizes), draw(st.lists(sizes, max_size=3)))
        for _ in range(draw(st.integers(1, 3)))
    ]
    total = sum(sign * (amount + sum(taxes)) for sign, amount, taxes in charged)
    flip = -1 if total < 0 else 1
    records: list[Record] = [
        invoice(total=flip * total, currency=currency),
        OrderItem(id="ord_1", external_reference="O"),
    ]
    for place, (side, amount, taxes) in enumerate(charged, start=1):
        sign = flip * side
        items = [
            tax(
                f"invt_{place}{ordinal}",
                sign * size,
                invoice_line_id=f"invl_{place}",
                ordinal=ordinal,
                currency=currency,
            )
            for ordinal, size in enumerate(taxes, start=1)
        ]
        records.append(
            line(
                f"invl_{place}",
                sign * amount,
                sign * sum(taxes),
                currency=currency,
                quantity=draw(quantities),
                order_item_id=draw(st.sampled_from([None, "ord_1"])),
            )
        )
        records += items
    return tuple(records)


def sheet_of(records: tuple[Record, ...]) -> Worksheet:
    given_facts = facts(*records, named={("invoice",): "inv_1"})
    numbers: Iterator[int] = count(1)
    given_facts.stamp = replace(given_facts.stamp, new_id=lambda kind: f"{kind.PREFIX}_new_{next(numbers)}")
    return Worksheet(given_facts)


def any_entry(sheet: Worksheet, data: st.DataObject) -> InvoiceCreditEntry:
    """A credit of any kind of any line, of no more than is left there."""
    charged = data.draw(st.sampled_from(sheet.every(InvoiceLine)))
    digits = MINOR_DIGITS[charged.currency]

    def part_of(left: int) -> int:
        return data.draw(st.integers(min(0, left), max(0, left)))

    def money(minor: int) -> Decimal:
        return Decimal(minor_to_text(minor, digits))

    amount_left = charged.amount - charged.amount_credited
    tax_left = charged.tax_amount - charged.tax_credited
    said: dict[str, Any] = {"invoice_line_id": charged.id, "comment": "any"}
    kind = data.draw(st.sampled_from("CWIQBTGON"))
    if kind in "CWBTG":
        said["amount"] = money(part_of(amount_left))
    if kind in "QB":
        said["quantity"] = Decimal(minor_to_text(part_of(quantity_left(charged)), QUANTITY_DIGITS))
    match kind:
        case "W":
            said["tax_strategy"] = IGNORE
        case "I":
            said |= {"amount": money(part_of(amount_left + tax_left)), "tax_mode": TaxMode.INCLUSIVE}
        case "T":
            said["tax_amount"] = money(part_of(tax_left))
        case "G":
            said["tax_items"] = [
                TaxItem(amount=money(part_of(item.amount - item.credited_amount)), source_tax_item_id=item.id)
                for item in taxes_of(sheet, charged)
            ]
        case "O":
            said |= {"amount": money(part_of(charged.amount)), "tax_only": True}
        case "N":
            said |= {"amount": money(0), "tax_amount": money(part_of(tax_left))}
    return InvoiceCreditEntry(**said)


def credited(sheet: Worksheet, command: CreateCreditMemoFromInvoice) -> CreditMemo | None:
    """The memo, or None where the invoice as a whole leaves too little for it."""
    found = violations_of_create_from_invoice(command, sheet)
    if found:
        assert {each.code for each in found} <= PASSING_OVER, found
        return None
    memo_id, _ = credit_from_invoice(sheet, command)
    return sheet.get(CreditMemo, memo_id)


def give_up(sheet: Worksheet, memo: CreditMemo) -> None:
    give_back_drawn(sheet, sheet.get(CreditMemo, memo.id))
    sheet.change(memo, status=CreditMemoStatus.CANCELED)


def assert_every_count_is_its_sum(sheet: Worksheet) -> None:
    """The proofs of the audit, over the live memos."""
    live = {each.id for each in sheet.every(CreditMemo) if each.status is not CreditMemoStatus.CANCELED}
    memo_lines = [each for each in sheet.every(CreditMemoLine) if each.credit_memo_id in live]
    items = [each for each in sheet.every(CreditMemoLineTax) if each.credit_memo_id in live]
    header = sheet.get(Invoice, "inv_1")
    assert header.credited_amount == sum(each.total_amount for each in memo_lines)
    assert 0 <= header.credited_amount <= header.total_amount
    for each in sheet.every(InvoiceLine):
        drawn = [part for part in memo_lines if part.source_invoice_line_id == each.id]
        prorated = [part for part in drawn if part.amount_prorated]
        assert each.amount_credited == sum(part.amount for part in drawn)
        assert each.quantity_credited == sum(part.quantity or 0 for part in drawn)
        assert each.quantity_prorated == sum(part.quantity or 0 for part in prorated)
        assert each.amount_prorated == sum(part.amount for part in prorated)
        for part, whole in [
            (each.quantity_credited, each.quantity or 0),
            (each.quantity_prorated, each.quantity_credited),
            (each.amount_prorated, each.amount_credited),
            (each.amount_credited, each.amount),
        ]:
            assert min(0, whole) <= part <= max(0, whole)
    for source in sheet.every(InvoiceLineTax):
        assert source.credited_amount == sum(
            each.amount for each in items if each.source_tax_item_id == source.id
        )
    ordered = [each for each in memo_lines if each.order_item_id == "ord_1"]
    assert sheet.get(OrderItem, "ord_1").quantity_credited == sum(each.quantity or 0 for each in ordered)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(charged_invoices(), st.data())
def test_after_any_credits_what_is_left_is_credited_in_full_and_exactly(
    records: tuple[Record, ...], data: st.DataObject
) -> None:
    sheet = sheet_of(records)
    reference = InvoiceReference(id="inv_1")
    live: list[CreditMemo] = []
    for _ in range(data.draw(st.integers(0, 8))):
        if live and data.draw(st.integers(0, 3)) == 0:
            give_up(sheet, live.pop(data.draw(st.integers(0, len(live) - 1))))
        else:
            entry = any_entry(sheet, data)
            memo = credited(sheet, CreateCreditMemoFromInvoice(invoice=reference, lines=[entry]))
            if memo is not None:
                assert memo.total_amount >= 0
                live.append(memo)
        assert_every_count_is_its_sum(sheet)
    full = CreateCreditMemoFromInvoice(invoice=reference, full_credit=True, tax_strategy=COPY)
    left_before = {each.id: quantity_left(each) for each in sheet.every(InvoiceLine)}
    found = [each.code for each in violations_of_create_from_invoice(full, sheet)]
    if found != ["NOTHING_CREDITABLE"]:
        last = credited(sheet, full)
        assert last is not None
        for each in sheet.of(CreditMemoLine, "credit_memo_id", last.id):
            assert (each.quantity or 0) == left_before[each.source_invoice_line_id or ""]
    assert_every_count_is_its_sum(sheet)
    header = sheet.get(Invoice, "inv_1")
    assert header.credited_amount == header.total_amount
    for charged in sheet.every(InvoiceLine):
        assert (charged.amount_credited, charged.tax_credited) == (charged.amount, charged.tax_amount)
    assert all(each.credited_amount == each.amount for each in sheet.every(InvoiceLineTax))
    assert [each.code for each in violations_of_create_from_invoice(full, sheet)] == ["NOTHING_CREDITABLE"]


@settings(derandomize=True, max_examples=200, deadline=None)
@given(charged_invoices(), st.data())
def test_all_credits_given_up_leave_the_invoice_as_it_was(
    records: tuple[Record, ...], data: st.DataObject
) -> None:
    sheet = sheet_of(records)
    live: list[CreditMemo] = []
    for _ in range(data.draw(st.integers(1, 6))):
        command = CreateCreditMemoFromInvoice(
            invoice=InvoiceReference(id="inv_1"), lines=[any_entry(sheet, data)]
        )
        if (memo := credited(sheet, command)) is not None:
            live.append(memo)
    while live:
        give_up(sheet, live.pop(data.draw(st.integers(0, len(live) - 1))))
    for record in records:
        now = sheet.get(type(record), record.id)
        if isinstance(now, Invoice):
            assert now.credited_amount == 0
        else:
            assert now == record


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.integers(-(10**9), 10**9), st.integers(1, 10**9), st.data())
def test_quantities_that_make_up_the_line_take_exactly_its_amount(
    amount: int, quantity: int, data: st.DataObject
) -> None:
    """Whatever is given up in between; beside a positive line, so that a discount can be credited too.

    Rounding may use the amount up before the quantity (one cent for two pieces): then no more of it can be credited.
    """
    sheet = sheet_of(
        (
            invoice(total=amount + 10**10),
            line("invl_1", amount, quantity=quantity),
            line("invl_2", 10**10),
        )
    )
    beside = InvoiceCreditEntry(invoice_line_id="invl_2", amount=Decimal("10000000.00"))
    live: list[CreditMemo] = []

    def credit(part: int) -> CreditMemo | None:
        asked = Decimal(minor_to_text(part, QUANTITY_DIGITS))
        entry = InvoiceCreditEntry(invoice_line_id="invl_1", quantity=asked)
        more = [beside] if amount < 0 else []
        return credited(
            sheet, CreateCreditMemoFromInvoice(invoice=InvoiceReference(id="inv_1"), lines=[entry, *more])
        )

    for _ in range(data.draw(st.integers(0, 5))):
        if data.draw(st.booleans()) and live:
            give_up(sheet, live.pop(0))
        elif left := quantity_left(sheet.get(InvoiceLine, "invl_1")):
            memo = credit(data.draw(st.integers(1, left)))
            if memo is None:
                assert sheet.get(InvoiceLine, "invl_1").amount_credited == amount
            else:
                live.append(memo)
    left = quantity_left(sheet.get(InvoiceLine, "invl_1"))
    is_used_up = left > 0 and credit(left) is None
    now = sheet.get(InvoiceLine, "invl_1")
    assert now.amount_credited == amount
    assert is_used_up or now.quantity_credited == quantity
