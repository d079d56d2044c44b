"""The worked examples of the domain page, run against the model, so that the model can be trusted."""

from datetime import UTC, date, datetime

import pytest

from tests.model.books import Books
from tests.model.building import (
    a_memo,
    accepted,
    an_account,
    an_invoice,
    apply,
    balances,
    credit,
    first_code,
    invoice_line,
    line,
    memo_balances,
    pairs,
    pay,
)
from tests.model.outcome import Refused

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
LEVELS = ("INVOICE", "INVOICE_LINE")


def books_at(level: str = "INVOICE_LINE", **settings: object) -> Books:
    return Books(level, now=NOW, **settings)  # type: ignore[arg-type]  # settings are spelled by each test


def test_a_settled_invoice_may_have_open_lines() -> None:
    books = books_at()
    account = an_account(books)
    invoice = an_invoice(books, account, line("100"), line("50"))
    accepted(pay(books, invoice, "120.00"))
    memo_line = books.memos[a_memo(books, account, "30")].lines[0].handle
    items = [{"invoiceLineId": invoice_line(books, invoice), "amount": "30"}]
    accepted(books.apply_credit_memo_line({"creditMemoLineId": memo_line, "applications": items}))
    assert balances(books, invoice) == ["0", "70", "50"]
    assert books.invoices[invoice].settlement_status == "SETTLED"


def test_a_mirrored_negative_line_takes_and_gives_nothing() -> None:
    books = books_at()
    invoice = an_invoice(books, an_account(books), line("400"), line("-100"))
    made = accepted(credit(books, invoice, (0, "400"), (1, "-100")))
    assert balances(books, invoice) == ["0", "100", "-100"]
    assert memo_balances(books, made.credit_memos[0]) == ["0", "100", "-100"]


@pytest.mark.parametrize("level", LEVELS)
def test_from_an_invoice_of_400_and_minus_100_no_more_than_300_is_drawn(level: str) -> None:
    books = books_at(level)
    invoice = an_invoice(books, an_account(books), line("400"), line("-100"))
    assert first_code(credit(books, invoice, (0, "301"))) == "EXCEEDS_CREDITABLE_AMOUNT"
    accepted(credit(books, invoice, (0, "300")))
    assert books.invoices[invoice].balance == 0


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([], "NO_LINES"),
        ([(0, "10"), (0, "5")], "DUPLICATE_LINE"),
        ([(0, "0")], "INVALID_AMOUNT"),
        ([(0, "-1")], "INVALID_AMOUNT"),
        ([(0, "1.001")], "TOO_MANY_DECIMALS"),
        ([(0, "100.01")], "EXCEEDS_CREDITABLE_AMOUNT"),
    ],
)
def test_a_credit_that_its_invoice_cannot_give_is_refused(items: list[tuple[int, str]], code: str) -> None:
    books = books_at("INVOICE")
    invoice = an_invoice(books, an_account(books), line("100"), line("50"))
    assert first_code(credit(books, invoice, *items)) == code


def test_a_credit_is_refused_by_what_is_left_to_settle() -> None:
    books = books_at("INVOICE")
    invoice = an_invoice(books, an_account(books), line("100"), line("50"))
    accepted(pay(books, invoice, "120"))
    assert first_code(credit(books, invoice, (0, "30.01"))) == "EXCEEDS_INVOICE_BALANCE"
    other = an_invoice(books, "acc~1", line("5"))
    item = {"invoiceLineId": invoice_line(books, other), "amount": "5"}
    command = {"invoice": {"id": invoice}, "lines": [item]}
    assert first_code(books.create_and_apply_credit_memo(command)) == "LINE_NOT_ON_INVOICE"


def test_at_line_level_a_credit_settles_its_own_line() -> None:
    books = books_at()
    invoice = an_invoice(books, an_account(books), line("100"), line("50"))
    accepted(apply(books, a_memo(books, "acc~1", "80"), (invoice, "80")))
    assert first_code(credit(books, invoice, (0, "21"))) == "EXCEEDS_LINE_BALANCE"
    made = credit(books, invoice, (1, "50"), (0, "20"))
    assert pairs(books, made) == [(1, 2, 50), (2, 1, 20)]


def test_unapply_50_of_60_and_40_unwinds_last_allocated_first() -> None:
    books = books_at()
    invoice = an_invoice(books, an_account(books), line("60"), line("40"))
    row = accepted(apply(books, a_memo(books, "acc~1", "100"), (invoice, "100"))).applications[0]
    undone = accepted(books.unapply_credit_memo({"applicationId": row, "amount": "50"}))
    parts = books.applications[undone.applications[0]].lines
    assert [int(part.amount) for part in parts] == [40, 10]
    first = books.applications[row].lines[0].handle
    accepted(books.unapply_credit_memo_line({"lineApplicationId": first, "amount": "20"}))
    assert books.remaining(books.applications[row]) == 30
    assert first_code(books.unapply_credit_memo({"applicationId": row, "amount": "31"})) == (
        "EXCEEDS_REMAINING_APPLICATION"
    )
    accepted(books.unapply_credit_memo({"applicationId": row}))
    assert first_code(books.unapply_credit_memo({"applicationId": row})) == "ALREADY_UNAPPLIED"
    assert (
        first_code(books.unapply_credit_memo({"applicationId": undone.applications[0]}))
        == "NOT_AN_APPLIED_ROW"
    )
    assert balances(books, invoice) == ["100", "60", "40"]


def test_an_unapply_is_not_dated_before_its_application() -> None:
    books = books_at()
    invoice = an_invoice(books, an_account(books), line("10"))
    memo = a_memo(books, "acc~1", "10")
    item = {"invoice": {"id": invoice}, "amount": "10", "effectiveDate": "2026-07-01T00:00:00Z"}
    made = books.apply_credit_memo({"creditMemo": {"id": memo}, "applications": [item]})
    row = accepted(made).applications[0]
    early = {"applicationId": row, "effectiveDate": "2026-06-30T00:00:00Z"}
    assert first_code(books.unapply_credit_memo(early)) == "INVALID_DATE"
    undone = accepted(books.unapply_credit_memo({"applicationId": row})).applications[0]
    assert books.applications[undone].effective == datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize("level", LEVELS)
def test_converting_400_and_minus_100_leaves_400_and_a_memo_of_100(level: str) -> None:
    books = books_at(level)
    invoice = an_invoice(books, an_account(books), line("400"), line("-100"))
    made = accepted(books.convert_negative_invoice_lines({"invoice": {"id": invoice}}))
    assert balances(books, invoice) == ["400", "400", "0"]
    accepted(apply(books, made.credit_memos[0], (invoice, "100")))
    assert books.invoices[invoice].balance == 300
    full = accepted(credit(books, invoice, (0, "300")))
    assert books.invoices[invoice].balance == 0
    assert books.memos[full.credit_memos[0]].balance == 0


def test_converting_and_applying_at_once_leaves_300() -> None:
    books = books_at()
    invoice = an_invoice(books, an_account(books), line("400"), line("-100", "-8"))
    command = {"invoice": {"id": invoice}, "applyToInvoice": True}
    made = books.convert_negative_invoice_lines(command)
    assert pairs(books, made) == [(1, 1, 108)]
    assert balances(books, invoice) == ["292", "292", "0"]
    again = books.convert_negative_invoice_lines(command)
    assert isinstance(again, Refused)
    assert {"ALREADY_CONVERTED", "ACTIVE_SETTLEMENT"} <= again.codes


def test_a_conversion_is_refused_while_the_invoice_is_settled_in_part() -> None:
    books = books_at()
    invoice = an_invoice(books, an_account(books), line("400"), line("-100"))
    command = {"invoice": {"id": invoice}}
    payment = accepted(pay(books, invoice, "1")).payments[0]
    assert first_code(books.convert_negative_invoice_lines(command)) == "ACTIVE_SETTLEMENT"
    accepted(books.reverse_payment({"paymentId": payment}))
    wanted = {**command, "invoiceLineIds": [invoice_line(books, invoice, 0)]}
    assert first_code(books.convert_negative_invoice_lines(wanted)) == "NOT_NEGATIVE"
    accepted(books.convert_negative_invoice_lines(command))


@pytest.mark.parametrize(
    ("rule", "amounts", "expected"),
    [
        ("HIGHEST_FIRST", ("20", "50", "30"), [(2, 2, 50), (2, 3, 10), (1, 3, 20)]),
        ("PROPORTIONAL", ("20", "50", "30"), [(1, 1, 16), (1, 2, 16), (2, 2, 24), (2, 3, 24)]),
        ("OLDEST_SERVICE_FIRST", ("40", "50", "50"), [(2, 3, 50), (2, 1, 10), (1, 1, 20)]),
    ],
)
def test_an_amount_is_allocated_at_both_ends_and_paired(
    rule: str, amounts: tuple[str, str, str], expected: list[tuple[int, int, int]]
) -> None:
    books = books_at()
    account = an_account(books)
    starts = ("2026-02-01", None, "2026-01-01")
    lines = [line(amount, serviceStart=start) for amount, start in zip(amounts, starts, strict=True)]
    invoice = an_invoice(books, account, *lines)
    made = apply(books, a_memo(books, account, "40", "60"), (invoice, "80"), allocation=rule)
    assert pairs(books, made) == expected


def test_a_memo_goes_back_to_its_source_lines_then_highest_first() -> None:
    books = books_at()
    invoice = an_invoice(books, an_account(books), line("100"), line("50"))
    made = accepted(credit(books, invoice, (0, "60"), (1, "50")))
    accepted(books.unapply_credit_memo({"applicationId": made.applications[0]}))
    accepted(apply(books, a_memo(books, "acc~1", "35"), (invoice, "35"), allocation="HIGHEST_FIRST"))
    assert balances(books, invoice) == ["115", "65", "50"]
    again = apply(books, made.credit_memos[0], (invoice, "110"))
    assert books.applications[accepted(again).applications[0]].allocation_rule == "SOURCE_LINE"
    assert pairs(books, again) == [(1, 1, 60), (2, 2, 50)]


def test_a_closed_period_takes_nothing_new() -> None:
    books = books_at(closed_through=date(2026, 1, 31))
    account = an_account(books)
    given = {"account": {"id": account}, "invoiceDate": "2026-01-31", "lines": [line("1")]}
    assert first_code(books.create_invoices({"invoices": [given]})) == "PERIOD_CLOSED"


def test_a_second_delivery_returns_the_first_and_another_content_is_refused() -> None:
    books = books_at()
    account = an_account(books)
    invoice = an_invoice(books, account, line("10"), externalReference="X", externalReferenceSource="erp")
    given = {"account": {"id": account}, "invoiceDate": "2026-01-10", "post": True, "lines": [line("10.0")]}
    given |= {"externalReference": "X", "externalReferenceSource": "erp"}
    again = accepted(books.create_invoices({"invoices": [given]}))
    assert (again.invoices, again.duplicates) == ((invoice,), 1)
    given["lines"] = [line("11")]
    assert first_code(books.create_invoices({"invoices": [given]})) == "EXTERNAL_REFERENCE_REUSED"
