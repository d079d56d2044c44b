"""Damage to what a memo says of its approval. CM-000014 was approved; the one memo that waits has no number."""

from tests.proof.damage import Damage

AS_STATUS = "memo_is_approved_as_its_status_says"
BY_ANOTHER = "memo_is_approved_by_somebody_else"
BY_APPROVER = "memo_is_posted_by_its_approver"
WAITING = "status = 'PENDING_APPROVAL'"

APPROVALS = [
    Damage(
        "nobody has asked for an approval that is waited for",
        (
            f"UPDATE credit_memo SET approval_requested_at = NULL, approval_requested_by = NULL WHERE {WAITING}",
        ),
        finds=("approval", AS_STATUS, None, None),
        also={},
    ),
    Damage(
        "a request for approval has no instant",
        (f"UPDATE credit_memo SET approval_requested_at = NULL WHERE {WAITING}",),
        finds=("approval", AS_STATUS, None, None),
        also={},
    ),
    Damage(
        "a memo that waits is a draft that was submitted",
        (f"UPDATE credit_memo SET status = 'DRAFT' WHERE {WAITING}",),
        finds=("approval", AS_STATUS, None, None),
        also={},
    ),
    Damage(
        "a memo was posted that was submitted and never approved",
        ("UPDATE credit_memo SET approved_at = NULL, approved_by = NULL WHERE number = 'CM-000014'",),
        finds=("approval", AS_STATUS, "CM-000014", None),
        also={},
    ),
    Damage(
        "an approval was never asked for",
        (
            "UPDATE credit_memo SET approval_requested_at = NULL, approval_requested_by = NULL"
            " WHERE number = 'CM-000014'",
        ),
        finds=("approval", AS_STATUS, "CM-000014", None),
        also={},
    ),
    Damage(
        "a memo was approved by its creator",
        ("UPDATE credit_memo SET created_by = approved_by WHERE number = 'CM-000014'",),
        finds=("approval", BY_ANOTHER, "CM-000014", None),
        also={},
    ),
    Damage(
        "a memo was approved by its last editor",
        ("UPDATE credit_memo SET edited_by = approved_by WHERE number = 'CM-000014'",),
        finds=("approval", BY_ANOTHER, "CM-000014", None),
        also={},
    ),
    Damage(
        "a memo was approved by who had asked for it",
        ("UPDATE credit_memo SET approval_requested_by = approved_by WHERE number = 'CM-000014'",),
        finds=("approval", BY_ANOTHER, "CM-000014", None),
        also={},
    ),
    Damage(
        "a memo was approved by one and posted by another",
        ("UPDATE credit_memo SET posted_by = 'clerk' WHERE number = 'CM-000014'",),
        finds=("approval", BY_APPROVER, "CM-000014", None),
        also={},
    ),
    Damage(
        "a memo was approved at another moment than posted",
        ("UPDATE credit_memo SET approved_at = approval_requested_at WHERE number = 'CM-000014'",),
        finds=("approval", "memo_is_posted_when_it_is_approved", "CM-000014", None),
        also={},
    ),
]
