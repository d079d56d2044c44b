"""Damage to the log of commands, and to what rows say of it."""

from tests.proof.damage import Damage, application, entry, invoice, memo

A = "INV-A"
M7 = "CM-000007"

LOG = [
    Damage(
        "a row names a command that is not in the log",
        (f"UPDATE balance_entry SET log_id = 'log_none' WHERE {entry(invoice('INV-OTHER'), 1)}",),
        finds=("log", "balance_entry_has_its_log_id", "INV-OTHER", "position 1"),
        also={},
    ),
    Damage(
        "a command is removed from the log",
        (
            "DELETE FROM log_entry WHERE id = (SELECT log_id FROM credit_memo_application WHERE number = 'CM-000007-6')",
        ),
        finds=("log", "credit_memo_application_has_its_log_id", M7, "CM-000007-6"),
        also={
            M7: ["balance_entry_has_its_log_id", "document_change_has_its_log_id"],
            "INV-C": ["balance_entry_has_its_log_id", "document_change_has_its_log_id"],
        },
    ),
    Damage(
        "a row names another actor",
        ("UPDATE credit_memo_application SET recorded_by = 'nobody' WHERE number = 'CM-000007-6'",),
        finds=("log", "credit_memo_application_was_recorded_by_its_commands_actor", M7, "CM-000007-6"),
        also={},
    ),
    Damage(
        "an application names another operation",
        (
            "UPDATE credit_memo_application SET operation = 'APPLY_CREDIT_MEMO_LINE' WHERE number = 'CM-000007-6'",
        ),
        finds=("log", "application_was_made_by_its_operation", M7, "CM-000007-6"),
        also={},
    ),
    Damage(
        "an application and its entry come from different commands",
        (
            f"UPDATE balance_entry SET log_id = (SELECT log_id FROM credit_memo_application WHERE number = 'CM-000007-2') WHERE {entry(memo(M7), 6)}",
        ),
        finds=("log", "application_on_memo_was_logged_with_its_entry", M7, "CM-000007-6"),
        also={},
    ),
    Damage(
        "a payment's command is not in the log",
        ("UPDATE payment SET log_id = 'log_none' WHERE invoice_position = 8",),
        finds=("log", "payment_has_its_log_id", A, "position 8"),
        also={A: ["payment_on_invoice_was_logged_with_its_entry"]},
    ),
    Damage(
        "a line application was recorded by another",
        (
            f"UPDATE credit_memo_line_application SET recorded_by = 'nobody' WHERE application_id = {application('CM-000005-2')}",
        ),
        finds=("log", "credit_memo_line_application_was_recorded_by_its_commands_actor", "CM-000005", ...),
        also={},
    ),
    Damage(
        "an invoice entry comes from another command",
        (
            f"UPDATE balance_entry SET log_id = (SELECT log_id FROM credit_memo_application WHERE number = 'CM-000007-2') WHERE {entry(invoice('INV-D'), 2)}",
        ),
        finds=("log", "application_on_invoice_was_logged_with_its_entry", "INV-D", "CM-000008-2"),
        also={},
    ),
    Damage(
        "a payment's entry comes from another command",
        (
            f"UPDATE balance_entry SET log_id = (SELECT log_id FROM credit_memo_application WHERE number = 'CM-000007-2') WHERE {entry(invoice(A), 8)}",
        ),
        finds=("log", "payment_on_invoice_was_logged_with_its_entry", A, "position 8"),
        also={},
    ),
    Damage(
        "an entry was recorded by another",
        (f"UPDATE balance_entry SET recorded_by = 'nobody' WHERE {entry(memo(M7), 2)}",),
        finds=("log", "balance_entry_was_recorded_by_its_commands_actor", M7, "position 2"),
        also={},
    ),
    Damage(
        "a payment was recorded by another",
        ("UPDATE payment SET recorded_by = 'nobody' WHERE invoice_position = 8",),
        finds=("log", "payment_was_recorded_by_its_commands_actor", A, "position 8"),
        also={},
    ),
    Damage(
        "a line application's command is not in the log",
        (
            f"UPDATE credit_memo_line_application SET log_id = 'log_none' WHERE application_id = {application('CM-000003-2')}",
        ),
        finds=("log", "credit_memo_line_application_has_its_log_id", "CM-000003", ...),
        also={"CM-000003": ["line_application_is_like_its_application"]},
    ),
    Damage(
        "a change of a role names a command that is not in the log",
        ("UPDATE access_change SET log_id = 'log_none'",),
        finds=("log", "access_change_has_its_log_id", None, None),
        also={},
    ),
    Damage(
        "a number of the log was given to nobody",
        ("UPDATE log_sequence SET last_number = last_number + 1",),
        finds=("log", "log_numbers_have_no_gap", None, None),
        also={},
    ),
    Damage(
        "a command is numbered before the one that it rests on",
        (
            f"UPDATE log_entry SET number = 1 WHERE id = (SELECT log_id FROM document_change WHERE document_id = {memo(M7)} AND version = 2)",
            "UPDATE log_sequence SET last_number = 1",
        ),
        finds=("log", "log_numbers_rise_along_the_document", M7, "version 2"),
        also={
            "INV-A": ["log_numbers_rise_along_the_document"],
            "DM-1": ["log_numbers_rise_along_the_document"],
        },
    ),
    Damage(
        "a command is dated back",
        (
            f"UPDATE log_entry SET recorded_at = '2026-01-01 00:00:00.000000' WHERE id = (SELECT log_id FROM document_change WHERE document_id = {memo(M7)} AND version = 2)",
        ),
        finds=("log", "change_was_recorded_with_its_command", M7, "version 2"),
        also={
            "INV-A": ["change_was_recorded_with_its_command"],
            "DM-1": ["change_was_recorded_with_its_command"],
        },
    ),
]
