"""Damage to the history of balances."""

from tests.proof.damage import Damage, entry, forged, invoice, memo

A = "INV-A"
M1 = "CM-000001"
M7 = "CM-000007"

POSITIONS = [
    Damage(
        "a position in the middle is deleted",
        (f"DELETE FROM balance_entry WHERE {entry(memo(M1), 3)}",),
        finds=("5", "positions_are_consecutive", M1, "position 4"),
        also={M1: ["application_on_memo_has_its_entry"]},
    ),
    Damage(
        "the first position is deleted",
        (f"DELETE FROM balance_entry WHERE {entry(invoice('INV-OTHER'), 1)}",),
        finds=("5", "invoice_position_is_its_last", "INV-OTHER", None),
        also={
            "INV-OTHER": [
                "invoice_balance_is_its_last",
                "invoice_is_posted_as_its_history_says",
                "invoice_was_posted_with_its_total",
            ]
        },
    ),
    Damage(
        "the last position is deleted",
        (f"DELETE FROM balance_entry WHERE {entry(invoice('INV-D'), 3)}",),
        finds=("5", "invoice_balance_is_its_last", "INV-D", "position 2"),
        also={"INV-D": ["invoice_position_is_its_last", "application_on_invoice_has_its_entry"]},
    ),
    Damage(
        "a position is shifted",
        (f"UPDATE balance_entry SET position = 7 WHERE {entry(memo(M7), 6)}",),
        finds=("5", "positions_are_consecutive", M7, "position 7"),
        also={
            M7: [
                "memo_position_is_its_last",
                "application_on_memo_has_its_entry",
                "entry_has_its_application",
            ]
        },
    ),
    Damage(
        "a document's position is raised",
        (f"UPDATE credit_memo SET position = 9 WHERE number = '{M7}'",),
        finds=("5", "memo_position_is_its_last", M7, "position 6"),
        also={},
    ),
    Damage(
        "a balance in the history is changed",
        (f"UPDATE balance_entry SET balance_after = balance_after + 1 WHERE {entry(invoice(A), 5)}",),
        finds=("5", "balance_moves_by_its_impact", A, "position 5"),
        also={A: ["balances_are_a_chain", "application_on_invoice_froze_its_balance"]},
    ),
    Damage(
        "an impact in the history is changed with its balance",
        (
            f"UPDATE balance_entry SET balance_after = balance_after + 1, impact_amount = impact_amount + 1 WHERE {entry(invoice(A), 6)}",
        ),
        finds=("5", "balances_are_a_chain", A, "position 7"),
        also={A: ["application_on_invoice_moved_its_amount", "application_on_invoice_froze_its_balance"]},
    ),
    Damage(
        "two balances in the history are swapped",
        (
            f"UPDATE balance_entry SET balance_after = CASE position WHEN 3 THEN 7413 ELSE 2000 END WHERE document_id = {memo(M1)} AND position IN (3, 4)",
        ),
        finds=("5", "balance_moves_by_its_impact", M1, "position 3"),
        also={
            M1: [
                "balances_are_a_chain",
                "application_on_memo_froze_its_balance",
                "application_on_memo_froze_its_balance",
            ]
        },
    ),
    Damage(
        "time goes back in a history",
        (f"UPDATE balance_entry SET recorded_at = '2020-01-01 00:00:00.000000' WHERE {entry(memo(M7), 4)}",),
        finds=("5", "time_does_not_go_back", M7, "position 4"),
        also={M7: ["application_on_memo_was_recorded_with_its_entry"]},
    ),
    Damage(
        "a history of nothing",
        (*forged("balance_entry", entry(memo(M7), 1), document_id="'inv_nothing'"),),
        finds=("5", "history_has_its_document", None, "position 1"),
        also={},
    ),
    Damage(
        "a draft has a history",
        (
            *forged(
                "balance_entry",
                entry(memo(M7), 1),
                document_id=invoice("INV-DRAFT"),
                impact_amount="1300",
                balance_after="1300",
            ),
        ),
        finds=("5", "invoice_is_posted_as_its_history_says", "INV-DRAFT", "position 1"),
        also={"INV-DRAFT": ["invoice_position_is_its_last", "invoice_balance_is_its_last"]},
    ),
    Damage(
        "an entry loses its cause",
        (f"UPDATE balance_entry SET cause_id = NULL WHERE {entry(invoice(A), 6)}",),
        finds=("5", "application_on_invoice_has_its_entry", A, "CM-000002-2"),
        also={A: ["entry_has_its_application"]},
    ),
    Damage(
        "an entry is given another kind",
        (f"UPDATE balance_entry SET kind = 'PAYMENT' WHERE {entry(memo(M7), 2)}",),
        finds=("5", "application_on_memo_is_entered_by_its_kind", M7, "CM-000007-2"),
        also={M7: ["entry_has_its_payment"]},
    ),
    Damage(
        "a conversion's impact is changed",
        (
            f"UPDATE balance_entry SET impact_amount = 10251, balance_after = balance_after + 1 WHERE {entry(invoice('INV-B'), 2)}",
        ),
        finds=("5", "conversion_moved_its_amount", "INV-B", "position 2"),
        also={"INV-B": ["balances_are_a_chain"]},
    ),
    Damage(
        "a history begins with something else than a posting",
        (f"UPDATE balance_entry SET kind = 'VOID' WHERE {entry(invoice('INV-OTHER'), 1)}",),
        finds=("5", "posting_comes_first", "INV-OTHER", "position 1"),
        also={"INV-OTHER": ["invoice_is_posted_as_its_history_says", "invoice_was_posted_with_its_total"]},
    ),
    Damage(
        "an invoice application is entered as a payment",
        (f"UPDATE balance_entry SET kind = 'PAYMENT' WHERE {entry(invoice('INV-D'), 2)}",),
        finds=("5", "application_on_invoice_is_entered_by_its_kind", "INV-D", "CM-000008-2"),
        also={"INV-D": ["entry_has_its_payment"]},
    ),
    Damage(
        "a conversion's cause is another memo",
        (f"UPDATE balance_entry SET cause_id = {memo('CM-000006')} WHERE {entry(invoice('INV-B'), 2)}",),
        finds=("5", "entry_has_its_conversion", "INV-B", "position 2"),
        also={"INV-B": ["conversion_moved_its_amount"]},
    ),
]
