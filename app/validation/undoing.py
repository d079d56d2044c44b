"""When a posted memo may be taken back: unposted, voided or reversed (Zuora, Salesforce; domain 4.10)."""

from collections.abc import Collection, Sequence

from app.domain.commands import ReverseCreditMemo, UnpostCreditMemo, VoidCreditMemo
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Settings
from app.domain.facts import Facts
from app.domain.invoice import Invoice
from app.domain.violation import Path, Violation
from app.domain.vocabulary import (
    BalanceEntryKind,
    CreditMemoSource,
    Operation,
    TransferStatus,
    ViolationCode,
)
from app.validation.convert import active_settlement
from app.validation.documents import (
    asked_of,
    not_found,
    violations_of_day,
    violations_of_earlier_day,
    violations_of_memo_life,
    violations_of_version,
)

_MEMO: Path = ("credit_memo",)
UNDOABLE = (CreditMemoSource.STANDALONE, CreditMemoSource.INVOICE)
"""Memos of other sources restate or settle their invoice: they are never unposted, canceled or reversed."""
VOIDABLE = (*UNDOABLE, CreditMemoSource.NEGATIVE_LINES)
NOT_TRANSFERRED = (TransferStatus.NO, TransferStatus.ERROR, TransferStatus.IGNORE)


def violations_of_unpost(
    command: UnpostCreditMemo, facts: Facts, uses: Collection[BalanceEntryKind]
) -> list[Violation]:
    """`uses`: kinds of use in the memo's history, also of those that were taken back."""
    memo, violations = _named_memo(command, facts)
    return violations + (violations_of_unpostable_memo(memo, uses, facts.settings) if memo else [])


def violations_of_void(command: VoidCreditMemo, facts: Facts) -> list[Violation]:
    """A conversion's memo gives its lines back to an invoice on which nothing is settled."""
    memo, violations = _named_memo(command, facts)
    if memo is None:
        return violations
    invoice = facts.find(Invoice, memo.invoice_id)
    is_settled = invoice is not None and bool(invoice.credits_applied or invoice.payments_applied)
    return violations + violations_of_voidable_memo(memo, is_settled=is_settled)


def violations_of_reverse(command: ReverseCreditMemo, facts: Facts) -> list[Violation]:
    """Not dated before the memo, nor into a closed period."""
    memo, violations = _named_memo(command, facts)
    violations += violations_of_day(command.date, facts.settings, ("date",))
    if memo is None:
        return violations
    return [
        *violations,
        *violations_of_reversible_memo(memo),
        *violations_of_earlier_day(
            command.date,
            memo.memo_date,
            "A memo cannot be reversed before its own date.",
            ("date",),
            (memo.id,),
        ),
    ]


def violations_of_unpostable_memo(
    memo: CreditMemo, uses: Collection[BalanceEntryKind], settings: Settings
) -> list[Violation]:
    """What keeps a memo from being unposted; `canUnpost` asks the same."""
    if wrong := violations_of_memo_life(memo, Operation.UNPOST_CREDIT_MEMO):
        return wrong
    if memo.reversed:
        return [_reversed(memo)]
    return [
        *violations_of_source(memo, UNDOABLE),
        *_violations_of_transfer(memo),
        *violations_of_day(memo.memo_date, settings, _MEMO),
        *_violations_of_uses(
            memo,
            applied=BalanceEntryKind.APPLICATION in uses,
            refunded=BalanceEntryKind.REFUND in uses,
            message="Credit of it has been {}: what was used once is voided or reversed, not unposted.",
        ),
    ]


def violations_of_voidable_memo(memo: CreditMemo, *, is_settled: bool) -> list[Violation]:
    """What keeps a memo from being voided; `is_settled`: credit or payments are on its invoice. `canVoid` asks the same."""
    if wrong := violations_of_memo_life(memo, Operation.VOID_CREDIT_MEMO):
        return wrong
    if memo.reversed:
        return [_reversed(memo)]
    violations = [*violations_of_source(memo, VOIDABLE), *_violations_of_use_now(memo)]
    if memo.source is CreditMemoSource.NEGATIVE_LINES and is_settled and not violations:
        violations.append(active_settlement(_MEMO, memo.invoice_id or ""))
    return violations


def violations_of_reversible_memo(memo: CreditMemo) -> list[Violation]:
    """What keeps a memo from being reversed at all; `canReverse` asks the same."""
    if wrong := violations_of_memo_life(memo, Operation.REVERSE_CREDIT_MEMO):
        return wrong
    if memo.reversed:
        return [_reversed(memo)]
    return [*violations_of_source(memo, UNDOABLE), *_violations_of_use_now(memo)]


def violations_of_source(memo: CreditMemo, allowed: Sequence[CreditMemoSource]) -> list[Violation]:
    """What gave rise to the memo decides what can be done with it."""
    if memo.source in allowed:
        return []
    return [
        Violation(
            code=ViolationCode.INVALID_SOURCE,
            message=f"A credit memo of source {memo.source} cannot be taken back so.",
            path=_MEMO,
            asked=memo.source,
            allowed=" or ".join(allowed),
            ids=(memo.id,),
        )
    ]


def _violations_of_use_now(memo: CreditMemo) -> list[Violation]:
    return _violations_of_uses(
        memo,
        applied=memo.applied > 0,
        refunded=memo.refunded > 0,
        message="Credit of it is {}: take that back first.",
    )


def _violations_of_uses(memo: CreditMemo, *, applied: bool, refunded: bool, message: str) -> list[Violation]:
    found = []
    if applied:
        found.append((ViolationCode.HAS_APPLICATIONS, "applied"))
    if refunded:
        found.append((ViolationCode.HAS_REFUNDS, "refunded"))
    return [
        Violation(code=code, message=message.format(word), path=_MEMO, ids=(memo.id,)) for code, word in found
    ]


def _violations_of_transfer(memo: CreditMemo) -> list[Violation]:
    if memo.transferred_to_accounting in NOT_TRANSFERRED:
        return []
    return [
        Violation(
            code=ViolationCode.INVALID_STATUS,
            message="The credit memo has been transferred to accounting, or is on its way: void or reverse it.",
            path=_MEMO,
            asked=memo.transferred_to_accounting,
            allowed=" or ".join(NOT_TRANSFERRED),
            ids=(memo.id,),
        )
    ]


def _reversed(memo: CreditMemo) -> Violation:
    return Violation(
        code=ViolationCode.ALREADY_REVERSED,
        message="The credit memo has been reversed: that is final.",
        path=_MEMO,
        ids=(memo.id,),
    )


def _named_memo(
    command: UnpostCreditMemo | VoidCreditMemo | ReverseCreditMemo, facts: Facts
) -> tuple[CreditMemo | None, list[Violation]]:
    memo = facts.named_record(CreditMemo, "credit_memo")
    if memo is None:
        return None, [not_found("credit memo", _MEMO, asked_of(command.credit_memo))]
    return memo, violations_of_version(memo, command.expected_version, ("expected_version",))
