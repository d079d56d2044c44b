"""Which tax strategy a memo line has, and what a credit of an invoice line takes by it (domain: tax)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.commands import InvoiceCreditEntry, MemoHeader, TaxItem
from app.domain.drawing import AUTOMATIC
from app.domain.invoice import InvoiceLineTax
from app.domain.money import to_minor
from app.domain.proration import (
    ChargedLine,
    Drawn,
    all_tax_left,
    copy_exclusive,
    copy_inclusive,
    given_tax,
    tax_of_amount,
)
from app.domain.vocabulary import TaxMode, TaxStrategy


class TaxedEntry(Protocol):
    """A line of a request, as far as its tax goes."""

    @property
    def tax_strategy(self) -> TaxStrategy | None: ...
    @property
    def tax_items(self) -> list[TaxItem] | None: ...


def header_strategy(header: MemoHeader) -> TaxStrategy | None:
    """The strategy the request names for its lines: by name, else by Zuora's flag. No entity here has an engine."""
    if header.tax_strategy is not None:
        return header.tax_strategy
    if header.tax_auto_calculation is None:
        return None
    return TaxStrategy.COPY_FROM_INVOICE_LINE if header.tax_auto_calculation else TaxStrategy.IGNORE


def flag_contradicts(header: MemoHeader) -> bool:
    """The flag and the named strategy cannot both be meant."""
    if header.tax_strategy is None or header.tax_auto_calculation is None:
        return False
    return (header.tax_strategy in AUTOMATIC) != header.tax_auto_calculation


def line_strategy(entry: TaxedEntry, header: MemoHeader, default: TaxStrategy) -> TaxStrategy:
    """The line's strategy, else the header's, else the flag's, else the entity's.

    Items given under the flag's false, or where no one names a strategy, mean MANUAL_OVERRIDE.
    """
    if entry.tax_strategy is not None:
        return entry.tax_strategy
    if header.tax_strategy is not None:
        return header.tax_strategy
    if entry.tax_items and header.tax_auto_calculation is not True:
        return TaxStrategy.MANUAL_OVERRIDE
    return header_strategy(header) or default


@dataclass(frozen=True, slots=True)
class MatchedItem:
    """A given tax item, the place of the invoice's tax item it credits (None: it matches none), its amount."""

    item: TaxItem
    place: int | None
    amount: int


def matched_items(
    items: Sequence[TaxItem], sources: Sequence[InvoiceLineTax], digits: int
) -> list[MatchedItem]:
    """Each given item with the source it names, or the only one that fits what it says of itself."""
    return [MatchedItem(item, _place(item, sources), to_minor(item.amount, digits)) for item in items]


def _place(item: TaxItem, sources: Sequence[InvoiceLineTax]) -> int | None:
    if item.source_tax_item_id is not None:
        places = [place for place, source in enumerate(sources) if source.id == item.source_tax_item_id]
    else:
        said = {
            "jurisdiction": item.jurisdiction,
            "location_code": item.location_code,
            "code": item.code,
            "name": item.name,
        }
        places = [
            place
            for place, source in enumerate(sources)
            if all(value is None or getattr(source, key) == value for key, value in said.items())
        ]
    return places[0] if len(places) == 1 else None


def drawn_by(
    entry: InvoiceCreditEntry,
    strategy: TaxStrategy,
    line: ChargedLine,
    sources: Sequence[InvoiceLineTax],
    digits: int,
) -> Drawn:
    """What the entry takes from its line. The caller has judged its decimals, sign and the match of its items."""
    amount = 0 if entry.amount is None else to_minor(entry.amount, digits)
    if strategy is TaxStrategy.MANUAL_OVERRIDE:
        taxes = [0] * len(sources)
        for matched in matched_items(entry.tax_items or (), sources, digits):
            if matched.place is not None:
                taxes[matched.place] += matched.amount
        return given_tax(line, 0 if entry.tax_only else amount, taxes)
    if strategy is TaxStrategy.IGNORE:
        return given_tax(line, amount, [0] * len(sources))
    if entry.tax_only:
        return tax_of_amount(line, amount) if amount else all_tax_left(line)
    return (
        copy_inclusive(line, amount) if entry.tax_mode is TaxMode.INCLUSIVE else copy_exclusive(line, amount)
    )
