"""What an invoice and its lines have left to credit."""

import pytest

from app.domain.drawing import amount_of_quantity, creditable_total
from tests.rules.facts import invoice, line


@pytest.mark.parametrize(
    ("total", "credited", "left"),
    [(10000, 0, 10000), (10000, 9999, 1), (10000, 10000, 0), (0, 0, 0), (-500, 0, 0)],
)
def test_an_invoice_has_left_what_credits_have_not_taken_and_never_less_than_nothing(
    total: int, credited: int, left: int
) -> None:
    assert creditable_total(invoice(total=total, credited_amount=credited)) == left


@pytest.mark.parametrize(("credited", "expected"), [(0, 5000), (4999, 5000), (5001, 4999), (10000, 0)])
def test_a_quantity_takes_its_share_and_no_more_than_the_line_has_left(credited: int, expected: int) -> None:
    half = 5_000_000
    assert amount_of_quantity(line(quantity=2 * half, amount_credited=credited), half) == expected
