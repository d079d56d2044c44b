"""Invariant 7: what memos have drawn from invoice lines, tax items and quantities, and conversions, which draw nothing."""

from app.repository.proofs.check import Check, Clauses, check
from app.repository.proofs.drawn import COUNTS
from app.repository.proofs.headers import INVOICES
from app.repository.proofs.lines import INVOICE_ITEMS, INVOICE_LINES

# What explains a difference looks up row by row and joins nothing: there are few of them, and an index for each.
MEMO_OF_LINE = (
    "(SELECT COALESCE(m.number, m.id) FROM credit_memo m"
    f" WHERE m.entity_id = c.entity_id AND m.id = c.credit_memo_id AND {COUNTS})"
)
LAST_OF_LINE = (
    f"(SELECT MAX({MEMO_OF_LINE}) FROM credit_memo_line c"
    " WHERE c.entity_id = {0}.entity_id AND c.source_invoice_line_id = {0}.id)"
)
"""The last memo that drew from an invoice line: up to it, the column and the memos agreed."""
LAST_OF_INVOICE = (
    f"(SELECT MAX({LAST_OF_LINE.format('l')}) FROM invoice_line l"
    " WHERE l.entity_id = d.entity_id AND l.invoice_id = d.id)"
)
OF_LINE: Clauses = {
    "source": INVOICE_LINES,
    "document": "d.invoice_id",
    "number": "h.number",
    "place": "d.line_number",
}
OF_TAX: Clauses = {
    "source": INVOICE_ITEMS,
    "document": "d.invoice_id",
    "number": "h.number",
    "first_row": "'line ' || l.line_number || ' tax ' || d.ordinal",
    "place": "l.line_number, d.ordinal",
}


LINE_ROW = f"'line ' || d.line_number || COALESCE(', ' || {LAST_OF_LINE.format('d')}, '')"


def _drawn_from_line(name: str, words: str, column: str, drawn: str, *, money: bool = True) -> Check:
    return check(
        name,
        "7",
        f"the invoice line's {words} is not what memos have drawn",
        currency="d.currency" if money else "NULL",
        expected=f"COALESCE({drawn}, 0)",
        found=f"d.{column}",
        first_row=LINE_ROW,
        **OF_LINE,
    )


def _within(name: str, words: str, part: str, whole: str, of_row: Clauses, *, money: bool = True) -> Check:
    outside = f"(d.{part} > 0 AND d.{part} > {whole}) OR (d.{part} < 0 AND d.{part} < {whole})"
    return check(
        name,
        "7",
        f"{words} is more than was charged, or of the other sign",
        currency="d.currency" if money else "NULL",
        expected=whole,
        found=f"d.{part}",
        where=outside,
        **of_row,
    )


OF_LINE_ROW: Clauses = OF_LINE | {"first_row": LINE_ROW}
DRAWING = [
    _drawn_from_line("amount_credited_is_drawn", "amount credited", "amount_credited", "drawn.amount"),
    _drawn_from_line("tax_credited_is_drawn", "tax credited", "tax_credited", "drawn_tax.amount"),
    _drawn_from_line(
        "amount_copied_is_drawn",
        "amount credited with automatic tax",
        "amount_copied",
        "drawn.copied",
    ),
    _drawn_from_line(
        "quantity_credited_is_drawn",
        "quantity credited",
        "quantity_credited",
        "drawn.quantity",
        money=False,
    ),
    _drawn_from_line(
        "quantity_prorated_is_drawn",
        "quantity credited by itself",
        "quantity_prorated",
        "drawn.prorated_quantity",
        money=False,
    ),
    _drawn_from_line(
        "amount_prorated_is_drawn",
        "amount credited by quantity",
        "amount_prorated",
        "drawn.prorated",
    ),
    check(
        "tax_item_credited_is_drawn",
        "7",
        "the tax item's credited amount is not what memos have drawn",
        expected="COALESCE(drawn.amount, 0)",
        found="d.credited_amount",
        **OF_TAX,
    ),
    check(
        "tax_item_copied_is_drawn",
        "7",
        "the tax item's automatically credited amount is not what memos have drawn",
        expected="COALESCE(drawn.copied, 0)",
        found="d.copied_amount",
        **OF_TAX,
    ),
    check(
        "invoice_credited_is_drawn",
        "7",
        "the invoice's credited amount is not what memos have drawn",
        source=INVOICES,
        expected="COALESCE(drawn.amount, 0)",
        found="d.credited_amount",
        first_row=LAST_OF_INVOICE,
    ),
    _within(
        "amount_credited_in_range",
        "the amount credited on the line",
        "amount_credited",
        "d.amount",
        OF_LINE_ROW,
    ),
    _within(
        "quantity_credited_in_range",
        "the quantity credited on the line",
        "quantity_credited",
        "COALESCE(d.quantity, 0)",
        OF_LINE_ROW,
        money=False,
    ),
    _within(
        "tax_credited_in_range", "the tax credited on the line", "tax_credited", "d.tax_amount", OF_LINE_ROW
    ),
    _within(
        "tax_item_credited_in_range",
        "the credited amount of the tax item",
        "credited_amount",
        "d.amount",
        OF_TAX,
    ),
    check(
        "invoice_credited_in_range",
        "7",
        "more is credited than the invoice charges as a whole, or less than nothing",
        source=INVOICES,
        expected="CASE WHEN d.credited_amount < 0 OR d.total_amount < 0 THEN 0 ELSE d.total_amount END",
        found="d.credited_amount",
        where="d.credited_amount < 0 OR (d.credited_amount > 0 AND d.credited_amount > d.total_amount)",
        first_row=LAST_OF_INVOICE,
    ),
]
