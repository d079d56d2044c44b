"""Headers beside the sums of all that belongs to them, each sum formed once over the whole entity."""

from app.repository.proofs.check import exact, summed
from app.repository.proofs.drawn import DRAWN_BY_INVOICE
from app.repository.proofs.sides import INVOICE, MEMO, Side

IN_ENTITY = "x WHERE x.entity_id = :entity_id"


def _with_history(side: Side, **lines: str) -> str:
    """The header d; joined: lines, applied and history."""
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
            first_posted_at="MIN(CASE x.kind WHEN 'POSTING' THEN x.recorded_at END)",
            voided="MAX(CASE x.kind WHEN 'VOID' THEN x.position END)",
        )
    )


def last_entry(column: str) -> str:
    """A column of the last entry of d's history. The key of all three: whatever the tables, it is found by that.

    The largest, should several entries stand at one position: the audit is to tell that, not to fail of it.
    """
    return (
        f"(SELECT MAX(e.{column}) FROM balance_entry e WHERE e.entity_id = d.entity_id AND e.document_id = d.id"
        " AND e.position = history.last)"
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
