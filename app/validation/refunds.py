"""When a refund of credit may be recorded, and taken back (Zuora: external refund; domain 4.10)."""

from app.domain.commands import RefundCreditMemo, ReverseRefund
from app.domain.credit_memo import CreditMemo
from app.domain.facts import Facts
from app.domain.money import minor_digits
from app.domain.refund import Refund
from app.domain.violation import Violation
from app.domain.vocabulary import Operation, RefundType, ViolationCode
from app.validation.amounts import exceeds, read_positive_amount
from app.validation.documents import (
    asked_of,
    not_found,
    violations_of_day,
    violations_of_earlier_day,
    violations_of_memo_life,
    violations_of_version,
)
from app.validation.reversing import violations_of_reversible


def violations_of_refund(command: RefundCreditMemo, facts: Facts) -> list[Violation]:
    """Posted memo, amount within its balance, and not dated before it."""
    memo = facts.named_record(CreditMemo, "credit_memo")
    if memo is None:
        return [not_found("credit memo", ("credit_memo",), asked_of(command.credit_memo))]
    violations = violations_of_version(memo, command.expected_version, ("expected_version",))
    violations += violations_of_refundable_memo(memo)
    violations += violations_of_day(command.date or facts.stamp.today, facts.settings, ("date",))
    violations += violations_of_earlier_day(
        command.date, memo.memo_date, "Credit cannot be refunded before the memo's date.", ("date",)
    )
    amount, wrong = read_positive_amount(command.amount, minor_digits(memo.currency), ("amount",))
    if not wrong and amount > memo.balance:
        wrong = [
            exceeds(
                ViolationCode.EXCEEDS_MEMO_BALANCE,
                "The refund is more than the credit memo's balance.",
                ("amount",),
                amount,
                memo.balance,
                memo.currency,
                memo.id,
            )
        ]
    return violations + wrong


def violations_of_refundable_memo(memo: CreditMemo) -> list[Violation]:
    """What keeps a memo from being refunded at all; `canRefund` asks the same, and the balance says how much."""
    return violations_of_memo_life(memo, Operation.REFUND_CREDIT_MEMO)


def violations_of_refund_reversal(command: ReverseRefund, facts: Facts) -> list[Violation]:
    """Once, whole, of the memo as the caller has read it, and not dated before the refund."""
    refund = facts.find(Refund, command.refund_id)
    if refund is None:
        return [not_found("refund", ("refund_id",), command.refund_id)]
    reversals = facts.of(Refund, "reversed_refund_id", refund.id)
    violations = violations_of_reversible(refund, reversals)
    if refund.type is not RefundType.REFUNDED:
        return violations
    memo = facts.get(CreditMemo, refund.credit_memo_id)
    violations += violations_of_version(memo, command.expected_version, ("expected_version",))
    violations += violations_of_day(command.date or facts.stamp.today, facts.settings, ("date",))
    return violations + violations_of_earlier_day(
        command.date, refund.refund_date, "A refund cannot be reversed before it was made.", ("date",)
    )
