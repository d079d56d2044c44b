"""Damage to what waits for its tax."""

from tests.proof.damage import Damage, invoice

BY_ITSELF = "amount_to_tax IS NOT NULL AND source_invoice_line_id IS NULL"
DRAWN = "amount_to_tax IS NOT NULL AND source_invoice_line_id IS NOT NULL"

TAX = [
    Damage(
        "a posted memo is said to have no tax yet",
        ("UPDATE credit_memo SET tax_status = 'ERROR' WHERE number = 'CM-000007'",),
        finds=("status", "memo_tax_is_known_before_posting", "CM-000007", None),
        also={"CM-000007": ["memo_waits_for_tax_with_its_lines"]},
    ),
    Damage(
        "a memo that waits for its tax is posted",
        (
            "UPDATE credit_memo SET tax_status = 'ERROR' WHERE number = 'CM-000006'",
            "UPDATE credit_memo_line SET amount_to_tax = amount"
            " WHERE credit_memo_id = (SELECT id FROM credit_memo WHERE number = 'CM-000006')",
        ),
        finds=("status", "memo_tax_is_known_before_posting", "CM-000006", None),
        also={},
    ),
    Damage(
        "a draft is said to have its tax",
        (
            "UPDATE credit_memo SET tax_status = 'COMPLETE' WHERE tax_status = 'ERROR' AND source = 'STANDALONE'",
        ),
        finds=("0", "memo_waits_for_tax_with_its_lines", None, "line 1"),
        also={},
    ),
    Damage(
        "what is to be taxed is forgotten",
        (f"UPDATE credit_memo_line SET amount_to_tax = NULL WHERE {BY_ITSELF}",),
        finds=("0", "memo_waits_for_tax_with_its_lines", None, "line 2"),
        also={},
    ),
    Damage(
        "what is to be taxed of an invoice line is forgotten",
        (f"UPDATE credit_memo_line SET amount_to_tax = NULL WHERE {DRAWN}",),
        finds=("7", "amount_copied_is_drawn", "INV-TAX", ...),
        also={None: ["memo_waits_for_tax_with_its_lines"]},
    ),
    Damage(
        "what is to be taxed is changed",
        (f"UPDATE credit_memo_line SET amount_to_tax = amount_to_tax + 1 WHERE {DRAWN}",),
        finds=("0", "memo_line_waits_for_tax_whole", None, "line 1"),
        also={},
    ),
    Damage(
        "an invoice's line counts what waits for its tax as credited in proportion",
        (f"UPDATE invoice_line SET amount_copied = amount_credited WHERE invoice_id = {invoice('INV-TAX')}",),
        finds=("7", "amount_copied_is_drawn", "INV-TAX", ...),
        also={},
    ),
]
