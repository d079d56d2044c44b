"""The effect of applying: one history row for a memo and an invoice, with its line applications at line level."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction

from tests.model.allocation import Pair, allocate
from tests.model.documents import Application, CreditMemo, Invoice, LineApplication
from tests.model.ledger import Ledger


def apply_amount(
    ledger: Ledger,
    memo: CreditMemo,
    invoice: Invoice,
    amount: Fraction,
    operation: str,
    rule: str,
    effective: datetime | None = None,
    description: str | None = None,
) -> Application:
    """At the entity's level: the headers alone, or the amount allocated to lines by `rule` as well."""
    if ledger.level == "INVOICE":
        return write_row(
            ledger, memo, invoice, "APPLIED", "HEADER", amount, operation, effective, description
        )
    pairs = allocate(rule, memo, invoice, amount)
    row = write_row(ledger, memo, invoice, "APPLIED", "LINE", amount, operation, effective, description)
    row.allocation_rule = rule
    write_pairs(ledger, row, pairs, [effective] * len(pairs))
    return row


def apply_what_fits(
    ledger: Ledger,
    memo: CreditMemo,
    invoice: Invoice,
    operation: str,
    rule: str,
    found_by: tuple[str, int] | None = None,
) -> tuple[str, ...]:
    """The lesser of both balances; of nothing there is no application."""
    amount = min(invoice.balance, memo.balance)
    if amount <= 0:
        return ()
    row = apply_amount(ledger, memo, invoice, amount, operation, rule)
    row.auto_apply = found_by
    return (row.handle,)


def apply_upon_posting(ledger: Ledger, memo: CreditMemo, invoice: Invoice, operation: str) -> tuple[str, ...]:
    """To the invoice that the memo names, as automatic application would find it."""
    return apply_what_fits(ledger, memo, invoice, operation, "SOURCE_LINE", ("MATCH_REFERENCE", 1))


def write_row(
    ledger: Ledger,
    memo: CreditMemo,
    invoice: Invoice,
    row_type: str,
    level: str,
    amount: Fraction,
    operation: str,
    effective: datetime | None,
    description: str | None,
    original: str | None = None,
) -> Application:
    """Moves both documents and freezes their balances after the action."""
    signed = amount if row_type == "APPLIED" else -amount
    kind = "APPLICATION" if row_type == "APPLIED" else "UNAPPLICATION"
    memo.applied += signed
    invoice.credits_applied += signed
    memo.move(kind, -signed)
    invoice.move(kind, -signed)
    row = Application(
        ledger.mint("app"),
        memo.handle,
        invoice.handle,
        row_type,
        level,
        amount,
        memo.balance,
        invoice.balance,
        len(memo.moves),
        ledger.now,
        effective,
        description,
        operation,
        original=original,
    )
    ledger.applications[row.handle] = row
    ledger.touched |= {memo.handle, invoice.handle}
    return row


def write_pairs(
    ledger: Ledger, row: Application, pairs: Sequence[Pair], effective: Sequence[datetime | None]
) -> None:
    for pair, day in zip(pairs, effective, strict=True):
        write_line_row(ledger, row, pair, day)


def write_line_row(
    ledger: Ledger, row: Application, pair: Pair, effective: datetime | None, original: str | None = None
) -> LineApplication:
    """Numbered in order; moves both lines and freezes their balances."""
    signed = pair.amount if row.type == "APPLIED" else -pair.amount
    pair.memo_line.applied += signed
    pair.invoice_line.applied += signed
    line_row = LineApplication(
        ledger.mint("lapp"),
        row.handle,
        len(row.lines) + 1,
        row.type,
        pair.memo_line.handle,
        pair.invoice_line.handle,
        pair.amount,
        pair.memo_line.balance,
        pair.invoice_line.balance,
        effective,
        original,
    )
    row.lines.append(line_row)
    return line_row
