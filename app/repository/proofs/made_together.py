"""Domain 4.10: what write-offs, voids and reversals make is for one document alone, and leaves no credit to use."""

from app.repository.proofs.check import check, exact, summed

SETTLING = "('INVOICE_WRITE_OFF', 'INVOICE_VOID')"
"""Sources of memos that are made to settle their invoice."""
APPLIED = (
    "credit_memo_application d LEFT JOIN credit_memo m ON m.entity_id = d.entity_id AND m.id = d.credit_memo_id"
    " LEFT JOIN invoice i ON i.entity_id = d.entity_id AND i.id = d.invoice_id"
)
VOIDS = "credit_memo x WHERE x.entity_id = :entity_id AND x.source = 'INVOICE_VOID' AND x.status = 'POSTED'"

MADE_TOGETHER = [
    check(
        "credit_of_a_write_off_is_used_or_void",
        "status",
        "the memo writes its invoice off, or voids it, and has credit left that could be used elsewhere",
        source="credit_memo d",
        currency="NULL",
        expected="'POSTED and used up, or of a write-off VOIDED'",
        found="d.status || ', ' || d.balance || ' left'",
        where=f"d.source IN {SETTLING} AND CASE d.status WHEN 'POSTED' THEN d.applied <> d.total_amount"
        " OR d.balance <> 0 ELSE d.status <> 'VOIDED' OR d.source = 'INVOICE_VOID' END",
    ),
    check(
        "debit_memo_is_settled_or_void",
        "status",
        "the debit memo takes credit back, and is not settled by it",
        source="invoice d",
        currency="NULL",
        expected="'POSTED and settled, or of a write-off VOIDED'",
        found="d.status || ', ' || d.credits_applied || ' applied'",
        where="d.source <> 'INGESTED' AND CASE d.status WHEN 'POSTED' THEN d.credits_applied <> d.total_amount"
        " ELSE d.status <> 'VOIDED' OR d.credits_applied <> 0 OR d.source = 'CREDIT_MEMO_REVERSAL' END",
    ),
    check(
        "documents_made_for_each_other_stay_together",
        "status",
        "what was made to settle one document is applied to, or takes credit of, another",
        source=APPLIED,
        document="d.credit_memo_id",
        number="m.number",
        currency="NULL",
        expected="COALESCE(CASE WHEN i.source <> 'INGESTED' THEN 'credit of ' || i.credit_memo_id"
        " ELSE 'credit on ' || m.invoice_id END, 'its own document')",
        found="d.credit_memo_id || ' on ' || d.invoice_id",
        where=f"(m.source IN {SETTLING} AND m.invoice_id <> d.invoice_id)"
        " OR (i.source <> 'INGESTED' AND i.credit_memo_id <> d.credit_memo_id)",
        first_row="d.number",
        place="d.credit_memo_position",
    ),
    check(
        "voided_invoice_has_its_memo",
        "status",
        "an invoice is voided by one memo over all of it, another has no such memo",
        source="invoice d"
        + summed("voids", "x.invoice_id", VOIDS, number="COUNT(*)", total=exact("x.total_amount")),
        currency="NULL",
        expected="CASE WHEN d.status = 'VOIDED' AND d.source = 'INGESTED'"
        " THEN 'a memo over ' || d.total_amount ELSE 'none' END",
        found="CASE voids.number WHEN 1 THEN 'a memo over ' || voids.total"
        " ELSE COALESCE(voids.number || ' memos', 'none') END",
    ),
]
