"""The built-in tax engine: rates by tax code and jurisdiction, each valid from a day through another."""

from datetime import date
from fractions import Fraction

from app.domain.entity import TaxRate
from app.domain.facts import Facts
from app.domain.money import RATE_DIGITS, round_half_away, split
from app.domain.proration import Proportion
from app.domain.tax_engine import AnsweredTax, SourceTax, TaxAnswer, TaxFailure, TaxQuestion
from app.domain.vocabulary import TaxMode, TaxRateType

ONE = 10**RATE_DIGITS
"""The rate of 100 %."""


def rated_proportions(
    facts: Facts, question: TaxQuestion
) -> list[tuple[Proportion, int | None]] | TaxFailure:
    """For each tax item of the credited line: what part of an amount it is now, and by which rate.

    A flat fee has no rate: it is credited in proportion to the line, as a copy would.
    """
    found: list[tuple[Proportion, int | None]] = []
    for source in question.sources:
        if source.rate_type is TaxRateType.FLAT_FEE:
            found.append((Proportion(source.amount, question.invoice_line_amount or 0), None))
            continue
        rate = _rate_of(facts, question, source)
        if isinstance(rate, TaxFailure):
            return rate
        found.append((Proportion(rate.rate, ONE), rate.rate))
    return found


def rated_answer(facts: Facts, question: TaxQuestion) -> TaxAnswer | TaxFailure:
    """The tax items of a line that credits no invoice line: one for each rate of its tax code and jurisdiction."""
    if question.tax_code is None or question.jurisdiction is None:
        missing = "tax code" if question.tax_code is None else "jurisdiction"
        return TaxFailure(f"The line names no {missing}: no rate can be found for it.")
    rates = _valid(facts, question.tax_code, question.jurisdiction, question.tax_date)
    if not rates:
        return _no_rate(question.tax_code, question.jurisdiction, question.tax_date)
    amounts = _taxes(question.amount, [each.rate for each in rates], question.mode)
    return TaxAnswer(
        items=tuple(_answered(rate, amount) for rate, amount in zip(rates, amounts, strict=True))
    )


def _taxes(amount: int, rates: list[int], mode: TaxMode) -> list[int]:
    """The tax on an amount, rate by rate; or in it: found as one, and split over the rates by what each is."""
    if mode is TaxMode.EXCLUSIVE:
        return [round_half_away(rate * amount, ONE) for rate in rates]
    all_rates = Fraction(sum(rates), ONE)
    if not all_rates:
        return [0] * len(rates)
    of_gross = all_rates / (1 + all_rates)
    return split(round_half_away(of_gross.numerator * amount, of_gross.denominator), rates)


def _answered(rate: TaxRate, amount: int) -> AnsweredTax:
    return AnsweredTax(
        amount=amount,
        name=rate.name,
        code=rate.tax_code,
        code_description=rate.code_description,
        jurisdiction=rate.jurisdiction,
        location_code=rate.location_code,
        rate=rate.rate,
        rate_description=rate.rate_description,
        rate_type=TaxRateType.PERCENTAGE,
    )


def _rate_of(facts: Facts, question: TaxQuestion, source: SourceTax) -> TaxRate | TaxFailure:
    """The one rate that fits the item; its name and location code decide only where several fit."""
    code, jurisdiction = source.code or question.tax_code, source.jurisdiction or question.jurisdiction
    fitting = _valid(facts, code, jurisdiction, source.tax_date)
    for said in ("name", "location_code"):
        closer = [rate for rate in fitting if getattr(rate, said) == getattr(source, said)]
        fitting = closer or fitting
    if not fitting:
        return _no_rate(code, jurisdiction, source.tax_date)
    if len(fitting) > 1:
        names = ", ".join(rate.name for rate in fitting)
        return TaxFailure(f"More than one rate fits {_place(code, jurisdiction)}: {names}.")
    return fitting[0]


def _valid(facts: Facts, code: str | None, jurisdiction: str | None, day: date) -> list[TaxRate]:
    """The rates on the day, by name: of one name there is no more than one (upsertTaxRates sees to it)."""
    if code is None:
        return []
    valid = [
        rate
        for rate in facts.of(TaxRate, "tax_code", code)
        if rate.jurisdiction == jurisdiction
        and rate.valid_from <= day
        and (rate.valid_through is None or day <= rate.valid_through)
    ]
    return sorted(valid, key=lambda rate: rate.name)


def _no_rate(code: str | None, jurisdiction: str | None, day: date) -> TaxFailure:
    return TaxFailure(f"There is no rate for {_place(code, jurisdiction)} on {day}.")


def _place(code: str | None, jurisdiction: str | None) -> str:
    return f"tax code {code or '(none)'} in jurisdiction {jurisdiction or '(none)'}"
