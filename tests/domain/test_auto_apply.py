"""Which open memo pays which open invoice: the rules by example, and any books against a plan made by hand."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.auto_apply import PlannedApplication, is_available, is_owed, plan_applications
from app.domain.credit_memo import CreditMemo
from app.domain.invoice import Invoice
from app.domain.vocabulary import AutoApplyRule, CreditMemoStatus, InvoiceStatus, MemoPrecedence
from tests.rules.facts import TODAY, invoice, memo

REFERENCE, EQUAL, OLDEST, HIGHEST = (
    AutoApplyRule.MATCH_REFERENCE,
    AutoApplyRule.MATCH_BALANCE,
    AutoApplyRule.OLDEST_DUE,
    AutoApplyRule.HIGHEST_BALANCE,
)
OLD, EXPIRING = MemoPrecedence.OLDEST_FIRST, MemoPrecedence.EXPIRING_FIRST
DAYS = [TODAY + dt.timedelta(days=number) for number in range(4)]


def owed(id: str, balance: int, due: dt.date | None = None, **said: Any) -> Invoice:
    return invoice(id, balance, due_date=due, invoice_date=DAYS[0], **said)


def short(planned: Sequence[PlannedApplication]) -> list[tuple[str, str, int]]:
    return [(each.credit_memo_id, each.invoice_id, each.amount) for each in planned]


def test_a_memo_that_names_an_invoice_is_not_overtaken_by_an_older_one() -> None:
    memos = [memo("old", 100, memo_date=DAYS[0]), memo("new", 60, memo_date=DAYS[1], invoice_id="inv_1")]
    planned = plan_applications(memos, [owed("inv_1", 80), owed("inv_2", 500, DAYS[3])])
    assert planned == [
        PlannedApplication("new", "inv_1", 60, REFERENCE, 1),
        PlannedApplication("old", "inv_1", 20, OLDEST, 3),
        PlannedApplication("old", "inv_2", 80, OLDEST, 3),
    ]


def test_equal_balances_go_together_before_what_is_due_first() -> None:
    memos = [memo("a", 100), memo("b", 30)]
    invoices = [owed("soon", 50, DAYS[0]), owed("late", 30, DAYS[2]), owed("later", 30, DAYS[3])]
    assert short(plan_applications(memos, invoices)) == [
        ("b", "late", 30),
        ("a", "soon", 50),
        ("a", "later", 30),
    ]


def test_equal_means_equal_to_what_is_left_when_the_rule_is_tried() -> None:
    memos = [memo("a", 100, invoice_id="named")]
    invoices = [owed("named", 60), owed("forty", 40, DAYS[3]), owed("first", 70, DAYS[0])]
    assert short(plan_applications(memos, invoices)) == [("a", "named", 60), ("a", "forty", 40)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (owed("b", 10, DAYS[1]), owed("a", 10, DAYS[2])),
        (owed("b", 10, DAYS[1], number="1"), owed("a", 10, DAYS[1], number="2")),
        # One that was posted just now has no number yet.
        (owed("b", 10, DAYS[1], number=None), owed("a", 10, DAYS[1], number="1")),
        # Without a due date an invoice is due on its own date.
        (owed("b", 10, None), owed("a", 10, DAYS[1])),
        (owed("b", 10, DAYS[0], number="1"), owed("a", 10, None, number="2")),
    ],
)
def test_what_is_due_first_is_settled_first_and_then_the_lower_number(
    first: Invoice, second: Invoice
) -> None:
    for rule in (EQUAL, OLDEST, HIGHEST):
        [planned] = plan_applications([memo("m", 10)], [second, first], [rule])
        assert planned.invoice_id == first.id, rule


def test_the_highest_balance_is_the_highest_of_what_is_still_owed() -> None:
    memos = [memo("a", 30, memo_date=DAYS[0]), memo("b", 100, memo_date=DAYS[1])]
    invoices = [owed("large", 100), owed("middle", 80, DAYS[1]), owed("small", 10, DAYS[0])]
    assert short(plan_applications(memos, invoices, [HIGHEST])) == [
        ("a", "large", 30),
        ("b", "middle", 80),
        ("b", "large", 20),
    ]


@pytest.mark.parametrize(
    ("precedence", "expected"),
    [
        (OLD, ["numbered", "older", "younger", "lasting", "unnumbered"]),
        (EXPIRING, ["younger", "older", "numbered", "lasting", "unnumbered"]),
    ],
)
def test_memos_are_used_the_oldest_first_or_as_they_expire(
    precedence: MemoPrecedence, expected: list[str]
) -> None:
    memos = [
        memo("unnumbered", 1, memo_date=DAYS[1], number=None),
        memo("lasting", 1, memo_date=DAYS[1], number="9"),
        memo("younger", 1, memo_date=DAYS[1], number="8", expires_on=DAYS[2]),
        memo("older", 1, memo_date=DAYS[0], number="7", expires_on=DAYS[3]),
        memo("numbered", 1, memo_date=DAYS[0], number="6"),
    ]
    planned = plan_applications(memos, [owed("inv", 10)], [OLDEST], precedence)
    assert [each.credit_memo_id for each in planned] == expected


def test_one_currency_never_pays_another() -> None:
    memos = [memo("dollars", 10), memo("euros", 10, currency="EUR")]
    planned = plan_applications(memos, [owed("inv", 25, currency="EUR")])
    assert short(planned) == [("euros", "inv", 10)]
    both = [owed("inv_1", 25), owed("inv_2", 25, currency="EUR")]
    assert short(plan_applications(memos, both)) == [("euros", "inv_2", 10), ("dollars", "inv_1", 10)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, True),
        ({"balance": 1}, True),
        ({"balance": 0}, False),
        ({"exclude_from_auto_apply": True}, False),
        ({"expires_on": TODAY}, True),
        ({"expires_on": TODAY - dt.timedelta(days=1)}, False),
        ({"status": CreditMemoStatus.DRAFT}, False),
        ({"status": CreditMemoStatus.VOIDED}, False),
    ],
)
def test_a_memo_is_available_while_it_is_posted_open_not_excluded_and_not_expired(
    said: dict[str, Any], expected: bool
) -> None:
    assert is_available(replace(memo(), **said), TODAY) is expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, True),
        ({"balance": 1}, True),
        ({"balance": 0}, False),
        ({"balance": -1}, False),
        ({"status": InvoiceStatus.DRAFT}, False),
    ],
)
def test_credit_goes_to_what_is_posted_and_owed(said: dict[str, Any], expected: bool) -> None:
    assert is_owed(replace(invoice(), **said)) is expected


# ------------------------------------------------------------------------------------------ any books
sizes = st.integers(1, 12)
days = st.sampled_from(DAYS)


@st.composite
def accounts(draw: st.DrawFn) -> tuple[list[CreditMemo], list[Invoice]]:
    """Few sizes and days, so that ties and equal balances are frequent; some memos name an invoice."""
    invoices = [
        owed(f"inv_{n}", draw(sizes), draw(st.none() | days), number=f"{draw(st.integers(1, 3))}-{n}")
        for n in range(draw(st.integers(0, 5)))
    ]
    names = st.sampled_from([None, "inv_elsewhere", *(each.id for each in invoices)])
    memos = [
        memo(
            f"cm_{n}",
            draw(sizes),
            number=f"{draw(st.integers(1, 3))}-{n}",
            memo_date=draw(days),
            expires_on=draw(st.none() | days),
            invoice_id=draw(names),
        )
        for n in range(draw(st.integers(0, 5)))
    ]
    return draw(st.permutations(memos)), draw(st.permutations(invoices))


rule_lists = st.lists(st.sampled_from(list(AutoApplyRule)), min_size=1, unique=True)
precedences = st.sampled_from(list(MemoPrecedence))

Choice = Callable[[CreditMemo, list[Invoice], dict[str, int], dict[str, int]], Invoice | None]


def _first_due(invoices: Sequence[Invoice]) -> Invoice | None:
    return min(
        invoices, key=lambda each: (each.due_date or each.invoice_date, each.number or ""), default=None
    )


CHOICES: dict[AutoApplyRule, Choice] = {
    REFERENCE: lambda memo, open, credit, debt: next((i for i in open if i.id == memo.invoice_id), None),
    EQUAL: lambda memo, open, credit, debt: _first_due([i for i in open if debt[i.id] == credit[memo.id]]),
    OLDEST: lambda memo, open, credit, debt: _first_due(open),
    HIGHEST: lambda memo, open, credit, debt: _first_due(
        [i for i in open if debt[i.id] == max(debt[each.id] for each in open)]
    ),
}


def by_hand(
    memos: Sequence[CreditMemo],
    invoices: Sequence[Invoice],
    rules: Sequence[AutoApplyRule],
    precedence: MemoPrecedence,
) -> list[tuple[str, str, int, AutoApplyRule]]:
    """As a clerk would do it: look at everything again before each single application."""
    credit = {each.id: each.balance for each in memos}
    debt = {each.id: each.balance for each in invoices}
    in_turn = sorted(memos, key=lambda each: (each.memo_date, each.number))
    if precedence is EXPIRING:
        in_turn.sort(key=lambda each: each.expires_on or dt.date.max)
    made = []
    for rule in rules:
        for each in in_turn:
            while credit[each.id]:
                open = [i for i in invoices if debt[i.id]]
                found = CHOICES[rule](each, open, credit, debt)
                if found is None:
                    break
                amount = min(credit[each.id], debt[found.id])
                credit[each.id] -= amount
                debt[found.id] -= amount
                made.append((each.id, found.id, amount, rule))
    return made


@given(accounts(), rule_lists, precedences)
def test_the_plan_is_the_one_that_a_clerk_would_make(
    documents: tuple[list[CreditMemo], list[Invoice]],
    rules: list[AutoApplyRule],
    precedence: MemoPrecedence,
) -> None:
    planned = plan_applications(*documents, rules, precedence)
    assert [(*short([each])[0], each.rule) for each in planned] == by_hand(*documents, rules, precedence)
    assert all(rules[each.rank - 1] is each.rule for each in planned)


@given(accounts(), rule_lists, precedences, st.randoms(use_true_random=False))
def test_the_order_in_which_documents_come_does_not_matter(
    documents: tuple[list[CreditMemo], list[Invoice]],
    rules: list[AutoApplyRule],
    precedence: MemoPrecedence,
    dice: Any,
) -> None:
    memos, invoices = documents
    planned = plan_applications(memos, invoices, rules, precedence)
    shuffled = dice.sample(memos, len(memos)), dice.sample(invoices, len(invoices))
    assert plan_applications(*shuffled, rules, precedence) == planned


@given(accounts(), rule_lists, precedences)
def test_no_balance_is_exceeded_and_no_pair_comes_twice(
    documents: tuple[list[CreditMemo], list[Invoice]],
    rules: list[AutoApplyRule],
    precedence: MemoPrecedence,
) -> None:
    memos, invoices = documents
    planned = plan_applications(memos, invoices, rules, precedence)
    assert all(each.amount > 0 for each in planned)
    assert len({(each.credit_memo_id, each.invoice_id) for each in planned}) == len(planned)
    assert len(planned) <= max(0, len(memos) + len(invoices) - 1)
    for each in memos:
        assert sum(p.amount for p in planned if p.credit_memo_id == each.id) <= each.balance
    for owing in invoices:
        assert sum(p.amount for p in planned if p.invoice_id == owing.id) <= owing.balance


@given(accounts(), precedences)
def test_with_a_rule_that_takes_any_invoice_one_side_is_used_up(
    documents: tuple[list[CreditMemo], list[Invoice]], precedence: MemoPrecedence
) -> None:
    memos, invoices = documents
    for rule in (OLDEST, HIGHEST):
        planned = plan_applications(memos, invoices, [REFERENCE, EQUAL, rule], precedence)
        applied = sum(each.amount for each in planned)
        assert applied == min(sum(each.balance for each in memos), sum(each.balance for each in invoices))


@pytest.mark.parametrize("rule", list(AutoApplyRule))
def test_ten_thousand_documents_a_side_are_matched_without_looking_at_every_pair(rule: AutoApplyRule) -> None:
    """Ten thousand times ten thousand would not come to an end here."""
    count = 10_000
    memos = [memo(f"cm_{n:05d}", 1 + n % 97, invoice_id=f"inv_{n:05d}") for n in range(count)]
    invoices = [owed(f"inv_{n:05d}", 1 + n % 89) for n in range(count)]
    planned = plan_applications(memos, invoices, [rule])
    assert 0 < len(planned) < 2 * count
