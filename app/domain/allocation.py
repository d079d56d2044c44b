"""Which memo line pays which invoice line: four rules, the same answer every time.

Each side is allocated by itself on its positive balances as they are at the start, then the two lists are paired
in order. Negative lines take and give nothing. Amounts are minor units.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from app.domain.construction import quickly_made
from app.domain.money import split
from app.domain.vocabulary import AllocationRule


@quickly_made
@dataclass(frozen=True, slots=True)
class AllocatableLine:
    """A line of a memo or of an invoice, with the balance it can give or take."""

    id: str
    line_number: int
    balance: int
    source_line_id: str | None = None
    """Of a memo line: the invoice line it was drawn from."""
    service_start: date | None = None


@quickly_made
@dataclass(frozen=True, slots=True)
class Pair:
    """What one memo line pays to one invoice line; always > 0."""

    memo_line_id: str
    invoice_line_id: str
    amount: int


Parts: TypeAlias = list[tuple[str, int]]
"""Line id and the part of the amount it carries, in the order of the allocation."""


def allocate(
    rule: AllocationRule,
    amount: int,
    memo_lines: Sequence[AllocatableLine],
    invoice_lines: Sequence[AllocatableLine],
) -> list[Pair]:
    """The pairs that carry exactly the amount, in the order in which they are numbered.

    At most m + n − 1 for m memo lines and n invoice lines with a positive balance; no two lines are paired twice.
    The order in which the lines are handed over does not matter. ValueError when the amount is negative or a
    side's positive balances cannot carry it.
    """
    memo_lines, invoice_lines = _positive(memo_lines), _positive(invoice_lines)
    for side, lines in (("memo", memo_lines), ("invoice", invoice_lines)):
        if not 0 <= amount <= sum(line.balance for line in lines):
            raise ValueError(f"the positive balances of the {side} lines cannot carry {amount}")
    match rule:
        case AllocationRule.HIGHEST_FIRST:
            return _paired(_highest_first(amount, memo_lines), _highest_first(amount, invoice_lines))
        case AllocationRule.PROPORTIONAL:
            return _paired(_proportional(amount, memo_lines), _proportional(amount, invoice_lines))
        case AllocationRule.OLDEST_SERVICE_FIRST:
            return _paired(_highest_first(amount, memo_lines), _oldest_service_first(amount, invoice_lines))
        case AllocationRule.SOURCE_LINE:
            return _source_line_first(amount, memo_lines, invoice_lines)


def unwind(amount: int, remaining: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """What each line application gives back, last allocated first, when an amount is unapplied.

    `remaining` is what is left of each, in the order of the allocation; those with nothing left are passed over.
    ValueError when the amount is negative or more than is left of all.
    """
    if not 0 <= amount <= sum(left for _, left in remaining):
        raise ValueError(f"the line applications cannot give back {amount}")
    return _greedy(amount, reversed(remaining))


def _positive(lines: Sequence[AllocatableLine]) -> list[AllocatableLine]:
    return [line for line in lines if line.balance > 0]


def _greedy(amount: int, balances: Iterable[tuple[str, int]]) -> Parts:
    parts: Parts = []
    for line_id, balance in balances:
        part = min(balance, amount)
        if part > 0:
            parts.append((line_id, part))
            amount -= part
        if amount == 0:
            break
    return parts


def _in_order(
    amount: int, lines: Iterable[AllocatableLine], rank: Callable[[AllocatableLine], tuple[object, ...]]
) -> Parts:
    return _greedy(amount, ((line.id, line.balance) for line in sorted(lines, key=rank)))


def _highest_first(amount: int, lines: Iterable[AllocatableLine]) -> Parts:
    """Salesforce's rule: the highest balance first, ties by line number; the last one partial."""
    return _in_order(amount, lines, lambda line: (-line.balance, line.line_number, line.id))


def _oldest_service_first(amount: int, lines: Iterable[AllocatableLine]) -> Parts:
    """The earliest service first, lines without a service period last, ties by line number."""
    return _in_order(
        amount,
        lines,
        lambda line: (line.service_start is None, line.service_start or date.max, line.line_number, line.id),
    )


def _proportional(amount: int, lines: Iterable[AllocatableLine]) -> Parts:
    """Zuora's rule: every line by its balance, largest remainder, ties by line number."""
    if amount == 0:
        return []
    in_line_order = sorted(lines, key=_line_order)
    shares = split(amount, [line.balance for line in in_line_order])
    return [(line.id, share) for line, share in zip(in_line_order, shares, strict=True) if share > 0]


def _source_line_first(
    amount: int, memo_lines: Sequence[AllocatableLine], invoice_lines: Sequence[AllocatableLine]
) -> list[Pair]:
    """Each memo line to the invoice line it was drawn from; what is left then goes highest balance first."""
    memo_left = {line.id: line.balance for line in memo_lines}
    invoice_left = {line.id: line.balance for line in invoice_lines}
    pairs: list[Pair] = []
    for line in sorted(memo_lines, key=_line_order):
        source = line.source_line_id
        if source is None or source not in invoice_left:
            continue
        part = min(memo_left[line.id], invoice_left[source], amount)
        if part == 0:
            continue
        pairs.append(Pair(line.id, source, part))
        memo_left[line.id] -= part
        invoice_left[source] -= part
        amount -= part
    if amount == 0:
        return pairs
    rest_of_memo = [replace(line, balance=memo_left[line.id]) for line in memo_lines]
    rest_of_invoice = [replace(line, balance=invoice_left[line.id]) for line in invoice_lines]
    pairs += _paired(_highest_first(amount, rest_of_memo), _highest_first(amount, rest_of_invoice))
    return pairs


def _line_order(line: AllocatableLine) -> tuple[int, str]:
    return line.line_number, line.id


def _paired(giving: Parts, taking: Parts) -> list[Pair]:
    """Two lists with one sum, paired in order: the smaller of what is left on each, until both are used up."""
    pairs: list[Pair] = []
    takers = iter(taking)
    invoice_line_id, wanted = "", 0
    for memo_line_id, given in giving:
        while given > 0:
            if wanted == 0:
                invoice_line_id, wanted = next(takers)
            part = min(given, wanted)
            pairs.append(Pair(memo_line_id, invoice_line_id, part))
            given -= part
            wanted -= part
    return pairs
