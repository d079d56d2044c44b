"""Invariant 1, second half: what a memo's refunds say of themselves, of each other and of their memo."""

from app.repository.proofs.check import Clauses, check, summed

OF_REFUND: Clauses = {
    "source": "refund d LEFT JOIN credit_memo h ON h.entity_id = d.entity_id AND h.id = d.credit_memo_id"
    " LEFT JOIN refund o ON o.entity_id = d.entity_id AND o.id = d.reversed_refund_id"
    + summed(
        "reversals",
        "x.reversed_refund_id",
        "refund x WHERE x.entity_id = :entity_id AND x.reversed_refund_id IS NOT NULL",
        number="COUNT(*)",
    ),
    "document": "d.credit_memo_id",
    "number": "h.number",
    "first_row": "'position ' || d.credit_memo_position",
    "place": "d.credit_memo_position",
}
"""Its memo h, and the refund o that it takes back."""
OF_NUMBER: Clauses = {
    "source": "(SELECT o.entity_id, o.id, o.number, o.credit_memo_id, o.credit_memo_position,"
    " LAG(o.id) OVER (PARTITION BY o.number ORDER BY o.id) AS first_id FROM refund o"
    " WHERE o.entity_id = :entity_id AND o.number IS NOT NULL) AS d"
    " LEFT JOIN credit_memo h ON h.entity_id = d.entity_id AND h.id = d.credit_memo_id",
    "document": "d.credit_memo_id",
    "number": "h.number",
    "first_row": "d.number",
    "place": "d.credit_memo_position",
}

REFUNDS = [
    check(
        "refund_impact_is_its_amount",
        "1",
        "the refund's impact is not its amount with the sign of its type",
        expected="CASE d.type WHEN 'REVERSED' THEN d.amount ELSE -d.amount END",
        found="d.impact_amount",
        **OF_REFUND,
    ),
    check(
        "refund_amount_is_positive",
        "1",
        "the refund's amount is not above 0",
        expected="'more than 0'",
        found="d.amount",
        where="d.amount <= 0",
        **OF_REFUND,
    ),
    check(
        "refund_reversal_is_whole",
        "1",
        "the reversal is not of a refund, of the same memo, over the same amount",
        currency="NULL",
        expected="'REFUNDED before it, of ' || d.credit_memo_id || ', ' || d.amount",
        found="o.type || CASE WHEN o.credit_memo_position < d.credit_memo_position THEN ' before'"
        " ELSE ' after' END || ' it, of ' || o.credit_memo_id || ', ' || o.amount",
        **OF_REFUND,
    ),
    check(
        "refund_reversal_names_its_refund",
        "1",
        "a reversal names the refund it takes back, a refund none",
        currency="NULL",
        expected="d.type",
        found="COALESCE(d.reversed_refund_id, 'none')",
        where="(d.type = 'REVERSED') <> (d.reversed_refund_id IS NOT NULL)",
        **OF_REFUND,
    ),
    check(
        "refund_is_reversed_once",
        "1",
        "the refund is taken back more than once",
        currency="NULL",
        expected="1",
        found="reversals.number",
        where="reversals.number > 1",
        **OF_REFUND,
    ),
    check(
        "refund_has_a_number",
        "9",
        "a refund has a number, a reversal none",
        currency="NULL",
        expected="CASE d.type WHEN 'REFUNDED' THEN 'a number' ELSE 'none' END",
        found="CASE WHEN d.number IS NULL THEN 'none' ELSE 'a number' END",
        **OF_REFUND,
    ),
    check(
        "refund_number_is_unique",
        "9",
        "two refunds have one number",
        currency="NULL",
        expected="'a number of its own'",
        found="d.number",
        where="d.first_id IS NOT NULL",
        **OF_NUMBER,
    ),
]
