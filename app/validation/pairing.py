"""How many pairs of lines one application may settle (domain 6, 11)."""

from collections.abc import Iterable

from app.domain.facts import Facts
from app.domain.invoice import InvoiceLine
from app.domain.violation import Path, Violation
from app.domain.vocabulary import AllocationRule, ApplicationLevel, ViolationCode


def violations_of_pair_count(
    rule: AllocationRule, giving: Iterable[int], facts: Facts, invoice_id: str, path: Path
) -> list[Violation]:
    """The most pairs the balances of both sides could make, m + n - 1 of the positive ones, refused before any work.

    `giving` are to settle the invoice's lines; where the entity settles no lines there are no pairs.
    """
    if facts.settings.application_level is not ApplicationLevel.INVOICE_LINE:
        return []
    taking = (line.balance for line in facts.of(InvoiceLine, "invoice_id", invoice_id))
    sides = [sum(balance > 0 for balance in side) for side in (giving, taking)]
    pairs = sum(sides) - 1 if all(sides) else 0
    limit = facts.limits.source_pairs if rule is AllocationRule.SOURCE_LINE else facts.limits.pairs
    if pairs <= limit:
        return []
    return [
        Violation(
            code=ViolationCode.LIMIT_EXCEEDED,
            message="Too many lines to settle in one application.",
            path=path,
            asked=str(pairs),
            allowed=str(limit),
        )
    ]
