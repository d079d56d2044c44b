"""The worked examples of section 5 and of the arithmetic of money, run against the model."""

from datetime import UTC, datetime
from fractions import Fraction

from tests.model.books import Books
from tests.model.building import accepted, an_account, an_invoice, credit, first_code, line, taxes
from tests.model.money import split

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def books_at(level: str = "INVOICE_LINE") -> Books:
    return Books(level, now=NOW)


def test_half_of_100_and_8_25_is_50_and_4_13_then_4_12() -> None:
    books = books_at()
    invoice = an_invoice(books, an_account(books), line("100", "8.25"))
    assert taxes(books, credit(books, invoice, (0, "50"))) == [4.13]
    assert taxes(books, credit(books, invoice, (0, "50"))) == [4.12]
    assert books.invoices[invoice].balance == 0


def test_after_a_credit_without_tax_a_copy_carries_only_its_own_share() -> None:
    books = books_at("INVOICE")
    invoice = an_invoice(books, an_account(books), line("100", "8.25"))
    assert taxes(books, credit(books, invoice, (0, "50"), taxStrategy="IGNORE")) == [0]
    assert taxes(books, credit(books, invoice, (0, "25"))) == [2.06]


def test_after_a_void_a_copy_is_never_negative() -> None:
    books = books_at("INVOICE")
    invoice = an_invoice(books, an_account(books), line("3.00", "0.01"))
    first = credit(books, invoice, (0, "1.00"))
    assert taxes(books, first) == [0]
    assert taxes(books, credit(books, invoice, (0, "1.00"))) == [0.01]
    books.memos[accepted(first).credit_memos[0]].status = "VOIDED"
    assert taxes(books, credit(books, invoice, (0, "0.10"))) == [0]


def test_given_items_are_held_to_what_is_left_of_their_source() -> None:
    books = books_at("INVOICE")
    invoice = an_invoice(books, an_account(books), line("100", "6", "2"))
    second = books.invoices[invoice].lines[0].tax_items[1].handle
    too_much = [{"amount": "2.01", "sourceTaxItemId": second}]
    outcome = credit(books, invoice, (0, "10"), taxStrategy="MANUAL_OVERRIDE", taxItems=too_much)
    assert first_code(outcome) == "EXCEEDS_CREDITABLE_TAX"
    given = [{"amount": "2.00", "sourceTaxItemId": second}]
    assert taxes(books, credit(books, invoice, (0, "10"), taxItems=given)) == [2]
    assert taxes(books, credit(books, invoice, (0, "90"))) == [5.4]


def test_inclusive_agrees_with_exclusive_on_one_tax_item() -> None:
    books = books_at("INVOICE")
    invoice = an_invoice(books, an_account(books), line("100", "8.25"))
    made = credit(books, invoice, (0, "54.13"), taxMode="INCLUSIVE")
    assert taxes(books, made) == [4.13]
    assert books.memos[accepted(made).credit_memos[0]].lines[0].amount == 50
    assert taxes(books, credit(books, invoice, (0, "54.12"), taxMode="INCLUSIVE")) == [4.12]


def test_inclusive_never_makes_a_negative_amount_of_three_small_taxes() -> None:
    books = books_at("INVOICE")
    invoice = an_invoice(books, an_account(books), line("1.00", "0.02", "0.02", "0.02"))
    for _ in range(106):
        made = accepted(credit(books, invoice, (0, "0.01"), taxMode="INCLUSIVE"))
        assert books.memos[made.credit_memos[0]].lines[0].amount in {Fraction(0), Fraction(1, 100)}
    assert first_code(credit(books, invoice, (0, "0.01"), taxMode="INCLUSIVE")) == "EXCEEDS_CREDITABLE_AMOUNT"


def test_a_tax_only_line_lowers_what_is_left_and_no_share() -> None:
    books = books_at("INVOICE")
    invoice = an_invoice(books, an_account(books), line("100", "8.00"))
    assert taxes(books, credit(books, invoice, (0, "25"), taxOnly=True)) == [2]
    assert taxes(books, credit(books, invoice, (0, "50"))) == [4]
    assert taxes(books, credit(books, invoice, (0, "0"), taxOnly=True)) == [2]
    assert taxes(books, credit(books, invoice, (0, "50"))) == [0]


def test_largest_remainders_go_to_the_earlier_line_on_a_tie() -> None:
    thirds = [Fraction(1)] * 3
    assert split(Fraction(1), thirds, "USD") == [Fraction(34, 100), Fraction(33, 100), Fraction(33, 100)]
    assert split(Fraction(2), thirds, "JPY") == [1, 1, 0]


def test_decimals_count_as_written() -> None:
    books = books_at()
    account = an_account(books, currency="JPY")
    given = {"account": {"id": account}, "lines": [{"amount": "1200.00", "description": "x"}]}
    assert first_code(books.create_credit_memo(given)) == "TOO_MANY_DECIMALS"
    dinars = {**given, "currency": "KWD", "lines": [{"amount": "1.234", "description": "x"}]}
    accepted(books.create_credit_memo(dinars))
