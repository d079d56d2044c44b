"""Section 5: what may still be drawn from an invoice line, and the tax a drawn memo line takes with it.

Everything goes by magnitude, so that a negative line is its positive twin: `sign` puts the sign back at the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from tests.model.documents import Invoice, InvoiceLine, MemoLine
from tests.model.ledger import Ledger
from tests.model.money import ZERO, rounded, split


@dataclass(frozen=True)
class Drawable:
    """An invoice line seen by magnitude: what it charged, what is left of it, what automatic credits took."""

    sign: int
    amount: Fraction
    amount_left: Fraction
    taxes: Mapping[str, Fraction]
    taxes_left: Mapping[str, Fraction]
    automatic_amount: Fraction
    automatic_taxes: Mapping[str, Fraction]

    @property
    def tax_left(self) -> Fraction:
        return sum(self.taxes_left.values(), ZERO)

    @property
    def total_left(self) -> Fraction:
        return self.amount_left + self.tax_left


@dataclass
class Draft:
    """A memo line to be: signed amount, signed tax by source tax item (None: no source), in order."""

    amount: Fraction
    taxes: list[tuple[str | None, Fraction]] = field(default_factory=list)
    source_line: str | None = None
    took_tax_automatically: bool = False

    @property
    def tax(self) -> Fraction:
        return sum((tax for _, tax in self.taxes), ZERO)

    @property
    def total(self) -> Fraction:
        return self.amount + self.tax


def drawable(ledger: Ledger, line: InvoiceLine) -> Drawable:
    drawn = ledger.lines_drawn_from(line)
    automatic = [memo_line for memo_line in drawn if memo_line.took_tax_automatically]
    taxes = {item.handle: abs(item.amount) for item in line.tax_items}
    return Drawable(
        sign=-1 if line.total < 0 else 1,
        amount=abs(line.amount),
        amount_left=abs(line.amount) - sum((abs(d.amount) for d in drawn), ZERO),
        taxes=taxes,
        taxes_left={item: taxes[item] - tax_taken(drawn, item) for item in taxes},
        automatic_amount=sum((abs(d.amount) for d in automatic), ZERO),
        automatic_taxes={item: tax_taken(automatic, item) for item in taxes},
    )


def tax_taken(drawn: list[MemoLine], source_item: str) -> Fraction:
    """The magnitude that memo lines took of one tax item."""
    items = [item for memo_line in drawn for item in memo_line.tax_items if item.source == source_item]
    return sum((abs(item.amount) for item in items), ZERO)


def drawn_from_invoice(ledger: Ledger, invoice: Invoice) -> Fraction:
    """With tax, signed: what all its lines have given to memos."""
    return sum((d.total for line in invoice.lines for d in ledger.lines_drawn_from(line)), ZERO)


def left_on_invoice(ledger: Ledger, invoice: Invoice) -> Fraction:
    """Section 3.7: without this, 400 could be drawn from 400 - 100, and the -100 never."""
    return max(ZERO, invoice.total) - drawn_from_invoice(ledger, invoice)


def copied_tax(source: Drawable, amount: Fraction, currency: str) -> dict[str, Fraction]:
    """COPY_FROM_INVOICE_LINE, exclusive: the cumulative proportion, less what automatic credits took before."""
    if source.amount == 0:
        return dict.fromkeys(source.taxes, ZERO)
    credited = source.automatic_amount + amount
    shares = {}
    for item, tax in source.taxes.items():
        share = rounded(tax * credited / source.amount, currency) - source.automatic_taxes[item]
        shares[item] = min(max(share, ZERO), source.taxes_left[item])
    return shares


def contained_tax(source: Drawable, gross: Fraction, currency: str) -> dict[str, Fraction]:
    """INCLUSIVE: the tax that the gross amount contains, split over the tax items by what is left of each."""
    taken = sum(source.automatic_taxes.values(), ZERO)
    credited = source.automatic_amount + taken + gross
    charged = source.amount + sum(source.taxes.values(), ZERO)
    proportion = sum(source.taxes.values(), ZERO) * credited / charged if charged else ZERO
    least, most = max(ZERO, gross - source.amount_left), min(gross, source.tax_left)
    tax = min(max(rounded(proportion, currency) - taken, least), most)
    parts = split(tax, list(source.taxes_left.values()), currency)
    return dict(zip(source.taxes_left, parts, strict=True))


def tax_of_a_tax_only_line(source: Drawable, named: Fraction, currency: str) -> dict[str, Fraction]:
    """The tax that belongs to the amount named, at most what is left; no amount named: all that is left."""
    if named == 0 or source.amount == 0:
        return dict(source.taxes_left)
    return {
        item: min(rounded(tax * named / source.amount, currency), source.taxes_left[item])
        for item, tax in source.taxes.items()
    }


def signed(source: Drawable, taxes: Mapping[str, Fraction]) -> list[tuple[str | None, Fraction]]:
    """In the order of the line's tax items; an item of which nothing is taken makes no memo tax item."""
    return [(item, source.sign * tax) for item, tax in taxes.items() if tax != 0]
