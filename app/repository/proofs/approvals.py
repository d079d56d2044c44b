"""Who approved what (domain 2): a memo above a limit is posted by somebody else than who made it or asked for it."""

from app.repository.proofs.check import check

REQUESTED = "d.approval_requested_at IS NOT NULL AND d.approval_requested_by IS NOT NULL"
NEVER_REQUESTED = "d.approval_requested_at IS NULL AND d.approval_requested_by IS NULL"
APPROVED = "d.approved_at IS NOT NULL AND d.approved_by IS NOT NULL"
NEVER_APPROVED = "d.approved_at IS NULL AND d.approved_by IS NULL"
MARKS = (
    f"CASE WHEN {NEVER_REQUESTED} AND {NEVER_APPROVED} THEN 'never submitted'"
    f" WHEN {REQUESTED} AND {NEVER_APPROVED} THEN 'submitted' WHEN {REQUESTED} AND {APPROVED} THEN 'approved'"
    " ELSE 'neither' END"
)

APPROVALS = [
    check(
        "memo_is_approved_as_its_status_says",
        "approval",
        "the memo's status and what it says of its approval do not go together",
        source=f"(SELECT d.*, {MARKS} AS marks FROM credit_memo d) AS d",
        currency="NULL",
        expected="CASE d.status WHEN 'DRAFT' THEN 'never submitted' WHEN 'PENDING_APPROVAL' THEN 'submitted'"
        " WHEN 'CANCELED' THEN 'not approved' ELSE 'not only submitted' END",
        found="d.marks",
        where="d.marks = 'neither'"
        " OR (d.status = 'DRAFT' AND d.marks <> 'never submitted')"
        " OR (d.status = 'PENDING_APPROVAL' AND d.marks <> 'submitted')"
        " OR (d.status = 'CANCELED' AND d.marks = 'approved')"
        " OR (d.status IN ('POSTED', 'VOIDED') AND d.marks = 'submitted')",
    ),
    check(
        "memo_is_approved_by_somebody_else",
        "approval",
        "who approved the memo had made it, or asked for its approval",
        source="credit_memo d",
        currency="NULL",
        expected="'somebody else'",
        found="d.approved_by",
        where="d.approved_by IN (d.created_by, d.approval_requested_by)",
    ),
    check(
        "memo_is_posted_by_its_approver",
        "approval",
        "the memo was not posted by its approver, at that moment",
        source="credit_memo d",
        currency="NULL",
        expected="d.approved_by",
        found="COALESCE(d.posted_by, 'nobody')",
        where="d.approved_by IS NOT NULL AND (d.posted_by IS NULL OR d.posted_by <> d.approved_by"
        " OR d.posted_at IS NULL OR d.posted_at <> d.approved_at)",
    ),
]
