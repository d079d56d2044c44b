"""Invariants 1, 2 and 3a of a credit memo: what is applied, refunded and left, on the header and on the lines."""

from app.repository.proofs.check import Clauses, check, total
from app.repository.proofs.headers import MEMOS
from app.repository.proofs.lines import MEMO_LINES
from app.repository.proofs.sides import (
    MEMO,
    first_break,
    first_line,
    first_line_row,
    first_refund_break,
    last_position,
)

GIVEN_UP = "d.status IN ('CANCELED', 'VOIDED')"
OF_LINE: Clauses = {
    "source": MEMO_LINES,
    "document": "d.credit_memo_id",
    "number": "h.number",
    "place": "d.line_number",
}
ON_LINES = "COALESCE(lines.balance, 0) - COALESCE(applied.at_header, 0) - d.refunded"

MEMO_BALANCES = [
    check(
        "memo_balance_is_the_rest",
        "1",
        "the memo's balance is not its total less what is applied and refunded",
        source=MEMOS,
        expected=f"CASE WHEN {GIVEN_UP} THEN 0 ELSE d.total_amount - d.applied - d.refunded END",
        found="d.balance",
        first_row=last_position("d"),
    ),
    check(
        "memo_balance_in_range",
        "1",
        "the memo's balance is not between 0 and its total",
        source=MEMOS,
        expected="CASE WHEN d.balance < 0 THEN 0 ELSE d.total_amount END",
        found="d.balance",
        where="d.balance < 0 OR d.balance > d.total_amount",
        first_row=last_position("d"),
    ),
    check(
        "memo_refunded_is_its_refunds",
        "1",
        "the memo's refunded amount is not its refunds less their reversals",
        source=MEMOS,
        expected="COALESCE(refunds.whole, 0)",
        found="d.refunded",
        first_row=first_refund_break("d"),
    ),
    check(
        "memo_applied_is_its_applications",
        "2",
        "the memo's applied amount is not what its applications add up to",
        source=MEMOS,
        expected="COALESCE(applied.whole, 0)",
        found="d.applied",
        first_row=first_break(MEMO, "d"),
    ),
    check(
        "memo_line_applied_is_its_applications",
        "2",
        "the memo line's applied amount is not what its line applications add up to",
        expected="COALESCE(applied.whole, 0)",
        found="d.applied",
        first_row=first_line_row(MEMO, "d"),
        **OF_LINE,
    ),
    check(
        "memo_line_balance_is_the_rest",
        "3a",
        "the memo line's balance is not its total less what is applied",
        expected="d.total_amount - d.applied",
        found="d.balance",
        first_row="'line ' || d.line_number",
        **OF_LINE,
    ),
    check(
        "memo_line_applied_in_range",
        "3a",
        "the memo line gave more than it has, or is negative and gave",
        expected="CASE WHEN d.applied < 0 OR d.total_amount < 0 THEN 0 ELSE d.total_amount END",
        found="d.applied",
        where="d.applied < 0 OR (d.applied > d.total_amount AND d.applied <> 0)",
        first_row="'line ' || d.line_number",
        **OF_LINE,
    ),
    check(
        "memo_balance_is_on_its_lines",
        "3a",
        "the memo's balance is not its lines' balances less header applications and refunds",
        source=MEMOS,
        expected=ON_LINES,
        found="d.balance",
        where=f"NOT ({GIVEN_UP}) AND {ON_LINES} <> d.balance",
        first_row=first_line(
            MEMO,
            "d",
            f"l.balance <> l.total_amount - {total('-p.impact_amount', MEMO.line_applications_of('l'))}",
        ),
    ),
]
