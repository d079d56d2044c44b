"""Invariant 5 on lines: the line balances frozen on line applications are what was left after each, in their order."""

from app.repository.proofs.check import Check, check
from app.repository.proofs.sides import SIDES, Side


def line_chain(side: Side) -> Check:
    """Header positions order a line's line applications, and their sequence within one application."""
    moved = (
        f"SUM(p.impact_amount) OVER (PARTITION BY l.id ORDER BY a.{side.position}, p.sequence"
        " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    )
    source = (
        f"(SELECT p.entity_id, p.sequence, p.currency, p.{side.line_frozen} AS frozen, a.number AS application,"
        f" a.{side.position} AS position, l.{side.key} AS document_id, l.line_number,"
        f" CAST(l.total_amount + {moved} AS BIGINT) AS remaining"
        " FROM credit_memo_line_application p"
        " JOIN credit_memo_application a ON a.entity_id = p.entity_id AND a.id = p.application_id"
        f" JOIN {side.line} l ON l.entity_id = p.entity_id AND l.id = p.{side.line_key}"
        " WHERE p.entity_id = :entity_id) AS d"
    )
    return check(
        f"{side.word}_line_balances_are_a_chain",
        "5",
        f"the line application's frozen {side.word} line balance is not what was left of the line",
        source=source,
        document="d.document_id",
        number=f"(SELECT h.number FROM {side.header} h WHERE h.entity_id = d.entity_id AND h.id = d.document_id)",
        expected="d.remaining",
        found="d.frozen",
        first_row="d.application || ' line ' || d.sequence",
        place="d.line_number, d.position, d.sequence",
        first_only=True,
    )


LINE_CHAINS = [line_chain(side) for side in SIDES]
