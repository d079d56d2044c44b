"""Section 9: what an entity says of itself beside its level, allocation, strategy and closed day."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction


@dataclass(frozen=True)
class Rate:
    """A rate of the built-in tax engine: a share of the amount, valid on its first and last day too."""

    tax_code: str
    jurisdiction: str
    name: str
    rate: Fraction
    valid_from: date
    valid_through: date | None = None
    location_code: str | None = None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_through is None or day <= self.valid_through)


@dataclass
class EntityData:
    """`templates`: each code's type. `tax_engine` is None or BUILT_IN: the callback is not the model's."""

    tax_engine: str | None = None
    rates: list[Rate] = field(default_factory=list)
    templates: dict[str, str] = field(default_factory=dict)
    not_for_direct: frozenset[str] = frozenset({"Wallet Application", "Credit & Rebill"})
    default_reason: str | None = None
    converts_on_posting: bool = False
    applies_on_posting: bool = False
    uses_credit_on_posting: bool = False
