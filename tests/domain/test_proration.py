"""How much amount and tax one credit takes from an invoice line."""

import pytest

from app.domain.proration import (
    ChargedLine,
    ChargedTax,
    Drawn,
    all_tax_left,
    all_that_is_left,
    amount_left,
    capped_exclusive,
    capped_inclusive,
    copy_exclusive,
    copy_inclusive,
    cumulative_share,
    draw,
    exempt_share,
    give_back,
    given_tax,
    split_tax_amount,
    tax_left,
    tax_of_amount,
    total_left,
)


def charged(amount: int, *taxes: int) -> ChargedLine:
    return ChargedLine(amount, taxes=tuple(ChargedTax(tax) for tax in taxes))


def test_two_halves_take_the_whole_tax_between_them() -> None:
    line = charged(10000, 825)
    first = copy_exclusive(line, 5000)
    assert (first.amount, first.tax, first.total) == (5000, 413, 5413)
    line = draw(line, first)
    second = copy_exclusive(line, 5000)
    assert (second.tax, second.total) == (412, 5412)
    assert total_left(draw(line, second)) == 0


def test_the_tax_in_a_second_gross_amount_is_what_both_contain_less_the_first_s() -> None:
    line = charged(100, 10)
    first = copy_inclusive(line, 55)
    assert first == Drawn(50, (5,), copied=True)
    # Of 88 together 8 are tax, whichever way they come.
    assert copy_inclusive(draw(line, first), 33) == Drawn(30, (3,), copied=True)


@pytest.mark.parametrize(
    ("exempt", "part", "whole", "expected"),
    [
        (100, 1, 3, 33),
        (-100, 1, 3, -33),
        (100, -2, -3, 66),
        (100, 3, 3, 100),
        (7, 1, 1, 7),
        (7, 0, 0, 0),
    ],
)
def test_what_is_exempt_goes_by_the_part_rounded_towards_zero(
    exempt: int, part: int, whole: int, expected: int
) -> None:
    share = exempt_share(exempt, part, whole)
    assert (share, type(share)) == (expected, int)


def test_what_was_not_drawn_is_not_given_back() -> None:
    line = draw(charged(100, 10), copy_exclusive(charged(100, 10), 40))
    for never in (given_tax(line, 1, [0]), given_tax(line, 0, [1]), Drawn(41, (4,), copied=True)):
        with pytest.raises(ValueError, match="was not drawn"):
            give_back(line, never)


def test_tax_alone_is_given_back_to_a_negative_line_of_which_an_amount_was_drawn_too() -> None:
    line = charged(-100, -10)
    before = draw(line, given_tax(line, -40, [0]))
    alone = given_tax(before, 0, [-1])
    assert give_back(draw(before, alone), alone) == before


def test_of_a_negative_line_amounts_are_negative_however_little_tax_it_has() -> None:
    assert copy_inclusive(charged(-110), -55) == Drawn(-55, (), copied=True)
    assert capped_exclusive(charged(-100, -10), -10, [5]) == Drawn(-10, (0,), copied=True)
    # Only 10 of the amount are left: the rest of the gross must be tax.
    line = draw(charged(-100, -10), given_tax(charged(-100, -10), -90, [0]))
    assert copy_inclusive(line, -20) == Drawn(-10, (-10,), copied=True)


def test_tax_that_must_be_more_than_was_found_is_spread_by_what_is_left_beyond_it() -> None:
    assert capped_inclusive(charged(100, 10, 10), 118, [9, 1]) == Drawn(100, (10, 8), copied=True)


def test_after_a_credit_without_tax_a_copy_carries_only_its_own_share() -> None:
    line = charged(10000, 825)
    line = draw(line, given_tax(line, 5000, [0]))
    assert copy_exclusive(line, 2500).tax == 206


def test_after_a_credit_with_given_tax_a_copy_carries_only_its_own_share() -> None:
    line = charged(10000, 825)
    line = draw(line, given_tax(line, 5000, [100]))
    assert copy_exclusive(line, 2500).tax == 206


def test_a_copy_takes_no_more_than_given_taxes_left() -> None:
    line = charged(10000, 825)
    line = draw(line, given_tax(line, 5000, [800]))
    assert copy_exclusive(line, 5000).tax == 25


def test_after_a_void_a_copy_never_takes_a_negative_tax() -> None:
    line = charged(300, 1)
    first = copy_exclusive(line, 100)
    assert first.tax == 0
    line = draw(line, first)
    second = copy_exclusive(line, 100)
    assert second.tax == 1
    line = give_back(draw(line, second), first)
    third = copy_exclusive(line, 10)
    assert third.tax == 0
    assert third.amount == 10


def test_a_full_credit_takes_exactly_what_is_left_of_everything() -> None:
    line = charged(10000, 825, 100)
    line = draw(line, copy_exclusive(line, 3333))
    line = draw(line, given_tax(line, 1000, [7, 0]))
    full = all_that_is_left(line)
    assert full == Drawn(5667, (825 - 275 - 7, 100 - 33), copied=True)
    line = draw(line, full)
    assert (amount_left(line), tax_left(line), total_left(line)) == (0, 0, 0)


def test_a_full_credit_counts_as_automatic_and_its_void_gives_that_back() -> None:
    line = charged(10000, 825)
    full = all_that_is_left(line)
    line = draw(line, full)
    assert (line.copied, line.taxes[0].copied) == (10000, 825)
    assert give_back(line, full) == charged(10000, 825)


def test_inclusive_takes_the_tax_out_of_the_gross() -> None:
    drawn = copy_inclusive(charged(10000, 825), 5413)
    assert (drawn.amount, drawn.tax, drawn.total) == (5000, 413, 5413)


def test_three_small_taxes_never_make_an_inclusive_amount_negative() -> None:
    # Item by item, the 27th unit of gross would carry three units of tax: an amount of −0.02.
    line = charged(100, 2, 2, 2)
    for _ in range(106):
        drawn = copy_inclusive(line, 1)
        assert drawn.total == 1
        assert drawn.amount in (0, 1)
        line = draw(line, drawn)
    assert (amount_left(line), tax_left(line)) == (0, 0)


def test_inclusive_tax_is_split_by_what_is_left_of_each_item() -> None:
    line = charged(10000, 600, 200, 200)
    line = draw(line, given_tax(line, 0, [0, 200, 0]))
    assert copy_inclusive(line, 5500).taxes == (375, 0, 125)


def test_inclusive_takes_more_tax_when_the_amount_left_is_too_small() -> None:
    line = charged(10000, 1000)
    line = draw(line, given_tax(line, 9900, [0]))
    assert copy_inclusive(line, 600) == Drawn(100, (500,), copied=True)


def test_inclusive_takes_no_more_tax_than_is_left() -> None:
    line = charged(10000, 1000)
    line = draw(line, given_tax(line, 0, [990]))
    assert copy_inclusive(line, 5500) == Drawn(5490, (10,), copied=True)


def test_inclusive_takes_no_more_tax_than_the_gross() -> None:
    # Nine of twenty: each of the twenty items is still rounded to 0, so their sum lags behind its share.
    line = charged(20, *[1] * 20)
    line = draw(line, copy_exclusive(line, 9))
    assert tax_left(line) == 20
    drawn = copy_inclusive(line, 1)
    assert (drawn.amount, drawn.tax) == (0, 1)


def test_where_tax_exceeds_the_amount_inclusive_can_leave_tax_alone_and_takes_it_later() -> None:
    line = charged(1, 100)
    line = draw(line, copy_inclusive(line, 51))
    assert (amount_left(line), tax_left(line)) == (0, 50)
    assert copy_inclusive(line, 50) == Drawn(0, (50,), copied=True)


@pytest.mark.parametrize("sign", [1, -1])
def test_negative_lines_go_by_magnitude(sign: int) -> None:
    line = charged(sign * 10000, sign * 825, sign * 100)
    assert copy_exclusive(line, sign * 5000) == Drawn(sign * 5000, (sign * 413, sign * 50), copied=True)
    assert copy_inclusive(line, sign * 5463).total == sign * 5463
    assert copy_inclusive(line, sign * 5463).amount == sign * 5000
    assert tax_of_amount(line, sign * 5000).taxes == (sign * 413, sign * 50)
    assert split_tax_amount(line, sign * 37) == (sign * 33, sign * 4)
    assert all_that_is_left(line).total == total_left(line) == sign * 10925


def test_a_line_of_amount_0_gives_its_tax_only_by_full_credit_or_tax_only() -> None:
    line = charged(0, 50, 20)
    assert copy_exclusive(line, 0) == Drawn(0, (0, 0), copied=True)
    assert copy_inclusive(line, 0) == Drawn(0, (0, 0), copied=True)
    assert tax_of_amount(line, 0) == Drawn(0, (0, 0), copied=False)
    assert all_that_is_left(line) == Drawn(0, (50, 20), copied=True)
    assert all_tax_left(line) == Drawn(0, (50, 20), copied=False)
    with pytest.raises(ValueError, match="more than is left"):
        draw(line, copy_inclusive(line, 70))


def test_a_line_without_tax_gives_its_amount_alone() -> None:
    line = charged(100)
    assert copy_exclusive(line, 30) == copy_inclusive(line, 30) == Drawn(30, (), copied=True)
    assert split_tax_amount(line, 0) == ()


def test_a_line_of_nothing_gives_nothing() -> None:
    assert copy_inclusive(charged(0), 0) == copy_exclusive(charged(0), 0) == Drawn(0, (), copied=True)


def test_tax_only_by_amount_takes_the_tax_of_that_amount_and_at_most_what_is_left() -> None:
    line = charged(10000, 825)
    drawn = tax_of_amount(line, 5000)
    assert drawn == Drawn(0, (413,), copied=False)
    line = draw(line, drawn)
    assert tax_of_amount(line, 5000).taxes == (412,)
    assert tax_of_amount(line, 10000).taxes == (412,)


def test_tax_only_lowers_what_is_left_but_disturbs_no_later_copy() -> None:
    line = charged(10000, 825)
    line = draw(line, tax_of_amount(line, 2500))
    assert tax_left(line) == 825 - 206
    assert (line.copied, line.taxes[0].copied) == (0, 0)
    assert copy_exclusive(line, 2500).tax == 206


def test_one_tax_number_is_split_by_what_is_left_of_each_item() -> None:
    line = charged(10000, 600, 300)
    line = draw(line, given_tax(line, 1000, [0, 150]))
    assert split_tax_amount(line, 100) == (80, 20)
    assert split_tax_amount(line, 750) == (600, 150)
    assert split_tax_amount(line, 0) == (0, 0)
    with pytest.raises(ValueError, match="weights"):
        split_tax_amount(charged(100), 1)


def test_there_is_one_given_tax_for_each_item() -> None:
    with pytest.raises(ValueError, match="1 taxes given for 2 tax items"):
        given_tax(charged(100, 1, 1), 10, [1])


@pytest.mark.parametrize(
    "drawn",
    [
        Drawn(101, (0, 0), copied=True),
        Drawn(-1, (0, 0), copied=True),
        Drawn(0, (6, 0), copied=False),
        Drawn(0, (0, -1), copied=False),
    ],
)
def test_more_than_is_left_or_of_the_other_sign_is_never_drawn(drawn: Drawn) -> None:
    line = charged(200, 10, 10)
    line = draw(line, given_tax(line, 100, [5, 5]))
    with pytest.raises(ValueError, match="more than is left"):
        draw(line, drawn)
    negative = charged(-200, -10, -10)
    negative = draw(negative, given_tax(negative, -100, [-5, -5]))
    opposite = Drawn(-drawn.amount, tuple(-tax for tax in drawn.taxes), drawn.copied)
    with pytest.raises(ValueError, match="more than is left"):
        draw(negative, opposite)


def test_only_what_was_drawn_is_given_back() -> None:
    line = charged(200, 10)
    by_hand = given_tax(line, 100, [3])
    line = draw(line, by_hand)
    with pytest.raises(ValueError, match="was not drawn"):
        give_back(line, Drawn(100, (3,), copied=True))
    with pytest.raises(ValueError, match="was not drawn"):
        give_back(line, Drawn(101, (3,), copied=False))
    with pytest.raises(ValueError, match="was not drawn"):
        give_back(line, Drawn(100, (4,), copied=False))
    assert give_back(line, by_hand) == charged(200, 10)


def test_an_amount_by_quantity_is_the_same_cumulative_share() -> None:
    # 10.00 for 3 pieces, credited one by one: 3.33, 3.34, 3.33.
    taken: list[int] = []
    for piece in (1, 2, 3):
        taken.append(cumulative_share(1000, piece, 3, taken=sum(taken), left=1000 - sum(taken)))
    assert taken == [333, 334, 333]
    assert cumulative_share(1000, 1, 0, taken=0, left=1000) == 0
