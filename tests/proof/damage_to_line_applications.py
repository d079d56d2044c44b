"""Damage to line applications."""

from tests.proof.damage import Damage, application, invoice_line, memo_line

A = "INV-A"
M1 = "CM-000001"

LINE_APPLICATIONS = [
    Damage(
        "an application is deleted with its line applications",
        (
            f"DELETE FROM credit_memo_line_application WHERE application_id = {application('CM-000002-2')}",
            "DELETE FROM credit_memo_application WHERE number = 'CM-000002-2'",
        ),
        finds=("2", "memo_applied_is_its_applications", "CM-000002", "position 2"),
        also={
            "CM-000002": ["memo_line_applied_is_its_applications", "entry_has_its_application"],
            A: [
                "invoice_credits_are_its_applications",
                "invoice_line_credits_are_its_applications",
                "entry_has_its_application",
                "invoice_line_balances_are_a_chain",
            ],
        },
    ),
    Damage(
        "an application's amount is changed on header and line alike",
        (
            "UPDATE credit_memo_application SET amount = amount + 1, impact_amount = impact_amount - 1 WHERE number = 'CM-000002-2'",
            f"UPDATE credit_memo_line_application SET amount = amount + 1, impact_amount = impact_amount - 1 WHERE application_id = {application('CM-000002-2')}",
        ),
        finds=("5", "application_on_memo_moved_its_amount", "CM-000002", "CM-000002-2"),
        also={
            "CM-000002": [
                "memo_applied_is_its_applications",
                "memo_line_applied_is_its_applications",
                "memo_line_balances_are_a_chain",
            ],
            A: [
                "invoice_credits_are_its_applications",
                "invoice_line_credits_are_its_applications",
                "application_on_invoice_moved_its_amount",
                "invoice_line_balances_are_a_chain",
            ],
        },
    ),
    Damage(
        "a line application is removed",
        (f"DELETE FROM credit_memo_line_application WHERE application_id = {application('CM-000001-5')}",),
        finds=("4", "application_is_its_line_applications", M1, "CM-000001-5"),
        also={
            M1: ["memo_line_applied_is_its_applications"],
            A: ["invoice_line_credits_are_its_applications", "invoice_line_balances_are_a_chain"],
        },
    ),
    Damage(
        "a line application is shifted",
        (
            f"UPDATE credit_memo_line_application SET sequence = 3 WHERE application_id = {application('CM-000001-2')} AND sequence = 2",
        ),
        finds=("4", "line_applications_are_numbered", M1, "CM-000001-2"),
        also={},
    ),
    Damage(
        "a line application's amount is changed",
        (
            f"UPDATE credit_memo_line_application SET amount = amount + 1, impact_amount = impact_amount - 1 WHERE application_id = {application('CM-000001-5')}",
        ),
        finds=("2", "memo_line_applied_is_its_applications", M1, "CM-000001-5"),
        also={
            A: ["invoice_line_credits_are_its_applications", "invoice_line_balances_are_a_chain"],
            M1: ["memo_line_balances_are_a_chain", "application_is_its_line_applications"],
        },
    ),
    Damage(
        "a line application's impact has the wrong sign",
        (
            f"UPDATE credit_memo_line_application SET impact_amount = -impact_amount WHERE application_id = {application('CM-000003-2')}",
        ),
        finds=("2", "line_application_impact_is_its_amount", "CM-000003", "CM-000003-2 line 1"),
        also={
            "CM-000003": ["memo_line_applied_is_its_applications", "memo_line_balances_are_a_chain"],
            A: ["invoice_line_credits_are_its_applications", "invoice_line_balances_are_a_chain"],
        },
    ),
    Damage(
        "a frozen memo line balance is changed",
        (
            f"UPDATE credit_memo_line_application SET credit_memo_line_balance = 1 WHERE application_id = {application('CM-000001-3')}",
        ),
        finds=("5", "memo_line_balances_are_a_chain", M1, "CM-000001-3 line 1"),
        also={},
    ),
    Damage(
        "a frozen invoice line balance is changed",
        (
            f"UPDATE credit_memo_line_application SET invoice_line_balance = 1 WHERE application_id = {application('CM-000002-2')}",
        ),
        finds=("5", "invoice_line_balances_are_a_chain", A, "CM-000002-2 line 1"),
        also={},
    ),
    Damage(
        "a line application goes to another memo's line",
        (
            f"UPDATE credit_memo_line_application SET credit_memo_line_id = {memo_line('CM-000006', 1)} WHERE application_id = {application('CM-000003-2')}",
        ),
        finds=("4", "line_application_is_on_its_memo", "CM-000003", "CM-000003-2 line 1"),
        also={
            "CM-000003": ["memo_line_applied_is_its_applications"],
            "CM-000006": ["memo_line_applied_is_its_applications", "memo_line_balances_are_a_chain"],
        },
    ),
    Damage(
        "a line application goes to another invoice's line",
        (
            f"UPDATE credit_memo_line_application SET invoice_line_id = {invoice_line('INV-D', 1)} WHERE application_id = {application('CM-000003-2')}",
        ),
        finds=("4", "line_application_is_on_its_invoice", "CM-000003", "CM-000003-2 line 1"),
        also={
            A: ["invoice_line_credits_are_its_applications"],
            "INV-D": ["invoice_line_credits_are_its_applications", "invoice_line_balances_are_a_chain"],
        },
    ),
    Damage(
        "a line application has another type",
        (
            f"UPDATE credit_memo_line_application SET type = 'UNAPPLIED', impact_amount = amount WHERE application_id = {application('CM-000003-2')}",
        ),
        finds=("4", "line_application_is_like_its_application", "CM-000003", "CM-000003-2 line 1"),
        also={
            "CM-000003": [
                "memo_line_applied_is_its_applications",
                "memo_line_balances_are_a_chain",
                "line_application_names_its_original",
                "line_application_mark_says_what_remains",
                "line_application_unapplied_date_is_when",
            ],
            A: ["invoice_line_credits_are_its_applications", "invoice_line_balances_are_a_chain"],
        },
    ),
    Damage(
        "a line application has lost its mark",
        (
            f"UPDATE credit_memo_line_application SET has_been_unapplied = 'NO', unapplied_date = NULL WHERE application_id = {application('CM-000001-2')} AND sequence = 1",
        ),
        finds=("6", "line_application_mark_says_what_remains", M1, "CM-000001-2 line 1"),
        also={M1: ["line_application_unapplied_date_is_when"]},
    ),
    Damage(
        "a line application of nothing",
        (
            f"UPDATE credit_memo_line_application SET amount = 0, impact_amount = 0 WHERE application_id = {application('CM-000003-2')}",
        ),
        finds=("2", "line_application_amount_is_positive", "CM-000003", "CM-000003-2 line 1"),
        also={
            "CM-000003": [
                "memo_line_applied_is_its_applications",
                "memo_line_balances_are_a_chain",
                "application_is_its_line_applications",
            ],
            A: ["invoice_line_credits_are_its_applications", "invoice_line_balances_are_a_chain"],
        },
    ),
    Damage(
        "a line unapplication is older than what it takes back",
        (
            f"UPDATE credit_memo_line_application SET recorded_at = '2020-01-01 00:00:00.000000', unapplied_date = '2020-01-01 00:00:00.000000' WHERE application_id = {application('CM-000001-3')}",
        ),
        finds=("6", "line_application_is_undone_after_it_was_made", M1, "CM-000001-3 line 1"),
        also={M1: ["line_application_was_recorded_with_its_application"]},
    ),
    Damage(
        "a line's applied date is not inherited",
        (
            f"UPDATE credit_memo_line_application SET applied_date = recorded_at WHERE application_id = {application('CM-000001-3')}",
        ),
        finds=("6", "line_application_inherits_its_applied_date", M1, "CM-000001-3 line 1"),
        also={},
    ),
    Damage(
        "a line unapplication takes back the other line's row",
        (
            f"UPDATE credit_memo_line_application SET associated_line_application_id = (SELECT o.id FROM credit_memo_line_application o WHERE o.application_id = {application('CM-000001-2')} AND o.sequence = 2) WHERE application_id = {application('CM-000001-4')}",
        ),
        finds=("6", "line_application_is_undone_within_its_amount", M1, "CM-000001-2 line 2"),
        also={
            M1: [
                "line_application_undoes_what_it_is_on",
                "line_application_mark_says_what_remains",
                "line_application_mark_says_what_remains",
                "line_application_unapplied_date_is_when",
                "line_application_unapplied_date_is_when",
            ]
        },
    ),
    Damage(
        "a line unapplication takes back another application's row",
        (
            f"UPDATE credit_memo_line_application SET associated_line_application_id = (SELECT o.id FROM credit_memo_line_application o WHERE o.application_id = {application('CM-000001-5')}) WHERE application_id = {application('CM-000001-4')}",
        ),
        finds=("6", "line_application_undoes_its_applications_part", M1, "CM-000001-4 line 1"),
        also={
            M1: [
                "line_application_is_undone_within_its_amount",
                "line_application_inherits_its_applied_date",
                "line_application_is_undone_after_it_was_made",
                "line_application_mark_says_what_remains",
                "line_application_mark_says_what_remains",
                "line_application_unapplied_date_is_when",
                "line_application_unapplied_date_is_when",
            ]
        },
    ),
    Damage(
        "a line unapplication takes back an unapplication",
        (
            f"UPDATE credit_memo_line_application SET associated_line_application_id = (SELECT o.id FROM credit_memo_line_application o WHERE o.application_id = {application('CM-000001-3')}) WHERE application_id = {application('CM-000001-4')}",
        ),
        finds=("6", "line_application_undoes_an_applied_one", M1, "CM-000001-4 line 1"),
        also={
            M1: [
                "line_application_is_undone_within_its_amount",
                "line_application_undoes_what_it_is_on",
                "line_application_mark_says_what_remains",
                "line_application_unapplied_date_is_when",
                "line_application_undoes_its_applications_part",
            ]
        },
    ),
]
