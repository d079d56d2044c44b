"""Section 6: an amount spread over the lines at both ends, then paired in order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tests.model.documents import CreditMemo, Invoice, InvoiceLine, MemoLine
from tests.model.money import ZERO, split

Line = InvoiceLine | MemoLine


@dataclass(frozen=True)
class Pair:
    memo_line: MemoLine
    invoice_line: InvoiceLine
    amount: Fraction


@dataclass
class Share:
    """`open`: what the line can still take or give. Negative lines take and give nothing."""

    line: Line
    open: Fraction


def allocate(rule: str, memo: CreditMemo, invoice: Invoice, amount: Fraction) -> list[Pair]:
    """The pairs of one application, in allocation order; their amounts sum to `amount`."""
    givers = [Share(line, line.balance) for line in memo.lines if line.balance > 0]
    takers = [Share(line, line.balance) for line in invoice.lines if line.balance > 0]
    if rule == "SOURCE_LINE":
        pairs = _to_their_source(givers, takers, amount)
        rest = amount - sum((pair.amount for pair in pairs), ZERO)
        return pairs + _paired(_highest_first(givers, rest), _highest_first(takers, rest))
    if rule == "HIGHEST_FIRST":
        return _paired(_highest_first(givers, amount), _highest_first(takers, amount))
    if rule == "OLDEST_SERVICE_FIRST":
        return _paired(_highest_first(givers, amount), _oldest_service_first(takers, amount))
    assert rule == "PROPORTIONAL", rule
    currency = invoice.currency
    return _paired(_proportional(givers, amount, currency), _proportional(takers, amount, currency))


def _to_their_source(givers: list[Share], takers: list[Share], amount: Fraction) -> list[Pair]:
    """In memo line order; lowers what is open on the shares."""
    pairs = []
    for giver in sorted(givers, key=lambda share: share.line.number):
        assert isinstance(giver.line, MemoLine)
        source = next((taker for taker in takers if taker.line.handle == giver.line.source_line), None)
        if source is None:
            continue
        part = min(giver.open, source.open, amount)
        if part > 0:
            assert isinstance(source.line, InvoiceLine)
            pairs.append(Pair(giver.line, source.line, part))
            giver.open -= part
            source.open -= part
            amount -= part
    return pairs


def _highest_first(shares: Sequence[Share], amount: Fraction) -> list[Share]:
    return _filled(shares, amount, lambda share: (-share.open, share.line.number))


def _oldest_service_first(shares: Sequence[Share], amount: Fraction) -> list[Share]:
    def order(share: Share) -> tuple[bool, date, int]:
        assert isinstance(share.line, InvoiceLine)
        start = share.line.service_start
        return start is None, start or date.max, share.line.number

    return _filled(shares, amount, order)


def _filled(
    shares: Sequence[Share], amount: Fraction, order: Callable[[Share], tuple[object, ...]]
) -> list[Share]:
    """Each line to the full in the given order, the last one partial."""
    filled = []
    for share in sorted(shares, key=order):
        part = min(share.open, amount)
        if part > 0:
            filled.append(Share(share.line, part))
            amount -= part
    assert amount == 0, "the lines hold less than the document's balance"
    return filled


def _proportional(shares: Sequence[Share], amount: Fraction, currency: str) -> list[Share]:
    ordered = sorted(shares, key=lambda share: share.line.number)
    parts = split(amount, [share.open for share in ordered], currency)
    return [Share(share.line, part) for share, part in zip(ordered, parts, strict=True) if part > 0]


def _paired(givers: list[Share], takers: list[Share]) -> list[Pair]:
    """The two lists side by side, min of what is left on each: at most m + n - 1 pairs."""
    pairs = []
    giving, taking = [g.open for g in givers], [t.open for t in takers]
    giver = taker = 0
    while giver < len(givers) and taker < len(takers):
        part = min(giving[giver], taking[taker])
        memo_line, invoice_line = givers[giver].line, takers[taker].line
        assert isinstance(memo_line, MemoLine)
        assert isinstance(invoice_line, InvoiceLine)
        pairs.append(Pair(memo_line, invoice_line, part))
        giving[giver] -= part
        taking[taker] -= part
        giver += giving[giver] == 0
        taker += taking[taker] == 0
    assert sum(giving) == sum(taking) == 0
    return pairs
