"""What one call says twice of one thing has no order, and is refused."""

from collections.abc import Hashable, Iterable

from app.domain.violation import Path, Violation
from app.domain.vocabulary import ViolationCode


def violations_of_twice(named: Iterable[tuple[Hashable, Path]]) -> list[Violation]:
    """Names that were given before, each at its path."""
    seen: set[Hashable] = set()
    violations = []
    for name, path in named:
        if name in seen:
            violations.append(
                Violation(
                    code=ViolationCode.DUPLICATE_TARGET,
                    message="It is named twice in one call.",
                    path=path,
                    asked=name if isinstance(name, str) else None,
                )
            )
        seen.add(name)
    return violations
