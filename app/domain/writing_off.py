"""Writing off: what an invoice still owes, through a memo; what of a memo was never used, through a debit memo.

Either is taken back only whole, and then what it made is void in the same step: it never leaves credit that could be
used elsewhere (domain 4.10).
"""

from collections.abc import Sequence
from datetime import date
from operator import attrgetter
from typing import Any

from app.domain.application import CreditMemoApplication
from app.domain.balances import move_balance, with_settlement
from app.domain.credit_memo import CreditMemo
from app.domain.crediting import posted_over_invoice
from app.domain.debit_memo import NewDebitLine, apply_to_debit_memo, make_debit_memo
from app.domain.drawing import Taken, charged, creditable_total, taxes_of
from app.domain.facts import Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine
from app.domain.lifecycle import stepped
from app.domain.memo_making import NewMemoLine, credited_taxes, fields_of_source_line
from app.domain.money import split
from app.domain.proration import ChargedLine, Drawn, copy_inclusive, split_tax_amount, total_left
from app.domain.settling import apply_to_source
from app.domain.undoing import void
from app.domain.vocabulary import (
    BalanceEntryKind,
    CreditMemoSource,
    InvoiceSource,
    InvoiceStatus,
    TaxMode,
    TaxStrategy,
)

BEYOND_CREDITABLE = "Written off beyond what the lines leave to credit"
UNUSED = "Credit written off"


def is_write_off(memo: CreditMemo, invoice: Invoice) -> bool:
    """Whether an application between the two is a write-off, of the invoice or of the memo."""
    return (
        memo.source is CreditMemoSource.INVOICE_WRITE_OFF
        or invoice.source is InvoiceSource.CREDIT_MEMO_WRITE_OFF
    )


def write_off_invoice(
    sheet: Worksheet, invoice: Invoice, fields: dict[str, Any]
) -> tuple[CreditMemo, CreditMemoApplication]:
    """Make a posted memo over all that is owed, and apply it; it has no number yet. `fields`: columns of its header."""
    taken = drawn_by_write_off(sheet, invoice)
    lines = [*map(_drawn_line, taken), *_rest(taken, invoice.balance)]
    memo = posted_over_invoice(sheet, invoice, CreditMemoSource.INVOICE_WRITE_OFF, taken, lines, fields)
    application = apply_to_source(sheet, memo, memo.total_amount, memo.description)
    return memo, application


def drawn_by_write_off(facts: Facts, invoice: Invoice) -> list[Taken]:
    """What of the balance is drawn from the positive lines: of each in proportion to what it leaves to credit.

    Of an invoice whose memos were used elsewhere that may be less than the balance, or nothing.
    """
    return facts.once(
        invoice, CreditMemoSource.INVOICE_WRITE_OFF, lambda: _drawn_by_write_off(facts, invoice)
    )


def _drawn_by_write_off(facts: Facts, invoice: Invoice) -> list[Taken]:
    lines = sorted(facts.of(InvoiceLine, "invoice_id", invoice.id), key=attrgetter("line_number"))
    sources = [(line, taxes_of(facts, line)) for line in lines if line.total_amount > 0]
    states = [charged(line, taxes) for line, taxes in sources]
    left = [total_left(state) for state in states]
    whole = min(invoice.balance, sum(left), creditable_total(invoice))
    if whole <= 0:
        return []
    parts = zip(sources, states, split(whole, left), strict=True)
    return [
        Taken(line=line, taxes=taxes, state=state, drawn=_part_of_line(state, part))
        for (line, taxes), state, part in parts
        if part
    ]


def _part_of_line(state: ChargedLine, part: int) -> Drawn:
    """The tax is in it, in the line's own proportion; a line that was charged nothing but tax gives tax alone."""
    if state.amount == 0:
        return Drawn(0, split_tax_amount(state, part), copied=False)
    return copy_inclusive(state, part)


def _drawn_line(taken: Taken) -> NewMemoLine:
    is_tax_alone = taken.line.amount == 0
    return NewMemoLine(
        amount=taken.drawn.amount,
        taxes=credited_taxes(taken.line, taken.taxes, taken.drawn),
        fields=fields_of_source_line(taken.line)
        | {
            "tax_strategy": TaxStrategy.COPY_FROM_INVOICE_LINE,
            "tax_mode": TaxMode.EXCLUSIVE if is_tax_alone else TaxMode.INCLUSIVE,
            "tax_only": is_tax_alone,
        },
    )


def _rest(taken: Sequence[Taken], balance: int) -> list[NewMemoLine]:
    rest = balance - sum(each.drawn.total for each in taken)
    if rest == 0:
        return []
    fields = {"description": BEYOND_CREDITABLE, "tax_strategy": TaxStrategy.IGNORE}
    return [NewMemoLine(amount=rest, taxes=[], fields=fields)]


def write_off_memo(
    sheet: Worksheet, memo: CreditMemo, *, dated: date, reason_code: str | None, description: str | None
) -> tuple[Invoice, CreditMemoApplication]:
    """Make a posted debit memo of one line over the memo's balance, and apply the memo to it; it has no number yet.

    ValueError where the memo has nothing left.
    """
    line = NewDebitLine(amount=memo.balance, fields={"description": description or UNUSED})
    debit_memo = make_debit_memo(
        sheet,
        memo,
        [line],
        source=InvoiceSource.CREDIT_MEMO_WRITE_OFF,
        dated=dated,
        fields={"reason_code": reason_code},
    )
    application = apply_to_debit_memo(sheet, memo, debit_memo, description)
    if application is None:
        raise ValueError(f"{memo.id} has nothing left to write off")
    return debit_memo, application


def void_written_off(sheet: Worksheet, memo: CreditMemo, invoice: Invoice) -> None:
    """After a write-off was taken back: what it had made is worth nothing, and what that drew is left to credit again."""
    if memo.source is CreditMemoSource.INVOICE_WRITE_OFF:
        void(sheet, sheet.get(CreditMemo, memo.id))
    if invoice.source is InvoiceSource.CREDIT_MEMO_WRITE_OFF:
        _void_debit_memo(sheet, sheet.get(Invoice, invoice.id))


def _void_debit_memo(sheet: Worksheet, debit_memo: Invoice) -> None:
    voided = move_balance(
        sheet,
        debit_memo,
        BalanceEntryKind.VOID,
        -debit_memo.balance,
        None,
        status=stepped(debit_memo.status, InvoiceStatus.VOIDED),
        voided_at=sheet.moment(debit_memo),
        voided_by=sheet.stamp.actor,
    )
    with_settlement(sheet, voided)
