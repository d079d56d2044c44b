"""Invariant 7 from the memo's side: where its lines say they come from; a conversion restates one line, once, whole."""

from app.repository.proofs.check import Clauses, check

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
CONVERSIONS = (
    "credit_memo_line c JOIN credit_memo m ON m.entity_id = c.entity_id AND m.id = c.credit_memo_id"
    " WHERE c.entity_id = d.entity_id AND c.source_invoice_line_id = d.id"
    " AND m.source = 'NEGATIVE_LINES' AND m.status <> 'VOIDED'"
)
FROM_TAX = (
    "credit_memo_line_tax d JOIN credit_memo_line l ON l.entity_id = d.entity_id AND l.id = d.credit_memo_line_id"
    " JOIN credit_memo m ON m.entity_id = l.entity_id AND m.id = l.credit_memo_id"
)
OF_TAX: Clauses = {
    "document": "m.id",
    "number": "m.number",
    "first_row": "'line ' || l.line_number || ' tax ' || d.ordinal",
    "place": "l.line_number, d.ordinal",
}
COUNTED = (
    "(SELECT c.order_item_id, CAST(SUM(c.quantity) AS BIGINT) AS quantity"
    " FROM credit_memo_line c JOIN credit_memo m ON m.entity_id = c.entity_id AND m.id = c.credit_memo_id"
    " WHERE c.entity_id = :entity_id AND c.order_item_id IS NOT NULL"
    " AND m.status IN ('DRAFT', 'PENDING_APPROVAL', 'POSTED') AND NOT m.reversed AND m.source <> 'NEGATIVE_LINES'"
    " GROUP BY c.order_item_id) AS s"
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
        source=f"{FROM_TAX} LEFT JOIN invoice_line_tax t ON t.entity_id = d.entity_id AND t.id = d.source_tax_item_id",
        currency="NULL",
        expected="COALESCE(l.source_invoice_line_id, 'no invoice line')",
        found="COALESCE(t.invoice_line_id, 'no invoice line')",
        **OF_TAX,
    ),
    check(
        "converted_line_has_its_memo_line",
        "7",
        "a converted line has exactly one memo line of a conversion, another line none",
        source="invoice_line d LEFT JOIN invoice h ON h.entity_id = d.entity_id AND h.id = d.invoice_id",
        document="d.invoice_id",
        number="h.number",
        currency="NULL",
        expected="CASE WHEN d.converted_amount <> 0 THEN 1 ELSE 0 END",
        found=f"(SELECT COUNT(*) FROM {CONVERSIONS})",
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
        source=f"{FROM_TAX} JOIN invoice_line_tax t ON t.entity_id = d.entity_id AND t.id = d.source_tax_item_id",
        expected="-t.amount",
        found="d.amount",
        where="m.source = 'NEGATIVE_LINES' AND d.amount <> -t.amount",
        **OF_TAX,
    ),
    check(
        "order_item_quantity_is_counted",
        "7",
        "the order item's credited quantity is not what memo lines count",
        source=f"order_item d LEFT JOIN {COUNTED} ON s.order_item_id = d.id",
        number="d.external_reference",
        currency="NULL",
        expected="COALESCE(s.quantity, 0)",
        found="d.quantity_credited",
    ),
]
