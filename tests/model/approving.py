"""Sections 2 and 10: a memo above its poster's limit waits for somebody else; what is done in several steps is refused."""

from fractions import Fraction

from tests.model.documents import CreditMemo
from tests.model.ledger import Command, Ledger
from tests.model.memo_making import post
from tests.model.outcome import Accepted, Outcome, refused
from tests.model.reading import check_period, check_version
from tests.model.settlement import apply_upon_posting

WAITING = "PENDING_APPROVAL"


def check_limit(ledger: Ledger, total: Fraction, currency: str, codes: set[str]) -> None:
    """Of what cannot wait."""
    if ledger.is_above_limit(total, currency):
        codes.add("EXCEEDS_APPROVAL_LIMIT")


def post_or_wait(ledger: Ledger, memo: CreditMemo) -> bool:
    """Whether it is posted."""
    if not ledger.is_above_limit(memo.total, memo.currency):
        post(memo)
        return True
    memo.status = WAITING
    memo.requested_by = ledger.actor
    return False


def approve_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    """By none of those who made it, edited it last and asked: nobody edits a memo that waits."""
    memo, codes = _waiting(ledger, command)
    if memo is None:
        return refused(codes)
    if memo.status == WAITING:
        if ledger.actor in (memo.created_by, memo.edited_by, memo.requested_by):
            codes.add("SELF_APPROVAL")
        check_period(ledger, memo.effective_date, codes)
        check_limit(ledger, memo.total, memo.currency, codes)
    if codes:
        return refused(codes)
    post(memo)
    memo.approved_by = ledger.actor
    ledger.touched.add(memo.handle)
    applications: tuple[str, ...] = ()
    if memo.auto_apply_upon_posting and memo.invoice is not None:
        invoice = ledger.invoices[memo.invoice]
        applications = apply_upon_posting(ledger, memo, invoice, "APPROVE_CREDIT_MEMO")
    return Accepted(credit_memos=(memo.handle,), applications=applications)


def reject_credit_memo(ledger: Ledger, command: Command) -> Outcome:
    """A draft again, by whomever."""
    memo, codes = _waiting(ledger, command)
    if memo is None or codes:
        return refused(codes)
    memo.status = "DRAFT"
    memo.requested_by = None
    ledger.touched.add(memo.handle)
    return Accepted(credit_memos=(memo.handle,))


def _waiting(ledger: Ledger, command: Command) -> tuple[CreditMemo | None, set[str]]:
    memo = ledger.find_memo(command["creditMemo"])
    if memo is None:
        return None, {"NOT_FOUND"}
    codes: set[str] = set()
    check_version(ledger, memo.handle, command, codes)
    if memo.status != WAITING:
        codes.add("INVALID_STATUS")
    return memo, codes
