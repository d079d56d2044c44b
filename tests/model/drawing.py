"""Section 5: what may still be drawn from an invoice line, and the tax a drawn memo line takes with it.

Everything goes by magnitude, so that a negative line is its positive twin: `sign` puts the sign back at the end.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from tests.model.documents import Calculated, Invoice, InvoiceLine, MemoLine
from tests.model.ledger import Ledger
from tests.model.money import ZERO, rounded, split

Taxes = dict[str, Fraction]
"""Magnitudes, or shares of the amount, by source tax item."""


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
    quantity_sign: int
    quantity: Fraction
    quantity_left: Fraction
    prorated_quantity: Fraction
    prorated_amount: Fraction

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
    quantity: Fraction = ZERO
    took_amount_by_quantity: bool = False
    tax_failed: bool = False
    calculated: Calculated | None = None
    words: dict[str, Any] = field(default_factory=dict)

    @property
    def tax(self) -> Fraction:
        return sum((tax for _, tax in self.taxes), ZERO)

    @property
    def total(self) -> Fraction:
        return self.amount + self.tax


def drawable(ledger: Ledger, line: InvoiceLine, without: str | None = None) -> Drawable:
    """`without`: a memo line that gives back what it drew, to draw anew."""
    drawn = [memo_line for memo_line in ledger.lines_drawn_from(line) if memo_line.handle != without]
    automatic = [memo_line for memo_line in drawn if memo_line.took_tax_automatically]
    by_quantity = [memo_line for memo_line in drawn if memo_line.took_amount_by_quantity]
    taxes = {item.handle: abs(item.amount) for item in line.tax_items}
    return Drawable(
        sign=line.sign,
        amount=abs(line.amount),
        amount_left=abs(line.amount) - sum((abs(d.amount) for d in drawn), ZERO),
        taxes=taxes,
        taxes_left={item: taxes[item] - tax_taken(drawn, item) for item in taxes},
        automatic_amount=sum((abs(d.amount) for d in automatic), ZERO),
        automatic_taxes={item: tax_taken(automatic, item) for item in taxes},
        quantity_sign=-1 if line.quantity < 0 else 1,
        quantity=abs(line.quantity),
        quantity_left=abs(line.quantity) - sum((abs(d.quantity) for d in drawn), ZERO),
        prorated_quantity=sum((abs(d.quantity) for d in by_quantity), ZERO),
        prorated_amount=sum((abs(d.amount) for d in by_quantity), ZERO),
    )


def tax_taken(drawn: list[MemoLine], source_item: str) -> Fraction:
    """The magnitude that memo lines took of one tax item."""
    items = [item for memo_line in drawn for item in memo_line.tax_items if item.source == source_item]
    return sum((abs(item.amount) for item in items), ZERO)


def drawn_from_invoice(ledger: Ledger, invoice: Invoice) -> Fraction:
    """With tax, signed: what all its lines have given to memos."""
    return sum((d.total for line in invoice.lines for d in ledger.lines_drawn_from(line)), ZERO)


def left_on_invoice(ledger: Ledger, invoice: Invoice) -> Fraction:
    """Section 3.7: without this, 400 could be drawn from 400 - 100, and the -100 never. A debit memo that takes credit
    back leaves nothing to credit.
    """
    if invoice.source != "INGESTED":
        return ZERO
    return max(ZERO, invoice.total) - drawn_from_invoice(ledger, invoice)


def amount_of_quantity(source: Drawable, quantity: Fraction, currency: str) -> Fraction:
    """A quantity alone: the cumulative proportion over the line's quantity, over the credits that named no amount."""
    counted = source.prorated_quantity + quantity
    share = rounded(source.amount * counted / source.quantity, currency) - source.prorated_amount
    return min(max(share, ZERO), source.amount_left)


def cumulative(source: Drawable, ratios: Mapping[str, Fraction], amount: Fraction, currency: str) -> Taxes:
    """Each item's ratio of all that automatic credits took, this one included, less the tax they took before."""
    credited = source.automatic_amount + amount
    shares = {}
    for item, ratio in ratios.items():
        share = rounded(ratio * credited, currency) - source.automatic_taxes[item]
        shares[item] = min(max(share, ZERO), source.taxes_left[item])
    return shares


def copied_tax(source: Drawable, amount: Fraction, currency: str) -> Taxes:
    """COPY_FROM_INVOICE_LINE, exclusive: the ratio is what was charged."""
    if source.amount == 0:
        return dict.fromkeys(source.taxes, ZERO)
    ratios = {item: tax / source.amount for item, tax in source.taxes.items()}
    return cumulative(source, ratios, amount, currency)


def contained(source: Drawable, ratio: Fraction, gross: Fraction, currency: str) -> Taxes:
    """INCLUSIVE: the tax that the gross amount contains, split over the tax items by what is left of each."""
    taken = sum(source.automatic_taxes.values(), ZERO)
    credited = source.automatic_amount + taken + gross
    least, most = max(ZERO, gross - source.amount_left), min(gross, source.tax_left)
    tax = min(max(rounded(ratio * credited, currency) - taken, least), most)
    parts = split(tax, list(source.taxes_left.values()), currency)
    return dict(zip(source.taxes_left, parts, strict=True))


def contained_tax(source: Drawable, gross: Fraction, currency: str) -> Taxes:
    """COPY_FROM_INVOICE_LINE, inclusive."""
    charged = source.amount + sum(source.taxes.values(), ZERO)
    ratio = sum(source.taxes.values(), ZERO) / charged if charged else ZERO
    return contained(source, ratio, gross, currency)


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
