"""What a line of a request comes to, and the memo that is made of it."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import AccountReference, CreateCreditMemo, MemoLineEntry, TaxItem
from app.domain.credit_memo import CreditMemoLine, CreditMemoLineTax
from app.domain.memo_making import (
    credited_taxes,
    default_reason,
    entry_amount,
    make_memo,
    post_memo,
    standalone_line,
    with_default_reason,
)
from app.domain.proration import Drawn
from app.domain.vocabulary import CreditMemoSource, CreditMemoStatus, TaxMode, TaxStrategy
from tests.domain.test_crediting_properties import sheet_of
from tests.rules.facts import NOW, TODAY, facts, line, memo, memo_line, reason, tax

TEN = Decimal("10.00")


@pytest.mark.parametrize(
    ("amount", "quantity", "unit_price", "expected"),
    [
        ("12.34", None, None, 1234),
        # The amount that is given is the amount, whatever the price.
        ("12.34", "2", "5.00", 1234),
        (None, "3", "1.005", 302),
        (None, "-3", "1.005", -302),
        (None, "3", None, 0),
        (None, None, "1.00", 0),
    ],
)
def test_a_line_comes_to_its_amount_or_to_quantity_times_price(
    amount: str | None, quantity: str | None, unit_price: str | None, expected: int
) -> None:
    given = [None if each is None else Decimal(each) for each in (amount, quantity, unit_price)]
    entry = MemoLineEntry(amount=given[0], quantity=given[1], unit_price=given[2])
    assert entry_amount(entry, 2) == expected


ITEM = TaxItem(amount=Decimal("0.83"))
STANDALONE: list[tuple[str, MemoLineEntry, TaxStrategy, list[dict[str, Any]], tuple[int, int]]] = [
    ("given items", MemoLineEntry(amount=TEN, tax_items=[ITEM]), TaxStrategy.MANUAL_OVERRIDE, [], (1000, 83)),
    ("items of no account", MemoLineEntry(amount=TEN, tax_items=[ITEM]), TaxStrategy.IGNORE, [], (1000, 0)),
    (
        "tax alone",
        MemoLineEntry(amount=TEN, tax_items=[ITEM], tax_only=True),
        TaxStrategy.MANUAL_OVERRIDE,
        [],
        (0, 83),
    ),
    ("calculated", MemoLineEntry(amount=TEN), TaxStrategy.CALCULATE, [{"amount": 80}], (1000, 80)),
    (
        "contained",
        MemoLineEntry(amount=TEN, tax_mode=TaxMode.INCLUSIVE),
        TaxStrategy.CALCULATE,
        [{"amount": 80}],
        (920, 80),
    ),
]


@pytest.mark.parametrize(
    ("entry", "strategy", "calculated", "expected"),
    [row[1:] for row in STANDALONE],
    ids=[row[0] for row in STANDALONE],
)
def test_a_line_alone_has_the_tax_that_is_given_or_found(
    entry: MemoLineEntry,
    strategy: TaxStrategy,
    calculated: list[dict[str, Any]],
    expected: tuple[int, int],
) -> None:
    line = standalone_line(entry, strategy, 2, calculated)
    assert (line.amount, line.tax) == expected


def test_what_is_found_without_an_exempt_amount_is_exempt_of_nothing() -> None:
    sheet = sheet_of(())
    line = standalone_line(
        MemoLineEntry(amount=TEN), TaxStrategy.CALCULATE, 2, [{"amount": 40}, {"amount": 41}]
    )
    made = make_memo(
        sheet,
        number=None,
        account_id="acc_1",
        currency="USD",
        source=CreditMemoSource.STANDALONE,
        invoice_id=None,
        lines=[line, line],
        fields={},
    )
    assert (made.tax_exempt_amount, made.total_amount) == (0, 2162)
    assert [each.line_number for each in sheet.every(CreditMemoLine)] == [1, 2]
    assert [each.ordinal for each in sheet.every(CreditMemoLineTax)] == [1, 2, 1, 2]


@pytest.mark.parametrize(
    ("rates", "rate"), [(None, 6_250_000), ([None], 6_250_000), ([8_000_000], 8_000_000)]
)
def test_a_tax_is_by_the_invoice_s_rate_unless_another_was_found(
    rates: list[int | None] | None, rate: int
) -> None:
    source = tax(rate=6_250_000, exempt_amount=400)
    [item] = credited_taxes(line(tax=825), [source], Drawn(5000, (412,), copied=True), rates)
    assert (item["rate"], item["amount"], item["exempt_amount"]) == (rate, 412, 199)


@pytest.mark.parametrize(
    ("effective_date", "memo_date"), [(None, TODAY), (date(2026, 6, 1), date(2026, 6, 1))]
)
def test_a_posted_memo_is_final_since_today(effective_date: date | None, memo_date: date) -> None:
    draft = memo(status=CreditMemoStatus.DRAFT, effective_date=effective_date, memo_date=date(2026, 5, 1))
    sheet = sheet_of((draft, memo_line()))
    posted = post_memo(sheet, draft)
    assert (posted.status, posted.credit_date, posted.memo_date) == (
        CreditMemoStatus.POSTED,
        TODAY,
        memo_date,
    )
    assert (posted.posted_at, posted.posted_by, posted.balance, posted.position) == (NOW, "ada", 5000, 1)
    [entry] = sheet.changes().entries
    assert (entry.kind, entry.impact_amount, entry.balance_before) == ("POSTING", 5000, 0)


@pytest.mark.parametrize(
    ("named", "default", "expected"), [(None, "OTHER", "OTHER"), ("OWN", "OTHER", "OWN"), (None, None, None)]
)
def test_a_memo_that_names_no_reason_has_the_entity_s_default(
    named: str | None, default: str | None, expected: str | None
) -> None:
    header = CreateCreditMemo(account=AccountReference(id="acc_1"), lines=[], reason_code=named, comment="A")
    reasoned = with_default_reason(header, default)
    assert (reasoned.reason_code, reasoned.comment) == (expected, "A")


def test_the_default_reason_is_the_active_one_that_is_marked() -> None:
    reasons = [reason("A"), reason("B", is_default=True, active=False), reason("C", is_default=True)]
    assert default_reason(facts(*reasons)) == "C"
    assert default_reason(facts(*reasons[:2])) is None
