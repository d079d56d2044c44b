"""Invariant 7: what memos have drawn from invoice lines, tax items and quantities, and conversions, which draw nothing."""

from app.repository.proofs.check import Check, Clauses, check, total

COUNTS = (
    "m.status IN ('DRAFT', 'PENDING_APPROVAL', 'POSTED') AND NOT m.reversed AND m.source <> 'NEGATIVE_LINES'"
)
AUTOMATIC = (
    "NOT c.tax_only AND (c.tax_strategy = 'COPY_FROM_INVOICE_LINE'"
    " OR (c.tax_strategy = 'CALCULATE' AND NOT c.tax_exempt AND c.amount_to_tax IS NULL))"
)
PRORATED = "c.amount_prorated"
DRAWN = (
    "credit_memo_line c JOIN credit_memo m ON m.entity_id = c.entity_id AND m.id = c.credit_memo_id"
    f" WHERE c.entity_id = d.entity_id AND c.source_invoice_line_id = d.id AND {COUNTS}"
)
DRAWN_TAX = (
    "credit_memo_line_tax s"
    " JOIN credit_memo_line c ON c.entity_id = s.entity_id AND c.id = s.credit_memo_line_id"
    " JOIN credit_memo m ON m.entity_id = c.entity_id AND m.id = c.credit_memo_id"
    f" WHERE s.entity_id = d.entity_id AND s.source_tax_item_id = d.id AND {COUNTS}"
)
HEADER = "LEFT JOIN invoice h ON h.entity_id = d.entity_id AND h.id = d.invoice_id"
OF_LINE: Clauses = {
    "source": f"invoice_line d {HEADER}",
    "document": "d.invoice_id",
    "number": "h.number",
    "place": "d.line_number",
}
OF_TAX: Clauses = {
    "source": "invoice_line_tax d JOIN invoice_line l ON l.entity_id = d.entity_id AND l.id = d.invoice_line_id"
    f" {HEADER}",
    "document": "d.invoice_id",
    "number": "h.number",
    "first_row": "'line ' || l.line_number || ' tax ' || d.ordinal",
    "place": "l.line_number, d.ordinal",
}


def last_memo(rows: str) -> str:
    """The last memo that drew: up to it, the column and the memos agreed."""
    return f"(SELECT MAX(COALESCE(m.number, m.id)) FROM {rows})"


LINE_ROW = f"'line ' || d.line_number || COALESCE(', ' || {last_memo(DRAWN)}, '')"


def _drawn_from_line(name: str, words: str, column: str, drawn: str, *, money: bool = True) -> Check:
    return check(
        name,
        "7",
        f"the invoice line's {words} is not what memos have drawn",
        currency="d.currency" if money else "NULL",
        expected=drawn,
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
# CROSS JOIN: SQLite keeps the order written, which is the one that finds each table by an index.
ITEMS_DRAWN = total(
    "s.amount",
    "invoice_line_tax t CROSS JOIN credit_memo_line_tax s CROSS JOIN credit_memo m"
    " WHERE t.entity_id = d.entity_id AND t.invoice_line_id = d.id"
    " AND s.entity_id = t.entity_id AND s.source_tax_item_id = t.id"
    f" AND m.entity_id = s.entity_id AND m.id = s.credit_memo_id AND {COUNTS}",
)
DRAWN_FROM_INVOICE = (
    "invoice_line l CROSS JOIN credit_memo_line c CROSS JOIN credit_memo m"
    " WHERE l.entity_id = d.entity_id AND l.invoice_id = d.id"
    " AND c.entity_id = l.entity_id AND c.source_invoice_line_id = l.id"
    f" AND m.entity_id = c.entity_id AND m.id = c.credit_memo_id AND {COUNTS}"
)

DRAWING = [
    _drawn_from_line(
        "amount_credited_is_drawn", "amount credited", "amount_credited", total("c.amount", DRAWN)
    ),
    _drawn_from_line("tax_credited_is_drawn", "tax credited", "tax_credited", ITEMS_DRAWN),
    _drawn_from_line(
        "amount_copied_is_drawn",
        "amount credited with automatic tax",
        "amount_copied",
        total("c.amount", f"{DRAWN} AND {AUTOMATIC}"),
    ),
    _drawn_from_line(
        "quantity_credited_is_drawn",
        "quantity credited",
        "quantity_credited",
        total("c.quantity", DRAWN),
        money=False,
    ),
    _drawn_from_line(
        "quantity_prorated_is_drawn",
        "quantity credited by itself",
        "quantity_prorated",
        total("c.quantity", f"{DRAWN} AND {PRORATED}"),
        money=False,
    ),
    _drawn_from_line(
        "amount_prorated_is_drawn",
        "amount credited by quantity",
        "amount_prorated",
        total("c.amount", f"{DRAWN} AND {PRORATED}"),
    ),
    check(
        "tax_item_credited_is_drawn",
        "7",
        "the tax item's credited amount is not what memos have drawn",
        expected=total("s.amount", DRAWN_TAX),
        found="d.credited_amount",
        **OF_TAX,
    ),
    check(
        "tax_item_copied_is_drawn",
        "7",
        "the tax item's automatically credited amount is not what memos have drawn",
        expected=total("s.amount", f"{DRAWN_TAX} AND {AUTOMATIC}"),
        found="d.copied_amount",
        **OF_TAX,
    ),
    check(
        "invoice_credited_is_drawn",
        "7",
        "the invoice's credited amount is not what memos have drawn",
        source="invoice d",
        expected=total("c.total_amount", DRAWN_FROM_INVOICE),
        found="d.credited_amount",
        first_row=last_memo(DRAWN_FROM_INVOICE),
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
        source="invoice d",
        expected="CASE WHEN d.credited_amount < 0 OR d.total_amount < 0 THEN 0 ELSE d.total_amount END",
        found="d.credited_amount",
        where="d.credited_amount < 0 OR (d.credited_amount > 0 AND d.credited_amount > d.total_amount)",
        first_row=last_memo(DRAWN_FROM_INVOICE),
    ),
]
