"""Approval: a memo above the limit of whoever posts it waits for somebody else (domain 2: PENDING_APPROVAL)."""

from collections.abc import Mapping

from app.domain.credit_memo import CreditMemo
from app.domain.facts import Facts, Worksheet
from app.domain.lifecycle import stepped
from app.domain.memo_making import post_memo
from app.domain.vocabulary import CreditMemoStatus


def limit_passed(limits: Mapping[str, int] | None, currency: str, total: int) -> int | None:
    """The limit that the total, with tax and in minor units, is above; None where it may be posted without approval.

    A currency without a limit of its own has limit 0. Nothing is not above any limit.
    """
    if limits is None:
        return None
    limit = limits.get(currency, 0)
    return limit if total > limit else None


def needs_approval(facts: Facts, memo: CreditMemo) -> bool:
    """Whether the memo is above the actor's limit."""
    return limit_passed(facts.approval_limits, memo.currency, memo.total_amount) is not None


def post_or_wait(sheet: Worksheet, memo: CreditMemo) -> CreditMemo:
    """Make the memo final, or leave it waiting where it is above the actor's limit."""
    return request_approval(sheet, memo) if needs_approval(sheet, memo) else post_memo(sheet, memo)


def request_approval(sheet: Worksheet, memo: CreditMemo) -> CreditMemo:
    """Like a draft it goes on reserving what it draws, and has no history of its balance yet."""
    return sheet.change(
        memo,
        status=stepped(memo.status, CreditMemoStatus.PENDING_APPROVAL),
        approval_requested_at=sheet.moment(memo),
        approval_requested_by=sheet.stamp.actor,
    )


def approve(sheet: Worksheet, memo: CreditMemo) -> CreditMemo:
    """Make the memo that waits final: it is posted at this moment, by whoever approves it."""
    approved = sheet.change(memo, approved_at=sheet.moment(memo), approved_by=sheet.stamp.actor)
    return post_memo(sheet, approved)


def reject(sheet: Worksheet, memo: CreditMemo) -> CreditMemo:
    """Make the memo that waits a draft again, as if it had not been submitted."""
    return sheet.change(
        memo,
        status=stepped(memo.status, CreditMemoStatus.DRAFT),
        approval_requested_at=None,
        approval_requested_by=None,
    )
