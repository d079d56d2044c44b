"""Sections 4.8, 4.9, 5 and 9 against the model: credits from an invoice, by quantity, by rate, many at once."""

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest

from tests.model.books import Books
from tests.model.building import (
    accepted,
    an_account,
    an_invoice,
    balances,
    first_code,
    invoice_line,
    line,
    memo_balances,
    taxes,
)
from tests.model.entity import Rate
from tests.model.outcome import Outcome, Refused

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
LEVELS = ("INVOICE", "INVOICE_LINE")


def books_at(level: str = "INVOICE_LINE") -> Books:
    return Books(level, now=NOW)


def calculating_books() -> Books:
    books = books_at()
    books.entity.tax_engine = "BUILT_IN"
    rate = Fraction(825, 10000)
    books.entity.rates = [Rate("SAAS", "TEXAS", "SALES TAX", rate, date(2026, 1, 1), date(2026, 3, 31))]
    return books


def codes_of(outcome: Outcome) -> frozenset[str]:
    assert isinstance(outcome, Refused), outcome
    return outcome.codes


def from_invoice(books: Books, invoice: str, *lines: dict[str, Any], **said: Any) -> Outcome:
    """Each line by its index under `at`."""
    entries = [
        {"invoiceLineId": invoice_line(books, invoice, entry["at"]), **entry, "at": None} for entry in lines
    ]
    return books.create_credit_memo_from_invoice({"invoice": {"id": invoice}, "lines": entries, **said})


def in_full(books: Books, invoice: str, **said: Any) -> Outcome:
    return books.create_credit_memo_from_invoice({"invoice": {"id": invoice}, "fullCredit": True, **said})


@pytest.mark.parametrize("level", LEVELS)
def test_a_full_credit_mirrors_a_mixed_invoice_and_settles_it(level: str) -> None:
    books = books_at(level)
    invoice = an_invoice(books, an_account(books), line("400", "33"), line("-100", "-8.25"))
    made = accepted(in_full(books, invoice, post=True, applyToInvoice=True))
    assert [int(part.amount) for part in books.memos[made.credit_memos[0]].lines] == [400, -100]
    assert balances(books, invoice)[0] == "0"
    assert first_code(in_full(books, invoice)) == "NOTHING_CREDITABLE"


def test_after_a_conversion_full_credit_and_conversion_leave_nothing_over() -> None:
    books = books_at("INVOICE")
    invoice = an_invoice(books, an_account(books), line("400"), line("-100"))
    converted = accepted(books.convert_negative_invoice_lines({"invoice": {"id": invoice}}))
    full = accepted(in_full(books, invoice, post=True, applyToInvoice=True))
    memo = {"creditMemo": {"id": converted.credit_memos[0]}}
    accepted(
        books.apply_credit_memo({**memo, "applications": [{"invoice": {"id": invoice}, "amount": "100"}]})
    )
    assert memo_balances(books, full.credit_memos[0])[0] == memo_balances(books, converted.credit_memos[0])[0]
    assert balances(books, invoice)[0] == "0"


def test_a_quantity_alone_finds_its_amount_in_cumulative_proportion() -> None:
    books = books_at()
    invoice = an_invoice(books, an_account(books), line("100", "8.25", quantity="3"))
    one_seat = {"at": 0, "quantity": "1"}
    made = [accepted(from_invoice(books, invoice, one_seat)) for _ in range(3)]
    amounts = [float(books.memos[each.credit_memos[0]].lines[0].amount) for each in made]
    assert amounts == [33.33, 33.34, 33.33]
    assert "EXCEEDS_CREDITABLE_QUANTITY" in codes_of(from_invoice(books, invoice, one_seat))
    accepted(books.cancel_credit_memo({"creditMemo": {"id": made[1].credit_memos[0]}}))
    beside = from_invoice(books, invoice, {"at": 0, "quantity": "1", "amount": "0.01"})
    assert books.quantity_credited(books.invoices[invoice].lines[0]) == 3
    assert float(books.memos[accepted(beside).credit_memos[0]].lines[0].amount) == 0.01


def test_on_the_order_item_the_quantity_is_a_sum_and_given_back_exactly() -> None:
    books = books_at()
    account = an_account(books)
    seats = line("100", quantity="10", orderItem={"externalReference": "order-1", "quantity": "10"})
    months = [an_invoice(books, account, seats) for _ in range(2)]
    made = [accepted(in_full(books, month)) for month in months]
    assert books.quantity_credited_of_order("order-1") == 20
    accepted(books.cancel_credit_memo({"creditMemo": {"id": made[0].credit_memos[0]}}))
    assert books.quantity_credited_of_order("order-1") == 10


def test_a_tax_as_one_number_is_split_by_what_is_left() -> None:
    books = books_at()
    invoice = an_invoice(books, an_account(books), line("100", "6", "2.25"))
    entry = {"at": 0, "amount": "50", "taxAmount": "4.13"}
    made = accepted(from_invoice(books, invoice, entry))
    items = books.memos[made.credit_memos[0]].lines[0].tax_items
    assert [float(item.amount) for item in items] == [3.0, 1.13]
    assert "EXCEEDS_CREDITABLE_TAX" in codes_of(from_invoice(books, invoice, entry))


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"amount": "0"}, "INVALID_AMOUNT"),
        ({"amount": "0", "description": "mended"}, None),
        ({"amount": "0", "taxOnly": True}, None),
        ({"amount": "-1"}, "INVALID_AMOUNT"),
        ({"quantity": "1"}, "EXCEEDS_CREDITABLE_QUANTITY"),
        ({"amount": "100.01"}, "EXCEEDS_CREDITABLE_AMOUNT"),
    ],
)
def test_a_line_says_what_it_credits(entry: dict[str, Any], code: str | None) -> None:
    books = books_at()
    invoice = an_invoice(books, an_account(books), line("100", "8.25"))
    outcome = from_invoice(books, invoice, {"at": 0, **entry})
    if code is None:
        accepted(outcome)
    else:
        assert code in codes_of(outcome)


def test_nothing_is_drawn_from_a_net_negative_invoice() -> None:
    books = books_at()
    invoice = an_invoice(books, an_account(books), line("50"), line("-100"))
    assert "NOTHING_CREDITABLE" in codes_of(in_full(books, invoice))
    assert first_code(books.create_credit_memo_from_invoice({"invoice": {"id": invoice}})) == "NO_LINES"


def test_a_memo_asked_to_be_applied_is_applied_when_it_is_posted() -> None:
    books = books_at()
    invoice = an_invoice(books, an_account(books), line("100"))
    made = accepted(from_invoice(books, invoice, {"at": 0, "amount": "60"}, applyToInvoice=True))
    assert balances(books, invoice)[0] == "100"
    posted = accepted(books.post_credit_memo({"creditMemo": {"id": made.credit_memos[0]}}))
    assert books.applications[posted.applications[0]].amount == 60
    assert balances(books, invoice)[0] == "40"


def test_two_halves_at_the_rate_that_was_charged_take_4_13_and_4_12() -> None:
    books = calculating_books()
    taxed = line("100", taxCode="SAAS", jurisdiction="TEXAS") | {"taxAmount": "8.25", "taxItems": None}
    invoice = an_invoice(books, an_account(books), taxed)
    half = {"at": 0, "amount": "50", "taxStrategy": "CALCULATE"}
    assert [taxes(books, from_invoice(books, invoice, half)) for _ in range(2)] == [[4.13], [4.12]]


def test_a_tax_that_is_not_known_waits_in_a_draft_and_counts_in_no_proportion() -> None:
    books = calculating_books()
    rates, books.entity.rates = books.entity.rates, []
    taxed = line("100", "8.25", taxCode="SAAS", jurisdiction="TEXAS")
    invoice = an_invoice(books, an_account(books), taxed)
    half = {"at": 0, "amount": "50", "taxStrategy": "CALCULATE"}
    assert first_code(from_invoice(books, invoice, half)) == "TAX_ENGINE_FAILED"
    waiting = accepted(from_invoice(books, invoice, half, post=True, onTaxFailure="DRAFT"))
    named = {"creditMemo": {"id": waiting.credit_memos[0]}}
    assert first_code(books.post_credit_memo(named)) == "TAX_PENDING"
    quarter = {"at": 0, "amount": "25", "taxStrategy": "COPY_FROM_INVOICE_LINE"}
    assert taxes(books, from_invoice(books, invoice, quarter)) == [2.06]
    assert first_code(books.recalculate_tax(named)) == "TAX_ENGINE_FAILED"
    books.entity.rates = rates
    assert taxes(books, books.recalculate_tax(named)) == [4.13]
    accepted(books.post_credit_memo(named))


def test_direct_memos_have_their_own_fates_in_input_order_and_see_each_other() -> None:
    books = books_at()
    invoice = an_invoice(books, an_account(books), line("100"))
    full = {"invoice": {"id": invoice}, "fullCredit": True, "autoApprove": True, "autoApply": True}
    barred = {**full, "reasonCode": "Credit & Rebill"}
    outcome = accepted(books.create_direct_credit_memos({"creditMemos": [barred, full, full]}))
    assert [item.outcome for item in outcome.items] == ["REFUSED", "DONE", "SKIPPED"]
    assert outcome.items[0].codes == {"REASON_CODE_NOT_ALLOWED"}
    assert balances(books, invoice)[0] == "0"


def test_atomic_direct_memos_are_all_or_none() -> None:
    books = books_at()
    invoice = an_invoice(books, an_account(books), line("100"))
    full = {"invoice": {"id": invoice}, "fullCredit": True}
    nothing = {"invoice": {"id": invoice}}
    outcome = books.create_direct_credit_memos({"creditMemos": [full, nothing], "atomic": True})
    assert first_code(outcome) == "NO_LINES"
    assert not books.memos


@pytest.mark.parametrize(("applies", "owed"), [(False, "400"), (True, "300")])
def test_an_entity_may_have_negative_lines_converted_on_posting(applies: bool, owed: str) -> None:
    books = books_at()
    books.entity.converts_on_posting, books.entity.applies_on_posting = True, applies
    account = an_account(books)
    an_invoice(books, account, line("400"), line("-100"))
    draft = an_invoice(books, account, line("400"), line("-100"), post=False)
    accepted(books.post_invoice({"invoice": {"id": draft}}))
    assert [balances(books, invoice)[0] for invoice in books.invoices] == [owed, owed]
    assert len(books.memos) == 2
