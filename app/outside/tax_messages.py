"""The JSON of a tax callback: questions go out, answers come in and are taken strictly or not at all.

Amounts and rates are texts in both directions: no number of JSON ever becomes money.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import orjson

from app.domain.money import (
    MAX_MINOR,
    RATE_DIGITS,
    AmountOutOfRange,
    TooManyDecimals,
    minor_to_text,
    rate_to_scaled,
    to_minor,
)
from app.domain.tax_engine import AnsweredTax, TaxAnswer, TaxFailure, TaxQuestion
from app.domain.vocabulary import TaxRateType

VERSION = 1
MOST_ITEMS = 1000
"""Tax items of one line."""
MOST_OF_A_TEXT = 255
"""Characters: what the columns of a tax item hold."""

_TEXTS = {
    "name": "name",
    "code": "code",
    "codeDescription": "code_description",
    "jurisdiction": "jurisdiction",
    "locationCode": "location_code",
    "rateDescription": "rate_description",
}
_ITEM = {*_TEXTS, "amount", "rate", "rateType"}
_NUMBER = re.compile(r"-?\d{1,24}(\.\d{1,24})?", re.ASCII)


class Unusable(Exception):
    """An answer that means nothing certain; the message says what is wrong with it."""


def request_body(questions: Sequence[TaxQuestion], *, request_id: str, preview: bool) -> bytes:
    """Questions of one currency as the body of a request; line 1 is the first."""
    return orjson.dumps(
        {
            "version": VERSION,
            "requestId": request_id,
            "preview": preview,
            "currency": questions[0].currency,
            "lines": [_line(number, question) for number, question in enumerate(questions, start=1)],
        }
    )


def _line(number: int, question: TaxQuestion) -> dict[str, Any]:
    whole = question.invoice_line_amount
    return {
        "line": number,
        "amount": minor_to_text(question.amount, question.digits),
        "taxMode": question.mode,
        "taxDate": question.tax_date,
        "sku": question.sku,
        "taxCode": question.tax_code,
        "jurisdiction": question.jurisdiction,
        "invoiceLineId": question.invoice_line_id,
        "invoiceLineAmount": None if whole is None else minor_to_text(whole, question.digits),
        "sourceTaxItems": [
            {
                "id": source.id,
                "name": source.name,
                "code": source.code,
                "jurisdiction": source.jurisdiction,
                "locationCode": source.location_code,
                "rate": None if source.rate is None else minor_to_text(source.rate, RATE_DIGITS),
                "rateType": source.rate_type,
                "taxDate": source.tax_date,
                "amount": minor_to_text(source.amount, question.digits),
            }
            for source in question.sources
        ],
    }


def answers_of(body: bytes, questions: Sequence[TaxQuestion]) -> dict[TaxQuestion, TaxAnswer | TaxFailure]:
    """One answer for each question. A line that cannot be used fails alone, a message that cannot fails them all."""
    try:
        lines = _lines(body, len(questions))
    except Unusable as error:
        return dict.fromkeys(questions, TaxFailure(f"The tax engine's answer cannot be used: {error}."))
    return {question: _answer(lines[place], question) for place, question in enumerate(questions, start=1)}


def _lines(body: bytes, count: int) -> dict[int, dict[str, Any]]:
    """The answer's lines by their number: each of the request's exactly once."""
    try:
        message = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unusable("it is not JSON") from error
    given = _object(message, "the answer").get("lines")
    if not isinstance(given, list):
        raise Unusable("it has no list of lines")
    lines: dict[int, dict[str, Any]] = {}
    for each in given:
        line = _object(each, "a line")
        number = line.get("line")
        if type(number) is not int or not 1 <= number <= count:
            raise Unusable("a line does not name one of the request's")
        if number in lines:
            raise Unusable(f"line {number} is answered twice")
        lines[number] = line
    if len(lines) != count:
        raise Unusable(f"{count - len(lines)} lines have no answer")
    return lines


def _answer(line: dict[str, Any], question: TaxQuestion) -> TaxAnswer | TaxFailure:
    try:
        if line.get("error") is not None:
            return TaxFailure(f"The tax engine says: {_text(line['error'], 'error')}")
        items = line.get("taxItems")
        if not isinstance(items, list):
            raise Unusable("taxItems is not a list")
        if len(items) > MOST_ITEMS:
            raise Unusable(f"it has more than {MOST_ITEMS} tax items")
        answered = tuple(_item(each, question) for each in items)
        if sum(abs(item.amount) for item in answered) >= MAX_MINOR:
            raise Unusable("its tax is too large")
    except Unusable as error:
        return TaxFailure(f"The tax engine's answer cannot be used: {error}.")
    return TaxAnswer(items=answered)


def _item(given: Any, question: TaxQuestion) -> AnsweredTax:
    item = _object(given, "a tax item")
    if unknown := sorted(item.keys() - _ITEM):
        raise Unusable(f"a tax item has an unknown field {unknown[0][:40]!r}")
    amount = _amount(item.get("amount"), question)
    texts = {ours: _optional_text(item.get(theirs), theirs) for theirs, ours in _TEXTS.items()}
    return AnsweredTax(
        amount=amount, rate=_rate(item.get("rate")), rate_type=_rate_type(item.get("rateType")), **texts
    )


def _amount(given: Any, question: TaxQuestion) -> int:
    """In minor units, with the question's sign."""
    value = _number(given, "amount")
    try:
        amount = to_minor(value, question.digits)
    except TooManyDecimals as error:
        raise Unusable(f"an amount has more decimals than {question.currency} has") from error
    except AmountOutOfRange as error:
        raise Unusable("an amount is too large") from error
    if amount * question.amount < 0:
        raise Unusable("an amount has not the sign of its line")
    return amount


def _rate(given: Any) -> int | None:
    if given is None:
        return None
    try:
        rate = rate_to_scaled(_number(given, "rate"))
    except (TooManyDecimals, AmountOutOfRange) as error:
        raise Unusable(f"a rate has more than {RATE_DIGITS} decimals, or is too large") from error
    if rate < 0:
        raise Unusable("a rate is below 0")
    return rate


def _rate_type(given: Any) -> TaxRateType | None:
    if given is None:
        return None
    if given not in list(TaxRateType):
        raise Unusable(f"a rateType is none of {', '.join(TaxRateType)}")
    return TaxRateType(given)


def _number(given: Any, field: str) -> Decimal:
    if not isinstance(given, str) or not _NUMBER.fullmatch(given):
        raise Unusable(f"{field} is not a decimal number written as a text")
    return Decimal(given)


def _optional_text(given: Any, field: str) -> str | None:
    return None if given is None else _text(given, field)


def _text(given: Any, field: str) -> str:
    if not isinstance(given, str) or "\0" in given or len(given) > MOST_OF_A_TEXT:
        raise Unusable(f"{field} is not a text of at most {MOST_OF_A_TEXT} characters")
    return given


def _object(given: Any, what: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise Unusable(f"{what} is not an object")
    return given
