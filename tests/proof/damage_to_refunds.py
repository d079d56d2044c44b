"""Damage to refunds."""

from tests.proof.damage import Damage, entry, forged, memo

M = "CM-000015"
EARLY = "'2020-01-01 00:00:00.000000'"
OTHER_COMMAND = "(SELECT log_id FROM credit_memo_application WHERE number = 'CM-000007-2')"


def at(position: int) -> str:
    return f"credit_memo_id = {memo(M)} AND credit_memo_position = {position}"


REFUNDS = [
    Damage(
        "a refund is deleted",
        (f"DELETE FROM refund WHERE {at(5)}",),
        finds=("1", "memo_refunded_is_its_refunds", M, "position 5"),
        also={M: ["entry_has_its_refund"]},
    ),
    Damage(
        "a memo's refunded amount is changed",
        (f"UPDATE credit_memo SET refunded = 5000, balance = 4000 WHERE number = '{M}'",),
        finds=("1", "memo_refunded_is_its_refunds", M, "position 5"),
        also={M: ["memo_balance_is_its_last"]},
    ),
    Damage(
        "a refund's amount is changed",
        (f"UPDATE refund SET amount = 2100, impact_amount = -2100 WHERE {at(5)}",),
        finds=("5", "refund_on_memo_moved_its_amount", M, "position 5"),
        also={M: ["memo_refunded_is_its_refunds"]},
    ),
    Damage(
        "a refund's impact has the wrong sign",
        (f"UPDATE refund SET impact_amount = amount WHERE {at(5)}",),
        finds=("1", "refund_impact_is_its_amount", M, "position 5"),
        also={M: ["memo_refunded_is_its_refunds", "refund_on_memo_moved_its_amount"]},
    ),
    Damage(
        "a refund's frozen balance is changed",
        (f"UPDATE refund SET credit_memo_balance = 1 WHERE {at(5)}",),
        finds=("5", "refund_on_memo_froze_its_balance", M, "position 5"),
        also={},
    ),
    Damage(
        "a refund of nothing",
        (f"UPDATE refund SET amount = 0, impact_amount = 0 WHERE {at(5)}",),
        finds=("1", "refund_amount_is_positive", M, "position 5"),
        also={M: ["memo_refunded_is_its_refunds", "refund_on_memo_moved_its_amount"]},
    ),
    Damage(
        "a reversal takes back another amount than its refund's",
        (f"UPDATE refund SET reversed_refund_id = (SELECT o.id FROM refund o WHERE {at(4)}) WHERE {at(3)}",),
        finds=("1", "refund_reversal_is_whole", M, "position 3"),
        also={},
    ),
    Damage(
        "a refund is taken back twice",
        forged("refund", at(3), id="'rfd_forged'", credit_memo_position="99"),
        finds=("1", "refund_is_reversed_once", M, "position 2"),
        also={M: ["memo_refunded_is_its_refunds", "refund_on_memo_has_its_entry"]},
    ),
    Damage(
        "a refund names a refund",
        (f"UPDATE refund SET reversed_refund_id = id WHERE {at(5)}",),
        finds=("1", "refund_reversal_names_its_refund", M, "position 5"),
        also={M: ["refund_reversal_is_whole"]},
    ),
    Damage(
        "a refund loses its number",
        (f"UPDATE refund SET number = NULL WHERE {at(5)}",),
        finds=("9", "refund_has_a_number", M, "position 5"),
        also={},
    ),
    Damage(
        "a refund has another's number",
        (f"UPDATE refund SET number = 'RF-000001' WHERE {at(5)}",),
        finds=("9", "refund_number_is_unique", M, "RF-000001"),
        also={},
    ),
    Damage(
        "a refund's position has no entry",
        (f"UPDATE refund SET credit_memo_position = 98 WHERE {at(5)}",),
        finds=("5", "refund_on_memo_has_its_entry", M, "position 98"),
        also={M: ["entry_has_its_refund"]},
    ),
    Damage(
        "a refund is entered as something else",
        (f"UPDATE balance_entry SET kind = 'VOID' WHERE {entry(memo(M), 5)}",),
        finds=("5", "refund_on_memo_is_entered_by_its_kind", M, "position 5"),
        also={M: ["journal_entry_has_the_type_of_its_move", "voided_memo_ends_with_its_void"]},
    ),
    Damage(
        "a refund is moved to another moment",
        (f"UPDATE refund SET recorded_at = {EARLY} WHERE {at(4)}",),
        finds=("5", "refund_on_memo_was_recorded_with_its_entry", M, "position 4"),
        also={},
    ),
    Damage(
        "a refund's entry comes from another command",
        (f"UPDATE balance_entry SET log_id = {OTHER_COMMAND} WHERE {entry(memo(M), 4)}",),
        finds=("log", "refund_on_memo_was_logged_with_its_entry", M, "position 4"),
        also={M: ["journal_entry_is_of_its_move"]},
    ),
    Damage(
        "a refund's command is not in the log",
        (f"UPDATE refund SET log_id = 'log_none' WHERE {at(4)}",),
        finds=("log", "refund_has_its_log_id", M, "position 4"),
        also={M: ["refund_on_memo_was_logged_with_its_entry"]},
    ),
    Damage(
        "a refund was recorded by another",
        (f"UPDATE refund SET recorded_by = 'nobody' WHERE {at(4)}",),
        finds=("log", "refund_was_recorded_by_its_commands_actor", M, "position 4"),
        also={},
    ),
    Damage(
        "a refund is in another currency",
        (f"UPDATE refund SET currency = 'EUR' WHERE {at(4)}",),
        finds=("8", "refund_has_its_credit_memo_id_and_account_id_and_currency", M, "position 4"),
        also={},
    ),
    Damage(
        "a reversal takes back a refund that is not there",
        (f"UPDATE refund SET reversed_refund_id = 'rfd_none' WHERE {at(3)}",),
        finds=("8", "refund_has_its_reversed_refund_id", M, "position 3"),
        also={},
    ),
]
