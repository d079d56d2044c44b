"""The built-in engine: which rate fits, and what happens where none does, or several do."""

from datetime import date
from typing import Any

import pytest

from app.domain.calculated_tax import question_of_credit, tax_of_credit, tax_of_line
from app.domain.drawing import charged
from app.domain.entity import Settings, TaxRate
from app.domain.facts import Facts
from app.domain.invoice import InvoiceLine, InvoiceLineTax
from app.domain.tax_engine import AnsweredTax, TaxAnswer, TaxFailure, TaxQuestion
from app.domain.vocabulary import TaxEngineKind, TaxMode, TaxRateType
from tests.rules.facts import facts, invoice, line, tax

PERCENT = 10**6
BUILT_IN = Settings(tax_engine=TaxEngineKind.BUILT_IN)


def rate(percent: float, name: str = "STATE", since: date = date(2025, 1, 1), **said: Any) -> TaxRate:
    return TaxRate(
        **{
            "id": f"txr_{name}_{since}_{sorted(said.items())}",
            "tax_code": "SAAS",
            "jurisdiction": "TEXAS",
            "name": name,
            "rate": int(percent * PERCENT),
            "valid_from": since,
            **said,
        }
    )


def taxed_line(**said: Any) -> InvoiceLine:
    return line(**{"tax": 825, "tax_code": "SAAS", "jurisdiction": "TEXAS", **said})


def source(**said: Any) -> InvoiceLineTax:
    return tax(**{"code": "SAAS", "jurisdiction": "TEXAS", **said})


def known(*rates: TaxRate) -> Facts:
    return facts(*rates, settings=BUILT_IN)


def credited(
    rates: Facts,
    of: InvoiceLine,
    *sources: InvoiceLineTax,
    amount: int = 5000,
    mode: TaxMode = TaxMode.EXCLUSIVE,
    tax_date: date | None = None,
) -> tuple[int, ...] | str | None:
    """The taxes that a credit takes, or why not; None where nothing is asked."""
    question = question_of_credit(invoice(), of, sources, amount=amount, mode=mode, memo_tax_date=tax_date)
    if question is None:
        return None
    found = tax_of_credit(rates, question, of, sources)
    assert found is not None
    if isinstance(found, TaxFailure):
        return found.message
    return found.drawn(charged(of, list(sources)), amount, mode).taxes


def test_a_credit_has_the_rate_of_its_items_code_and_jurisdiction() -> None:
    rates = known(rate(8.25), rate(20, jurisdiction="OHIO"), rate(5, tax_code="BOOKS"))
    assert credited(rates, taxed_line(), source()) == (413,)


def test_an_item_that_says_no_code_or_jurisdiction_has_its_lines() -> None:
    assert credited(known(rate(8.25)), taxed_line(), source(code=None, jurisdiction=None)) == (413,)


def test_each_item_of_a_line_has_a_rate_of_its_own() -> None:
    rates = known(rate(6.25), rate(2, "CITY", jurisdiction="AUSTIN"))
    sources = (source(amount=625), source(id="invt_2", amount=200, jurisdiction="AUSTIN"))
    assert credited(rates, taxed_line(), *sources) == (313, 100)


@pytest.mark.parametrize(
    ("of_item", "of_memo", "expected"),
    [
        (date(2025, 6, 1), date(2026, 3, 1), 300),
        (None, date(2026, 3, 1), 400),
        (None, None, 350),
    ],
    ids=["the item's day", "else the memo's", "else the invoice's"],
)
def test_the_rate_is_that_of_the_tax_date(of_item: date | None, of_memo: date | None, expected: int) -> None:
    rates = known(
        rate(6, valid_through=date(2025, 12, 31)),
        rate(7, since=date(2026, 1, 1), valid_through=date(2026, 1, 31)),
        rate(8, since=date(2026, 2, 1)),
    )
    assert credited(rates, taxed_line(), source(tax_date=of_item), tax_date=of_memo) == (expected,)


def test_a_rate_is_valid_through_its_last_day() -> None:
    rates = known(rate(6, valid_through=date(2026, 1, 9)), rate(1, since=date(2026, 1, 10)))
    assert credited(rates, taxed_line(), source(tax_date=date(2026, 1, 9))) == (300,)
    assert credited(rates, taxed_line(), source(tax_date=date(2026, 1, 10))) == (50,)


def test_a_rate_is_not_valid_before_its_first_day_and_the_failure_says_which_was_missing() -> None:
    rates = known(rate(6, since=date(2026, 1, 11)))
    assert credited(rates, taxed_line(), source()) == (
        "There is no rate for tax code SAAS in jurisdiction TEXAS on 2026-01-10."
    )
    assert credited(rates, taxed_line(tax_code=None), source(code=None)) == (
        "There is no rate for tax code (none) in jurisdiction TEXAS on 2026-01-10."
    )
    assert credited(rates, taxed_line(jurisdiction=None), source(jurisdiction=None)) == (
        "There is no rate for tax code SAAS in jurisdiction (none) on 2026-01-10."
    )


def test_where_several_rates_fit_the_items_name_decides_and_then_its_location() -> None:
    rates = known(
        rate(6, "STATE"), rate(2, "CITY", location_code="L1"), rate(1, "DISTRICT", location_code="L2")
    )
    assert credited(rates, taxed_line(), source(name="CITY")) == (100,)
    assert credited(rates, taxed_line(), source(name="SALES TAX", location_code="L2")) == (50,)
    assert credited(rates, taxed_line(), source(name="SALES TAX", location_code="L3")) == (
        "More than one rate fits tax code SAAS in jurisdiction TEXAS: CITY, DISTRICT, STATE."
    )


def test_one_rate_fits_whatever_its_name_and_two_of_other_names_do_not() -> None:
    other = source(name="SALES TAX", location_code="L3")
    assert credited(known(rate(6, location_code="L1")), taxed_line(), other) == (300,)
    assert credited(known(rate(6), rate(2, "CITY")), taxed_line(), other) == (
        "More than one rate fits tax code SAAS in jurisdiction TEXAS: CITY, STATE."
    )


def test_a_flat_fee_is_credited_in_proportion_and_needs_no_rate() -> None:
    fee = source(id="invt_2", amount=100, rate_type=TaxRateType.FLAT_FEE, jurisdiction="NOWHERE")
    assert credited(known(rate(8.25)), taxed_line(), source(), fee, amount=2500) == (206, 25)
    assert credited(known(rate(8.25)), taxed_line(), fee, source(), amount=2500) == (25, 206)
    assert credited(known(), taxed_line(amount=0), fee) == (0,), "of nothing there is no proportion"


def test_an_inclusive_credit_contains_the_tax_of_rates_and_fees_together() -> None:
    fee = source(id="invt_2", amount=175, rate_type=TaxRateType.FLAT_FEE)
    taxes = credited(known(rate(8.25)), taxed_line(), source(), fee, amount=5500, mode=TaxMode.INCLUSIVE)
    assert taxes == (413, 87)


def test_a_higher_rate_takes_no_more_than_was_charged() -> None:
    assert credited(known(rate(20)), taxed_line(), source(), amount=10000) == (825,)


def test_an_exempt_line_and_one_that_was_charged_no_tax_ask_nothing() -> None:
    assert credited(known(), taxed_line(tax_exempt=True), source()) is None
    assert credited(known(), taxed_line()) is None


def asked(amount: int = 10000, **said: Any) -> TaxQuestion:
    return TaxQuestion(
        **{
            "currency": "USD",
            "digits": 2,
            "tax_date": date(2026, 1, 10),
            "sku": None,
            "tax_code": "SAAS",
            "jurisdiction": "TEXAS",
            "mode": TaxMode.EXCLUSIVE,
            "amount": amount,
            **said,
        }
    )


def test_a_line_by_itself_gets_an_item_for_every_rate_of_its_code_and_jurisdiction() -> None:
    of_city = rate(2, "CITY", rate_description="Austin", code_description="Software", location_code="L1")
    assert tax_of_line(known(rate(6.25), of_city), asked()) == TaxAnswer(
        items=(
            AnsweredTax(
                amount=200,
                name="CITY",
                code="SAAS",
                code_description="Software",
                jurisdiction="TEXAS",
                location_code="L1",
                rate=2 * PERCENT,
                rate_description="Austin",
                rate_type=TaxRateType.PERCENTAGE,
            ),
            AnsweredTax(
                amount=625,
                name="STATE",
                code="SAAS",
                jurisdiction="TEXAS",
                rate=int(6.25 * PERCENT),
                rate_type=TaxRateType.PERCENTAGE,
            ),
        )
    )


def test_the_tax_in_an_amount_is_found_as_one_and_split_over_the_rates() -> None:
    rates = known(rate(6.25), rate(2, "CITY"))
    answer = tax_of_line(rates, asked(10825, mode=TaxMode.INCLUSIVE))
    assert isinstance(answer, TaxAnswer)
    assert [item.amount for item in answer.items] == [200, 625]


def test_a_rate_of_zero_gives_an_item_of_zero() -> None:
    for mode in TaxMode:
        answer = tax_of_line(known(rate(0)), asked(mode=mode))
        assert isinstance(answer, TaxAnswer)
        assert [item.amount for item in answer.items] == [0]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"tax_code": None}, "The line names no tax code: no rate can be found for it."),
        ({"jurisdiction": None}, "The line names no jurisdiction: no rate can be found for it."),
        ({"jurisdiction": "OHIO"}, "There is no rate for tax code SAAS in jurisdiction OHIO on 2026-01-10."),
    ],
)
def test_a_line_by_itself_without_a_rate_fails_and_says_why(said: dict[str, Any], message: str) -> None:
    assert tax_of_line(known(rate(6)), asked(**said)) == TaxFailure(message)
