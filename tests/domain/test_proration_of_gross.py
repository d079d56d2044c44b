"""Gross amounts at their corners: tax of nothing, all the tax there is, and lines that are negative."""

import pytest

from app.domain.proration import ChargedLine, Drawn, capped_inclusive, copy_inclusive, draw, given_tax
from tests.domain.test_proration import charged


def after(line: ChargedLine, *drawn: Drawn) -> ChargedLine:
    for each in drawn:
        line = draw(line, each)
    return line


COPIED: list[tuple[str, ChargedLine, int, tuple[int, ...]]] = [
    ("too little to contain a cent of tax", charged(10000, 1), 100, (0,)),
    ("beside an item of nothing", charged(100, 10, 0), 55, (5, 0)),
    ("of a negative line", charged(-100, -10), -55, (-5,)),
    (
        "of a negative line after a copy",
        after(charged(-100, -10), Drawn(-40, (-4,), copied=True)),
        -33,
        (-3,),
    ),
    (
        "of a negative line that has little tax left",
        after(charged(-100, -10), given_tax(charged(-100, -10), -10, [-9])),
        -55,
        (-1,),
    ),
]


@pytest.mark.parametrize(
    ("line", "gross", "taxes"), [row[1:] for row in COPIED], ids=[row[0] for row in COPIED]
)
def test_a_gross_amount_contains_its_share_of_the_tax_charged(
    line: ChargedLine, gross: int, taxes: tuple[int, ...]
) -> None:
    assert copy_inclusive(line, gross) == Drawn(gross - sum(taxes), taxes, copied=True)


FOUND: list[tuple[str, ChargedLine, int, list[int], tuple[int, ...]]] = [
    ("none", charged(100, 10), 50, [0], (0,)),
    ("none, of two", charged(100, 10, 5), 50, [0, 0], (0, 0)),
    ("all there is", charged(100, 10), 110, [10], (10,)),
    ("more than there is", charged(100, 10), 110, [12], (10,)),
    ("of a negative line", charged(-100, -10), -55, [-5], (-5,)),
]


@pytest.mark.parametrize(
    ("line", "gross", "found", "taxes"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND]
)
def test_a_gross_amount_contains_the_tax_that_was_found_in_it(
    line: ChargedLine, gross: int, found: list[int], taxes: tuple[int, ...]
) -> None:
    assert capped_inclusive(line, gross, found) == Drawn(gross - sum(taxes), taxes, copied=True)
