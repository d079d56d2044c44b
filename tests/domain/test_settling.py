"""By which rule credit is applied, which lines it settles, and what its rows say."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.domain.allocation import Pair
from app.domain.application import CreditMemoApplication, CreditMemoLineApplication
from app.domain.auto_apply import PlannedApplication
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Settings
from app.domain.facts import Worksheet
from app.domain.invoice import Invoice
from app.domain.settling import Settlement, apply_to_source, chosen_allocation, settle
from app.domain.vocabulary import (
    AllocationRule,
    AutoApplyRule,
    CreditMemoSource,
    SettledLevel,
)
from tests.domain.test_crediting_properties import sheet_of
from tests.rules.facts import NOW, facts, invoice, line, memo, memo_line
from tests.support.levels import LINES

LATER = NOW + timedelta(days=1)
OLDEST = AllocationRule.OLDEST_SERVICE_FIRST
SOURCE_LINE = AllocationRule.SOURCE_LINE


@pytest.mark.parametrize(
    ("asked", "source", "invoice_id", "expected"),
    [
        (AllocationRule.PROPORTIONAL, CreditMemoSource.INVOICE, "inv_1", AllocationRule.PROPORTIONAL),
        (None, CreditMemoSource.INVOICE, "inv_1", SOURCE_LINE),
        (None, CreditMemoSource.INVOICE, "inv_2", OLDEST),
        (None, CreditMemoSource.NEGATIVE_LINES, "inv_1", OLDEST),
    ],
    ids=["as asked", "back to its own invoice", "another invoice", "converted lines take nothing any more"],
)
def test_credit_goes_to_the_lines_that_it_was_drawn_from_else_by_the_entity_s_rule(
    asked: AllocationRule | None, source: CreditMemoSource, invoice_id: str, expected: AllocationRule
) -> None:
    given = facts(settings=Settings(default_allocation=OLDEST))
    made = memo(source=source, invoice_id="inv_1")
    assert chosen_allocation(asked, made, invoice_id, given) is expected


def at_level(settings: Settings | None) -> Worksheet:
    """A memo of 50.00 and an invoice whose second line is of the older service."""
    sheet = sheet_of(
        (
            memo(),
            memo_line("cml_1", source_invoice_line_id="invl_1"),
            invoice(),
            line("invl_1", 6000, service_start=date(2026, 2, 1)),
            line("invl_2", 4000, service_start=date(2026, 1, 1)),
        )
    )
    sheet.settings = sheet.facts.settings = settings or Settings()
    return sheet


SETTLEMENT = Settlement(
    credit_memo_id="cm_1",
    invoice_id="inv_1",
    amount=5000,
    effective_date=LATER,
    description="As agreed",
    planned=PlannedApplication(
        credit_memo_id="cm_1", invoice_id="inv_1", amount=5000, rule=AutoApplyRule.OLDEST_DUE, rank=2
    ),
    job_item_id="jit_1",
)


def parts(sheet: Worksheet) -> list[tuple[str, int, int]]:
    rows = sheet.every(CreditMemoLineApplication)
    return [(each.invoice_line_id, each.amount, each.sequence) for each in rows]


def test_a_header_settles_no_line() -> None:
    sheet = at_level(None)
    made = settle(sheet, SETTLEMENT)
    assert (made.level, made.allocation_rule) == (SettledLevel.HEADER, None)
    assert (made.effective_date, made.description, made.job_item_id) == (LATER, "As agreed", "jit_1")
    assert (made.auto_apply_rule, made.auto_apply_rank) == (AutoApplyRule.OLDEST_DUE, 2)
    assert parts(sheet) == []


def test_lines_are_settled_by_the_rule_and_say_what_their_application_says() -> None:
    sheet = at_level(LINES)
    made = settle(sheet, replace(SETTLEMENT, allocation=OLDEST, planned=None))
    assert (made.level, made.allocation_rule) == (SettledLevel.LINE, OLDEST)
    assert (made.auto_apply_rule, made.auto_apply_rank) == (None, None)
    assert parts(sheet) == [("invl_2", 4000, 1), ("invl_1", 1000, 2)]
    for each in sheet.every(CreditMemoLineApplication):
        assert (each.effective_date, each.description) == (LATER, "As agreed")


def test_pairs_that_are_named_are_settled_on_either_level_and_say_their_own() -> None:
    sheet = at_level(None)
    pairs = [Pair("cml_1", "invl_1", 3000), Pair("cml_1", "invl_2", 2000)]
    said = [(NOW, "First"), (None, None)]
    made = settle(sheet, replace(SETTLEMENT, pairs=pairs, said=said))
    assert (made.level, made.allocation_rule) == (SettledLevel.LINE, None)
    assert parts(sheet) == [("invl_1", 3000, 1), ("invl_2", 2000, 2)]
    rows = sheet.every(CreditMemoLineApplication)
    assert [(each.effective_date, each.description) for each in rows] == said


def test_what_is_applied_to_its_source_goes_back_line_by_line() -> None:
    sheet = at_level(LINES)
    made = memo(source=CreditMemoSource.INVOICE, invoice_id="inv_1")
    planned = PlannedApplication(
        credit_memo_id="cm_1", invoice_id="inv_1", amount=4500, rule=AutoApplyRule.MATCH_REFERENCE, rank=1
    )
    row = apply_to_source(sheet, made, 4500, "Back", planned)
    assert (row.allocation_rule, row.description, row.amount) == (SOURCE_LINE, "Back", 4500)
    assert (row.auto_apply_rule, row.auto_apply_rank) == (AutoApplyRule.MATCH_REFERENCE, 1)
    assert parts(sheet) == [("invl_1", 4500, 1)]
    assert sheet.get(CreditMemo, "cm_1").balance == 500
    assert sheet.get(Invoice, "inv_1").balance == 5500
    assert [each.id for each in sheet.every(CreditMemoApplication)] == [row.id]
