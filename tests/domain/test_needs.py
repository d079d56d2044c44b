"""What a command needs to be permitted beyond its own permission, by what it asks for."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.commands import (
    AccountReference,
    Command,
    ConvertNegativeInvoiceLines,
    CreateCreditMemo,
    CreateCreditMemoFromInvoice,
    CreateInvoices,
    CreditMemoReference,
    InvoiceEntry,
    InvoiceLineEntry,
    InvoiceReference,
    UpdateCreditMemo,
    WriteOffInvoice,
)
from app.domain.needs import needed

INVOICE = InvoiceReference(id="inv_1")
BUYER = AccountReference(id="acc_1")
MEMO = CreditMemoReference(id="cm_1")


def billed(*, post: bool) -> InvoiceEntry:
    line = InvoiceLineEntry(amount=Decimal(1))
    return InvoiceEntry(account=BUYER, invoice_date=date(2026, 6, 1), lines=[line], post=post)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (CreateCreditMemo(account=BUYER, lines=[]), set()),
        (CreateCreditMemo(account=BUYER, lines=[], post=True), {"credit_memos:post"}),
        (CreateCreditMemoFromInvoice(invoice=INVOICE), set()),
        (
            CreateCreditMemoFromInvoice(invoice=INVOICE, post=True, apply_to_invoice=True),
            {"credit_memos:post", "credit_memos:apply"},
        ),
        (CreateCreditMemoFromInvoice(invoice=INVOICE, auto_apply_upon_posting=True), {"credit_memos:apply"}),
        (UpdateCreditMemo(credit_memo=MEMO), set()),
        (UpdateCreditMemo(credit_memo=MEMO, auto_apply_upon_posting=False), set()),
        (UpdateCreditMemo(credit_memo=MEMO, auto_apply_upon_posting=True), {"credit_memos:apply"}),
        (ConvertNegativeInvoiceLines(invoice=INVOICE, apply_to_invoice=False), set()),
        (ConvertNegativeInvoiceLines(invoice=INVOICE, apply_to_invoice=True), {"credit_memos:apply"}),
        (CreateInvoices(invoices=[billed(post=False)]), set()),
        (CreateInvoices(invoices=[billed(post=False), billed(post=True)]), {"invoices:post"}),
        (WriteOffInvoice(invoice=INVOICE), {"credit_memos:post", "credit_memos:apply"}),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Command) else ", ".join(sorted(each)) or "-",
)
def test_what_a_command_really_does_is_needed(command: Command, expected: set[str]) -> None:
    assert needed(command) == expected
