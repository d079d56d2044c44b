"""Invariant 5: a document's history is a chain of positions without gaps that ends in its balance."""

from app.repository.proofs.check import Check, Clauses, check
from app.repository.proofs.headers import HEADERS, last_entry
from app.repository.proofs.sides import SIDES, Side, last_position, position_text

ENTRIES = (
    "(SELECT e.entity_id, e.document_id, e.position, e.currency, e.kind, e.impact_amount, e.balance_before,"
    " e.balance_after, e.recorded_at, LAG(e.position) OVER history AS last_position, LAG(e.kind) OVER history AS last_kind,"
    " LAG(e.balance_after) OVER history AS last_balance, LAG(e.recorded_at) OVER history AS last_recorded_at FROM balance_entry e WHERE e.entity_id = :entity_id"
    " WINDOW history AS (PARTITION BY e.document_id ORDER BY e.position)) AS d"
)
OF_ENTRY: Clauses = {
    "source": ENTRIES,
    "document": "d.document_id",
    "number": "COALESCE((SELECT m.number FROM credit_memo m WHERE m.entity_id = d.entity_id AND m.id = d.document_id),"
    " (SELECT i.number FROM invoice i WHERE i.entity_id = d.entity_id AND i.id = d.document_id))",
    "first_row": position_text("d.position"),
    "place": "d.position",
}


def positions_of(side: Side) -> list[Check]:
    """What the header says of its history."""
    posted = "CASE WHEN d.status IN ('POSTED', 'VOIDED') THEN 1 ELSE 0 END"
    source = HEADERS[side.word]
    postings, posted_amount = "COALESCE(history.postings, 0)", "COALESCE(history.posted, 0)"
    return [
        check(
            f"{side.word}_position_is_its_last",
            "5",
            f"the {side.word}'s position is not the last one of its history",
            source=source,
            currency="NULL",
            expected="COALESCE(history.last, 0)",
            found="d.position",
            first_row=last_position("d"),
        ),
        check(
            f"{side.word}_balance_is_its_last",
            "5",
            f"the {side.word}'s balance is not that after the last position of its history",
            source=source,
            expected=f"COALESCE({last_entry('balance_after')}, 0)",
            found="CASE WHEN d.status IN ('DRAFT', 'PENDING_APPROVAL') THEN 0 ELSE d.balance END",
            first_row=last_position("d"),
        ),
        check(
            f"{side.word}_is_posted_as_its_history_says",
            "5",
            f"the {side.word}'s status is not what its history makes it",
            source=source,
            currency="NULL",
            expected=f"CASE WHEN {postings} = 1 THEN 'POSTED or VOIDED' ELSE 'not posted' END",
            found="d.status",
            where=f"{postings} <> {posted}",
            first_row=f"COALESCE({last_position('d')}, 'no position')",
        ),
        check(
            f"{side.word}_was_posted_with_its_total",
            "5",
            f"the {side.word}'s posting is not its total",
            source=source,
            expected="d.total_amount",
            found=posted_amount,
            where=f"d.status IN ('POSTED', 'VOIDED') AND {posted_amount} <> d.total_amount",
            first_row="'position 1'",
        ),
    ]


POSITIONS = [
    check(
        "positions_are_consecutive",
        "5",
        "a position is missing, or the history does not begin with 1",
        currency="NULL",
        expected="COALESCE(d.last_position, 0) + 1",
        found="d.position",
        first_only=True,
        **OF_ENTRY,
    ),
    check(
        "balances_are_a_chain",
        "5",
        "the balance before is not the one after the position before",
        expected="COALESCE(d.last_balance, 0)",
        found="d.balance_before",
        where="COALESCE(d.last_position, 0) + 1 = d.position AND COALESCE(d.last_balance, 0) <> d.balance_before",
        first_only=True,
        **OF_ENTRY,
    ),
    check(
        "balance_moves_by_its_impact",
        "5",
        "the balance after is not the one before and the impact",
        expected="d.balance_before + d.impact_amount",
        found="d.balance_after",
        first_only=True,
        **OF_ENTRY,
    ),
    check(
        "time_does_not_go_back",
        "5",
        "the position was recorded before the one before it",
        currency="NULL",
        expected="d.last_recorded_at",
        found="d.recorded_at",
        where="d.recorded_at < d.last_recorded_at",
        first_only=True,
        instants=True,
        **OF_ENTRY,
    ),
    *(each for side in SIDES for each in positions_of(side)),
]
