"""Tax engines for tests: rates of the entity, or a callback whose answers the test gives."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from app.domain.commands import (
    ConfigureTaxEngine,
    MemoLineEntry,
    TaxCallbackEntry,
    TaxRateEntry,
    UpsertTaxRates,
)
from app.domain.entity import TaxCallback
from app.domain.money import RATE_DIGITS, round_half_away
from app.domain.tax_engine import AnsweredTax, TaxAnswer, TaxAnswers, TaxFailure, TaxQuestion
from app.domain.vocabulary import OnTaxFailure, TaxEngineKind, TaxMode, TaxStrategy
from tests.support.books import TestBooks
from tests.support.building import Made, draft_memo, memo_line

URL = "http://127.0.0.1:9/taxes"
SECRET = "a-secret-of-the-tests"


def rate_entry(rate: str, name: str = "SALES TAX", **said: Any) -> TaxRateEntry:
    return TaxRateEntry(
        **{
            "tax_code": "SAAS",
            "jurisdiction": "TEXAS",
            "name": name,
            "rate": Decimal(rate),
            "valid_from": dt.date(2025, 1, 1),
            **said,
        }
    )


async def with_rates(books: TestBooks, *rates: TaxRateEntry) -> None:
    """From now on the entity's tax is calculated by its own rates, these among them."""
    if rates:
        await books.perform(UpsertTaxRates(tax_rates=list(rates)))
    await books.perform(ConfigureTaxEngine(engine=TaxEngineKind.BUILT_IN))


async def with_callback(books: TestBooks, url: str = URL, timeout_milliseconds: int = 5000) -> None:
    """From now on the entity's tax is asked for outside."""
    callback = TaxCallbackEntry(url=url, secret=SECRET, timeout_milliseconds=timeout_milliseconds)
    await books.perform(ConfigureTaxEngine(engine=TaxEngineKind.CALLBACK, callback=callback))


async def without_engine(books: TestBooks) -> None:
    await books.perform(ConfigureTaxEngine())


def calculated_line(amount: str = "50.00", **said: Any) -> MemoLineEntry:
    """A line whose tax the engine finds."""
    strategy = TaxStrategy.CALCULATE
    return memo_line(
        amount, **{"tax_code": "SAAS", "jurisdiction": "TEXAS", "tax_strategy": strategy, **said}
    )


async def draft_without_tax(books: TestBooks) -> Made:
    """A draft whose tax could not be calculated: there is a built-in engine, and no rate yet."""
    await with_rates(books)
    return await draft_memo(books, calculated_line(), on_tax_failure=OnTaxFailure.DRAFT)


class Answering:
    """An AskTax that taxes every line at one rate, or by one amount, or fails, and remembers what it was asked."""

    def __init__(
        self, rate: str = "0.0825", *, amount: int | None = None, failure: str | None = None
    ) -> None:
        self.rate = int(Decimal(rate) * 10**RATE_DIGITS)
        self.amount = amount
        self.failure = failure
        self.asked: list[TaxQuestion] = []
        self.previews: list[bool] = []

    async def __call__(
        self, callback: TaxCallback, questions: Sequence[TaxQuestion], *, preview: bool
    ) -> TaxAnswers:
        self.asked += questions
        self.previews.append(preview)
        return {question: self._answer(question) for question in questions}

    def _answer(self, question: TaxQuestion) -> TaxAnswer | TaxFailure:
        if self.failure is not None:
            return TaxFailure(self.failure)
        one = 10**RATE_DIGITS
        base = one + self.rate if question.mode is TaxMode.INCLUSIVE else one
        amount = round_half_away(question.amount * self.rate, base) if self.amount is None else self.amount
        tax = AnsweredTax(amount=amount, name="SALES TAX", code="SAAS", jurisdiction="TEXAS", rate=self.rate)
        return TaxAnswer(items=(tax,))
