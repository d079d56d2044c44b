"""What a command is judged on, and the sheet that its decision is put down on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from app.domain.application import BalanceEntry
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Settings
from app.domain.facts import Facts, Worksheet
from app.domain.invoice import Invoice
from app.domain.limits import DEFAULT_LIMITS
from app.domain.tax_engine import TaxFailure, TaxQuestion
from app.domain.vocabulary import BalanceEntryKind, TaxMode
from tests.rules.facts import NOW, facts, invoice, memo

QUESTION = TaxQuestion(
    currency="USD",
    digits=2,
    tax_date=date(2026, 6, 15),
    sku=None,
    tax_code="S",
    jurisdiction=None,
    mode=TaxMode.EXCLUSIVE,
    amount=100,
)
JUDGED_ON = [name for name in Facts.__slots__ if not name.startswith("_")]


@pytest.mark.parametrize("wider", [lambda given: given.with_records([memo("cm_2")]), Worksheet])
def test_what_is_judged_on_more_records_or_on_a_sheet_is_judged_by_the_same(
    wider: Callable[[Facts], Facts],
) -> None:
    told = facts()
    given = Facts(
        settings=Settings(time_zone="Asia/Tokyo"),
        stamp=told.stamp,
        records=[invoice(), memo()],
        named={("invoice",): "inv_1"},
        limits=replace(DEFAULT_LIMITS, pairs=1),
        approval_limits={"USD": 1},
        approving_limits={"USD": 2},
        tax_answers={QUESTION: TaxFailure("It is closed.")},
    )
    wide = wider(given)
    assert {name: getattr(wide, name) for name in JUDGED_ON} == {
        name: getattr(given, name) for name in JUDGED_ON
    }
    assert wide.named_record(Invoice, "invoice") == given.get(Invoice, "inv_1")
    assert wide.find(CreditMemo, "cm_1") == given.get(CreditMemo, "cm_1")


def test_what_has_been_put_down_is_the_change_with_its_balance_entries() -> None:
    sheet = Worksheet(facts(invoice()))
    entry = BalanceEntry(
        document_id="inv_1",
        position=2,
        currency="USD",
        kind=BalanceEntryKind.PAYMENT,
        impact_amount=-1000,
        balance_before=10000,
        balance_after=9000,
        log_id="log_1",
        recorded_at=NOW,
        recorded_by="ada",
    )
    after = sheet.change(sheet.get(Invoice, "inv_1"), balance=9000)
    made = sheet.add(memo())
    sheet.enter(entry)
    changes = sheet.changes(invoice="inv_1")
    assert changes.entries == (entry,)
    assert changes.changed == ((invoice(), after),)
    assert changes.new == (made,)
    assert changes.outcome == {"invoice": "inv_1"}
