"""Who approved what (domain 2): a memo above a limit is posted by somebody else than who made it, edited it
last or asked for it."""

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
        source="credit_memo d",
        currency="NULL",
        expected="CASE d.status WHEN 'DRAFT' THEN 'never submitted' WHEN 'PENDING_APPROVAL' THEN 'submitted'"
        " WHEN 'CANCELED' THEN 'not approved' ELSE 'not only submitted' END",
        found=MARKS,
        where=f"CASE {MARKS} WHEN 'never submitted' THEN d.status = 'PENDING_APPROVAL'"
        " WHEN 'submitted' THEN d.status NOT IN ('PENDING_APPROVAL', 'CANCELED')"
        " WHEN 'approved' THEN d.status NOT IN ('POSTED', 'VOIDED') ELSE d.id IS NOT NULL END",
    ),
    check(
        "memo_is_approved_by_somebody_else",
        "approval",
        "who approved the memo had made it, edited it last, or asked for its approval",
        source="credit_memo d",
        currency="NULL",
        expected="'somebody else'",
        found="d.approved_by",
        where="d.approved_by IN (d.created_by, d.edited_by, d.approval_requested_by)",
    ),
    check(
        "memo_is_posted_by_its_approver",
        "approval",
        "the memo was approved by one and posted by another",
        source="credit_memo d",
        currency="NULL",
        expected="d.approved_by",
        found="d.posted_by",
    ),
    check(
        "memo_is_posted_when_it_is_approved",
        "approval",
        "the memo was approved at one moment and posted at another",
        source="credit_memo d",
        currency="NULL",
        expected="d.approved_at",
        found="d.posted_at",
        instants=True,
    ),
]
