"""Sections 4.3 and 4.4: a posted memo applied to invoices, and one memo line to invoice lines."""

from datetime import datetime
from fractions import Fraction

from tests.model.allocation import Pair
from tests.model.documents import CreditMemo, Invoice, InvoiceLine, MemoLine
from tests.model.ledger import Command, Ledger
from tests.model.money import ZERO
from tests.model.outcome import Accepted, Outcome, refused
from tests.model.reading import check_period, check_texts, check_version, read_instant, read_positive
from tests.model.settlement import apply_amount, write_line_row, write_row


def apply_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    codes: set[str] = set()
    check_texts(command, codes)
    items = command["applications"]
    if not items:
        codes.add("NO_LINES")
    memo = ledger.find_memo(command["creditMemo"])
    targets = [ledger.find_invoice(item["invoice"]) for item in items]
    known = [invoice.handle for invoice in targets if invoice is not None]
    named = [repr(item["invoice"]) for item in items]
    if len(set(known)) < len(known) or len(set(named)) < len(named):
        codes.add("DUPLICATE_TARGET")
    for item in items:
        check_period(ledger, read_instant(item.get("effectiveDate")), codes)
    if memo is None:
        return refused(codes | {"NOT_FOUND"})
    check_version(ledger, memo.handle, command, codes)
    if memo.status != "POSTED":
        codes.add("INVALID_STATUS")
    amounts = [read_positive(item["amount"], memo.currency, codes) for item in items]
    for item, invoice, amount in zip(items, targets, amounts, strict=True):
        if invoice is None:
            codes.add("NOT_FOUND")
        else:
            check_version(ledger, invoice.handle, item, codes)
            _check_target(memo, invoice, amount, codes)
    if memo.balance == 0 or sum(amounts, ZERO) > memo.balance:
        codes.add("EXCEEDS_MEMO_BALANCE")
    if codes:
        return refused(codes)
    rows = []
    for item, invoice, amount in zip(items, targets, amounts, strict=True):
        assert invoice is not None
        rule = command.get("allocation") or default_rule(ledger, memo, invoice)
        effective = read_instant(item.get("effectiveDate"))
        description = item.get("description")
        rows.append(
            apply_amount(ledger, memo, invoice, amount, "APPLY_CREDIT_MEMO", rule, effective, description)
        )
    return Accepted(
        credit_memos=(memo.handle,),
        applications=tuple(row.handle for row in rows),
        line_applications=tuple(line.handle for row in rows for line in row.lines),
        invoices=tuple(row.invoice for row in rows),
    )


def default_rule(ledger: Ledger, memo: CreditMemo, invoice: Invoice) -> str:
    """SOURCE_LINE where a memo goes to the invoice it was drawn from; a conversion draws nothing."""
    is_drawn_from_it = memo.source == "INVOICE" and memo.invoice == invoice.handle
    return "SOURCE_LINE" if is_drawn_from_it else ledger.allocation


def _check_target(memo: CreditMemo, invoice: Invoice, amount: Fraction, codes: set[str]) -> None:
    check_sides(memo, invoice, codes)
    if amount > invoice.balance:
        codes.add("EXCEEDS_INVOICE_BALANCE")


def check_sides(memo: CreditMemo, invoice: Invoice, codes: set[str]) -> None:
    if invoice.status != "POSTED":
        codes.add("INVALID_STATUS")
    if invoice.account != memo.account:
        codes.add("ACCOUNT_MISMATCH")
    if invoice.currency != memo.currency:
        codes.add("CURRENCY_MISMATCH")


class _Target:
    """One item of applyCreditMemoLine, found and read."""

    def __init__(self, item: Command, invoice: Invoice, line: InvoiceLine, amount: Fraction) -> None:
        self.invoice = invoice
        self.line = line
        self.amount = amount
        self.effective = read_instant(item.get("effectiveDate"))
        self.description: str | None = item.get("description")


def apply_credit_memo_line(ledger: Ledger, command: Command) -> Outcome:
    """At either entity level; one header row an invoice, in the order in which invoices first appear."""
    codes: set[str] = set()
    check_texts(command, codes)
    items = command["applications"]
    if not items:
        codes.add("NO_LINES")
    wanted = [item["invoiceLineId"] for item in items]
    if len(set(wanted)) < len(wanted):
        codes |= {"DUPLICATE_TARGET", "DUPLICATE_LINE"}
    for item in items:
        check_period(ledger, read_instant(item.get("effectiveDate")), codes)
    found = ledger.find_memo_line(command["creditMemoLineId"])
    if found is None:
        return refused(codes | {"NOT_FOUND"})
    memo, memo_line = found
    check_version(ledger, memo.handle, command, codes)
    if memo.status != "POSTED":
        codes.add("INVALID_STATUS")
    targets = []
    for item in items:
        amount = read_positive(item["amount"], memo.currency, codes)
        taker = ledger.find_invoice_line(item["invoiceLineId"])
        if taker is None:
            codes.add("NOT_FOUND")
        else:
            check_version(ledger, taker[0].handle, item, codes)
            targets.append(_Target(item, *taker, amount))
    _check_line_targets(memo, memo_line, targets, codes)
    if codes:
        return refused(codes)
    return _apply_targets(ledger, memo, memo_line, targets)


def _check_line_targets(
    memo: CreditMemo, memo_line: MemoLine, targets: list[_Target], codes: set[str]
) -> None:
    total = sum((target.amount for target in targets), ZERO)
    if total > memo_line.balance:
        codes.add("EXCEEDS_LINE_BALANCE")
    if memo.balance == 0 or total > memo.balance:
        codes.add("EXCEEDS_MEMO_BALANCE")
    if memo_line.total < 0:
        codes.add("INVALID_AMOUNT")
    for target in targets:
        check_sides(memo, target.invoice, codes)
        if target.line.total < 0:
            codes.add("INVALID_AMOUNT")
        if target.amount > target.line.balance:
            codes.add("EXCEEDS_LINE_BALANCE")
        siblings = [other.amount for other in targets if other.invoice is target.invoice]
        if sum(siblings, ZERO) > target.invoice.balance:
            codes.add("EXCEEDS_INVOICE_BALANCE")


def _apply_targets(ledger: Ledger, memo: CreditMemo, memo_line: MemoLine, targets: list[_Target]) -> Accepted:
    rows, line_rows = [], []
    for handle in dict.fromkeys(target.invoice.handle for target in targets):
        own = [target for target in targets if target.invoice.handle == handle]
        row = write_row(
            ledger,
            memo,
            own[0].invoice,
            "APPLIED",
            "LINE",
            sum((target.amount for target in own), ZERO),
            "APPLY_CREDIT_MEMO_LINE",
            _latest([target.effective for target in own]),
            own[0].description,
        )
        for target in own:
            pair = Pair(memo_line, target.line, target.amount)
            line_rows.append(write_line_row(ledger, row, pair, target.effective))
        rows.append(row)
    return Accepted(
        credit_memos=(memo.handle,),
        applications=tuple(row.handle for row in rows),
        line_applications=tuple(row.handle for row in line_rows),
        invoices=tuple(row.invoice for row in rows),
    )


def _latest(instants: list[datetime | None]) -> datetime | None:
    """The header row of several items counts from the last of them."""
    return max((instant for instant in instants if instant is not None), default=None)
