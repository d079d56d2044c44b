"""Damage to what write-offs and voids have made."""

from tests.proof.damage import Damage, invoice, memo

WRITE_OFF = "CM-000017"
WRITTEN_OFF = "CM-000019"
VOID = "CM-000020"

WRITE_OFFS = [
    Damage(
        "a write-off leaves credit over",
        (f"UPDATE credit_memo SET applied = applied - 100, balance = 100 WHERE number = '{WRITE_OFF}'",),
        finds=("status", "credit_of_a_write_off_is_used_or_void", WRITE_OFF, None),
        also={
            WRITE_OFF: [
                "memo_applied_is_its_applications",
                "memo_balance_is_its_last",
                "memo_balance_is_on_its_lines",
            ]
        },
    ),
    Damage(
        "a debit memo is not settled any more",
        (
            "UPDATE invoice SET credits_applied = credits_applied - 100, balance = 100 WHERE number = 'DM-000001'",
        ),
        finds=("status", "debit_memo_is_settled_or_void", "DM-000001", None),
        also={
            "DM-000001": [
                "invoice_balance_is_its_last",
                "invoice_balance_is_on_its_lines",
                "invoice_credits_are_its_applications",
                "settlement_status_follows_the_balance",
            ]
        },
    ),
    Damage(
        "a debit memo is another memo's",
        (f"UPDATE invoice SET credit_memo_id = {memo('CM-000006')} WHERE number = 'DM-000001'",),
        finds=("status", "documents_made_for_each_other_stay_together", WRITTEN_OFF, "CM-000019-2"),
        also={},
    ),
    Damage(
        "a void becomes an ordinary credit",
        (f"UPDATE credit_memo SET source = 'INVOICE' WHERE number = '{VOID}'",),
        finds=("status", "voided_invoice_has_its_memo", "INV-TWICE", None),
        also={},
    ),
    Damage(
        "a voided invoice stands again",
        (f"UPDATE invoice SET status = 'POSTED', voided_at = NULL WHERE id = {invoice('INV-TWICE')}",),
        finds=("status", "voided_invoice_has_its_memo", "INV-TWICE", None),
        also={},
    ),
]
