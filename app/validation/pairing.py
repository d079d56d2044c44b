"""How many pairs of lines one application may settle (domain 6, 11)."""

from collections.abc import Iterable

from app.domain.limits import Limits
from app.domain.violation import Path, Violation
from app.domain.vocabulary import AllocationRule, ViolationCode


def violations_of_pair_count(
    rule: AllocationRule, giving: Iterable[int], taking: Iterable[int], limits: Limits, path: Path
) -> list[Violation]:
    """The most pairs the balances of both sides could make, m + n - 1 of the positive ones, refused before any work."""
    sides = [sum(balance > 0 for balance in side) for side in (giving, taking)]
    pairs = sum(sides) - 1 if all(sides) else 0
    limit = limits.source_pairs if rule is AllocationRule.SOURCE_LINE else limits.pairs
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
