"""Damage to lines and tax items."""

from tests.proof.damage import Damage, invoice, invoice_line, memo, memo_line, of_invoice, of_memo

A = "INV-A"
M1 = "CM-000001"
M7 = "CM-000007"

LINES = [
    Damage(
        "an invoice line is removed",
        (
            f"DELETE FROM invoice_line_tax WHERE invoice_line_id = {invoice_line('INV-DRAFT', 1)}",
            "DELETE FROM invoice_line WHERE invoice_id = " + invoice("INV-DRAFT"),
        ),
        finds=("0", "invoice_charge_is_its_lines", "INV-DRAFT", None),
        also={"INV-DRAFT": ["invoice_tax_is_its_lines", "invoice_balance_is_on_its_lines"]},
    ),
    Damage(
        "a memo line's amount is changed",
        (f"UPDATE credit_memo_line SET amount = amount + 1 WHERE {of_memo(M7, 2)}",),
        finds=("0", "memo_charge_is_its_lines", M7, "line 2"),
        also={M7: ["memo_line_total_is_amount_and_tax"]},
    ),
    Damage(
        "a memo line's tax is changed",
        (
            f"UPDATE credit_memo_line SET tax_amount = tax_amount + 1, amount = amount - 1 WHERE {of_memo(M7, 1)}",
        ),
        finds=("0", "memo_line_tax_is_its_items", M7, "line 1"),
        also={M7: ["memo_charge_is_its_lines", "memo_tax_is_its_lines"]},
    ),
    Damage(
        "a tax item is removed",
        (f"DELETE FROM credit_memo_line_tax WHERE credit_memo_line_id = {memo_line(M7, 1)} AND ordinal = 2",),
        finds=("0", "memo_line_tax_is_its_items", M7, "line 1"),
        also={},
    ),
    Damage(
        "a tax item changes its sign",
        (
            f"UPDATE invoice_line_tax SET amount = CASE ordinal WHEN 1 THEN 1025 ELSE -200 END WHERE invoice_line_id = {invoice_line(A, 1)}",
        ),
        finds=("0", "invoice_line_has_one_sign", A, "line 1"),
        also={A: ["tax_item_credited_in_range"]},
    ),
    Damage(
        "a tax item is put under another invoice",
        (
            f"UPDATE invoice_line_tax SET invoice_id = {invoice('INV-B')} WHERE invoice_line_id = {invoice_line(A, 2)}",
        ),
        finds=("0", "invoice_tax_item_is_of_its_line", A, "line 2 tax 1"),
        also={},
    ),
    Damage(
        "a memo line's applied amount is raised",
        (f"UPDATE credit_memo_line SET applied = applied + 1, balance = balance - 1 WHERE {of_memo(M1, 1)}",),
        finds=("2", "memo_line_applied_is_its_applications", M1, "CM-000001-5"),
        also={M1: ["memo_balance_is_on_its_lines"]},
    ),
    Damage(
        "a memo line's balance is raised",
        (f"UPDATE credit_memo_line SET balance = balance + 1 WHERE {of_memo(M1, 2)}",),
        finds=("3a", "memo_line_balance_is_the_rest", M1, "line 2"),
        also={M1: ["memo_balance_is_on_its_lines"]},
    ),
    Damage(
        "an invoice line's credit is raised",
        (
            f"UPDATE invoice_line SET credits_applied = credits_applied + 1, balance = balance - 1 WHERE {of_invoice(A, 2)}",
        ),
        finds=("3a", "invoice_line_credits_are_its_applications", A, "CM-000005-2"),
        also={A: ["invoice_balance_is_on_its_lines"]},
    ),
    Damage(
        "an invoice line's balance is lowered",
        (f"UPDATE invoice_line SET balance = balance - 1 WHERE {of_invoice(A, 1)}",),
        finds=("3a", "invoice_line_balance_is_the_rest", A, "line 1"),
        also={A: ["invoice_balance_is_on_its_lines"]},
    ),
    Damage(
        "a negative line takes credit",
        (f"UPDATE invoice_line SET credits_applied = 100, balance = balance - 100 WHERE {of_invoice(A, 3)}",),
        finds=("3a", "invoice_line_credits_in_range", A, "line 3"),
        also={A: ["invoice_line_credits_are_its_applications", "invoice_balance_is_on_its_lines"]},
    ),
    Damage(
        "a line is converted in part",
        (
            f"UPDATE invoice_line SET converted_amount = -5000, balance = -5250 WHERE {of_invoice('INV-C', 2)}",
        ),
        finds=("3a", "invoice_line_is_converted_whole", "INV-C", "line 2"),
        also={"INV-C": ["invoice_converted_is_its_lines", "invoice_balance_is_on_its_lines"]},
    ),
    Damage(
        "a converted tax item is forgotten",
        (
            f"UPDATE invoice_line_tax SET converted_amount = 0 WHERE invoice_line_id = {invoice_line('INV-B', 2)}",
        ),
        finds=("3a", "tax_item_is_converted_with_its_line", "INV-B", "line 2 tax 1"),
        also={},
    ),
    Damage(
        "a memo line gives more than it has",
        (f"UPDATE credit_memo_line SET applied = 8001, balance = -1 WHERE {of_memo('CM-000006', 1)}",),
        finds=("3a", "memo_line_applied_in_range", "CM-000006", "line 1"),
        also={"CM-000006": ["memo_line_applied_is_its_applications", "memo_balance_is_on_its_lines"]},
    ),
    Damage(
        "a memo line's total does not add up",
        (
            f"UPDATE credit_memo_line SET total_amount = total_amount + 1, balance = balance + 1 WHERE {of_memo('CM-000006', 1)}",
        ),
        finds=("0", "memo_line_total_is_amount_and_tax", "CM-000006", "line 1"),
        also={"CM-000006": ["memo_balance_is_on_its_lines"]},
    ),
    Damage(
        "a memo's tax item has the other sign",
        (
            f"UPDATE credit_memo_line_tax SET amount = CASE ordinal WHEN 1 THEN 1400 ELSE -200 END WHERE credit_memo_line_id = {memo_line(M7, 1)}",
        ),
        finds=("0", "memo_line_has_one_sign", M7, "line 1"),
        also={},
    ),
    Damage(
        "a memo's tax item is put under another memo",
        (
            f"UPDATE credit_memo_line_tax SET credit_memo_id = {memo('CM-000006')} WHERE credit_memo_line_id = {memo_line(M7, 1)} AND ordinal = 1",
        ),
        finds=("0", "memo_tax_item_is_of_its_line", M7, "line 1 tax 1"),
        also={"CM-000006": ["memo_exempt_is_its_items"], M7: ["memo_exempt_is_its_items"]},
    ),
    Damage(
        "an invoice line's tax is changed",
        (f"UPDATE invoice_line SET tax_amount = tax_amount + 1 WHERE {of_invoice('INV-DRAFT', 1)}",),
        finds=("0", "invoice_line_tax_is_its_items", "INV-DRAFT", "line 1"),
        also={"INV-DRAFT": ["invoice_tax_is_its_lines", "invoice_line_total_is_amount_and_tax"]},
    ),
]
