"""Invariant 5, second half: every application, payment and refund has its entries, every entry its cause, at one position."""

from dataclasses import dataclass

from app.repository.proofs.check import Check, Clauses, check
from app.repository.proofs.positions import OF_ENTRY
from app.repository.proofs.sides import (
    APPLICATIONS,
    INVOICE,
    MEMO,
    PAYMENTS,
    REFUNDS,
    Side,
    position_text,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A row of the history that moves a document's balance, seen from that document."""

    word: str
    table: str
    side: Side
    shown: str
    kind: str


CONVERSIONS = "('CONVERSION', 'CONVERSION_REVERSAL')"
KIND_OF_APPLICATION = "CASE d.type WHEN 'APPLIED' THEN 'APPLICATION' ELSE 'UNAPPLICATION' END"
KIND_OF_REFUND = "CASE d.type WHEN 'REFUNDED' THEN 'REFUND' ELSE 'REFUND_REVERSAL' END"
KIND_OF_PAYMENT = "CASE d.type WHEN 'RECEIVED' THEN 'PAYMENT' ELSE 'PAYMENT_REVERSAL' END"
MOVEMENTS = [
    *(
        Movement(
            word="application",
            table="credit_memo_application",
            side=side,
            shown="d.number",
            kind=KIND_OF_APPLICATION,
        )
        for side in (MEMO, INVOICE)
    ),
    Movement(
        word="payment",
        table="payment",
        side=INVOICE,
        shown=position_text("d.invoice_position"),
        kind=KIND_OF_PAYMENT,
    ),
    Movement(
        word="refund",
        table="refund",
        side=MEMO,
        shown=position_text("d.credit_memo_position"),
        kind=KIND_OF_REFUND,
    ),
]


def causes_of(movement: Movement) -> list[Check]:
    """What a row says of one document, against the entry at its position there."""
    side = movement.side
    source = (
        f"{movement.table} d LEFT JOIN balance_entry e ON e.entity_id = d.entity_id"
        f" AND e.document_id = d.{side.key} AND e.position = d.{side.position} {side.header_of('d')}"
    )
    of_row: Clauses = {
        "source": source,
        "document": f"d.{side.key}",
        "number": "h.number",
        "first_row": movement.shown,
        "place": f"d.{side.position}",
    }
    name = f"{movement.word}_on_{side.word}"
    return [*_entered(movement, name, of_row), *_agreeing(movement, name, of_row)]


IS_ITS = "e.cause_id = d.id"


def _entered(movement: Movement, name: str, of_row: Clauses) -> list[Check]:
    side = movement.side
    return [
        check(
            f"{name}_has_its_entry",
            "5",
            f"the {movement.word} has no entry of its own at its position in the {side.word}'s history",
            currency="NULL",
            expected=f"'an entry at position ' || d.{side.position}",
            found="CASE WHEN e.position IS NULL THEN 'none' ELSE 'an entry of another cause' END",
            where=f"e.cause_id IS NULL OR NOT ({IS_ITS})",
            **of_row,
        ),
        check(
            f"{name}_is_entered_by_its_kind",
            "5",
            f"the {movement.word} is entered as something else in the {side.word}'s history",
            currency="NULL",
            expected=movement.kind,
            found="e.kind",
            where=f"{IS_ITS} AND e.kind <> {movement.kind}",
            **of_row,
        ),
    ]


def _agreeing(movement: Movement, name: str, of_row: Clauses) -> list[Check]:
    side = movement.side
    return [
        check(
            f"{name}_moved_its_amount",
            "5",
            f"the {movement.word} moved the {side.word} by another amount",
            expected="e.impact_amount",
            found="d.impact_amount",
            where=f"{IS_ITS} AND e.impact_amount <> d.impact_amount",
            **of_row,
        ),
        check(
            f"{name}_froze_its_balance",
            "5",
            f"the {movement.word}'s frozen {side.word} balance is not the history's",
            expected="e.balance_after",
            found=f"d.{side.frozen}",
            where=f"{IS_ITS} AND e.balance_after <> d.{side.frozen}",
            **of_row,
        ),
        check(
            f"{name}_was_recorded_with_its_entry",
            "5",
            f"the {movement.word} and its entry in the {side.word}'s history were recorded at different instants",
            currency="NULL",
            expected="e.recorded_at",
            found="d.recorded_at",
            where=f"{IS_ITS} AND e.recorded_at <> d.recorded_at",
            instants=True,
            **of_row,
        ),
        check(
            f"{name}_was_logged_with_its_entry",
            "log",
            f"the {movement.word} and its entry in the {side.word}'s history come from different commands",
            currency="NULL",
            expected="e.log_id",
            found="d.log_id",
            where=f"{IS_ITS} AND e.log_id <> d.log_id",
            **of_row,
        ),
    ]


APPLICATION_THERE = (
    "a.credit_memo_id = d.document_id AND a.credit_memo_position = d.position"
    " OR a.invoice_id = d.document_id AND a.invoice_position = d.position"
)
PAYMENT_THERE = "p.invoice_id = d.document_id AND p.invoice_position = d.position"
REFUND_THERE = "r.credit_memo_id = d.document_id AND r.credit_memo_position = d.position"
CONVERSION_THERE = "c.source = 'NEGATIVE_LINES' AND c.invoice_id = d.document_id"

ENTRY_CAUSES = (
    ("entry_has_its_application", APPLICATIONS, APPLICATION_THERE),
    ("entry_has_its_payment", PAYMENTS, PAYMENT_THERE),
    ("entry_has_its_refund", REFUNDS, REFUND_THERE),
    ("entry_has_its_conversion", CONVERSIONS, CONVERSION_THERE),
)
IMPACT_OF_CONVERSION = "CASE d.kind WHEN 'CONVERSION' THEN c.total_amount ELSE -c.total_amount END"
OF_PLAIN_ENTRY: Clauses = OF_ENTRY | {
    "source": "balance_entry d"
    " LEFT JOIN credit_memo m ON m.entity_id = d.entity_id AND m.id = d.document_id"
    " LEFT JOIN invoice h ON h.entity_id = d.entity_id AND h.id = d.document_id"
    " LEFT JOIN credit_memo_application a ON a.entity_id = d.entity_id AND a.id = d.cause_id"
    " LEFT JOIN payment p ON p.entity_id = d.entity_id AND p.id = d.cause_id"
    " LEFT JOIN refund r ON r.entity_id = d.entity_id AND r.id = d.cause_id"
    " LEFT JOIN credit_memo c ON c.entity_id = d.entity_id AND c.id = d.cause_id",
    "number": "COALESCE(m.number, h.number)",
    "first_row": position_text("d.position"),
}
"""Its document, m or h, and its cause, a, p, r or c."""

CAUSES = [
    *(each for movement in MOVEMENTS for each in causes_of(movement)),
    *(
        check(
            name,
            "5",
            "what caused the position is not in the books, or not at this position",
            currency="NULL",
            expected="'the cause of ' || d.kind",
            found="COALESCE(d.cause_id, 'none')",
            where=f"d.kind IN {kinds} AND CASE WHEN {there} THEN 0 ELSE 1 END = 1",
            **OF_PLAIN_ENTRY,
        )
        for name, kinds, there in ENTRY_CAUSES
    ),
    check(
        "conversion_moved_its_amount",
        "5",
        "the conversion moved the invoice by another amount than its memo's total",
        expected=IMPACT_OF_CONVERSION,
        found="d.impact_amount",
        where=f"d.kind IN {CONVERSIONS} AND {IMPACT_OF_CONVERSION} <> d.impact_amount",
        **OF_PLAIN_ENTRY,
    ),
    check(
        "posting_comes_first",
        "5",
        "a history begins with the posting of its document",
        currency="NULL",
        expected="'POSTING'",
        found="d.kind",
        where="d.position = 1 AND d.kind <> 'POSTING'",
        **OF_PLAIN_ENTRY,
    ),
    check(
        "history_has_its_document",
        "5",
        "the history of a document that is not in the books",
        currency="NULL",
        expected="'a credit memo or an invoice'",
        found="'none'",
        where="m.id IS NULL AND h.id IS NULL",
        first_only=True,
        **OF_PLAIN_ENTRY,
    ),
]
