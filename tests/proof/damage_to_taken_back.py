"""Damage to memos that were unposted, voided or reversed, and to lines taken out of drafts."""

from tests.proof.damage import Damage, entry, invoice, memo, of_memo

REVERSED, CONVERTED, VOIDED, AGAIN = "CM-000023", "CM-000024", "CM-000025", "CM-000026"

TAKEN_BACK = [
    Damage(
        "a memo is said to be reversed",
        ("UPDATE credit_memo SET reversed = (1 = 1) WHERE number = 'CM-000006'",),
        finds=("status", "reversed_memo_has_its_debit_memo", "CM-000006", None),
        also={},
    ),
    Damage(
        "a debit memo comes to another charge",
        (
            "UPDATE invoice SET charge_amount = charge_amount + 1, tax_amount = tax_amount - 1"
            " WHERE number = 'DM-000003'",
        ),
        finds=("status", "reversal_mirrors_its_memo", REVERSED, None),
        also={
            "DM-000003": [
                "invoice_charge_is_its_lines",
                "invoice_tax_is_its_lines",
                "journal_of_reversal_has_its_tax",
            ]
        },
    ),
    Damage(
        "a voided memo is worth something again",
        (
            "UPDATE credit_memo SET status = 'POSTED', voided_at = NULL, balance = total_amount"
            f" WHERE number = '{CONVERTED}'",
        ),
        finds=("status", "voided_memo_ends_with_its_void", CONVERTED, "position 2"),
        also={
            CONVERTED: ["memo_balance_is_its_last", "voided_conversion_gave_its_lines_back"],
            "INV-R": ["converted_line_has_its_memo_line"],
        },
    ),
    Damage(
        "an unposting becomes a void",
        (f"UPDATE balance_entry SET kind = 'VOID' WHERE {entry(memo(AGAIN), 2)}",),
        finds=("5", "void_comes_last", AGAIN, "position 2"),
        also={
            AGAIN: [
                "memo_is_posted_as_its_history_says",
                "memo_was_posted_with_its_total",
                "unposting_follows_its_posting",
            ]
        },
    ),
    Damage(
        "lines that a conversion gave back were converted once more",
        (f"UPDATE balance_entry SET kind = 'CONVERSION' WHERE {entry(invoice('INV-R'), 3)}",),
        finds=("5", "voided_conversion_gave_its_lines_back", CONVERTED, "position 2"),
        also={"INV-R": ["conversion_moved_its_amount"]},
    ),
    Damage(
        "a line that was taken out counts a quantity",
        (f"UPDATE credit_memo_line SET quantity = 1000000 WHERE {of_memo(AGAIN, 2)}",),
        finds=("0", "removed_line_counts_nothing", AGAIN, "line 2"),
        also={},
    ),
    Damage(
        "a voided memo draws again",
        (
            "UPDATE credit_memo SET status = 'POSTED', voided_at = NULL, balance = total_amount"
            f" WHERE number = '{VOIDED}'",
        ),
        finds=("status", "voided_memo_ends_with_its_void", VOIDED, "position 2"),
        also={
            VOIDED: ["memo_balance_is_its_last", "journal_of_memo_has_its_tax"],
            "INV-R": [
                "amount_copied_is_drawn",
                "amount_credited_is_drawn",
                "invoice_credited_is_drawn",
                "tax_credited_is_drawn",
                "tax_item_copied_is_drawn",
                "tax_item_credited_is_drawn",
            ],
        },
    ),
]
