"""Credits from invoices: what a test asks for, and what became of it."""

from decimal import Decimal
from typing import Any

from app.domain.commands import (
    CancelCreditMemo,
    CreateCreditMemoFromInvoice,
    CreditMemoReference,
    InvoiceCreditEntry,
    InvoiceReference,
    PostCreditMemo,
)
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.invoice import InvoiceLine
from tests.support.books import TestBooks
from tests.support.building import Made


def of_line(invoice: Made, place: int = 0, amount: str | None = None, **said: Any) -> InvoiceCreditEntry:
    """An entry; numbers as texts."""
    for name in ("quantity", "tax_amount"):
        if name in said:
            said[name] = Decimal(said[name])
    return InvoiceCreditEntry(
        invoice_line_id=invoice.lines[place], amount=None if amount is None else Decimal(amount), **said
    )


def crediting(invoice: Made, *lines: InvoiceCreditEntry, **said: Any) -> CreateCreditMemoFromInvoice:
    """Of the lines given, else in full."""
    return CreateCreditMemoFromInvoice(
        **{
            "invoice": InvoiceReference(id=invoice.id),
            "lines": list(lines) or None,
            "full_credit": not lines,
            **said,
        }
    )


async def credited(books: TestBooks, invoice: Made, *lines: InvoiceCreditEntry, **said: Any) -> CreditMemo:
    result = await books.perform(crediting(invoice, *lines, **said))
    return await books.record(CreditMemo, result.outcome["credit_memo"])


async def lines_of(books: TestBooks, memo: CreditMemo) -> list[CreditMemoLine]:
    return await books.of(CreditMemoLine, "credit_memo_id", memo.id)


async def amounts_of(books: TestBooks, memo: CreditMemo) -> list[tuple[int, int]]:
    """(amount, tax) of every line."""
    return [(line.amount, line.tax_amount) for line in await lines_of(books, memo)]


async def drawn_from(books: TestBooks, invoice: Made, place: int = 0) -> tuple[int, int, int]:
    """What is credited of a line: amount, tax, and quantity in millionths."""
    line = await books.record(InvoiceLine, invoice.lines[place])
    return line.amount_credited, line.tax_credited, line.quantity_credited


def posting(memo: CreditMemo) -> PostCreditMemo:
    return PostCreditMemo(credit_memo=CreditMemoReference(id=memo.id))


def canceling(memo: CreditMemo) -> CancelCreditMemo:
    return CancelCreditMemo(credit_memo=CreditMemoReference(id=memo.id))
