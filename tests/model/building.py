"""Short ways to fill the model's books in tests: each runs real commands and insists that they are accepted."""

from typing import Any

from tests.model.books import Books
from tests.model.outcome import Accepted, Outcome, Refused


def accepted(outcome: Outcome) -> Accepted:
    assert isinstance(outcome, Accepted), f"refused: {sorted(outcome.codes)}"
    return outcome


def first_code(outcome: Outcome) -> str:
    assert isinstance(outcome, Refused), f"accepted: {outcome}"
    return outcome.first


def an_account(books: Books, number: str = "A-1", currency: str = "USD") -> str:
    given = {"number": number, "name": number, "currency": currency}
    return accepted(books.upsert_accounts({"accounts": [given]})).accounts[0]


def line(amount: str, *taxes: str, **details: Any) -> dict[str, Any]:
    return {"amount": amount, "taxItems": [{"amount": tax} for tax in taxes], **details}


def an_invoice(books: Books, account: str, *lines: dict[str, Any], **details: Any) -> str:
    given = {
        "account": {"id": account},
        "invoiceDate": "2026-01-10",
        "post": True,
        "lines": list(lines),
        **details,
    }
    return accepted(books.create_invoices({"invoices": [given]})).invoices[0]


def a_memo(books: Books, account: str, *amounts: str, **details: Any) -> str:
    lines = [{"amount": amount, "description": "credit"} for amount in amounts]
    command = {"account": {"id": account}, "lines": lines, "post": True, **details}
    return accepted(books.create_credit_memo(command)).credit_memos[0]


def invoice_line(books: Books, invoice: str, index: int = 0) -> str:
    return books.invoices[invoice].lines[index].handle


def credit(books: Books, invoice: str, *items: tuple[int, str], **details: Any) -> Outcome:
    """createAndApplyCreditMemo on (line index, amount); details go to every line."""
    lines = [
        {"invoiceLineId": invoice_line(books, invoice, index), "amount": amount, **details}
        for index, amount in items
    ]
    return books.create_and_apply_credit_memo({"invoice": {"id": invoice}, "lines": lines})


def apply(books: Books, memo: str, *targets: tuple[str, str], **details: Any) -> Outcome:
    items = [{"invoice": {"id": invoice}, "amount": amount} for invoice, amount in targets]
    return books.apply_credit_memo({"creditMemo": {"id": memo}, "applications": items, **details})


def pay(books: Books, invoice: str, amount: str, **details: Any) -> Outcome:
    return books.record_payment(
        {"invoice": {"id": invoice}, "amount": amount, "date": "2026-02-01", **details}
    )


def balances(books: Books, invoice: str) -> list[str]:
    """The invoice's balance, then those of its lines."""
    document = books.invoices[invoice]
    return [str(value) for value in (document.balance, *(part.balance for part in document.lines))]


def memo_balances(books: Books, memo: str) -> list[str]:
    document = books.memos[memo]
    return [str(value) for value in (document.balance, *(part.balance for part in document.lines))]


def taxes(books: Books, outcome: Outcome) -> list[float]:
    """The tax of the memo's lines, in line order (exact figures below a cent of a million)."""
    memo = books.memos[accepted(outcome).credit_memos[0]]
    return [float(part.tax) for part in memo.lines]


def pairs(books: Books, outcome: Outcome) -> list[tuple[int, int, int]]:
    """(memo line number, invoice line number, amount) of the line applications, in allocation order."""
    row = books.applications[accepted(outcome).applications[0]]
    found = []
    for part in row.lines:
        memo_line, taker = books.find_memo_line(part.memo_line), books.find_invoice_line(part.invoice_line)
        assert memo_line is not None
        assert taker is not None
        found.append((memo_line[1].number, taker[1].number, int(part.amount)))
    return found
