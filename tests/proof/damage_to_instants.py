"""Damage to when things were recorded: what a balance was at a moment is read by these instants."""

from tests.proof.damage import Damage, application, entry, invoice, memo

EARLY = "'2020-01-01 00:00:00.000000'"
LATE = "'2090-01-01 00:00:00.000000'"
M7 = "CM-000007"

INSTANTS = [
    Damage(
        "a memo says that it was posted earlier",
        (f"UPDATE credit_memo SET posted_at = {EARLY} WHERE number = '{M7}'",),
        finds=("status", "memo_was_posted_at_its_posting", M7, None),
        also={},
    ),
    Damage(
        "an invoice's posting is moved to another moment",
        (f"UPDATE balance_entry SET recorded_at = {EARLY} WHERE {entry(invoice('INV-OTHER'), 1)}",),
        finds=("status", "invoice_was_posted_at_its_posting", "INV-OTHER", None),
        also={},
    ),
    Damage(
        "a canceled memo does not know when",
        ("UPDATE credit_memo SET canceled_at = NULL WHERE status = 'CANCELED'",),
        finds=("status", "memo_given_up_has_its_instant", None, None),
        also={},
    ),
    Damage(
        "an invoice that stands was voided at a moment",
        (f"UPDATE invoice SET voided_at = {LATE} WHERE number = 'INV-OTHER'",),
        finds=("status", "invoice_given_up_has_its_instant", "INV-OTHER", None),
        also={},
    ),
    Damage(
        "a memo's last entry is moved to another moment",
        (f"UPDATE balance_entry SET recorded_at = {LATE} WHERE {entry(memo(M7), 6)}",),
        finds=("5", "application_on_memo_was_recorded_with_its_entry", M7, "CM-000007-6"),
        also={},
    ),
    Damage(
        "an invoice's last entry is moved to another moment",
        (f"UPDATE balance_entry SET recorded_at = {LATE} WHERE {entry(invoice('INV-YEN'), 2)}",),
        finds=("5", "application_on_invoice_was_recorded_with_its_entry", "INV-YEN", "CM-000009-2"),
        also={},
    ),
    Damage(
        "a payment is moved to another moment",
        (f"UPDATE payment SET recorded_at = {LATE} WHERE invoice_position = 8",),
        finds=("5", "payment_on_invoice_was_recorded_with_its_entry", "INV-A", "position 8"),
        also={},
    ),
    Damage(
        "an application is dated back",
        ("UPDATE credit_memo_application SET applied_date = " + EARLY + " WHERE number = 'CM-000007-6'",),
        finds=("6", "application_applied_date_is_when", M7, "CM-000007-6"),
        also={},
    ),
    Damage(
        "a line application is dated back",
        (
            f"UPDATE credit_memo_line_application SET applied_date = {EARLY} WHERE application_id = {application('CM-000003-2')}",
        ),
        finds=("6", "line_application_applied_date_is_when", "CM-000003", ...),
        also={},
    ),
    Damage(
        "a line application is moved to another moment with its date",
        (
            f"UPDATE credit_memo_line_application SET applied_date = {LATE}, recorded_at = {LATE} WHERE application_id = {application('CM-000003-2')}",
        ),
        finds=("4", "line_application_was_recorded_with_its_application", "CM-000003", ...),
        also={},
    ),
]
