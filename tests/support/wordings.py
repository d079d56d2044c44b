"""What a refusal says, word for word: the page `wordings.txt` holds every message of the rules.

A message that no row of the page knows, or that leaves out what its row promises, fails the test that has met it.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.domain.violation import Violation
from app.domain.vocabulary import ViolationCode

PAGE = Path(__file__).with_suffix(".txt")


@dataclass(frozen=True, slots=True)
class Wording:
    """One row of the page."""

    message: str
    """`*` stands for what differs."""
    kinds: frozenset[str]
    """The records that it may be about, by the prefixes of their ids; `-` for none."""
    told: tuple[frozenset[bool], frozenset[bool]]
    """Whether `asked` and `allowed` are given; both, where that depends."""

    def fits(self, violation: Violation) -> bool:
        kinds = {id.split("_")[0] for id in violation.ids} or {"-"}
        given = (violation.asked is not None, violation.allowed is not None)
        return (
            _pattern(self.message).fullmatch(violation.message) is not None
            and kinds <= self.kinds
            and all(each in may_be for each, may_be in zip(given, self.told, strict=True))
        )


@cache
def wordings() -> dict[ViolationCode, list[Wording]]:
    """The page."""
    found: dict[ViolationCode, list[Wording]] = defaultdict(list)
    for row in PAGE.read_text(encoding="utf-8").splitlines():
        if " | " not in row:
            code = ViolationCode(row)
            continue
        message, kinds, told = (part.strip() for part in row.split(" | "))
        found[code].append(
            Wording(message, frozenset(kinds.split()), (_told("asked", told), _told("allowed", told)))
        )
    return found


def assert_worded(violations: Iterable[Violation]) -> None:
    """Each says what the page says."""
    for each in violations:
        assert any(row.fits(each) for row in wordings()[each.code]), f"{each} is not in {PAGE.name}"


def _told(field: str, told: str) -> frozenset[bool]:
    words = told.split()
    return frozenset({True, False} if f"{field}?" in words else {field in words})


@cache
def _pattern(message: str) -> re.Pattern[str]:
    return re.compile(".+".join(map(re.escape, message.split("*"))), re.DOTALL)
