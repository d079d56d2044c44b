"""What a tax engine is asked for a line of a memo, and what it answers, whichever engine it is.

A question says what is priced, and nothing about what other credits have taken of the invoice meanwhile: while
nothing priced changes it stays the same value, and an answer to it stays good.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeAlias

from app.domain.entity import TaxCallback
from app.domain.vocabulary import TaxMode, TaxRateType


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTax:
    """A tax item of the invoice line that is credited, as it was charged. Amount signed, in minor units."""

    id: str
    name: str | None
    code: str | None
    jurisdiction: str | None
    location_code: str | None
    rate: int | None
    """Hundred-millionths, where the invoice said it."""
    rate_type: TaxRateType | None
    tax_date: date
    """The item's own, else the memo's, else the invoice's."""
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxQuestion:
    """One line to be taxed. `sources` are there for a credit of an invoice line, else it stands by itself."""

    currency: str
    digits: int
    """Decimals of the currency."""
    tax_date: date
    sku: str | None
    tax_code: str | None
    jurisdiction: str | None
    mode: TaxMode
    amount: int
    """Signed, in minor units, as it was asked for: with its tax where the mode is INCLUSIVE, else without."""
    invoice_line_id: str | None = None
    invoice_line_amount: int | None = None
    """Of the whole invoice line, without tax."""
    sources: tuple[SourceTax, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredTax:
    """A tax that the engine finds on a line. Its amount has the question's sign, or is 0."""

    amount: int
    name: str | None = None
    code: str | None = None
    code_description: str | None = None
    jurisdiction: str | None = None
    location_code: str | None = None
    rate: int | None = None
    """Hundred-millionths, not below 0."""
    rate_description: str | None = None
    rate_type: TaxRateType | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxAnswer:
    """All taxes of a line; contained in its amount where the question's mode is INCLUSIVE."""

    items: tuple[AnsweredTax, ...]


@dataclass(frozen=True, slots=True)
class TaxFailure:
    """Why a line could not be taxed, in a sentence fit for the caller: no address, no secret, no stack."""

    message: str


TaxAnswers: TypeAlias = Mapping[TaxQuestion, TaxAnswer | TaxFailure]
"""What a callback has answered so far."""


class Unanswered(Exception):
    """The work needs answers that only the callback can give.

    Raised inside a transaction, so that it rolls back and nothing is locked while they are asked for; then the work
    runs again with the answers.
    """

    def __init__(self, callback: TaxCallback, questions: Sequence[TaxQuestion]) -> None:
        super().__init__(f"{len(questions)} questions for the tax engine")
        self.callback = callback
        self.questions = tuple(dict.fromkeys(questions))


class AskTax(Protocol):
    """Asks a callback. Every question has an answer afterwards, a TaxFailure where there was none to be had."""

    async def __call__(
        self, callback: TaxCallback, questions: Sequence[TaxQuestion], *, preview: bool
    ) -> TaxAnswers: ...


async def nobody_to_ask(
    callback: TaxCallback, questions: Sequence[TaxQuestion], *, preview: bool
) -> TaxAnswers:
    """The AskTax of a process that speaks to no server outside."""
    return dict.fromkeys(questions, TaxFailure("This process asks no tax engine outside."))
