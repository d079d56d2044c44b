"""What an engine is asked of a credit, and what becomes of a callback's answer."""

from datetime import date
from typing import Any

import pytest

from app.domain.calculated_tax import TaxByAnswer, question_of_credit, tax_of_credit, tax_of_line
from app.domain.drawing import charged
from app.domain.entity import Settings
from app.domain.facts import Facts
from app.domain.tax_engine import AnsweredTax, SourceTax, TaxAnswer, TaxFailure, TaxQuestion
from app.domain.vocabulary import TaxEngineKind, TaxMode, TaxRateType
from tests.rules.facts import facts, invoice, line, tax

CALLBACK = Settings(tax_engine=TaxEngineKind.CALLBACK)
SOURCES = [
    tax(amount=625, jurisdiction="TEXAS", code="SAAS", rate=6_250_000, rate_type=TaxRateType.PERCENTAGE),
    tax("invt_2", 200, jurisdiction="AUSTIN", location_code="L1", tax_date=date(2026, 1, 9)),
]
LINE = line(tax=825, sku="SEAT", tax_code="SAAS", jurisdiction="TEXAS")


def question(amount: int = 5000, mode: TaxMode = TaxMode.EXCLUSIVE) -> TaxQuestion:
    found = question_of_credit(
        invoice(), LINE, SOURCES, amount=amount, mode=mode, memo_tax_date=date(2026, 2, 1)
    )
    assert found is not None
    return found


def answering(asked: TaxQuestion, *items: AnsweredTax) -> Facts:
    given = facts(settings=CALLBACK)
    given.tax_answers = {asked: TaxAnswer(items=items)}
    return given


def test_an_engine_is_told_of_the_credit_its_line_and_each_of_its_tax_items() -> None:
    day = date(2026, 2, 1)
    assert question() == TaxQuestion(
        currency="USD",
        digits=2,
        tax_date=day,
        sku="SEAT",
        tax_code="SAAS",
        jurisdiction="TEXAS",
        mode=TaxMode.EXCLUSIVE,
        amount=5000,
        invoice_line_id="invl_1",
        invoice_line_amount=10000,
        sources=(
            SourceTax(
                id="invt_1",
                name="invt_1",
                code="SAAS",
                jurisdiction="TEXAS",
                location_code=None,
                rate=6_250_000,
                rate_type=TaxRateType.PERCENTAGE,
                tax_date=day,
                amount=625,
            ),
            SourceTax(
                id="invt_2",
                name="invt_2",
                code=None,
                jurisdiction="AUSTIN",
                location_code="L1",
                rate=None,
                rate_type=None,
                tax_date=date(2026, 1, 9),
                amount=200,
            ),
        ),
    )


def test_several_items_of_an_answer_about_one_tax_item_are_added_up() -> None:
    asked = question()
    items = [
        AnsweredTax(amount=amount, jurisdiction=place)
        for amount, place in ((100, "TEXAS"), (90, "AUSTIN"), (200, "TEXAS"))
    ]
    found = tax_of_credit(answering(asked, *items), asked, LINE, SOURCES)
    assert isinstance(found, TaxByAnswer)
    assert found.drawn(charged(LINE, SOURCES), 5000, TaxMode.EXCLUSIVE).taxes == (300, 90)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        (
            {"jurisdiction": "OHIO", "location_code": "L9", "code": "X", "name": "CITY"},
            "tax (OHIO, L9, X, CITY)",
        ),
        ({"name": "CITY"}, "tax (CITY)"),
        ({}, "tax without a name"),
    ],
)
def test_an_answer_that_fits_no_item_is_named_as_it_names_itself(said: dict[str, Any], named: str) -> None:
    asked = question()
    assert tax_of_credit(answering(asked, AnsweredTax(amount=1, **said)), asked, LINE, SOURCES) == TaxFailure(
        f"The tax engine's {named} fits no tax item of the invoice line, or several."
    )


def test_an_answer_of_no_tax_at_all_leaves_the_whole_amount_to_the_line() -> None:
    found = TaxByAnswer(5000, (0, 0), (None, None))
    for mode in TaxMode:
        drawn = found.drawn(charged(LINE, SOURCES), 5000, mode)
        assert (drawn.amount, drawn.taxes) == (5000, (0, 0)), mode


@pytest.mark.parametrize(
    ("mode", "tax", "is_too_much"),
    [
        (TaxMode.INCLUSIVE, 9999, False),
        (TaxMode.INCLUSIVE, 10000, False),
        (TaxMode.INCLUSIVE, 10001, True),
        (TaxMode.EXCLUSIVE, 10001, False),
    ],
)
def test_an_amount_cannot_contain_more_tax_than_it_is(mode: TaxMode, tax: int, is_too_much: bool) -> None:
    asked = question(10000, mode)
    answer = TaxAnswer(items=(AnsweredTax(amount=tax - 1), AnsweredTax(amount=1)))
    failure = TaxFailure("The tax engine finds more tax in the amount than the amount is.")
    assert tax_of_line(answering(asked, *answer.items), asked) == (failure if is_too_much else answer)
