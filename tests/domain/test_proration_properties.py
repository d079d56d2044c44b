"""What holds for every sequence of credits and voids on an invoice line, compared with exact fractions."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.proration import (
    ChargedLine,
    ChargedTax,
    Drawn,
    all_tax_left,
    all_that_is_left,
    amount_left,
    copy_exclusive,
    copy_inclusive,
    draw,
    give_back,
    given_tax,
    split_tax_amount,
    tax_left,
    tax_of_amount,
    total_left,
)

exhaustive = settings(derandomize=True, max_examples=200, deadline=None)


def charged(amount: int, *taxes: int) -> ChargedLine:
    return ChargedLine(amount, taxes=tuple(ChargedTax(tax) for tax in taxes))


def half_away(exact: Fraction) -> int:
    magnitude = int(abs(exact) + Fraction(1, 2))
    return magnitude if exact >= 0 else -magnitude


# Lines of every size: amounts and taxes of a few units, where rounding bites, up to the largest a column holds.
sizes = st.one_of(st.integers(0, 12), st.integers(0, 2000), st.integers(0, 10**15 - 1))


@st.composite
def lines(draw_value: st.DrawFn, most_taxes: int = 4) -> ChargedLine:
    sign = draw_value(st.sampled_from([1, -1]))
    taxes = draw_value(st.lists(sizes, max_size=most_taxes))
    return charged(sign * draw_value(sizes), *(sign * tax for tax in taxes))


def any_credit(line: ChargedLine, data: st.DataObject) -> Drawn:
    """A credit of any kind, of any amount that callers would let pass."""

    def part_of(left: int) -> int:
        return data.draw(st.integers(min(0, left), max(0, left)))

    match data.draw(st.sampled_from("EIFGTAWS")):
        case "E":
            return copy_exclusive(line, part_of(amount_left(line)))
        case "I":
            return copy_inclusive(line, part_of(total_left(line)) if line.amount else 0)
        case "F":
            return all_that_is_left(line)
        case "G":
            given_taxes = [part_of(tax.amount - tax.credited) for tax in line.taxes]
            return given_tax(line, part_of(amount_left(line)), given_taxes)
        case "T":
            return tax_of_amount(line, part_of(line.amount))
        case "A":
            return all_tax_left(line)
        case "W":
            return given_tax(line, part_of(amount_left(line)), [0] * len(line.taxes))
        case _:
            return given_tax(line, 0, split_tax_amount(line, part_of(tax_left(line))))


def assert_within_what_was_charged(line: ChargedLine) -> None:
    for charge, credited, copied in [
        (line.amount, line.credited, line.copied),
        *((tax.amount, tax.credited, tax.copied) for tax in line.taxes),
    ]:
        assert 0 <= abs(copied) <= abs(credited) <= abs(charge)
        assert copied * charge >= 0
        assert credited * charge >= 0


@exhaustive
@given(lines(), st.data())
def test_no_sequence_of_credits_and_voids_takes_more_than_was_charged(
    start: ChargedLine, data: st.DataObject
) -> None:
    line, live = start, list[Drawn]()
    for _ in range(data.draw(st.integers(1, 12))):
        if data.draw(st.booleans()) and live:
            line = give_back(line, live.pop(data.draw(st.integers(0, len(live) - 1))))
        else:
            drawn = any_credit(line, data)
            assert drawn.total * (start.amount + sum(tax.amount for tax in start.taxes)) >= 0
            line = draw(line, drawn)
            live.append(drawn)
        assert_within_what_was_charged(line)
        assert line.credited == sum(drawn.amount for drawn in live)
        assert line.copied == sum(drawn.amount for drawn in live if drawn.copied)
    while live:
        line = give_back(line, live.pop())
    assert line == start


@exhaustive
@given(lines(), st.data())
def test_after_any_credits_a_full_credit_leaves_nothing(line: ChargedLine, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(0, 6))):
        line = draw(line, any_credit(line, data))
    line = draw(line, all_that_is_left(line))
    assert line.credited == line.amount
    assert all(tax.credited == tax.amount for tax in line.taxes)


@exhaustive
@given(lines().filter(lambda line: line.amount != 0), st.data())
def test_automatic_credits_that_end_up_taking_the_whole_amount_take_exactly_the_whole_tax(
    line: ChargedLine, data: st.DataObject
) -> None:
    live: list[Drawn] = []
    for _ in range(data.draw(st.integers(0, 8))):
        if live and data.draw(st.integers(0, 3)) == 0:
            line = give_back(line, live.pop(data.draw(st.integers(0, len(live) - 1))))
            continue
        left = total_left(line) if (inclusive := data.draw(st.booleans())) else amount_left(line)
        part = data.draw(st.integers(min(0, left), max(0, left)))
        drawn = copy_inclusive(line, part) if inclusive else copy_exclusive(line, part)
        line = draw(line, drawn)
        live.append(drawn)

    by_amount = draw(line, copy_exclusive(line, amount_left(line)))
    by_gross = draw(line, copy_inclusive(line, total_left(line)))
    for whole in (by_amount, by_gross):
        assert (amount_left(whole), tax_left(whole)) == (0, 0)
        assert all(tax.credited == tax.amount for tax in whole.taxes)


@exhaustive
@given(lines().filter(lambda line: line.amount != 0), st.data())
def test_without_voids_the_tax_copied_is_the_rounded_share_of_the_amount_copied(
    line: ChargedLine, data: st.DataObject
) -> None:
    for _ in range(data.draw(st.integers(1, 8))):
        left = amount_left(line)
        line = draw(line, copy_exclusive(line, data.draw(st.integers(min(0, left), max(0, left)))))
        for tax in line.taxes:
            assert tax.credited == half_away(Fraction(tax.amount * line.credited, line.amount))


@exhaustive
@given(lines().filter(lambda line: line.amount != 0), st.data())
def test_without_voids_the_tax_taken_out_of_the_gross_is_its_rounded_share(
    line: ChargedLine, data: st.DataObject
) -> None:
    charged_tax = sum(tax.amount for tax in line.taxes)
    for _ in range(data.draw(st.integers(1, 8))):
        left = total_left(line)
        gross = data.draw(st.integers(min(0, left), max(0, left)))
        drawn = copy_inclusive(line, gross)
        assert drawn.total == gross
        line = draw(line, drawn)
        taken = sum(tax.credited for tax in line.taxes)
        assert taken == half_away(Fraction(charged_tax * (line.credited + taken), line.amount + charged_tax))


@exhaustive
@given(lines(most_taxes=1).filter(lambda line: line.amount != 0), st.data())
def test_with_one_tax_item_inclusive_agrees_with_exclusive_to_the_cent(
    line: ChargedLine, data: st.DataObject
) -> None:
    live: list[Drawn] = []
    for _ in range(data.draw(st.integers(0, 6))):
        if data.draw(st.booleans()) and live:
            line = give_back(line, live.pop(data.draw(st.integers(0, len(live) - 1))))
        else:
            live.append(any_credit(line, data))
            line = draw(line, live[-1])
    left = amount_left(line)
    exclusive = copy_exclusive(line, data.draw(st.integers(min(0, left), max(0, left))))
    assert copy_inclusive(line, exclusive.total) == exclusive


@exhaustive
@given(lines(), st.data())
def test_a_negative_line_mirrors_a_positive_one(line: ChargedLine, data: st.DataObject) -> None:
    mirror = charged(-line.amount, *(-tax.amount for tax in line.taxes))
    for _ in range(data.draw(st.integers(1, 5))):
        left = amount_left(line)
        amount = data.draw(st.integers(min(0, left), max(0, left)))
        make = data.draw(st.sampled_from([copy_exclusive, copy_inclusive]))
        drawn, mirrored = make(line, amount), make(mirror, -amount)
        assert mirrored.amount == -drawn.amount
        assert mirrored.taxes == tuple(-tax for tax in drawn.taxes)
        line, mirror = draw(line, drawn), draw(mirror, mirrored)
