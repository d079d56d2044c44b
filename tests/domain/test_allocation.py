"""Which memo line pays which invoice line, and the way back."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.allocation import AllocatableLine, Pair, allocate, unwind
from app.domain.vocabulary import AllocationRule

HIGHEST_FIRST, PROPORTIONAL, SOURCE_LINE, OLDEST_SERVICE_FIRST = (
    AllocationRule.HIGHEST_FIRST,
    AllocationRule.PROPORTIONAL,
    AllocationRule.SOURCE_LINE,
    AllocationRule.OLDEST_SERVICE_FIRST,
)
exhaustive = settings(derandomize=True, max_examples=200, deadline=None)


def memo_lines(*balances: int, sources: Sequence[str | None] = ()) -> list[AllocatableLine]:
    padded = [*sources, *[None] * (len(balances) - len(sources))]
    return [
        AllocatableLine(f"m{number}", number, balance, source_line_id=padded[number - 1])
        for number, balance in enumerate(balances, start=1)
    ]


def invoice_lines(*balances: int, starts: Sequence[date | None] = ()) -> list[AllocatableLine]:
    padded = [*starts, *[None] * (len(balances) - len(starts))]
    return [
        AllocatableLine(f"i{number}", number, balance, service_start=padded[number - 1])
        for number, balance in enumerate(balances, start=1)
    ]


def amounts(pairs: Sequence[Pair]) -> list[tuple[str, str, int]]:
    return [(pair.memo_line_id, pair.invoice_line_id, pair.amount) for pair in pairs]


def test_the_highest_balance_comes_first_and_the_last_one_is_partial() -> None:
    pairs = allocate(HIGHEST_FIRST, 120, memo_lines(200), invoice_lines(30, 100, 50))
    assert amounts(pairs) == [("m1", "i2", 100), ("m1", "i3", 20)]


def test_equal_balances_go_by_line_number_whatever_order_they_come_in() -> None:
    lines = invoice_lines(50, 50, 50)
    pairs = allocate(HIGHEST_FIRST, 120, memo_lines(120), lines[::-1])
    assert amounts(pairs) == [("m1", "i1", 50), ("m1", "i2", 50), ("m1", "i3", 20)]


def test_two_allocated_sides_are_paired_in_order() -> None:
    pairs = allocate(HIGHEST_FIRST, 100, memo_lines(60, 40), invoice_lines(30, 70))
    assert amounts(pairs) == [("m1", "i2", 60), ("m2", "i2", 10), ("m2", "i1", 30)]


def test_lines_are_not_sorted_again_while_they_are_used_up() -> None:
    # Re-sorted after each part, i1 (100, then 10 left) and i2 (95) would alternate.
    pairs = allocate(HIGHEST_FIRST, 150, memo_lines(90, 60), invoice_lines(100, 95))
    assert amounts(pairs) == [("m1", "i1", 90), ("m2", "i1", 10), ("m2", "i2", 50)]


def test_a_proportional_amount_goes_by_balance_with_the_largest_remainder() -> None:
    pairs = allocate(PROPORTIONAL, 100, memo_lines(100), invoice_lines(100, 100, 100))
    assert amounts(pairs) == [("m1", "i1", 34), ("m1", "i2", 33), ("m1", "i3", 33)]
    pairs = allocate(PROPORTIONAL, 2, memo_lines(100), invoice_lines(100, 100, 100)[::-1])
    assert amounts(pairs) == [("m1", "i1", 1), ("m1", "i2", 1)]


def test_credit_goes_to_its_source_line_first_and_the_rest_highest_first() -> None:
    memo = memo_lines(50, 30, 40, sources=["i2", None, "i1"])
    pairs = allocate(SOURCE_LINE, 120, memo, invoice_lines(25, 60, 70))
    assert amounts(pairs) == [("m1", "i2", 50), ("m3", "i1", 25), ("m2", "i3", 30), ("m3", "i3", 15)]


def test_a_source_that_is_used_up_leaves_the_other_lines_theirs() -> None:
    memo = memo_lines(50, 20, 30, sources=["i1", "i1", "i2"])
    pairs = allocate(SOURCE_LINE, 90, memo, invoice_lines(50, 30, 40))
    assert amounts(pairs) == [("m1", "i1", 50), ("m3", "i2", 30), ("m2", "i3", 10)]


def test_the_rest_is_given_away_to_the_last_minor_unit() -> None:
    pairs = allocate(SOURCE_LINE, 51, memo_lines(50, 1, sources=["i1", None]), invoice_lines(50, 1))
    assert amounts(pairs) == [("m1", "i1", 50), ("m2", "i2", 1)]


def test_the_rest_is_ranked_by_what_the_source_lines_left() -> None:
    memo = memo_lines(100, 50, sources=["i1"])
    pairs = allocate(SOURCE_LINE, 110, memo, invoice_lines(70, 40))
    assert amounts(pairs) == [("m1", "i1", 70), ("m2", "i2", 40)]


def test_source_lines_are_served_in_line_order_until_the_amount_is_used_up() -> None:
    memo = memo_lines(50, 50, sources=["i2", "i1"])
    pairs = allocate(SOURCE_LINE, 60, memo[::-1], invoice_lines(50, 50))
    assert amounts(pairs) == [("m1", "i2", 50), ("m2", "i1", 10)]


def test_a_source_line_on_another_invoice_or_without_balance_is_passed_over() -> None:
    memo = memo_lines(50, 50, sources=["elsewhere", "i1"])
    pairs = allocate(SOURCE_LINE, 50, memo, invoice_lines(0, 60))
    assert amounts(pairs) == [("m1", "i2", 50)]


def test_the_oldest_service_is_paid_first_and_lines_without_a_period_last() -> None:
    lines = invoice_lines(10, 10, 10, 10, starts=[None, date(2025, 3, 1), date(2025, 1, 1), date(2025, 3, 1)])
    pairs = allocate(OLDEST_SERVICE_FIRST, 35, memo_lines(5, 30), lines)
    assert amounts(pairs) == [
        ("m2", "i3", 10),
        ("m2", "i2", 10),
        ("m2", "i4", 10),
        ("m1", "i1", 5),
    ]


@pytest.mark.parametrize("rule", AllocationRule)
def test_negative_lines_take_and_give_nothing(rule: AllocationRule) -> None:
    # 400 − 100 mirrored, 300 applied: the lines are then 100 and −100 on both sides.
    memo = memo_lines(400, -100, sources=["i1", "i2"])
    assert amounts(allocate(rule, 300, memo, invoice_lines(400, -100))) == [("m1", "i1", 300)]


@pytest.mark.parametrize("rule", AllocationRule)
def test_more_than_a_side_can_carry_is_an_error(rule: AllocationRule) -> None:
    with pytest.raises(ValueError, match="memo lines cannot carry 101"):
        allocate(rule, 101, memo_lines(100, -50), invoice_lines(200))
    with pytest.raises(ValueError, match="invoice lines cannot carry 101"):
        allocate(rule, 101, memo_lines(200), invoice_lines(100, -50))
    with pytest.raises(ValueError, match="cannot carry -1"):
        allocate(rule, -1, memo_lines(1), invoice_lines(1))


@pytest.mark.parametrize("rule", AllocationRule)
def test_nothing_is_allocated_as_no_pairs(rule: AllocationRule) -> None:
    assert allocate(rule, 0, memo_lines(10, sources=["i1"]), invoice_lines(10)) == []
    assert allocate(rule, 0, [], []) == []


def test_unapplying_takes_back_the_last_allocated_first() -> None:
    assert unwind(50, [("first", 60), ("second", 40)]) == [("second", 40), ("first", 10)]
    # To the last minor unit.
    assert unwind(41, [("first", 60), ("second", 40)]) == [("second", 40), ("first", 1)]


def test_unapplying_passes_over_what_has_nothing_left() -> None:
    assert unwind(30, [("first", 60), ("second", 0), ("third", 10), ("fourth", 0)]) == [
        ("third", 10),
        ("first", 20),
    ]
    assert unwind(0, [("first", 60)]) == []


def test_unapplying_more_than_is_left_is_an_error() -> None:
    with pytest.raises(ValueError, match="cannot give back 101"):
        unwind(101, [("first", 60), ("second", 40)])
    with pytest.raises(ValueError, match="cannot give back -1"):
        unwind(-1, [("first", 60)])


@st.composite
def books(draw: st.DrawFn) -> tuple[int, list[AllocatableLine], list[AllocatableLine]]:
    balances = st.lists(st.integers(-50, 10_000), min_size=1, max_size=8)
    memo_balances, invoice_balances = draw(balances), draw(balances)
    starts = draw(
        st.lists(st.none() | st.dates(), min_size=len(invoice_balances), max_size=len(invoice_balances))
    )
    numbers = st.integers(1, len(invoice_balances) + 1)
    sources = [draw(st.none() | numbers.map(lambda number: f"i{number}")) for _ in memo_balances]
    memo = memo_lines(*memo_balances, sources=sources)
    invoice = invoice_lines(*invoice_balances, starts=starts)
    most = min(sum(max(0, line.balance) for line in side) for side in (memo, invoice))
    return draw(st.integers(0, most)), draw(st.permutations(memo)), draw(st.permutations(invoice))


@pytest.mark.parametrize("rule", AllocationRule)
@exhaustive
@given(books())
def test_every_allocation_carries_the_amount_within_every_balance(
    rule: AllocationRule, book: tuple[int, list[AllocatableLine], list[AllocatableLine]]
) -> None:
    amount, memo, invoice = book
    pairs = allocate(rule, amount, memo, invoice)

    assert sum(pair.amount for pair in pairs) == amount
    assert all(pair.amount > 0 for pair in pairs)
    assert len({(pair.memo_line_id, pair.invoice_line_id) for pair in pairs}) == len(pairs)
    for line in memo:
        assert sum(pair.amount for pair in pairs if pair.memo_line_id == line.id) <= max(0, line.balance)
    for line in invoice:
        assert sum(pair.amount for pair in pairs if pair.invoice_line_id == line.id) <= max(0, line.balance)

    positive = sum(line.balance > 0 for line in (*memo, *invoice))
    assert len(pairs) <= max(0, positive - 1)

    in_line_order = [sorted(side, key=lambda line: line.line_number) for side in (memo, invoice)]
    assert allocate(rule, amount, *in_line_order) == pairs


@exhaustive
@given(st.lists(st.integers(0, 100), max_size=8), st.data())
def test_unwinding_twice_is_unwinding_the_sum(left: list[int], data: st.DataObject) -> None:
    remaining = [(f"a{number}", amount) for number, amount in enumerate(left)]
    first = data.draw(st.integers(0, sum(left)))
    second = data.draw(st.integers(0, sum(left) - first))

    given_back = dict(unwind(first, remaining))
    assert sum(given_back.values()) == first
    rest = [(name, amount - given_back.get(name, 0)) for name, amount in remaining]
    for name, amount in unwind(second, rest):
        given_back[name] = given_back.get(name, 0) + amount
    assert given_back == dict(unwind(first + second, remaining))
