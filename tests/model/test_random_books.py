"""Random walks on the model: the invariants hold, refusals leave no trace, and the checks see what is broken."""

import copy
from collections import Counter
from datetime import UTC, date, datetime
from fractions import Fraction
from random import Random

import pytest

from tests.model.books import Books
from tests.model.building import a_memo, accepted, an_account, an_invoice, apply, line
from tests.model.comparison import differences
from tests.model.entity import Rate
from tests.model.invariants import invariants
from tests.model.observed import Identities, learn_versions
from tests.model.outcome import Accepted, Refused
from tests.model.rendering import observed_of
from tests.model.wandering import Wanderer

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
RATES = [
    Rate("GOODS", "OHIO", "SALES TAX", Fraction(825, 10000), date(2025, 1, 1)),
    Rate("LATE", "OHIO", "SALES TAX", Fraction(725, 10000), date(2025, 1, 1)),
    Rate("SAAS", "TEXAS", "CITY TAX", Fraction(2, 100), date(2026, 1, 1)),
]


def books_with_accounts(level: str, allocation: str = "HIGHEST_FIRST") -> Books:
    books = Books(level, allocation, now=NOW)
    for number, currency in (("A-1", "USD"), ("A-2", "USD"), ("A-3", "JPY"), ("A-4", "KWD")):
        an_account(books, number, currency)
    return books


@pytest.mark.parametrize("seed", range(4))
def test_random_books_hold_every_invariant(seed: int) -> None:
    random = Random(seed)
    books = books_with_accounts(random.choice(["INVOICE", "INVOICE_LINE"]))
    books.entity.tax_engine = "BUILT_IN"
    books.entity.rates = RATES[:1]
    books.entity.templates = {"PLAIN": "CREDIT_MEMO", "BILL": "INVOICE"}
    wanderer = Wanderer(random)
    accepted_ones = Counter[str]()
    books.limits["clerk"] = {"USD": Fraction(100)}
    for step in range(160):
        books.actor = random.choice(["ada", "ben", "clerk"])
        if step % 50 == 49:
            books.level = random.choice(["INVOICE", "INVOICE_LINE"])
            books.entity.converts_on_posting = random.random() < 0.5
            books.entity.applies_on_posting = random.random() < 0.5
            books.entity.rates = RATES[: random.randint(1, 3)]
        mutation, command = wanderer.next(books)
        before = observed_of(books)
        outcome = books.run(mutation, command)
        after = observed_of(books)
        if isinstance(outcome, Refused):
            assert after == before, (mutation, command)
        accepted_ones[mutation] += isinstance(outcome, Accepted)
        broken = invariants(after)
        assert not broken, (mutation, command, broken)
    assert not differences(books, observed_of(books))
    for invoice in books.invoices.values():
        assert not invoice.moves or invoice.moves[-1].balance_after == invoice.balance
    for memo in books.memos.values():
        # A draft's balance is no history, though it may have been posted before.
        is_posted = memo.status not in ("DRAFT", "PENDING_APPROVAL")
        assert not memo.moves or memo.moves[-1].balance_after == (memo.balance if is_posted else 0)
    assert len(accepted_ones) >= 14, accepted_ones


def test_a_preview_leaves_the_books_alone_and_tells_what_would_be() -> None:
    books = books_with_accounts("INVOICE_LINE")
    invoice = an_invoice(books, "acc~1", line("100"))
    memo = a_memo(books, "acc~1", "40")
    before = observed_of(books)
    command = {
        "creditMemo": {"id": memo},
        "applications": [{"invoice": {"id": invoice}, "amount": "40"}],
        "dryRun": True,
        "idempotencyKey": "k",
    }
    trial, outcome = books.preview("applyCreditMemo", command)
    assert books.run("applyCreditMemo", command) == outcome
    assert observed_of(books) == before
    assert books.run("applyCreditMemo", {**command, "dryRun": False}) == outcome
    assert observed_of(books) == observed_of(trial)


def test_an_idempotency_key_replays_and_is_not_reused() -> None:
    books = books_with_accounts("INVOICE")
    given = {
        "account": {"id": "acc~1"},
        "lines": [{"amount": "5.0", "description": "x"}],
        "idempotencyKey": "k",
    }
    first = accepted(books.create_credit_memo(given))
    again = accepted(books.create_credit_memo({**given, "lines": [{"amount": "5.00", "description": "x"}]}))
    assert (again.credit_memos, again.replayed) == (first.credit_memos, True)
    other = books.create_credit_memo({**given, "lines": [{"amount": "6", "description": "x"}]})
    assert other == Refused(frozenset({"IDEMPOTENCY_KEY_REUSED"}))


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("invoices", "balance", "61.00"),
        ("invoices", "creditsApplied", "39.00"),
        ("creditMemos", "applied", "0.00"),
        ("applications", "creditMemoBalance", "1.00"),
        ("applications", "remainingAmount", "39.99"),
    ],
)
def test_both_checks_see_a_wrong_amount(kind: str, field: str, value: str) -> None:
    books = books_with_accounts("INVOICE_LINE")
    invoice = an_invoice(books, "acc~1", line("100"))
    accepted(apply(books, a_memo(books, "acc~1", "40"), (invoice, "40")))
    observed = copy.deepcopy(observed_of(books))
    next(iter(observed[kind].values()))[field] = value
    assert any(field in difference for difference in differences(books, observed))
    assert invariants(observed)


def test_commands_are_translated_to_the_ids_that_were_seen() -> None:
    books = books_with_accounts("INVOICE")
    invoice = an_invoice(books, "acc~1", line("100", "8"))
    identities = Identities()
    identities.learn(books, observed_of(books))
    command = {"invoice": {"id": invoice}, "lines": [{"invoiceLineId": "invl~1", "amount": "1"}]}
    expected = {"invoice": {"id": "INV~1"}, "lines": [{"invoiceLineId": "INVL~1", "amount": "1"}]}
    assert identities.to_service(command) == expected


def test_a_version_that_stands_still_is_told() -> None:
    books = books_with_accounts("INVOICE")
    invoice = an_invoice(books, "acc~1", line("100"))
    memo = a_memo(books, "acc~1", "40")
    before = observed_of(books)
    assert learn_versions(books, before) == []
    accepted(apply(books, memo, (invoice, "40")))
    assert len(learn_versions(books, before)) == 2
    assert learn_versions(books, before) == []
