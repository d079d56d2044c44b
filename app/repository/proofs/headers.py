"""Headers beside the sums of all that belongs to them, each sum formed once over the whole entity."""

from app.repository.proofs.check import exact, summed
from app.repository.proofs.drawn import DRAWN_BY_INVOICE
from app.repository.proofs.sides import INVOICE, MEMO, Side

IN_ENTITY = "x WHERE x.entity_id = :entity_id"


def _with_history(side: Side, **lines: str) -> str:
    """The header d; joined: lines, applied, history, and ending, the last entry of its history."""
    return (
        f"{side.header} d"
        + summed(
            "lines",
            f"x.{side.key}",
            f"{side.line} {IN_ENTITY}",
            charge=exact("x.amount"),
            tax=exact("x.tax_amount"),
            balance=exact("x.balance"),
            **lines,
        )
        + summed(
            "applied",
            f"x.{side.key}",
            f"credit_memo_application {IN_ENTITY}",
            whole=exact("-x.impact_amount"),
            # What was applied to the document as a whole, and so moved none of its lines.
            at_header=exact("CASE x.level WHEN 'HEADER' THEN -x.impact_amount ELSE 0 END"),
        )
        + summed(
            "history",
            "x.document_id",
            f"balance_entry {IN_ENTITY}",
            last="MAX(x.position)",
            postings="SUM(CASE x.kind WHEN 'POSTING' THEN 1 WHEN 'UNPOSTING' THEN -1 ELSE 0 END)",
            posted=exact("CASE WHEN x.kind IN ('POSTING', 'UNPOSTING') THEN x.impact_amount ELSE 0 END"),
            posted_at="MAX(CASE x.kind WHEN 'POSTING' THEN x.recorded_at END)",
        )
        + " LEFT JOIN balance_entry ending ON ending.entity_id = d.entity_id"
        " AND ending.document_id = d.id AND ending.position = history.last"
    )


MEMOS = (
    _with_history(MEMO, waiting="COUNT(x.amount_to_tax)")
    + summed(
        "items", "x.credit_memo_id", f"credit_memo_line_tax {IN_ENTITY}", exempt=exact("x.exempt_amount")
    )
    + summed("refunds", "x.credit_memo_id", f"refund {IN_ENTITY}", whole=exact("-x.impact_amount"))
)
INVOICES = (
    _with_history(INVOICE, converted=exact("x.converted_amount"))
    + summed("paid", "x.invoice_id", f"payment {IN_ENTITY}", whole=exact("-x.impact_amount"))
    + DRAWN_BY_INVOICE
)
HEADERS = {MEMO.word: MEMOS, INVOICE.word: INVOICES}
