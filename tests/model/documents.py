"""The documents of the model: what they were given, and the rows that changed them. Every balance is computed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeAlias

from tests.model.money import ZERO

Day: TypeAlias = date
"""A date, where a field of that name hides the type."""
RESERVING_STATUSES = frozenset({"DRAFT", "PENDING_APPROVAL", "POSTED"})


@dataclass
class Account:
    handle: str
    number: str
    name: str
    currency: str
    external: tuple[str | None, str] | None = None


@dataclass
class Move:
    """A document's balance moved: its position is its place in the list, from 1."""

    kind: str
    impact: Fraction
    balance_after: Fraction


@dataclass
class TaxItem:
    """A tax item of an invoice line (source is None) or of a memo line (source: the invoice line's item)."""

    handle: str
    amount: Fraction
    attributes: Mapping[str, Any] = field(default_factory=dict)
    source: str | None = None


@dataclass
class InvoiceLine:
    """`quantity` is 0 where none was given; `order_item` is its external reference; `words`: fields as GraphQL shows them."""

    handle: str
    number: int
    amount: Fraction
    tax_items: list[TaxItem]
    service_start: date | None = None
    is_converted: bool = False
    applied: Fraction = ZERO
    quantity: Fraction = ZERO
    order_item: str | None = None
    tax_code: str | None = None
    jurisdiction: str | None = None
    tax_exempt: bool = False
    words: Mapping[str, Any] = field(default_factory=dict)

    @property
    def tax(self) -> Fraction:
        return sum((item.amount for item in self.tax_items), ZERO)

    @property
    def total(self) -> Fraction:
        return self.amount + self.tax

    @property
    def sign(self) -> int:
        return -1 if self.total < 0 else 1

    @property
    def converted(self) -> Fraction:
        """Negative or 0, tax included."""
        return self.total if self.is_converted else ZERO

    @property
    def balance(self) -> Fraction:
        return self.total - self.converted - self.applied


@dataclass
class Payment:
    """`reverses`: the payment that this row takes back."""

    handle: str
    invoice: str
    amount: Fraction
    date: date
    reverses: str | None = None


@dataclass
class Refund:
    """`reverses`: the refund that this row takes back; `memo_balance` is frozen."""

    handle: str
    memo: str
    amount: Fraction
    date: date
    memo_balance: Fraction
    position: int
    reverses: str | None = None


@dataclass
class Invoice:
    handle: str
    number: str | None
    account: str
    currency: str
    kind: str
    date: date
    lines: list[InvoiceLine]
    status: str = "DRAFT"
    due_date: Day | None = None
    credits_applied: Fraction = ZERO
    payments_applied: Fraction = ZERO
    moves: list[Move] = field(default_factory=list)
    source: str = "INGESTED"

    @property
    def total(self) -> Fraction:
        return sum((line.total for line in self.lines), ZERO)

    @property
    def converted(self) -> Fraction:
        return sum((line.converted for line in self.lines), ZERO)

    @property
    def balance(self) -> Fraction:
        if self.status == "VOIDED":
            return ZERO
        return self.total - self.converted - self.credits_applied - self.payments_applied

    @property
    def settlement_status(self) -> str:
        if self.status != "DRAFT" and self.balance == 0:
            return "SETTLED"
        if self.credits_applied == 0 and self.payments_applied == 0:
            return "NOT_SETTLED"
        return "PARTIALLY_SETTLED"

    def move(self, kind: str, impact: Fraction) -> None:
        before = self.moves[-1].balance_after if self.moves else ZERO
        self.moves.append(Move(kind, impact, before + impact))


@dataclass(frozen=True)
class Calculated:
    """What a memo line with the strategy CALCULATE is priced by; of a drawn line the source says the rest."""

    is_inclusive: bool
    tax_code: str | None = None
    jurisdiction: str | None = None
    tax_exempt: bool = False
    asked: Fraction | None = None
    """Of a drawn line, by magnitude; of an inclusive one with its tax, known or not."""


@dataclass
class MemoLine:
    """`took_tax_automatically`: counts in the cumulative proportion of section 5; `took_amount_by_quantity` in that of
    the quantity. `quantity` is what it counted on its source line; `tax_failed`: the tax engine had no answer."""

    handle: str
    number: int
    amount: Fraction
    tax_items: list[TaxItem]
    source_line: str | None = None
    took_tax_automatically: bool = False
    applied: Fraction = ZERO
    quantity: Fraction = ZERO
    took_amount_by_quantity: bool = False
    tax_failed: bool = False
    calculated: Calculated | None = None
    words: Mapping[str, Any] = field(default_factory=dict)
    removed: bool = False

    @property
    def tax(self) -> Fraction:
        return sum((item.amount for item in self.tax_items), ZERO)

    @property
    def total(self) -> Fraction:
        return self.amount + self.tax

    @property
    def balance(self) -> Fraction:
        return self.total - self.applied


@dataclass
class CreditMemo:
    handle: str
    account: str
    currency: str
    source: str
    lines: list[MemoLine]
    invoice: str | None = None
    effective_date: date | None = None
    status: str = "DRAFT"
    number: str | None = None
    applied: Fraction = ZERO
    refunded: Fraction = ZERO
    moves: list[Move] = field(default_factory=list)
    tax_date: date | None = None
    auto_apply_upon_posting: bool = False
    words: Mapping[str, Any] = field(default_factory=dict)
    created_by: str = ""
    edited_by: str | None = None
    requested_by: str | None = None
    approved_by: str | None = None
    is_reversed: bool = False

    @property
    def waits_for_tax(self) -> bool:
        return any(line.tax_failed for line in self.lines)

    @property
    def total(self) -> Fraction:
        return sum((line.total for line in self.lines), ZERO)

    @property
    def balance(self) -> Fraction:
        return self.total - self.applied - self.refunded if self.status in RESERVING_STATUSES else ZERO

    @property
    def draws(self) -> bool:
        """A conversion restates a line and never draws; a cancelled, voided or reversed memo gives back what it drew."""
        lives = self.status in RESERVING_STATUSES and not self.is_reversed
        return lives and self.source != "NEGATIVE_LINES"

    def move(self, kind: str, impact: Fraction) -> None:
        before = self.moves[-1].balance_after if self.moves else ZERO
        self.moves.append(Move(kind, impact, before + impact))


@dataclass
class LineApplication:
    handle: str
    application: str
    sequence: int
    type: str
    memo_line: str
    invoice_line: str
    amount: Fraction
    memo_line_balance: Fraction
    invoice_line_balance: Fraction
    effective: datetime | None
    original: str | None = None


@dataclass
class Application:
    """A row of the history. `recorded` is its date; `position` is its place in the memo's history."""

    handle: str
    memo: str
    invoice: str
    type: str
    level: str
    amount: Fraction
    memo_balance: Fraction
    invoice_balance: Fraction
    position: int
    recorded: datetime
    effective: datetime | None
    description: str | None
    operation: str
    allocation_rule: str | None = None
    original: str | None = None
    # The rule that found the invoice, and its rank, where one did.
    auto_apply: tuple[str, int] | None = None
    lines: list[LineApplication] = field(default_factory=list)

    @property
    def impact(self) -> Fraction:
        return -self.amount if self.type == "APPLIED" else self.amount
