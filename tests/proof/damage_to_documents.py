"""Damage to headers: balances, totals, status, settlement, numbers."""

from tests.proof.damage import Damage

A = "INV-A"
M1 = "CM-000001"
M7 = "CM-000007"

DOCUMENTS = [
    Damage(
        "the applied amount of a memo is raised",
        (f"UPDATE credit_memo SET applied = applied + 1 WHERE number = '{M1}'",),
        finds=("2", "memo_applied_is_its_applications", M1, "position 5"),
        also={M1: ["memo_balance_is_the_rest"]},
    ),
    Damage(
        "a memo's balance is raised",
        (f"UPDATE credit_memo SET balance = balance + 1 WHERE number = '{M1}'",),
        finds=("5", "memo_balance_is_its_last", M1, "position 5"),
        also={M1: ["memo_balance_is_the_rest", "memo_balance_is_on_its_lines"]},
    ),
    Damage(
        "credit is moved from balance to applied, consistently",
        (f"UPDATE credit_memo SET applied = applied + 100, balance = balance - 100 WHERE number = '{M7}'",),
        finds=("2", "memo_applied_is_its_applications", M7, "position 6"),
        also={M7: ["memo_balance_is_on_its_lines", "memo_balance_is_its_last"]},
    ),
    Damage(
        "a memo is said to be refunded",
        (f"UPDATE credit_memo SET refunded = 100, balance = balance - 100 WHERE number = '{M7}'",),
        finds=("1", "memo_refunded_is_its_refunds", M7, "position 6"),
        also={M7: ["memo_balance_is_its_last"]},
    ),
    Damage(
        "a memo's balance is below zero",
        ("UPDATE credit_memo SET balance = -1, applied = 2001 WHERE number = 'CM-000002'",),
        finds=("1", "memo_balance_in_range", "CM-000002", "position 2"),
        also={
            "CM-000002": [
                "memo_applied_is_its_applications",
                "memo_balance_is_on_its_lines",
                "memo_balance_is_its_last",
            ]
        },
    ),
    Damage(
        "a memo is worth more",
        (
            f"UPDATE credit_memo SET total_amount = total_amount + 100, charge_amount = charge_amount + 100, balance = balance + 100 WHERE number = '{M7}'",
        ),
        finds=("5", "memo_was_posted_with_its_total", M7, "position 1"),
        also={M7: ["memo_charge_is_its_lines", "memo_balance_is_on_its_lines", "memo_balance_is_its_last"]},
    ),
    Damage(
        "a memo's tax is not its lines'",
        (
            f"UPDATE credit_memo SET tax_amount = tax_amount + 1, charge_amount = charge_amount - 1 WHERE number = '{M7}'",
        ),
        finds=("0", "memo_tax_is_its_lines", M7, "line 2"),
        also={M7: ["memo_charge_is_its_lines", "journal_of_memo_has_its_tax"]},
    ),
    Damage(
        "a memo's total does not add up",
        ("UPDATE credit_memo SET total_amount = total_amount + 1 WHERE number = 'CM-000006'",),
        finds=("0", "memo_total_is_charge_and_tax", "CM-000006", None),
        also={"CM-000006": ["memo_balance_is_the_rest", "memo_was_posted_with_its_total"]},
    ),
    Damage(
        "a memo's exempt amount is changed",
        (f"UPDATE credit_memo SET tax_exempt_amount = 0 WHERE number = '{M7}'",),
        finds=("0", "memo_exempt_is_its_items", M7, None),
        also={},
    ),
    Damage(
        "an invoice's balance is lowered",
        (f"UPDATE invoice SET balance = balance - 1 WHERE number = '{A}'",),
        finds=("3", "invoice_balance_is_the_rest", A, "position 12"),
        also={A: ["invoice_balance_is_on_its_lines", "invoice_balance_is_its_last"]},
    ),
    Damage(
        "credit on an invoice is raised, consistently",
        (
            f"UPDATE invoice SET balance = balance - 100, credits_applied = credits_applied + 100 WHERE number = '{A}'",
        ),
        finds=("3", "invoice_credits_are_its_applications", A, "position 12"),
        also={A: ["invoice_balance_is_on_its_lines", "invoice_balance_is_its_last"]},
    ),
    Damage(
        "an invoice is said to be paid, consistently",
        (
            "UPDATE invoice SET balance = balance - 100, payments_applied = payments_applied + 100 WHERE number = 'INV-C'",
        ),
        finds=("3", "invoice_payments_are_its_payments", "INV-C", "position 4"),
        also={"INV-C": ["invoice_balance_is_its_last"]},
    ),
    Damage(
        "an invoice is overpaid",
        ("UPDATE invoice SET balance = -100, payments_applied = 1300 WHERE number = 'INV-YEN'",),
        finds=("3", "invoice_is_not_overpaid", "INV-YEN", "position 2"),
        also={
            "INV-YEN": [
                "invoice_balance_is_the_rest",
                "invoice_payments_are_its_payments",
                "invoice_balance_is_on_its_lines",
                "invoice_balance_is_its_last",
                "settlement_status_follows_the_balance",
            ]
        },
    ),
    Damage(
        "an invoice's converted amount is changed",
        ("UPDATE invoice SET converted_amount = converted_amount + 100 WHERE number = 'INV-C'",),
        finds=("3", "invoice_converted_is_its_lines", "INV-C", "line 2"),
        also={"INV-C": ["invoice_balance_is_the_rest"]},
    ),
    Damage(
        "an invoice's charge is changed",
        ("UPDATE invoice SET charge_amount = charge_amount + 1 WHERE number = 'INV-DRAFT'",),
        finds=("0", "invoice_charge_is_its_lines", "INV-DRAFT", "line 1"),
        also={"INV-DRAFT": ["invoice_total_is_charge_and_tax"]},
    ),
    Damage(
        "an invoice is settled in name only",
        (
            "UPDATE invoice SET settlement_status = 'SETTLED', full_settlement_date = '2026-01-01' WHERE number = 'INV-D'",
        ),
        finds=("settlement", "settlement_status_follows_the_balance", "INV-D", "position 3"),
        also={},
    ),
    Damage(
        "a settlement has no date",
        ("UPDATE invoice SET full_settlement_date = NULL WHERE number = 'INV-YEN'",),
        finds=("settlement", "settlement_date_follows_the_status", "INV-YEN", "position 2"),
        also={},
    ),
    Damage(
        "two memos have one number",
        ("UPDATE credit_memo SET number = 'CM-000006' WHERE number = 'CM-000009'",),
        finds=("9", "memo_number_is_unique", "CM-000006", ...),
        also={
            "CM-000006": ["application_number_is_its_position"],
            "CM-000008": ["gapless_numbers_have_no_gap"],
        },
    ),
    Damage(
        "a gapless number is missing",
        ("UPDATE credit_memo SET number = 'CX-000009' WHERE number = 'CM-000009'",),
        finds=("9", "gapless_numbers_have_no_gap", "CM-000008", "CM-000008"),
        also={"CX-000009": ["application_number_is_its_position"]},
    ),
    Damage(
        "a canceled memo has a balance",
        ("UPDATE credit_memo SET balance = 900 WHERE status = 'CANCELED'",),
        finds=("status", "memo_given_up_has_no_balance", None, None),
        also={None: ["memo_balance_is_the_rest", "memo_balance_is_its_last"]},
    ),
    Damage(
        "a posted memo becomes a draft",
        ("UPDATE credit_memo SET status = 'DRAFT' WHERE number = 'CM-000006'",),
        finds=("5", "memo_is_posted_as_its_history_says", "CM-000006", "position 1"),
        also={
            "CM-000006": [
                "memo_balance_is_its_last",
                "memo_posted_has_number_and_instant",
                "what_is_taken_back_leaves_no_code",
            ]
        },
    ),
    Damage(
        "a posted memo has no number",
        ("UPDATE credit_memo SET number = NULL WHERE number = 'CM-000006'",),
        finds=("status", "memo_posted_has_number_and_instant", None, None),
        also={"CM-000005": ["gapless_numbers_have_no_gap"]},
    ),
    Damage(
        "two invoices have one number",
        ("UPDATE invoice SET number = 'INV-OTHER' WHERE number = 'INV-ZERO'",),
        finds=("9", "invoice_number_is_unique", "INV-OTHER", ...),
        also={},
    ),
    Damage(
        "a memo's charge is changed",
        ("UPDATE credit_memo SET charge_amount = charge_amount + 1 WHERE number = 'CM-000006'",),
        finds=("0", "memo_charge_is_its_lines", "CM-000006", "line 1"),
        also={"CM-000006": ["memo_total_is_charge_and_tax"]},
    ),
    Damage(
        "an invoice is worth more",
        (
            "UPDATE invoice SET total_amount = 6001, charge_amount = 6001, balance = 6001 WHERE number = 'INV-OTHER'",
        ),
        finds=("5", "invoice_was_posted_with_its_total", "INV-OTHER", "position 1"),
        also={
            "INV-OTHER": [
                "invoice_charge_is_its_lines",
                "invoice_balance_is_on_its_lines",
                "invoice_balance_is_its_last",
            ]
        },
    ),
    Damage(
        "a voided invoice has a balance",
        ("UPDATE invoice SET status = 'VOIDED' WHERE number = 'INV-OTHER'",),
        finds=("status", "invoice_given_up_has_no_balance", "INV-OTHER", "position 1"),
        also={
            "INV-OTHER": [
                "invoice_balance_is_the_rest",
                "invoice_given_up_has_its_instant",
                "voided_invoice_has_its_memo",
            ]
        },
    ),
    Damage(
        "a posted invoice has no instant of posting",
        ("UPDATE invoice SET posted_at = NULL WHERE number = 'INV-OTHER'",),
        finds=("status", "invoice_posted_has_number_and_instant", "INV-OTHER", None),
        also={},
    ),
]
