"""What memos have drawn, summed by what they drew from: invoice, invoice line, tax item (invariant 7)."""

from app.repository.proofs.check import exact, summed

COUNTS = (
    "m.status IN ('DRAFT', 'PENDING_APPROVAL', 'POSTED') AND NOT m.reversed AND m.source <> 'NEGATIVE_LINES'"
)
"""Whether a memo m draws: one that was given up, or a conversion, does not."""
AUTOMATIC = (
    "NOT c.tax_only AND (c.tax_strategy = 'COPY_FROM_INVOICE_LINE'"
    " OR (c.tax_strategy = 'CALCULATE' AND NOT c.tax_exempt AND c.amount_to_tax IS NULL))"
)
"""Whether the tax of a memo line c came in the proportion of its amount."""

# CROSS JOIN: SQLite keeps the order written, in which every table after the first is found by its key.
DRAWING_LINES = (
    "credit_memo_line c CROSS JOIN credit_memo m{0} WHERE c.entity_id = :entity_id"
    f" AND m.entity_id = c.entity_id AND m.id = c.credit_memo_id AND {COUNTS}"
    " AND c.source_invoice_line_id IS NOT NULL"
)
WITH_LINE = (
    DRAWING_LINES.format(" CROSS JOIN invoice_line l")
    + " AND l.entity_id = c.entity_id AND l.id = c.source_invoice_line_id"
)
DRAWING_ITEMS = (
    "credit_memo_line_tax s CROSS JOIN credit_memo_line c CROSS JOIN credit_memo m{0}"
    " WHERE s.entity_id = :entity_id AND c.entity_id = s.entity_id AND c.id = s.credit_memo_line_id"
    f" AND m.entity_id = c.entity_id AND m.id = c.credit_memo_id AND {COUNTS}"
    " AND s.source_tax_item_id IS NOT NULL"
)
WITH_ITEM = (
    DRAWING_ITEMS.format(" CROSS JOIN invoice_line_tax t")
    + " AND t.entity_id = s.entity_id AND t.id = s.source_tax_item_id"
)


def _where(condition: str, amount: str) -> str:
    return exact(f"CASE WHEN {condition} THEN {amount} ELSE 0 END")


DRAWN_BY_INVOICE = summed("drawn", "l.invoice_id", WITH_LINE, amount=exact("c.total_amount"))
DRAWN_BY_LINE = summed(
    "drawn",
    "c.source_invoice_line_id",
    DRAWING_LINES.format(""),
    amount=exact("c.amount"),
    copied=_where(AUTOMATIC, "c.amount"),
    quantity=exact("c.quantity"),
    prorated_quantity=_where("c.amount_prorated", "c.quantity"),
    prorated=_where("c.amount_prorated", "c.amount"),
)
DRAWN_TAX_BY_LINE = summed("drawn_tax", "t.invoice_line_id", WITH_ITEM, amount=exact("s.amount"))
DRAWN_BY_ITEM = summed(
    "drawn",
    "s.source_tax_item_id",
    DRAWING_ITEMS.format(""),
    amount=exact("s.amount"),
    copied=_where(AUTOMATIC, "s.amount"),
)
CONVERSIONS_BY_LINE = summed(
    "conversions",
    "c.source_invoice_line_id",
    "credit_memo_line c CROSS JOIN credit_memo m WHERE c.entity_id = :entity_id AND m.entity_id = c.entity_id"
    " AND m.id = c.credit_memo_id AND m.source = 'NEGATIVE_LINES' AND m.status <> 'VOIDED'",
    number="COUNT(*)",
)
