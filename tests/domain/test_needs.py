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
    CreateDirectCreditMemos,
    CreateInvoices,
    CreditMemoReference,
    DirectCreditMemoEntry,
    DirectCreditSelection,
    InvoiceEntry,
    InvoiceLineEntry,
    InvoiceReference,
    SubmitDirectCreditMemos,
    UpdateCreditMemo,
    WriteOffInvoice,
)
from app.domain.needs import needed

INVOICE = InvoiceReference(id="inv_1")
BUYER = AccountReference(id="acc_1")
MEMO = CreditMemoReference(id="cm_1")


DIRECT = {"jobs:write", "credit_memos:create"}
DIRECT_POSTED = DIRECT | {"credit_memos:post"}


def direct(*, auto_approve: bool = False, auto_apply: bool = False) -> DirectCreditMemoEntry:
    return DirectCreditMemoEntry(
        invoice=INVOICE, full_credit=True, auto_approve=auto_approve, auto_apply=auto_apply
    )


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
        (CreateDirectCreditMemos(credit_memos=[direct()]), DIRECT),
        # Only what is posted is applied.
        (CreateDirectCreditMemos(credit_memos=[direct(auto_apply=True)]), DIRECT),
        (CreateDirectCreditMemos(credit_memos=[direct(), direct(auto_approve=True)]), DIRECT_POSTED),
        (
            CreateDirectCreditMemos(credit_memos=[direct(auto_approve=True, auto_apply=True)]),
            DIRECT_POSTED | {"credit_memos:apply"},
        ),
        (SubmitDirectCreditMemos(selection=DirectCreditSelection(accounts=[BUYER])), DIRECT),
        (
            SubmitDirectCreditMemos(selection=DirectCreditSelection(accounts=[BUYER], auto_approve=True)),
            DIRECT_POSTED,
        ),
        (
            SubmitDirectCreditMemos(credit_memos=[direct(auto_approve=True)]),
            DIRECT_POSTED,
        ),
    ],
    ids=lambda each: type(each).__name__ if isinstance(each, Command) else ", ".join(sorted(each)) or "-",
)
def test_what_a_command_really_does_is_needed(command: Command, expected: set[str]) -> None:
    assert needed(command) == expected
