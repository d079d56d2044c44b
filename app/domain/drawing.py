"""What credits draw from invoice lines: the least of what line, tax items and invoice have left."""

from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.facts import Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax
from app.domain.proration import ChargedLine, ChargedTax, Drawn, draw, give_back
from app.domain.vocabulary import CreditMemoSource, TaxStrategy

AUTOMATIC = {TaxStrategy.COPY_FROM_INVOICE_LINE, TaxStrategy.CALCULATE}


def taxes_of(facts: Facts, line: InvoiceLine) -> list[InvoiceLineTax]:
    """The tax items of an invoice line, in their order."""
    return sorted(facts.of(InvoiceLineTax, "invoice_line_id", line.id), key=lambda tax: tax.ordinal)


def charged(line: InvoiceLine, taxes: list[InvoiceLineTax]) -> ChargedLine:
    """The line as proration sees it: what was charged and what credits have taken."""
    return ChargedLine(
        amount=line.amount,
        credited=line.amount_credited,
        copied=line.amount_copied,
        taxes=tuple(ChargedTax(tax.amount, tax.credited_amount, tax.copied_amount) for tax in taxes),
    )


def creditable_total(invoice: Invoice) -> int:
    """What memos may still draw from the invoice as a whole, with tax (invariant 7)."""
    return max(0, invoice.total_amount) - invoice.credited_amount


def draw_from_line(sheet: Worksheet, line_id: str, drawn: Drawn) -> None:
    """Count the credit against its invoice line, the line's tax items and the invoice."""
    line = sheet.get(InvoiceLine, line_id)
    taxes = taxes_of(sheet, line)
    _put(sheet, line, taxes, draw(charged(line, taxes), drawn), drawn.total)


def give_back_drawn(sheet: Worksheet, memo: CreditMemo) -> None:
    """Free everything that the memo had drawn; a conversion restates lines and draws nothing."""
    if memo.source is CreditMemoSource.NEGATIVE_LINES:
        return
    for memo_line in sheet.of(CreditMemoLine, "credit_memo_id", memo.id):
        if memo_line.source_invoice_line_id is not None:
            _give_line_back(sheet, memo_line, memo_line.source_invoice_line_id)


def drawn_by(facts: Facts, memo_line: CreditMemoLine, taxes: list[InvoiceLineTax]) -> Drawn:
    """What the memo line took from its invoice line, which has these tax items."""
    items = facts.of(CreditMemoLineTax, "credit_memo_line_id", memo_line.id)
    taken = {tax.id: sum(item.amount for item in items if item.source_tax_item_id == tax.id) for tax in taxes}
    return Drawn(
        memo_line.amount,
        tuple(taken[tax.id] for tax in taxes),
        copied=memo_line.tax_strategy in AUTOMATIC and not memo_line.tax_only,
    )


def redraw(sheet: Worksheet, memo_line: CreditMemoLine, drawn: Drawn) -> None:
    """Count the memo line for this in place of what it drew before; its own rows are changed afterwards."""
    line = sheet.get(InvoiceLine, memo_line.source_invoice_line_id or "")
    taxes = taxes_of(sheet, line)
    before = drawn_by(sheet, memo_line, taxes)
    state = draw(give_back(charged(line, taxes), before), drawn)
    _put(sheet, line, taxes, state, drawn.total - before.total)


def _give_line_back(sheet: Worksheet, memo_line: CreditMemoLine, invoice_line_id: str) -> None:
    line = sheet.get(InvoiceLine, invoice_line_id)
    taxes = taxes_of(sheet, line)
    drawn = drawn_by(sheet, memo_line, taxes)
    _put(sheet, line, taxes, give_back(charged(line, taxes), drawn), -drawn.total)


def _put(
    sheet: Worksheet, line: InvoiceLine, taxes: list[InvoiceLineTax], state: ChargedLine, moved: int
) -> None:
    sheet.change(
        line,
        amount_credited=state.credited,
        amount_copied=state.copied,
        tax_credited=sum(tax.credited for tax in state.taxes),
    )
    for tax, after in zip(taxes, state.taxes, strict=True):
        if (after.credited, after.copied) != (tax.credited_amount, tax.copied_amount):
            sheet.change(tax, credited_amount=after.credited, copied_amount=after.copied)
    invoice = sheet.get(Invoice, line.invoice_id)
    sheet.change(invoice, credited_amount=invoice.credited_amount + moved)
