"""What the entity's tax engine makes of a line: of a credit, what it takes of each tax item; else, tax items.

Pure: the rates are among the facts, and so are the answers of a callback, which was asked before. None where an
answer is still missing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from app.domain.built_in_tax import rated_answer, rated_proportions
from app.domain.entity import TaxCallback
from app.domain.facts import Facts
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.money import minor_digits, round_half_away, split
from app.domain.proration import (
    ChargedLine,
    Drawn,
    Proportion,
    capped_exclusive,
    capped_inclusive,
    copy_inclusive,
    prorate_exclusive,
    prorate_inclusive,
)
from app.domain.tax_engine import (
    AnsweredTax,
    SourceTax,
    TaxAnswer,
    TaxFailure,
    TaxQuestion,
    Unanswered,
)
from app.domain.tax_matching import place_of
from app.domain.vocabulary import TaxEngineKind, TaxMode


class CalculatedTax(Protocol):
    """How an engine taxes a credit of an invoice line, whatever its amount."""

    @property
    def rates(self) -> Sequence[int | None]:
        """The rate used for each tax item of the line, in hundred-millionths; None: the invoice's own stands."""
        ...

    def drawn(self, line: ChargedLine, amount: int, mode: TaxMode) -> Drawn:
        """What a credit of the amount takes; it counts into C and T where its tax was found."""
        ...


@dataclass(frozen=True, slots=True)
class NoTax:
    """A line that is exempt, or was charged no tax."""

    items: int
    """How many tax items the invoice line has."""
    exempt: bool
    """Then its credits take no tax, and leave what later ones take of it alone."""

    @property
    def rates(self) -> Sequence[int | None]:
        return (None,) * self.items

    def drawn(self, line: ChargedLine, amount: int, mode: TaxMode) -> Drawn:
        return Drawn(amount, (0,) * self.items, copied=not self.exempt)


@dataclass(frozen=True, slots=True)
class TaxToCome:
    """A line whose tax could not be found (OnTaxFailure.DRAFT): it takes none until it is calculated again.

    Of an amount that contains its tax it takes what would be without it by what was charged.
    """

    items: int
    """How many tax items the invoice line has."""

    @property
    def rates(self) -> Sequence[int | None]:
        return (None,) * self.items

    def drawn(self, line: ChargedLine, amount: int, mode: TaxMode) -> Drawn:
        if mode is TaxMode.INCLUSIVE:
            amount = copy_inclusive(line, amount).amount
        return Drawn(amount, (0,) * self.items, copied=False)


@dataclass(frozen=True, slots=True)
class TaxByRate:
    """Cumulative like a copy, with a rate in place of what was charged."""

    proportions: tuple[Proportion, ...]
    rates: Sequence[int | None]

    def drawn(self, line: ChargedLine, amount: int, mode: TaxMode) -> Drawn:
        prorate = prorate_inclusive if mode is TaxMode.INCLUSIVE else prorate_exclusive
        return prorate(line, amount, self.proportions)


@dataclass(frozen=True, slots=True)
class TaxByAnswer:
    """As a callback answered for one amount, capped at what is left.

    Other amounts, tried when a refusal names one that would pass, are taxed in proportion.
    """

    asked: int
    taxes: tuple[int, ...]
    rates: Sequence[int | None]

    def drawn(self, line: ChargedLine, amount: int, mode: TaxMode) -> Drawn:
        if mode is TaxMode.EXCLUSIVE:
            return capped_exclusive(
                line, amount, [round_half_away(tax * amount, self.asked) for tax in self.taxes]
            )
        # As one, and split: item by item, the tax could rise by more than the amount it is contained in.
        total = round_half_away(sum(self.taxes) * amount, self.asked)
        return capped_inclusive(line, amount, split(total, self.taxes) if total else [0] * len(self.taxes))


def question_of_credit(
    invoice: Invoice,
    line: InvoiceLine,
    sources: Sequence[InvoiceLineTax],
    *,
    amount: int,
    mode: TaxMode,
    memo_tax_date: date | None,
) -> TaxQuestion | None:
    """What an engine is asked for a credit of the line; None where there is no tax to find: then it is NoTax.

    The amount is the one asked for. A tax-only line asks nothing: its tax is a share of what was charged.
    """
    if line.tax_exempt or not sources or not amount:
        return None
    day = memo_tax_date or invoice.invoice_date
    return TaxQuestion(
        currency=line.currency,
        digits=minor_digits(line.currency),
        tax_date=day,
        sku=line.sku,
        tax_code=line.tax_code,
        jurisdiction=line.jurisdiction,
        mode=mode,
        amount=amount,
        invoice_line_id=line.id,
        invoice_line_amount=line.amount,
        sources=tuple(_source(each, day) for each in sources),
    )


def _source(item: InvoiceLineTax, day: date) -> SourceTax:
    return SourceTax(
        id=item.id,
        name=item.name,
        code=item.code,
        jurisdiction=item.jurisdiction,
        location_code=item.location_code,
        rate=item.rate,
        rate_type=item.rate_type,
        tax_date=item.tax_date or day,
        amount=item.amount,
    )


def tax_of_credit(
    facts: Facts, question: TaxQuestion | None, line: InvoiceLine, sources: Sequence[InvoiceLineTax]
) -> CalculatedTax | TaxFailure | None:
    """How the entity's engine taxes a credit of the invoice line, which has these tax items.

    NoTax where it is asked nothing; None while its callback has not been asked.
    """
    if question is None:
        return NoTax(len(sources), exempt=line.tax_exempt)
    if facts.settings.tax_engine is TaxEngineKind.CALLBACK:
        answer = facts.tax_answers.get(question)
        return _matched(question, answer) if isinstance(answer, TaxAnswer) else answer
    proportions = rated_proportions(facts, question)
    if isinstance(proportions, TaxFailure):
        return proportions
    return TaxByRate(tuple(each for each, _ in proportions), tuple(rate for _, rate in proportions))


def tax_of_line(facts: Facts, question: TaxQuestion) -> TaxAnswer | TaxFailure | None:
    """The tax items of a line that credits no invoice line; None while the callback has not been asked."""
    if facts.settings.tax_engine is not TaxEngineKind.CALLBACK:
        return rated_answer(facts, question)
    answer = facts.tax_answers.get(question)
    if isinstance(answer, TaxAnswer) and question.mode is TaxMode.INCLUSIVE:
        tax = sum(item.amount for item in answer.items)
        if tax > question.amount:
            return TaxFailure("The tax engine finds more tax in the amount than the amount is.")
    return answer


def require_answers(facts: Facts, questions: Iterable[TaxQuestion]) -> None:
    """Raises Unanswered with all the questions that only the callback can answer, and has not yet."""
    if facts.settings.tax_engine is not TaxEngineKind.CALLBACK:
        return
    if missing := [question for question in questions if question not in facts.tax_answers]:
        [callback] = facts.every(TaxCallback)
        raise Unanswered(callback, missing)


def _matched(question: TaxQuestion, answer: TaxAnswer) -> TaxByAnswer | TaxFailure:
    """The answer's items added up on the tax items of the invoice line that they are about."""
    taxes = [0] * len(question.sources)
    rates: list[int | None] = [None] * len(question.sources)
    for item in answer.items:
        place = place_of(item, question.sources)
        if place is None:
            return TaxFailure(
                f"The tax engine's {_named(item)} fits no tax item of the invoice line, or several."
            )
        taxes[place] += item.amount
        rates[place] = item.rate
    return TaxByAnswer(question.amount, tuple(taxes), tuple(rates))


def _named(item: AnsweredTax) -> str:
    said = [each for each in (item.jurisdiction, item.location_code, item.code, item.name) if each]
    return f"tax ({', '.join(said)})" if said else "tax without a name"
