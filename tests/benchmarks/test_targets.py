"""Whether a target is reached is computed from what was measured, not written down."""

from xml.etree import ElementTree

import pytest

from benchmarks import plot
from benchmarks.targets import TARGETS, Target, table_of_targets


@pytest.mark.parametrize(
    ("target", "value", "reached"),
    [
        (Target(fact="fast", at_least=2.0), 2.0, True),
        (Target(fact="fast", at_least=2.0), 1.99, False),
        (Target(fact="small", at_most=1.3), 1.3, True),
        (Target(fact="small", at_most=1.3), 1.31, False),
    ],
)
def test_a_target_is_reached_at_its_bound_and_not_before(target: Target, value: float, reached: bool) -> None:
    assert target.is_reached(value) is reached


def test_the_table_says_of_every_target_where_it_stands() -> None:
    first, second = TARGETS[:2]
    rows = table_of_targets({first.fact: 99.0, second.fact: 0.01}).splitlines()[2:]
    assert [row.split("|")[1].strip() for row in rows] == [each.fact for each in TARGETS]
    assert [row.split("|")[4].strip() for row in rows[:3]] == ["reached", "**not reached**", "not measured"]


def test_the_picture_has_a_bar_for_each_target_that_was_measured() -> None:
    drawn = plot.drawn({each.fact: 1.0 for each in TARGETS[:5]})
    bars = [each for each in ElementTree.fromstring(drawn).iter() if each.get("class") == "bar"]
    assert len(bars) == 5
