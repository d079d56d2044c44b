"""What credits draw from invoice lines: the least of what line, tax items and invoice have left."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

from app.domain.construction import quickly_made
from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.facts import Facts, Worksheet
from app.domain.invoice import Invoice, InvoiceLine, InvoiceLineTax, OrderItem
from app.domain.proration import ChargedLine, ChargedTax, Drawn, cumulative_share, draw, give_back
from app.domain.vocabulary import CreditMemoSource, InvoiceSource, TaxStrategy


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one memo line takes from its invoice line: money and quantity."""

    line: InvoiceLine
    taxes: Sequence[InvoiceLineTax]
    """All of the line's, in their order."""
    state: ChargedLine
    """The line and its taxes without the credit."""
    drawn: Drawn
    quantity: int = 0
    """Counted on the line and its order item, in millionths, with the sign of the line's quantity."""
    is_prorated: bool = False
    """The amount was found from the quantity."""


def taxes_of(facts: Facts, line: InvoiceLine) -> list[InvoiceLineTax]:
    """The tax items of an invoice line, in their order."""
    return sorted(facts.of(InvoiceLineTax, "invoice_line_id", line.id), key=attrgetter("ordinal"))


def charged(line: InvoiceLine, taxes: list[InvoiceLineTax]) -> ChargedLine:
    """The line as proration sees it: what was charged and what credits have taken."""
    return ChargedLine(
        amount=line.amount,
        credited=line.amount_credited,
        copied=line.amount_copied,
        taxes=tuple([ChargedTax(tax.amount, tax.credited_amount, tax.copied_amount) for tax in taxes]),
    )


def is_creditable(invoice: Invoice) -> bool:
    """Whether memos may draw from it at all: not from a debit memo that the service made."""
    return invoice.source == InvoiceSource.INGESTED


def creditable_total(invoice: Invoice) -> int:
    """What memos may still draw from the invoice as a whole, with tax (invariant 7): of a debit memo that the service
    made, nothing.
    """
    if not is_creditable(invoice):
        return 0
    return max(0, max(0, invoice.total_amount) - invoice.credited_amount)


def quantity_left(line: InvoiceLine) -> int:
    """What credits can still count of the line's quantity; of a line without one, none."""
    return (line.quantity or 0) - line.quantity_credited


def amount_of_quantity(line: InvoiceLine, quantity: int) -> int:
    """What a credit of the quantity alone takes of the line's amount: the cumulative proportion (domain 5).

    C and T are those of the credits whose amounts were found so. A line without a quantity has no such share.
    """
    return cumulative_share(
        line.amount,
        line.quantity_prorated + quantity,
        line.quantity or 0,
        taken=line.amount_prorated,
        left=line.amount - line.amount_credited,
    )


def draw_from_lines(sheet: Worksheet, invoice_id: str, taken: Iterable[Taken]) -> None:
    """Count the credits, each of another line, against the lines, their tax items and order items, and the invoice."""
    moved = 0
    for each in taken:
        after = draw(each.state, each.drawn)
        _put(sheet, each.line, each.taxes, after, **_counted(each, direction=1))
        _count_as_ordered(sheet, each.line.order_item_id, each.quantity)
        moved += each.drawn.total
    _move_credited(sheet, invoice_id, moved)


def give_back_drawn(sheet: Worksheet, memo: CreditMemo) -> None:
    """Free everything that the memo had drawn; a conversion restates lines and draws nothing."""
    if memo.source is not CreditMemoSource.NEGATIVE_LINES:
        give_back_lines(sheet, memo, sheet.of(CreditMemoLine, "credit_memo_id", memo.id))


def give_back_lines(sheet: Worksheet, memo: CreditMemo, lines: Iterable[CreditMemoLine]) -> None:
    """Free what these lines of the memo had drawn; their own rows are changed afterwards, or count no longer."""
    if memo.invoice_id is None:
        return
    moved = 0
    for memo_line in lines:
        if memo_line.source_invoice_line_id is not None:
            moved += _give_line_back(sheet, memo_line, memo_line.source_invoice_line_id)
    _move_credited(sheet, memo.invoice_id, -moved)


def drawn_by(facts: Facts, memo_line: CreditMemoLine, taxes: list[InvoiceLineTax]) -> Drawn:
    """What the memo line took from its invoice line, which has these tax items."""
    items = facts.of(CreditMemoLineTax, "credit_memo_line_id", memo_line.id)
    taken = {tax.id: sum(item.amount for item in items if item.source_tax_item_id == tax.id) for tax in taxes}
    return Drawn(
        memo_line.amount,
        tuple(taken[tax.id] for tax in taxes),
        copied=_took_tax_automatically(memo_line),
    )


def _took_tax_automatically(memo_line: CreditMemoLine) -> bool:
    """Not where an engine found no tax: the line is exempt, or its tax is not known yet."""
    if memo_line.tax_only:
        return False
    if memo_line.tax_strategy is TaxStrategy.CALCULATE:
        return not memo_line.tax_exempt and memo_line.amount_to_tax is None
    return memo_line.tax_strategy is TaxStrategy.COPY_FROM_INVOICE_LINE


def redraw(sheet: Worksheet, memo_line: CreditMemoLine, drawn: Drawn) -> None:
    """Count the memo line for this in place of what it drew before; its own rows are changed afterwards."""
    line = sheet.get(InvoiceLine, memo_line.source_invoice_line_id or "")
    taxes = taxes_of(sheet, line)
    before = drawn_by(sheet, memo_line, taxes)
    _put(sheet, line, taxes, draw(give_back(charged(line, taxes), before), drawn))
    if memo_line.amount_prorated:
        rises_by = drawn.amount - before.amount
        sheet.change(line, amount_prorated=line.amount_prorated + rises_by)
    _move_credited(sheet, line.invoice_id, drawn.total - before.total)


def _give_line_back(sheet: Worksheet, memo_line: CreditMemoLine, invoice_line_id: str) -> int:
    """What the memo line had taken, with tax."""
    line = sheet.get(InvoiceLine, invoice_line_id)
    taxes = taxes_of(sheet, line)
    drawn = drawn_by(sheet, memo_line, taxes)
    before = give_back(charged(line, taxes), drawn)
    taken = Taken(
        line=line,
        taxes=taxes,
        state=before,
        drawn=drawn,
        quantity=memo_line.quantity or 0,
        is_prorated=memo_line.amount_prorated,
    )
    _put(sheet, line, taxes, before, **_counted(taken, direction=-1))
    _count_as_ordered(sheet, memo_line.order_item_id, -taken.quantity)
    return drawn.total


def _put(
    sheet: Worksheet, line: InvoiceLine, taxes: Sequence[InvoiceLineTax], state: ChargedLine, **counted: int
) -> None:
    sheet.change(
        line,
        amount_credited=state.credited,
        amount_copied=state.copied,
        tax_credited=sum(tax.credited for tax in state.taxes),
        **counted,
    )
    for tax, after in zip(taxes, state.taxes, strict=True):
        if (after.credited, after.copied) != (tax.credited_amount, tax.copied_amount):
            sheet.change(tax, credited_amount=after.credited, copied_amount=after.copied)


def _counted(taken: Taken, *, direction: int) -> dict[str, int]:
    """The line's quantity counts with the credit, or with `direction` -1 without it again."""
    if not taken.quantity:
        return {}
    line, quantity = taken.line, direction * taken.quantity
    counted = {"quantity_credited": line.quantity_credited + quantity}
    if taken.is_prorated:
        counted["quantity_prorated"] = line.quantity_prorated + quantity
        counted["amount_prorated"] = line.amount_prorated + direction * taken.drawn.amount
    return counted


def _count_as_ordered(sheet: Worksheet, order_item_id: str | None, quantity: int) -> None:
    """Add the quantity to the order item: a sum, not a cap."""
    if order_item_id is not None and quantity:
        item = sheet.get(OrderItem, order_item_id)
        sheet.change(item, quantity_credited=item.quantity_credited + quantity)


def _move_credited(sheet: Worksheet, invoice_id: str, moved: int) -> None:
    invoice = sheet.get(Invoice, invoice_id)
    sheet.change(invoice, credited_amount=invoice.credited_amount + moved)
