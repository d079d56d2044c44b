"""How much of an invoice line, and of its tax, one credit takes.

Values are signed minor units: everything about a negative line is negative, and goes by magnitude. *Automatic*
credits are those that took their tax by proportion, or all that was left; only they count into C and T, the sums
the next proportion starts from, so a credit without tax, or with tax given by hand, never disturbs the others.

Nothing here refuses: the functions say what a credit would take, callers judge it against what is left, and
`draw`, the guard behind them, raises on anything beyond.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from operator import neg
from typing import NamedTuple

from app.domain.construction import quickly_made
from app.domain.money import round_half_away, split


@quickly_made
@dataclass(frozen=True, slots=True)
class ChargedTax:
    """A tax item of an invoice line and what credits have taken of it."""

    amount: int
    credited: int = 0
    copied: int = 0
    """T: the part of `credited` that automatic credits took."""


@quickly_made
@dataclass(frozen=True, slots=True)
class ChargedLine:
    """An invoice line, its tax items, and what credits have taken of them."""

    amount: int
    """Without tax."""
    credited: int = 0
    copied: int = 0
    """C: the part of `credited` that automatic credits took."""
    taxes: tuple[ChargedTax, ...] = ()


@quickly_made
@dataclass(frozen=True, slots=True)
class Drawn:
    """What one memo line takes from its invoice line."""

    amount: int
    """Without tax; 0 when only tax is credited."""
    taxes: tuple[int, ...]
    """One for each tax item of the invoice line, in its order."""
    copied: bool
    """Took its tax automatically, so it counts into C and T."""

    @property
    def tax(self) -> int:
        return sum(self.taxes)

    @property
    def total(self) -> int:
        return self.amount + self.tax


def amount_left(line: ChargedLine) -> int:
    """What credits can still take of the line, without tax."""
    return line.amount - line.credited


def tax_left(line: ChargedLine) -> int:
    """What credits can still take of the line's tax."""
    return sum(_taxes_left(line))


def total_left(line: ChargedLine) -> int:
    """What credits can still take of the line with its tax."""
    return amount_left(line) + tax_left(line)


def cumulative_share(whole: int, part: int, base: int, taken: int, left: int) -> int:
    """What a credit takes of `whole` when all the credits so far, this one included, make up `part` of `base`.

    The rounded share of all of them minus what was `taken` before, kept between 0 and `left`: rounding never adds
    up, and a credit that completes the base takes exactly the rest. A base of 0 has no shares. The same for tax
    by amount, for amount by quantity, and for tax by rate.
    """
    if base == 0:
        return 0
    return _between_zero_and(left, round_half_away(whole * part, base) - taken)


def exempt_share(exempt: int, part: int, whole: int) -> int:
    """What of a tax item's exempt amount goes with a part of a whole, rounded towards zero.

    Parts that together are no more than the whole never carry more than the exempt amount, whichever of them are
    given back in between; the whole at once carries all of it. A whole of 0 has no shares.
    """
    if whole == 0:
        return 0
    share = abs(exempt) * abs(part) // abs(whole)
    return share if exempt >= 0 else -share


class Proportion(NamedTuple):
    """What part of an amount is tax, exactly: t/a where it is copied, rate/10^8 where a rate is known.

    A base of 0 has no proportion, and gives no tax.
    """

    whole: int
    base: int


def charged_proportions(line: ChargedLine) -> tuple[Proportion, ...]:
    """What was charged of each tax item, of the line's amount."""
    return tuple(Proportion(tax.amount, line.amount) for tax in line.taxes)


def prorate_exclusive(line: ChargedLine, amount: int, proportions: Sequence[Proportion]) -> Drawn:
    """An amount without tax, and of each tax item round(proportion·C) − T, kept within what is left of it."""
    return Drawn(
        amount,
        tuple(
            cumulative_share(whole, line.copied + amount, base, tax.copied, tax.amount - tax.credited)
            for tax, (whole, base) in zip(line.taxes, proportions, strict=True)
        ),
        copied=True,
    )


def prorate_inclusive(line: ChargedLine, gross: int, proportions: Sequence[Proportion]) -> Drawn:
    """An amount that contains its tax: round(p·G/(1 + p)) − T of it is tax, p the sum of the proportions.

    The line's tax is taken as one and then split over the items by what is left of each: item by item, several
    small taxes could exceed a small gross. A line of amount 0 gives no tax this way.
    """
    if _is_negative(line):
        return _opposite_drawn(prorate_inclusive(_opposite(line), -gross, proportions))
    if line.amount == 0:
        return Drawn(gross, (0,) * len(line.taxes), copied=True)
    of_amount = sum((Fraction(whole, base) for whole, base in proportions), Fraction())
    of_gross = of_amount / (1 + of_amount)
    copied_tax = sum(tax.copied for tax in line.taxes)
    copied_gross = line.copied + copied_tax + gross
    share = round_half_away(of_gross.numerator * copied_gross, of_gross.denominator) - copied_tax
    tax = contained_tax(line, gross, share)
    return Drawn(gross - tax, split_tax_amount(line, tax), copied=True)


def contained_tax(line: ChargedLine, gross: int, share: int) -> int:
    """The tax in a gross amount: the share found for it, kept between what the amount left cannot hold of the gross,
    and what is left of the tax. For lines that are not negative.
    """
    least, most = max(0, gross - amount_left(line)), min(gross, tax_left(line))
    return min(max(share, least), most)


def copy_exclusive(line: ChargedLine, amount: int) -> Drawn:
    """An amount without tax, and of each tax item round(t·C/a) − T.

    A line of amount 0 gives no tax this way.
    """
    return prorate_exclusive(line, amount, charged_proportions(line))


def copy_inclusive(line: ChargedLine, gross: int) -> Drawn:
    """An amount that contains its tax: round(Σt·G/(a + Σt)) − T of it is tax, the rest is amount."""
    return prorate_inclusive(line, gross, charged_proportions(line))


def capped_exclusive(line: ChargedLine, amount: int, taxes: Sequence[int]) -> Drawn:
    """An amount without tax, and the taxes found for it, each kept between 0 and what is left of its item."""
    return Drawn(amount, _capped(line, taxes), copied=True)


def capped_inclusive(line: ChargedLine, gross: int, taxes: Sequence[int]) -> Drawn:
    """An amount that contains the taxes found in it, each kept as in `capped_exclusive`, together as a contained tax.

    What has to be more or less than was found is spread by what is left beyond it, or by what was found.
    """
    if _is_negative(line):
        return _opposite_drawn(capped_inclusive(_opposite(line), -gross, [-tax for tax in taxes]))
    found = _capped(line, taxes)
    tax = contained_tax(line, gross, sum(found))
    if tax <= sum(found):
        parts = split(tax, found) if tax else [0] * len(found)
    else:
        beyond = [left - part for left, part in zip(_taxes_left(line), found, strict=True)]
        parts = [part + more for part, more in zip(found, split(tax - sum(found), beyond), strict=True)]
    return Drawn(gross - tax, tuple(parts), copied=True)


def all_that_is_left(line: ChargedLine) -> Drawn:
    """A full credit: exactly what is left of the amount and of every tax item."""
    return Drawn(amount_left(line), _taxes_left(line), copied=True)


def given_tax(line: ChargedLine, amount: int, taxes: Sequence[int]) -> Drawn:
    """An amount with the tax the caller gives, one number for each tax item; zeros for a credit without tax.

    With amount 0 it credits tax only. ValueError unless there is one number for each item.
    """
    if len(taxes) != len(line.taxes):
        raise ValueError(f"{len(taxes)} taxes given for {len(line.taxes)} tax items")
    return Drawn(amount, tuple(taxes), copied=False)


def tax_of_amount(line: ChargedLine, amount: int) -> Drawn:
    """Tax only: the tax that belongs to an amount, round(t·amount/a) of each item, at most what is left of it.

    A line of amount 0 has no such share.
    """
    taxes = (
        cumulative_share(tax.amount, amount, line.amount, taken=0, left=tax.amount - tax.credited)
        for tax in line.taxes
    )
    return Drawn(0, tuple(taxes), copied=False)


def all_tax_left(line: ChargedLine) -> Drawn:
    """Tax only: all that is left of every tax item."""
    return Drawn(0, _taxes_left(line), copied=False)


def split_tax_amount(line: ChargedLine, tax_amount: int) -> tuple[int, ...]:
    """One tax amount split over the tax items by what is left of each.

    No part exceeds what is left of its item if the whole does not. ValueError when nothing is left to split over.
    """
    if tax_amount == 0:
        return (0,) * len(line.taxes)
    return tuple(split(tax_amount, _taxes_left(line)))


def draw(line: ChargedLine, drawn: Drawn) -> ChargedLine:
    """The line after the credit. ValueError when anything it takes is more than is left, or of the other sign."""
    is_left = _is_part(drawn.amount, amount_left(line)) and all(map(_is_part, drawn.taxes, _taxes_left(line)))
    if not is_left or len(drawn.taxes) != len(line.taxes):
        raise ValueError(f"{drawn} is more than is left of {line}")
    return _moved(line, drawn, direction=1)


def give_back(line: ChargedLine, drawn: Drawn) -> ChargedLine:
    """The line as it was without the credit. ValueError when the credit had not been drawn from it."""
    taxes = zip(drawn.taxes, line.taxes, strict=True)
    if not (
        _is_part(drawn.amount, line.copied if drawn.copied else line.credited - line.copied)
        and all(
            _is_part(part, tax.copied if drawn.copied else tax.credited - tax.copied) for part, tax in taxes
        )
    ):
        raise ValueError(f"{drawn} was not drawn from {line}")
    return _moved(line, drawn, direction=-1)


def _moved(line: ChargedLine, drawn: Drawn, direction: int) -> ChargedLine:
    automatic = direction if drawn.copied else 0
    taxes = [
        ChargedTax(tax.amount, tax.credited + direction * part, tax.copied + automatic * part)
        for tax, part in zip(line.taxes, drawn.taxes, strict=True)
    ]
    return ChargedLine(
        line.amount,
        credited=line.credited + direction * drawn.amount,
        copied=line.copied + automatic * drawn.amount,
        taxes=tuple(taxes),
    )


def _taxes_left(line: ChargedLine) -> tuple[int, ...]:
    return tuple([tax.amount - tax.credited for tax in line.taxes])


def _capped(line: ChargedLine, taxes: Sequence[int]) -> tuple[int, ...]:
    return tuple(_between_zero_and(left, tax) for left, tax in zip(_taxes_left(line), taxes, strict=True))


def _is_part(part: int, whole: int) -> bool:
    """Of the whole's sign and no larger."""
    return 0 <= part <= whole or whole <= part <= 0


def _between_zero_and(limit: int, value: int) -> int:
    return max(0, min(value, limit)) if limit >= 0 else min(0, max(value, limit))


def _is_negative(line: ChargedLine) -> bool:
    return line.amount < 0 or any(tax.amount < 0 for tax in line.taxes)


def _opposite(line: ChargedLine) -> ChargedLine:
    taxes = (ChargedTax(-tax.amount, -tax.credited, -tax.copied) for tax in line.taxes)
    return ChargedLine(-line.amount, -line.credited, -line.copied, tuple(taxes))


def _opposite_drawn(drawn: Drawn) -> Drawn:
    return replace(drawn, amount=-drawn.amount, taxes=tuple(map(neg, drawn.taxes)))
