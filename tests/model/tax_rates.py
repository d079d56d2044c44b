"""Section 5, CALCULATE with the built-in engine: rates by tax code and jurisdiction, with validity dates.

A function answers None where the engine fails: a rate is missing, or it is not certain which one is meant.
"""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from tests.model.documents import Calculated, Invoice, InvoiceLine, TaxItem
from tests.model.drawing import Drawable, Taxes, contained, cumulative
from tests.model.entity import Rate
from tests.model.ledger import Ledger
from tests.model.money import ZERO, rounded, split
from tests.model.reading import read_date


def tax_of_drawn_line(
    ledger: Ledger,
    invoice: Invoice,
    line: InvoiceLine,
    source: Drawable,
    amount: Fraction,
    is_inclusive: bool,
    memo_day: date | None,
) -> Taxes | None:
    """By magnitude and source tax item. On the source's tax date; exempt, or charged without tax: none."""
    if line.tax_exempt or not line.tax_items:
        return {}
    ratios: Taxes = {}
    for item in line.tax_items:
        ratio = _ratio(ledger, line, item, _day_of(item) or memo_day or invoice.date)
        if ratio is None:
            return None
        ratios[item.handle] = ratio
    if not is_inclusive:
        return cumulative(source, ratios, amount, invoice.currency)
    together = sum(ratios.values(), ZERO)
    return contained(source, together / (1 + together), amount, invoice.currency)


def _day_of(item: TaxItem) -> date | None:
    return read_date(item.attributes.get("taxDate"))


def _ratio(ledger: Ledger, line: InvoiceLine, item: TaxItem, day: date) -> Fraction | None:
    """A flat fee has no rate: it is credited in proportion."""
    if item.attributes.get("rateType") == "FLAT_FEE":
        return abs(item.amount / line.amount) if line.amount else ZERO
    code = item.attributes.get("code") or line.tax_code
    jurisdiction = item.attributes.get("jurisdiction") or line.jurisdiction
    fitting = rates_on(ledger, code, jurisdiction, day)
    for name, wanted in (("name", "name"), ("locationCode", "location_code")):
        if len(fitting) > 1 and item.attributes.get(name) is not None:
            fitting = [rate for rate in fitting if getattr(rate, wanted) == item.attributes[name]]
    return fitting[0].rate if len(fitting) == 1 else None


def rates_on(ledger: Ledger, code: str | None, jurisdiction: str | None, day: date) -> list[Rate]:
    """In the order of their names."""
    found = [
        rate
        for rate in ledger.entity.rates
        if (rate.tax_code, rate.jurisdiction) == (code, jurisdiction) and rate.holds_on(day)
    ]
    return sorted(found, key=lambda rate: rate.name)


def tax_of_standalone_line(
    ledger: Ledger, line: Calculated, amount: Fraction, currency: str, day: date
) -> Sequence[Fraction] | None:
    """A tax item for each rate of its code and jurisdiction."""
    if line.tax_exempt:
        return []
    rates = rates_on(ledger, line.tax_code, line.jurisdiction, day)
    if not rates:
        return None
    shares = [rate.rate for rate in rates]
    if not line.is_inclusive:
        return [rounded(amount * share, currency) for share in shares]
    together = sum(shares, ZERO)
    return split(rounded(amount * together / (1 + together), currency), shares, currency)
