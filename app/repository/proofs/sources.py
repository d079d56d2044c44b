"""Invariant 7 from the memo's side: where its lines say they come from; a conversion restates one line, once, whole."""

from app.repository.proofs.check import Clauses, check, exact, summed
from app.repository.proofs.drawn import COUNTS
from app.repository.proofs.lines import INVOICE_LINES

FROM_LINE = (
    "credit_memo_line d JOIN credit_memo m ON m.entity_id = d.entity_id AND m.id = d.credit_memo_id"
    " JOIN invoice_line s ON s.entity_id = d.entity_id AND s.id = d.source_invoice_line_id"
)
OF_LINE: Clauses = {
    "source": FROM_LINE,
    "document": "m.id",
    "number": "m.number",
    "first_row": "'line ' || d.line_number",
    "place": "d.line_number",
}
FROM_TAX = (
    "credit_memo_line_tax d JOIN credit_memo_line l ON l.entity_id = d.entity_id AND l.id = d.credit_memo_line_id"
    " JOIN credit_memo m ON m.entity_id = l.entity_id AND m.id = l.credit_memo_id"
    " LEFT JOIN invoice_line_tax t ON t.entity_id = d.entity_id AND t.id = d.source_tax_item_id"
)
OF_TAX: Clauses = {
    "source": FROM_TAX,
    "document": "m.id",
    "number": "m.number",
    "first_row": "'line ' || l.line_number || ' tax ' || d.ordinal",
    "place": "l.line_number, d.ordinal",
}
COUNTED = summed(
    "counted",
    "c.order_item_id",
    "credit_memo_line c CROSS JOIN credit_memo m WHERE c.entity_id = :entity_id AND c.order_item_id IS NOT NULL"
    f" AND m.entity_id = c.entity_id AND m.id = c.credit_memo_id AND {COUNTS}",
    quantity=exact("c.quantity"),
)

SOURCES = [
    check(
        "memo_line_comes_from_its_invoice",
        "7",
        "the memo line was drawn from another invoice than its memo",
        currency="NULL",
        expected="COALESCE(m.invoice_id, 'no invoice')",
        found="s.invoice_id",
        where="m.invoice_id IS NULL OR m.invoice_id <> s.invoice_id",
        **OF_LINE,
    ),
    check(
        "memo_line_has_its_sources_sign",
        "7",
        "the memo line has not the sign of the invoice line it was drawn from",
        expected="s.amount",
        found="d.amount",
        where="m.source <> 'NEGATIVE_LINES' AND (d.amount > 0 AND s.amount <= 0 OR d.amount < 0 AND s.amount >= 0)",
        **OF_LINE,
    ),
    check(
        "memo_tax_comes_from_its_lines_source",
        "7",
        "the tax item of a drawn line was not drawn from a tax item of its source line",
        currency="NULL",
        expected="COALESCE(l.source_invoice_line_id, 'no invoice line')",
        found="COALESCE(t.invoice_line_id, 'no invoice line')",
        **OF_TAX,
    ),
    check(
        "converted_line_has_its_memo_line",
        "7",
        "a converted line has exactly one memo line of a conversion, another line none",
        source=INVOICE_LINES,
        document="d.invoice_id",
        number="h.number",
        currency="NULL",
        expected="CASE WHEN d.converted_amount <> 0 THEN 1 ELSE 0 END",
        found="COALESCE(conversions.number, 0)",
        first_row="'line ' || d.line_number",
        place="d.line_number",
    ),
    check(
        "conversion_is_the_opposite",
        "7",
        "the converted memo line is not its invoice line's positive counterpart",
        expected="-s.amount",
        found="d.amount",
        where="m.source = 'NEGATIVE_LINES' AND d.amount <> -s.amount",
        **OF_LINE,
    ),
    check(
        "conversion_tax_is_the_opposite",
        "7",
        "the converted tax item is not its invoice line's positive counterpart",
        expected="-t.amount",
        found="d.amount",
        where="m.source = 'NEGATIVE_LINES' AND d.amount <> -t.amount",
        **OF_TAX,
    ),
    check(
        "order_item_quantity_is_counted",
        "7",
        "the order item's credited quantity is not what memo lines count",
        source=f"order_item d{COUNTED}",
        number="d.external_reference",
        currency="NULL",
        expected="COALESCE(counted.quantity, 0)",
        found="d.quantity_credited",
    ),
]
