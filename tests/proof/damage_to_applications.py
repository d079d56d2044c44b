"""Damage to applications."""

from tests.proof.damage import Damage, application, invoice

A = "INV-A"
M1 = "CM-000001"
M7 = "CM-000007"

APPLICATIONS = [
    Damage(
        "an application is deleted",
        ("DELETE FROM credit_memo_application WHERE number = 'CM-000007-6'",),
        finds=("5", "entry_has_its_application", M7, "position 6"),
        also={
            M7: ["memo_applied_is_its_applications", "memo_balance_is_on_its_lines"],
            "INV-C": [
                "invoice_credits_are_its_applications",
                "invoice_balance_is_on_its_lines",
                "entry_has_its_application",
            ],
        },
    ),
    Damage(
        "an application's amount is changed alone",
        ("UPDATE credit_memo_application SET amount = amount + 1 WHERE number = 'CM-000007-2'",),
        finds=("2", "application_impact_is_its_amount", M7, "CM-000007-2"),
        also={},
    ),
    Damage(
        "a frozen memo balance is changed",
        (
            "UPDATE credit_memo_application SET credit_memo_balance = credit_memo_balance + 1 WHERE number = 'CM-000001-3'",
        ),
        finds=("5", "application_on_memo_froze_its_balance", M1, "CM-000001-3"),
        also={},
    ),
    Damage(
        "a frozen invoice balance is changed",
        (
            "UPDATE credit_memo_application SET invoice_balance = invoice_balance + 1 WHERE number = 'CM-000007-6'",
        ),
        finds=("5", "application_on_invoice_froze_its_balance", "INV-C", "CM-000007-6"),
        also={},
    ),
    Damage(
        "an application is moved to another position",
        ("UPDATE credit_memo_application SET invoice_position = 99 WHERE number = 'CM-000008-2'",),
        finds=("5", "application_on_invoice_has_its_entry", "INV-D", "CM-000008-2"),
        also={"INV-D": ["entry_has_its_application"]},
    ),
    Damage(
        "an application is moved to another invoice",
        (f"UPDATE credit_memo_application SET invoice_id = {invoice('DM-1')} WHERE number = 'CM-000008-2'",),
        finds=("3", "invoice_credits_are_its_applications", "INV-D", "position 2"),
        also={
            "DM-1": [
                "invoice_credits_are_its_applications",
                "invoice_balance_is_on_its_lines",
                "application_on_invoice_has_its_entry",
            ],
            "INV-D": ["invoice_balance_is_on_its_lines", "entry_has_its_application"],
            "CM-000008": ["application_undoes_what_it_is_on"],
        },
    ),
    Damage(
        "an application is renumbered",
        ("UPDATE credit_memo_application SET number = 'CM-000007-66' WHERE number = 'CM-000007-6'",),
        finds=("5", "application_number_is_its_position", M7, "CM-000007-66"),
        also={},
    ),
    Damage(
        "an application is marked unapplied and is not",
        (
            "UPDATE credit_memo_application SET has_been_unapplied = 'YES', unapplied_date = recorded_at WHERE number = 'CM-000007-2'",
        ),
        finds=("6", "application_mark_says_what_remains", M7, "CM-000007-2"),
        also={M7: ["application_unapplied_date_is_when"]},
    ),
    Damage(
        "an unapplied application has lost its mark",
        (
            "UPDATE credit_memo_application SET has_been_unapplied = 'NO', unapplied_date = NULL WHERE number = 'CM-000007-3'",
        ),
        finds=("6", "application_mark_says_what_remains", M7, "CM-000007-3"),
        also={M7: ["application_unapplied_date_is_when"]},
    ),
    Damage(
        "an unapplied date is another",
        ("UPDATE credit_memo_application SET unapplied_date = applied_date WHERE number = 'CM-000007-3'",),
        finds=("6", "application_unapplied_date_is_when", M7, "CM-000007-3"),
        also={},
    ),
    Damage(
        "more is taken back than was applied",
        (
            "UPDATE credit_memo_application SET associated_application_id = "
            + application("CM-000007-2")
            + " WHERE number = 'CM-000007-5'",
        ),
        finds=("6", "application_is_undone_within_its_amount", M7, "CM-000007-2"),
        also={
            M7: [
                "application_undoes_what_it_is_on",
                "application_mark_says_what_remains",
                "application_mark_says_what_remains",
                "application_unapplied_date_is_when",
                "application_unapplied_date_is_when",
            ]
        },
    ),
    Damage(
        "an unapplication takes back an unapplication",
        (
            "UPDATE credit_memo_application SET associated_application_id = "
            + application("CM-000007-4")
            + " WHERE number = 'CM-000007-5'",
        ),
        finds=("6", "application_undoes_an_applied_one", M7, "CM-000007-5"),
        also={
            M7: [
                "application_is_undone_within_its_amount",
                "application_mark_says_what_remains",
                "application_unapplied_date_is_when",
            ]
        },
    ),
    Damage(
        "an unapplication has no original",
        ("UPDATE credit_memo_application SET associated_application_id = NULL WHERE number = 'CM-000008-3'",),
        finds=("6", "application_names_its_original", "CM-000008", "CM-000008-3"),
        also={},
    ),
    Damage(
        "an unapplication is at another level than its original",
        ("UPDATE credit_memo_application SET level = 'LINE' WHERE number = 'CM-000008-3'",),
        finds=("6", "application_undoes_what_it_is_on", "CM-000008", "CM-000008-3"),
        also={
            "CM-000008": ["memo_balance_is_on_its_lines", "application_is_its_line_applications"],
            "INV-D": ["invoice_balance_is_on_its_lines"],
        },
    ),
    Damage(
        "an applied date is not inherited",
        ("UPDATE credit_memo_application SET applied_date = recorded_at WHERE number = 'CM-000007-5'",),
        finds=("6", "application_inherits_its_applied_date", M7, "CM-000007-5"),
        also={},
    ),
    Damage(
        "an application of nothing",
        ("UPDATE credit_memo_application SET amount = 0, impact_amount = 0 WHERE number = 'CM-000007-2'",),
        finds=("2", "application_amount_is_positive", M7, "CM-000007-2"),
        also={
            M7: [
                "memo_applied_is_its_applications",
                "memo_balance_is_on_its_lines",
                "application_on_memo_moved_its_amount",
            ],
            A: [
                "invoice_credits_are_its_applications",
                "invoice_balance_is_on_its_lines",
                "application_on_invoice_moved_its_amount",
            ],
        },
    ),
    Damage(
        "an application's number is taken",
        ("UPDATE credit_memo_application SET number = 'CM-000009-2' WHERE number = 'CM-000008-2'",),
        finds=("9", "application_number_is_unique", "CM-000009", ...),
        also={"CM-000008": ["application_number_is_its_position"]},
    ),
    Damage(
        "an unapplication is older than what it takes back",
        (
            "UPDATE credit_memo_application SET recorded_at = '2020-01-01 00:00:00.000000', unapplied_date = '2020-01-01 00:00:00.000000' WHERE number = 'CM-000008-3'",
        ),
        finds=("6", "application_is_undone_after_it_was_made", "CM-000008", "CM-000008-3"),
        also={
            "CM-000008": ["application_on_memo_was_recorded_with_its_entry"],
            "INV-D": ["application_on_invoice_was_recorded_with_its_entry"],
        },
    ),
]
