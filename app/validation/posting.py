"""When a memo may be posted, approved, rejected or canceled (Salesforce: post; domain 2, 4.10)."""

from collections.abc import Mapping

from app.domain.commands import ApproveCreditMemo, CancelCreditMemo, PostCreditMemo, RejectCreditMemo
from app.domain.credit_memo import CreditMemo, CreditMemoLine
from app.domain.crediting import planned_upon_posting
from app.domain.entity import Settings
from app.domain.facts import Facts
from app.domain.violation import Path, Violation
from app.domain.vocabulary import AllocationRule, CreditMemoStatus, Operation, TaxStatus, ViolationCode
from app.validation.approval_limits import violations_of_limit
from app.validation.documents import (
    asked_of,
    not_found,
    violations_of_day,
    violations_of_memo_life,
    violations_of_version,
)
from app.validation.pairing import violations_of_pair_count

_MEMO: Path = ("credit_memo",)


def violations_of_post(command: PostCreditMemo, facts: Facts) -> list[Violation]:
    """Only a draft is posted, and not into a closed period. One that will wait for approval is judged no less."""
    memo, violations = _named_memo(command, facts)
    if memo is None:
        return violations
    violations += violations_of_postable_memo(memo, facts.settings)
    return violations or _violations_of_pairs(memo, facts)


def violations_of_approve(command: ApproveCreditMemo, facts: Facts) -> list[Violation]:
    """Everything that posting judges, as it is at this moment, and who approves."""
    memo, violations = _named_memo(command, facts)
    if memo is None:
        return violations
    violations += violations_of_approvable_memo(
        memo, facts.settings, facts.stamp.actor, facts.approving_limits
    )
    return violations or _violations_of_pairs(memo, facts)


def violations_of_reject(command: RejectCreditMemo, facts: Facts) -> list[Violation]:
    """Only what waits for approval is rejected, also by whoever asked for it."""
    memo, violations = _named_memo(command, facts)
    return violations + (violations_of_rejectable_memo(memo) if memo else [])


def violations_of_cancel(
    command: CancelCreditMemo, facts: Facts, *, has_gapless_number: bool = False
) -> list[Violation]:
    """Only what is not posted is canceled; a posted memo is voided or reversed."""
    memo, violations = _named_memo(command, facts)
    if memo is None:
        return violations
    return violations + violations_of_cancelable_memo(memo, has_gapless_number=has_gapless_number)


def violations_of_postable_memo(memo: CreditMemo, settings: Settings) -> list[Violation]:
    """What keeps a memo from being posted at all; `canPost` asks the same."""
    return [
        *violations_of_memo_life(memo, Operation.POST_CREDIT_MEMO),
        *violations_of_day(memo.effective_date, settings, _MEMO),
        *_violations_of_pending_tax(memo),
    ]


def violations_of_approvable_memo(
    memo: CreditMemo, settings: Settings, approver: str, limits: Mapping[str, int] | None
) -> list[Violation]:
    """What keeps a memo from being approved by this approver within these limits; `canApprove` asks the same."""
    if wrong := violations_of_memo_life(memo, Operation.APPROVE_CREDIT_MEMO):
        # Who may approve what does not wait for it says nothing.
        return wrong
    return [
        *_violations_of_approver(memo, approver),
        *violations_of_day(memo.effective_date, settings, _MEMO),
        *violations_of_limit(limits, memo.currency, memo.total_amount, _MEMO, memo.id),
    ]


def violations_of_rejectable_memo(memo: CreditMemo) -> list[Violation]:
    """What `canReject` asks."""
    return violations_of_memo_life(memo, Operation.REJECT_CREDIT_MEMO)


def violations_of_cancelable_memo(memo: CreditMemo, *, has_gapless_number: bool) -> list[Violation]:
    """What `canCancel` asks. `has_gapless_number`: it was posted before, under a number of a gapless sequence."""
    if wrong := violations_of_memo_life(memo, Operation.CANCEL_CREDIT_MEMO):
        return wrong
    if not has_gapless_number:
        return []
    return [
        Violation(
            code=ViolationCode.INVALID_STATUS,
            message="The memo was posted under a number of a gapless sequence: post it again, then void or reverse it.",
            path=_MEMO,
            asked=memo.number,
            ids=(memo.id,),
        )
    ]


def _violations_of_approver(memo: CreditMemo, approver: str) -> list[Violation]:
    """Four eyes: neither its creator, nor its last editor, nor who asked for the approval."""
    if approver not in (memo.created_by, memo.edited_by, memo.approval_requested_by):
        return []
    return [
        Violation(
            code=ViolationCode.SELF_APPROVAL,
            message="Somebody else has to approve it than who made it, edited it last or asked for approval.",
            path=_MEMO,
            asked=approver,
            ids=(memo.id,),
        )
    ]


def _violations_of_pairs(memo: CreditMemo, facts: Facts) -> list[Violation]:
    """Of the lines that posting settles, where the memo is then applied to its invoice."""
    if planned_upon_posting(facts, memo) is None:
        return []
    giving = (line.balance for line in facts.of(CreditMemoLine, "credit_memo_id", memo.id))
    return violations_of_pair_count(AllocationRule.SOURCE_LINE, giving, facts, memo.invoice_id or "", _MEMO)


def _violations_of_pending_tax(memo: CreditMemo) -> list[Violation]:
    """A memo whose tax could not be calculated waits for recalculateTax."""
    if memo.tax_status is not TaxStatus.ERROR or memo.status is not CreditMemoStatus.DRAFT:
        return []
    return [
        Violation(
            code=ViolationCode.TAX_PENDING,
            message="The memo's tax could not be calculated yet: recalculateTax tries again.",
            path=_MEMO,
            ids=(memo.id,),
        )
    ]


def _named_memo(
    command: PostCreditMemo | ApproveCreditMemo | RejectCreditMemo | CancelCreditMemo, facts: Facts
) -> tuple[CreditMemo | None, list[Violation]]:
    memo = facts.named_record(CreditMemo, "credit_memo")
    if memo is None:
        return None, [not_found("credit memo", _MEMO, asked_of(command.credit_memo))]
    return memo, violations_of_version(memo, command.expected_version, ("expected_version",))
