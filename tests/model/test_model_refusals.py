"""Sections 4.3, 4.4, 4.10 and 4.12 against the model: what fits is done, what does not is refused in the field's words."""

from datetime import UTC, datetime

import pytest

from tests.model.books import Books
from tests.model.building import (
    a_memo,
    accepted,
    an_account,
    an_invoice,
    apply,
    balances,
    first_code,
    invoice_line,
    line,
    memo_balances,
    pay,
)
from tests.model.outcome import Outcome

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
LEVELS = ("INVOICE", "INVOICE_LINE")


def books_at(level: str = "INVOICE_LINE") -> Books:
    return Books(level, now=NOW)


@pytest.mark.parametrize(
    ("target", "amount", "code"),
    [
        ("another account", "10", "ACCOUNT_MISMATCH"),
        ("another currency", "10", "CURRENCY_MISMATCH"),
        ("draft", "10", "INVALID_STATUS"),
        ("good", "0", "INVALID_AMOUNT"),
        ("good", "60.01", "EXCEEDS_MEMO_BALANCE"),
        ("good", "50.01", "EXCEEDS_INVOICE_BALANCE"),
        ("none", "10", "NOT_FOUND"),
    ],
)
@pytest.mark.parametrize("level", LEVELS)
def test_an_application_that_does_not_fit_is_refused(level: str, target: str, amount: str, code: str) -> None:
    books = books_at(level)
    account, other = an_account(books), an_account(books, "A-2")
    memo = a_memo(books, account, "60")
    targets = {
        "good": an_invoice(books, account, line("50")),
        "another account": an_invoice(books, other, line("50")),
        "another currency": an_invoice(books, account, line("50"), currency="EUR"),
        "draft": an_invoice(books, account, line("50"), post=False),
        "none": "inv~99",
    }
    assert first_code(apply(books, memo, (targets[target], amount))) == code
    twice = apply(books, memo, (targets["good"], "1"), (targets["good"], "1"))
    assert first_code(twice) == "DUPLICATE_TARGET"


@pytest.mark.parametrize("level", LEVELS)
def test_one_memo_line_goes_to_lines_of_several_invoices_at_either_level(level: str) -> None:
    books = books_at(level)
    account = an_account(books)
    first = an_invoice(books, account, line("30"), line("20"), line("-5"))
    second = an_invoice(books, account, line("40"))
    memo = a_memo(books, account, "70", "10")
    given = books.memos[memo].lines[0].handle

    def to(*targets: tuple[str, int, str]) -> Outcome:
        items = [{"invoiceLineId": invoice_line(books, i, n), "amount": amount} for i, n, amount in targets]
        return books.apply_credit_memo_line({"creditMemoLineId": given, "applications": items})

    assert first_code(to((first, 2, "1"))) == "INVALID_AMOUNT"
    assert first_code(to((first, 1, "20.01"))) == "EXCEEDS_LINE_BALANCE"
    assert first_code(to((first, 0, "30"), (first, 1, "15.01"))) == "EXCEEDS_INVOICE_BALANCE"
    made = accepted(to((first, 0, "30"), (second, 0, "25"), (first, 1, "15")))
    assert [int(books.applications[row].amount) for row in made.applications] == [45, 25]
    assert memo_balances(books, memo) == ["10", "0", "10"]
    assert balances(books, first) == ["0", "0", "5", "-5"]


def test_a_payment_is_reversed_once_whole_and_not_before_it() -> None:
    books = books_at()
    invoice = an_invoice(books, an_account(books), line("10"))
    assert first_code(pay(books, invoice, "10.01")) == "EXCEEDS_INVOICE_BALANCE"
    payment = accepted(pay(books, invoice, "10")).payments[0]
    assert books.invoices[invoice].settlement_status == "SETTLED"
    early = {"paymentId": payment, "date": "2026-01-31"}
    assert first_code(books.reverse_payment(early)) == "INVALID_DATE"
    accepted(books.reverse_payment({"paymentId": payment}))
    assert first_code(books.reverse_payment({"paymentId": payment})) == "ALREADY_REVERSED"
    assert books.invoices[invoice].settlement_status == "NOT_SETTLED"


def test_a_draft_memo_is_posted_or_cancelled_once() -> None:
    books = books_at()
    account = an_account(books)
    kept, dropped = a_memo(books, account, "5", post=False), a_memo(books, account, "5", post=False)
    accepted(books.post_credit_memo({"creditMemo": {"id": kept}}))
    accepted(books.cancel_credit_memo({"creditMemo": {"id": dropped}}))
    assert memo_balances(books, kept)[0] == "5"
    assert memo_balances(books, dropped)[0] == "0"
    for memo in (kept, dropped):
        assert first_code(books.cancel_credit_memo({"creditMemo": {"id": memo}})) == "INVALID_STATUS"
