"""Why a command is refused: where in the input, and what is read first."""

import pytest

from app.domain.violation import Path, Rejected, Violation, under
from app.domain.vocabulary import ViolationCode

FIRST, *_, LAST = ViolationCode


@pytest.mark.parametrize(("at", "expected"), [((), ("amount",)), (("lines", 3), ("lines", 3, "amount"))])
def test_a_rule_of_a_part_names_its_path_in_the_whole(at: Path, expected: Path) -> None:
    violation = Violation(code=FIRST, message="No.", path=("amount",), asked="1")
    [found] = under(at, [violation])
    assert found == Violation(code=FIRST, message="No.", path=expected, asked="1")


def test_a_refusal_says_all_of_it_the_most_basic_first() -> None:
    refused = Rejected([Violation(code=LAST, message="too much"), Violation(code=FIRST, message="unknown")])
    assert [each.code for each in refused.violations] == [FIRST, LAST]
    assert str(refused) == "unknown; too much"
