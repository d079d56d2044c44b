"""Why a command was refused: a caller's mistake, as a value."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.domain.vocabulary import ViolationCode

Path = tuple[str | int, ...]

_PRECEDENCE = {code: place for place, code in enumerate(ViolationCode)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken rule: where in the input, what was asked, what would pass, and the records it is about."""

    code: ViolationCode
    message: str
    path: Path = ()
    asked: str | None = None
    allowed: str | None = None
    ids: tuple[str, ...] = ()


def most_basic_first(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """In the order in which a caller reads them: that of the published codes."""
    return tuple(sorted(violations, key=lambda each: _PRECEDENCE[each.code]))


def under(at: Path, violations: Iterable[Violation]) -> list[Violation]:
    """The violations of a part of the input, with their paths in the whole."""
    return [replace(each, path=(*at, *each.path)) for each in violations]


class Rejected(Exception):
    """Raised inside a transaction, so that it rolls back and nothing of the command is kept, its key included."""

    def __init__(self, violations: Iterable[Violation]) -> None:
        self.violations = most_basic_first(violations)
        super().__init__("; ".join(each.message for each in self.violations))


def reject_if_any(violations: Iterable[Violation]) -> None:
    """Raises Rejected with all of them, the most basic first, if there is any."""
    if found := list(violations):
        raise Rejected(found)
