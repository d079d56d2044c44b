"""Which tax strategy a memo line has, and what a credit of an invoice line takes by it (domain: tax)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from app.domain.calculated_tax import CalculatedTax
from app.domain.commands import MemoHeader, TaxItem
from app.domain.construction import quickly_made
from app.domain.entity import Settings
from app.domain.invoice import InvoiceLineTax
from app.domain.money import to_minor
from app.domain.proration import (
    ChargedLine,
    Drawn,
    all_tax_left,
    copy_exclusive,
    copy_inclusive,
    given_tax,
    split_tax_amount,
    tax_of_amount,
)
from app.domain.tax_matching import place_of
from app.domain.vocabulary import TaxMode, TaxStrategy

AUTOMATIC = frozenset({TaxStrategy.COPY_FROM_INVOICE_LINE, TaxStrategy.CALCULATE})
"""The strategies that find the tax themselves; under the others it is given, or there is none."""


class TaxedEntry(Protocol):
    """A line of a request, as far as its tax goes."""

    @property
    def tax_strategy(self) -> TaxStrategy | None: ...
    @property
    def tax_items(self) -> list[TaxItem] | None: ...
    @property
    def gives_tax(self) -> bool: ...


class CreditedEntry(TaxedEntry, Protocol):
    """A line of a request that credits an invoice line."""

    @property
    def amount(self) -> Decimal | None: ...
    @property
    def tax_amount(self) -> Decimal | None: ...
    @property
    def tax_mode(self) -> TaxMode | None: ...
    @property
    def tax_only(self) -> bool: ...


def header_strategy(header: MemoHeader, settings: Settings) -> TaxStrategy | None:
    """The strategy the request names for its lines: by name, else by Zuora's flag.

    The flag's true calculates where the entity has a tax engine, and copies where it has none.
    """
    if header.tax_strategy is not None:
        return header.tax_strategy
    if header.tax_auto_calculation is None:
        return None
    if not header.tax_auto_calculation:
        return TaxStrategy.IGNORE
    return TaxStrategy.CALCULATE if settings.tax_engine else TaxStrategy.COPY_FROM_INVOICE_LINE


def flag_contradicts(header: MemoHeader) -> bool:
    """The header's flag and the header's strategy cannot both be meant; a line that names its own overrides both."""
    if header.tax_strategy is None or header.tax_auto_calculation is None:
        return False
    return (header.tax_strategy in AUTOMATIC) != header.tax_auto_calculation


def line_strategy(entry: TaxedEntry, header: MemoHeader, settings: Settings) -> TaxStrategy:
    """The line's strategy, else the header's, else the flag's, else the entity's.

    Tax given under the flag's false, or where no one names a strategy, means MANUAL_OVERRIDE.
    """
    if entry.tax_strategy is not None:
        return entry.tax_strategy
    if header.tax_strategy is not None:
        return header.tax_strategy
    if entry.gives_tax and header.tax_auto_calculation is not True:
        return TaxStrategy.MANUAL_OVERRIDE
    return strategy_of_memo(header, settings)


def strategy_of_memo(header: MemoHeader, settings: Settings) -> TaxStrategy:
    """Of a full credit, and of a line that says nothing of tax: the header's strategy or flag, else the entity's."""
    return header_strategy(header, settings) or settings.default_tax_strategy


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
        named = (place for place, source in enumerate(sources) if source.id == item.source_tax_item_id)
        return next(named, None)
    return place_of(item, sources)


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """How an entry takes from its invoice line: everything but the amount, so that any amount can be tried."""

    line: ChargedLine
    strategy: TaxStrategy
    mode: TaxMode
    tax_only: bool
    given: tuple[int, ...]
    """Tax the caller gives, for each tax item of the line; zeros unless the strategy is MANUAL_OVERRIDE."""
    calculated: CalculatedTax | None = None
    """What the engine finds, where the strategy is CALCULATE and the line is not tax-only."""

    def drawn(self, amount: int) -> Drawn:
        """What the entry takes with this amount (minor units). The caller has judged its sign.

        Taken by magnitude, neither the amount nor the tax ever falls while the amount named rises.
        """
        if self.strategy is TaxStrategy.MANUAL_OVERRIDE or self.strategy is TaxStrategy.IGNORE:
            return given_tax(self.line, 0 if self.tax_only else amount, self.given)
        if self.tax_only:
            return tax_of_amount(self.line, amount) if amount else all_tax_left(self.line)
        if not amount:
            # What others took and gave back may leave the proportion ahead of them: that is no tax of this one.
            return Drawn(0, (0,) * len(self.line.taxes), copied=True)
        if self.calculated is not None:
            return self.calculated.drawn(self.line, amount, self.mode)
        if self.mode is TaxMode.INCLUSIVE:
            return copy_inclusive(self.line, amount)
        return copy_exclusive(self.line, amount)


def is_tax_only(entry: CreditedEntry, strategy: TaxStrategy) -> bool:
    """Said so, or meant: an amount of 0 beside a tax that is given (Zuora has no other way to say it)."""
    if entry.tax_only or strategy is not TaxStrategy.MANUAL_OVERRIDE or entry.amount is None or entry.amount:
        return entry.tax_only
    return bool(entry.tax_amount) or any(item.amount for item in entry.tax_items or ())


def taking_of(
    entry: CreditedEntry,
    strategy: TaxStrategy,
    line: ChargedLine,
    sources: Sequence[InvoiceLineTax],
    digits: int,
    calculated: CalculatedTax | None = None,
) -> Taking:
    """How the entry takes from its line. The caller has judged its decimals, its tax and the match of its items."""
    given = [0] * len(sources)
    if strategy is TaxStrategy.MANUAL_OVERRIDE:
        if entry.tax_amount is not None:
            given = list(split_tax_amount(line, to_minor(entry.tax_amount, digits)))
        for matched in matched_items(entry.tax_items or (), sources, digits):
            if matched.place is not None:
                given[matched.place] += matched.amount
    return Taking(
        line=line,
        strategy=strategy,
        mode=entry.tax_mode or TaxMode.EXCLUSIVE,
        tax_only=is_tax_only(entry, strategy),
        given=tuple(given),
        calculated=calculated,
    )
