"""Answers are taken strictly or not at all."""

import json
from datetime import date
from typing import Any

import pytest

from app.domain.tax_engine import AnsweredTax, TaxAnswer, TaxFailure, TaxQuestion
from app.domain.vocabulary import TaxMode
from app.outside.tax_messages import MOST_ITEMS, answers_of


def question(amount: int = 5000, currency: str = "USD", digits: int = 2) -> TaxQuestion:
    return TaxQuestion(
        currency=currency,
        digits=digits,
        tax_date=date(2026, 1, 10),
        sku=None,
        tax_code="SAAS",
        jurisdiction="TEXAS",
        mode=TaxMode.EXCLUSIVE,
        amount=amount,
    )


def told(message: Any, asked: TaxQuestion | None = None) -> TaxAnswer | str:
    """What a message comes to for the one line that it is about: an answer, or what is wrong with it."""
    asked = asked or question()
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    found = answers_of(body, [asked])[asked]
    if isinstance(found, TaxAnswer):
        return found
    return found.message.removeprefix("The tax engine's answer cannot be used: ").removesuffix(".")


def one_line(**said: Any) -> dict[str, Any]:
    return {"lines": [{"line": 1, **said}]}


def one_item(amount: Any = "4.13", **said: Any) -> dict[str, Any]:
    return one_line(taxItems=[{"amount": amount, **said}])


def test_an_item_needs_no_more_than_its_amount() -> None:
    assert told(one_item()) == TaxAnswer(items=(AnsweredTax(amount=413),))


def test_no_items_mean_no_tax() -> None:
    assert told(one_line(taxItems=[])) == TaxAnswer(items=())


def test_a_tax_of_zero_and_the_sign_of_a_negative_line_are_taken() -> None:
    assert told(one_item("-0")) == TaxAnswer(items=(AnsweredTax(amount=0),))
    assert told(one_item("-4.13"), question(-5000)) == TaxAnswer(items=(AnsweredTax(amount=-413),))


def test_decimals_are_those_of_the_currency() -> None:
    assert told(one_item("4"), question(50, "JPY", 0)) == TaxAnswer(items=(AnsweredTax(amount=4),))
    assert told(one_item("4.0"), question(50, "JPY", 0)) == "an amount has more decimals than JPY has"


AMOUNT = "amount is not a decimal number written as a text"


@pytest.mark.parametrize(
    ("message", "wrong"),
    [
        (b"", "it is not JSON"),
        (b"\xff\xfe", "it is not JSON"),
        (b'{"lines": [{"line": 1, "taxItems": [{"amount": NaN}]}]}', "it is not JSON"),
        (b'{"lines": [{"line": 1, "error": "\\ud800"}]}', "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        ([], "the answer is not an object"),
        ({}, "it has no list of lines"),
        ({"lines": {}}, "it has no list of lines"),
        ({"lines": [1]}, "a line is not an object"),
        ({"lines": []}, "1 lines have no answer"),
        ({"lines": [{"line": 2}]}, "a line does not name one of the request's"),
        ({"lines": [{"line": True}]}, "a line does not name one of the request's"),
        ({"lines": [{"line": 1}, {"line": 1}]}, "line 1 is answered twice"),
        (one_line(), "taxItems is not a list"),
        (one_line(taxItems=["4.13"]), "a tax item is not an object"),
        (one_line(taxItems=[{}]), AMOUNT),
        (one_item(4.13), AMOUNT),
        (one_item(4), AMOUNT),
        (one_item("NaN"), AMOUNT),
        (one_item("1e5"), AMOUNT),
        (one_item(" 1"), AMOUNT),
        (one_item("1_000"), AMOUNT),
        (one_item("٤"), AMOUNT),
        (one_item("4.125"), "an amount has more decimals than USD has"),
        (one_item("10000000000000"), "an amount is too large"),
        (one_item("-4.13"), "an amount has not the sign of its line"),
        (one_item(rate="-0.1"), "a rate is below 0"),
        (one_item(rate=0.0825), "rate is not a decimal number written as a text"),
        (one_item(rate="0.123456789"), "a rate has more than 8 decimals, or is too large"),
        (one_item(rateType="percent"), "a rateType is none of PERCENTAGE, FLAT_FEE"),
        (one_item(rateType=["PERCENTAGE"]), "a rateType is none of PERCENTAGE, FLAT_FEE"),
        (one_item(name="N" * 256), "name is not a text of at most 255 characters"),
        (one_item(jurisdiction="\0"), "jurisdiction is not a text of at most 255 characters"),
        (one_item(locationcode="L"), "a tax item has an unknown field 'locationcode'"),
        (one_line(taxItems=[{"amount": "0"}] * (MOST_ITEMS + 1)), "it has more than 1000 tax items"),
        (one_line(taxItems=[{"amount": "9000000000000.00"}] * 2), "its tax is too large"),
        (one_line(error=["no"]), "error is not a text of at most 255 characters"),
    ],
)
def test_what_is_not_certain_is_not_taken(message: Any, wrong: str) -> None:
    assert told(message) == wrong


def test_the_engine_s_own_reason_is_told() -> None:
    assert told(one_line(error="no such tax code")) == "The tax engine says: no such tax code"


def test_a_line_that_cannot_be_used_leaves_the_others_alone() -> None:
    asked = [question(100), question(200)]
    lines = [{"line": 2, "taxItems": [{"amount": "0.17"}]}, {"line": 1, "taxItems": [{"amount": 8}]}]
    found = answers_of(json.dumps({"lines": lines}).encode(), asked)
    assert isinstance(found[asked[0]], TaxFailure)
    assert found[asked[1]] == TaxAnswer(items=(AnsweredTax(amount=17),))
