"""What a line of a request comes to."""

from decimal import Decimal

import pytest

from app.domain.commands import MemoLineEntry
from app.domain.memo_making import entry_amount


@pytest.mark.parametrize(
    ("amount", "quantity", "unit_price", "expected"),
    [
        ("12.34", None, None, 1234),
        # The amount that is given is the amount, whatever the price.
        ("12.34", "2", "5.00", 1234),
        (None, "3", "1.005", 302),
        (None, "-3", "1.005", -302),
        (None, "3", None, 0),
        (None, None, "1.00", 0),
    ],
)
def test_a_line_comes_to_its_amount_or_to_quantity_times_price(
    amount: str | None, quantity: str | None, unit_price: str | None, expected: int
) -> None:
    given = [None if each is None else Decimal(each) for each in (amount, quantity, unit_price)]
    entry = MemoLineEntry(amount=given[0], quantity=given[1], unit_price=given[2])
    assert entry_amount(entry, 2) == expected
