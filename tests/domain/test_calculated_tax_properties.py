"""What holds for the tax that an engine finds on credits of an invoice line, compared with exact fractions."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.calculated_tax import CalculatedTax, NoTax, TaxByAnswer, TaxByRate, TaxToCome
from app.domain.proration import (
    ChargedLine,
    ChargedTax,
    Drawn,
    Proportion,
    all_that_is_left,
    amount_left,
    copy_exclusive,
    draw,
    give_back,
    given_tax,
    tax_left,
    total_left,
)
from app.domain.vocabulary import TaxMode

exhaustive = settings(derandomize=True, max_examples=200, deadline=None)
ONE = 10**8
EXCLUSIVE, INCLUSIVE = TaxMode.EXCLUSIVE, TaxMode.INCLUSIVE

rates = st.one_of(st.integers(0, ONE), st.integers(0, 30).map(lambda percent: percent * ONE // 100))
amounts = st.one_of(st.integers(1, 12), st.integers(1, 2000), st.integers(1, 10**12))


def half_away(exact: Fraction) -> int:
    magnitude = int(abs(exact) + Fraction(1, 2))
    return magnitude if exact >= 0 else -magnitude


def by_rates(*parts: int) -> TaxByRate:
    return TaxByRate(tuple(Proportion(rate, ONE) for rate in parts), parts)


def part_of(left: int, data: st.DataObject) -> int:
    return data.draw(st.integers(min(0, left), max(0, left)))


@st.composite
def rated_lines(draw_value: st.DrawFn, most_taxes: int = 3) -> tuple[ChargedLine, TaxByRate]:
    """A line that was charged by rates, and an engine that has the same ones."""
    amount = draw_value(st.sampled_from([1, -1])) * draw_value(amounts)
    parts = draw_value(st.lists(rates, min_size=1, max_size=most_taxes))
    taxes = tuple(ChargedTax(half_away(Fraction(rate * amount, ONE))) for rate in parts)
    return ChargedLine(amount, taxes=taxes), by_rates(*parts)


@st.composite
def other_lines(draw_value: st.DrawFn, most_taxes: int = 3) -> tuple[ChargedLine, TaxByRate]:
    """A line and an engine whose rates have changed since it was charged."""
    line, engine = draw_value(rated_lines(most_taxes))
    return line, by_rates(*(draw_value(rates) for _ in engine.rates))


def credit(line: ChargedLine, tax: CalculatedTax, data: st.DataObject) -> Drawn:
    """By the engine, by hand, or without tax."""
    match data.draw(st.sampled_from("EIGW")):
        case "E":
            return tax.drawn(line, part_of(amount_left(line), data), EXCLUSIVE)
        case "I":
            return tax.drawn(line, part_of(total_left(line), data), INCLUSIVE)
        case "G":
            given_taxes = [part_of(each.amount - each.credited, data) for each in line.taxes]
            return given_tax(line, part_of(amount_left(line), data), given_taxes)
        case _:
            return given_tax(line, part_of(amount_left(line), data), [0] * len(line.taxes))


@exhaustive
@given(rated_lines(), st.data())
def test_rates_that_were_charged_give_what_a_copy_gives_up_to_the_rounding(
    charged: tuple[ChargedLine, TaxByRate], data: st.DataObject
) -> None:
    line, engine = charged
    copied = line
    for _ in range(data.draw(st.integers(1, 8))):
        amount = part_of(amount_left(line), data)
        line = draw(line, engine.drawn(line, amount, EXCLUSIVE))
        copied = draw(copied, copy_exclusive(copied, amount))
        for ours, theirs in zip(line.taxes, copied.taxes, strict=True):
            assert abs(ours.credited - theirs.credited) <= 1
    line = draw(line, engine.drawn(line, amount_left(line), EXCLUSIVE))
    assert (amount_left(line), tax_left(line)) == (0, 0)


@exhaustive
@given(rated_lines(), st.data())
def test_without_voids_the_tax_found_is_the_rounded_rate_of_all_that_was_credited(
    charged: tuple[ChargedLine, TaxByRate], data: st.DataObject
) -> None:
    line, engine = charged
    for _ in range(data.draw(st.integers(1, 8))):
        line = draw(line, engine.drawn(line, part_of(amount_left(line), data), EXCLUSIVE))
        for tax, rate in zip(line.taxes, engine.rates, strict=True):
            assert tax.credited == half_away(Fraction((rate or 0) * line.credited, ONE))


@exhaustive
@given(other_lines(), st.data())
def test_no_rate_takes_more_than_was_charged_and_a_full_credit_ends_at_the_invoice_s_own(
    charged: tuple[ChargedLine, TaxByRate], data: st.DataObject
) -> None:
    line, engine = charged
    start, live = line, list[Drawn]()
    for _ in range(data.draw(st.integers(1, 8))):
        if live and data.draw(st.integers(0, 3)) == 0:
            line = give_back(line, live.pop(data.draw(st.integers(0, len(live) - 1))))
        else:
            live.append(credit(line, engine, data))
            line = draw(line, live[-1])
    line = draw(line, all_that_is_left(line))
    assert line.credited == start.amount
    assert [tax.credited for tax in line.taxes] == [tax.amount for tax in start.taxes]


@exhaustive
@given(other_lines(most_taxes=1), st.data())
def test_with_one_tax_item_inclusive_agrees_with_exclusive_to_the_cent(
    charged: tuple[ChargedLine, TaxByRate], data: st.DataObject
) -> None:
    line, engine = charged
    for _ in range(data.draw(st.integers(0, 5))):
        line = draw(line, credit(line, engine, data))
    exclusive = engine.drawn(line, part_of(amount_left(line), data), EXCLUSIVE)
    assert engine.drawn(line, exclusive.total, INCLUSIVE) == exclusive


@exhaustive
@given(other_lines(), st.data())
def test_the_tax_in_a_gross_amount_is_its_rounded_share_within_what_is_left(
    charged: tuple[ChargedLine, TaxByRate], data: st.DataObject
) -> None:
    line, engine = charged
    for _ in range(data.draw(st.integers(0, 5))):
        line = draw(line, credit(line, engine, data))
    gross = part_of(total_left(line), data)
    drawn = engine.drawn(line, gross, INCLUSIVE)

    sign = -1 if line.amount < 0 else 1
    rate = Fraction(sum(each or 0 for each in engine.rates), ONE)
    copied_tax = sum(tax.copied for tax in line.taxes)
    share = half_away(rate / (1 + rate) * (line.copied + copied_tax + gross)) - copied_tax
    least = max(0, sign * (gross - amount_left(line)))
    most = min(sign * gross, sign * tax_left(line))
    assert sign * drawn.tax == min(max(sign * share, least), most)
    assert drawn.total == gross
    draw(line, drawn)


@exhaustive
@given(other_lines(), st.data())
def test_a_larger_amount_never_takes_less(
    charged: tuple[ChargedLine, TaxByRate], data: st.DataObject
) -> None:
    line, engine = charged
    line = draw(line, credit(line, engine, data))
    for mode, left in ((EXCLUSIVE, amount_left(line)), (INCLUSIVE, total_left(line))):
        less, more = sorted((part_of(left, data), part_of(left, data)), key=abs)
        one, other = engine.drawn(line, less, mode), engine.drawn(line, more, mode)
        assert abs(one.amount) <= abs(other.amount)
        assert abs(one.tax) <= abs(other.tax)


@exhaustive
@given(other_lines(), st.data())
def test_whatever_a_callback_answers_no_more_than_is_left_is_taken(
    charged: tuple[ChargedLine, TaxByRate], data: st.DataObject
) -> None:
    line, engine = charged
    sign = -1 if line.amount < 0 else 1
    for _ in range(data.draw(st.integers(0, 3))):
        line = draw(line, credit(line, engine, data))
    told = tuple(sign * data.draw(amounts) for _ in line.taxes)
    amount = part_of(amount_left(line), data)
    exclusive = TaxByAnswer(amount or sign, told, (None,) * len(told)).drawn(line, amount, EXCLUSIVE)
    lefts = [tax.amount - tax.credited for tax in line.taxes]
    expected = [
        sign * min(abs(tax), abs(left)) if amount else 0 for tax, left in zip(told, lefts, strict=True)
    ]
    assert list(exclusive.taxes) == expected
    draw(line, exclusive)

    gross = part_of(total_left(line), data)
    inclusive = TaxByAnswer(gross or sign, told, (None,) * len(told)).drawn(line, gross, INCLUSIVE)
    assert inclusive.total == gross
    least = max(0, sign * (gross - amount_left(line)))
    most = min(sign * gross, sign * tax_left(line))
    capped = sum(min(abs(tax), abs(left)) if gross else 0 for tax, left in zip(told, lefts, strict=True))
    assert sign * inclusive.tax == min(max(capped, least), most)
    draw(line, inclusive)


def test_a_line_without_tax_counts_as_credited_automatically_unless_it_is_exempt() -> None:
    assert NoTax(0, exempt=False).drawn(ChargedLine(1000), 400, EXCLUSIVE) == Drawn(400, (), copied=True)
    line = ChargedLine(1000, taxes=(ChargedTax(82),))
    exempt = NoTax(1, exempt=True)
    assert exempt.drawn(line, 400, EXCLUSIVE) == Drawn(400, (0,), copied=False)
    assert list(exempt.rates) == [None]


def test_a_tax_that_is_to_come_counts_for_nothing_and_leaves_its_part_of_a_gross() -> None:
    line = ChargedLine(10000, taxes=(ChargedTax(825),))
    to_come = TaxToCome(1)
    assert to_come.drawn(line, 5413, EXCLUSIVE) == Drawn(5413, (0,), copied=False)
    assert to_come.drawn(line, 5413, INCLUSIVE) == Drawn(5000, (0,), copied=False)
    assert to_come.drawn(line, 10825, INCLUSIVE) == Drawn(10000, (0,), copied=False)
    assert list(to_come.rates) == [None]
