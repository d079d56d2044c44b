"""The lives of credit memos and invoices: which command leads from which status to which, and what takes it back.

Rules ask this table which statuses a command takes, decisions whether a status may follow another, and the page
docs/lifecycle.md is written from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from app.domain.vocabulary import CreditMemoStatus, InvoiceStatus, Operation

S = TypeVar("S", CreditMemoStatus, InvoiceStatus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition(Generic[S]):
    """One command, from one status to another or back to the same; `before` None: it makes the document."""

    operation: Operation
    before: S | None
    after: S
    guard: str = ""
    """What else must hold, in words; the rules of the command say it exactly."""
    mark: str = ""
    """What the document says of itself afterwards besides its status."""
    undone_by: Sequence[Operation] = ()
    """The commands that lead back; none: it is final."""


_MEMO, _INVOICE = CreditMemoStatus, InvoiceStatus
_MAKING = (
    Operation.CREATE_CREDIT_MEMO,
    Operation.CREATE_CREDIT_MEMO_FROM_INVOICE,
    Operation.CREATE_DIRECT_CREDIT_MEMOS,
)
_TAKEN_BACK = (Operation.UNPOST_CREDIT_MEMO, Operation.VOID_CREDIT_MEMO, Operation.REVERSE_CREDIT_MEMO)
_WAITS = "its total is above the limit of whoever posts it"

MEMO_LIFE: tuple[Transition[CreditMemoStatus], ...] = (
    *(
        Transition(operation=each, before=None, after=_MEMO.DRAFT, undone_by=(Operation.CANCEL_CREDIT_MEMO,))
        for each in _MAKING
    ),
    Transition(
        operation=Operation.CREATE_AND_APPLY_CREDIT_MEMO,
        before=None,
        after=_MEMO.POSTED,
        guard="within what the invoice's lines leave to credit, and what it owes",
        undone_by=_TAKEN_BACK[1:],
    ),
    Transition(
        operation=Operation.CONVERT_NEGATIVE_INVOICE_LINES,
        before=None,
        after=_MEMO.POSTED,
        guard="no credit or payment is on the invoice",
        undone_by=(Operation.VOID_CREDIT_MEMO,),
    ),
    Transition(
        operation=Operation.WRITE_OFF_INVOICE,
        before=None,
        after=_MEMO.POSTED,
        guard="the invoice owes something",
        undone_by=(Operation.UNAPPLY_CREDIT_MEMO,),
    ),
    Transition(
        operation=Operation.VOID_INVOICE,
        before=None,
        after=_MEMO.POSTED,
        guard="nothing is applied to the invoice, paid on it, converted of it or drawn from it",
    ),
    Transition(
        operation=Operation.UPDATE_CREDIT_MEMO,
        before=_MEMO.DRAFT,
        after=_MEMO.DRAFT,
        guard="what its lines draw is left to credit",
        undone_by=(Operation.UPDATE_CREDIT_MEMO,),
    ),
    Transition(
        operation=Operation.RECALCULATE_TAX,
        before=_MEMO.DRAFT,
        after=_MEMO.DRAFT,
        guard="a line has its tax calculated",
        undone_by=(Operation.RECALCULATE_TAX,),
    ),
    Transition(
        operation=Operation.POST_CREDIT_MEMO,
        before=_MEMO.DRAFT,
        after=_MEMO.POSTED,
        guard="its tax is known, its date not in a closed period",
        undone_by=_TAKEN_BACK,
    ),
    Transition(
        operation=Operation.POST_CREDIT_MEMO,
        before=_MEMO.DRAFT,
        after=_MEMO.PENDING_APPROVAL,
        guard=_WAITS,
        undone_by=(Operation.REJECT_CREDIT_MEMO,),
    ),
    Transition(
        operation=Operation.APPROVE_CREDIT_MEMO,
        before=_MEMO.PENDING_APPROVAL,
        after=_MEMO.POSTED,
        guard="by somebody else, within a limit of theirs",
        undone_by=_TAKEN_BACK,
    ),
    Transition(
        operation=Operation.REJECT_CREDIT_MEMO,
        before=_MEMO.PENDING_APPROVAL,
        after=_MEMO.DRAFT,
        undone_by=(Operation.POST_CREDIT_MEMO,),
    ),
    *(
        Transition(
            operation=Operation.CANCEL_CREDIT_MEMO,
            before=each,
            after=_MEMO.CANCELED,
            guard="it has no number of a gapless sequence",
        )
        for each in (_MEMO.DRAFT, _MEMO.PENDING_APPROVAL)
    ),
    Transition(
        operation=Operation.UPDATE_CREDIT_MEMO,
        before=_MEMO.POSTED,
        after=_MEMO.POSTED,
        guard="only what moves no money",
        undone_by=(Operation.UPDATE_CREDIT_MEMO,),
    ),
    Transition(
        operation=Operation.UNPOST_CREDIT_MEMO,
        before=_MEMO.POSTED,
        after=_MEMO.DRAFT,
        guard="never applied nor refunded, not transferred to accounting, of source STANDALONE or INVOICE",
        undone_by=(Operation.POST_CREDIT_MEMO,),
    ),
    *(
        Transition(
            operation=each, before=_MEMO.POSTED, after=_MEMO.POSTED, guard="within its balance", undone_by=by
        )
        for each, by in (
            (
                Operation.APPLY_CREDIT_MEMO,
                (Operation.UNAPPLY_CREDIT_MEMO, Operation.UNAPPLY_CREDIT_MEMO_LINE),
            ),
            (
                Operation.APPLY_CREDIT_MEMO_LINE,
                (Operation.UNAPPLY_CREDIT_MEMO, Operation.UNAPPLY_CREDIT_MEMO_LINE),
            ),
        )
    ),
    Transition(
        operation=Operation.REFUND_CREDIT_MEMO,
        before=_MEMO.POSTED,
        after=_MEMO.POSTED,
        guard="within its balance",
        undone_by=(Operation.REVERSE_REFUND,),
    ),
    Transition(
        operation=Operation.WRITE_OFF_CREDIT_MEMO,
        before=_MEMO.POSTED,
        after=_MEMO.POSTED,
        guard="it has a balance left",
        undone_by=(Operation.UNAPPLY_CREDIT_MEMO,),
    ),
    Transition(
        operation=Operation.UNAPPLY_CREDIT_MEMO,
        before=_MEMO.POSTED,
        after=_MEMO.VOIDED,
        guard="of source INVOICE_WRITE_OFF: its application is taken back whole",
    ),
    Transition(
        operation=Operation.REVERSE_CREDIT_MEMO,
        before=_MEMO.POSTED,
        after=_MEMO.POSTED,
        guard="nothing of it is applied or refunded, of source STANDALONE or INVOICE",
        mark="reversed",
    ),
    Transition(
        operation=Operation.VOID_CREDIT_MEMO,
        before=_MEMO.POSTED,
        after=_MEMO.VOIDED,
        guard="nothing of it is applied or refunded; of source NEGATIVE_LINES: nor is anything on the invoice",
    ),
)
INVOICE_LIFE: tuple[Transition[InvoiceStatus], ...] = (
    Transition(operation=Operation.CREATE_INVOICES, before=None, after=_INVOICE.DRAFT),
    Transition(
        operation=Operation.POST_INVOICE,
        before=_INVOICE.DRAFT,
        after=_INVOICE.POSTED,
        guard="its date is not in a closed period",
    ),
    *(
        Transition(
            operation=each, before=_INVOICE.POSTED, after=_INVOICE.POSTED, guard=guard, undone_by=(by, *more)
        )
        for each, guard, by, *more in (
            (
                Operation.CREATE_CREDIT_MEMO_FROM_INVOICE,
                "its lines leave as much to credit",
                Operation.CANCEL_CREDIT_MEMO,
                *_TAKEN_BACK,
            ),
            (
                Operation.CREATE_AND_APPLY_CREDIT_MEMO,
                "its lines leave as much to credit, and it owes as much",
                *_TAKEN_BACK[1:],
            ),
            (
                Operation.APPLY_CREDIT_MEMO,
                "within its balance, of the memo's account and currency",
                Operation.UNAPPLY_CREDIT_MEMO,
                Operation.UNAPPLY_CREDIT_MEMO_LINE,
            ),
            (
                Operation.APPLY_CREDIT_MEMO_LINE,
                "within the balances of invoice and line",
                Operation.UNAPPLY_CREDIT_MEMO,
                Operation.UNAPPLY_CREDIT_MEMO_LINE,
            ),
            (Operation.RECORD_PAYMENT, "within its balance", Operation.REVERSE_PAYMENT),
            (
                Operation.CONVERT_NEGATIVE_INVOICE_LINES,
                "negative lines, and no credit or payment on it",
                Operation.VOID_CREDIT_MEMO,
            ),
        )
    ),
    Transition(
        operation=Operation.REVERSE_CREDIT_MEMO,
        before=None,
        after=_INVOICE.POSTED,
        guard="a debit memo that mirrors the memo",
    ),
    Transition(
        operation=Operation.WRITE_OFF_CREDIT_MEMO,
        before=None,
        after=_INVOICE.POSTED,
        guard="a debit memo over what the memo has left",
        undone_by=(Operation.UNAPPLY_CREDIT_MEMO,),
    ),
    Transition(
        operation=Operation.WRITE_OFF_INVOICE,
        before=_INVOICE.POSTED,
        after=_INVOICE.POSTED,
        guard="it owes something",
        undone_by=(Operation.UNAPPLY_CREDIT_MEMO,),
    ),
    Transition(
        operation=Operation.VOID_INVOICE,
        before=_INVOICE.POSTED,
        after=_INVOICE.VOIDED,
        guard="nothing is applied to it, paid on it, converted of it or drawn from it, and it is not negative",
    ),
    Transition(
        operation=Operation.UNAPPLY_CREDIT_MEMO,
        before=_INVOICE.POSTED,
        after=_INVOICE.VOIDED,
        guard="a debit memo of a write-off: its application is taken back whole",
    ),
)

_BEFORE: Mapping[Operation, tuple[CreditMemoStatus, ...]] = {
    operation: tuple(
        dict.fromkeys(each.before for each in MEMO_LIFE if each.operation is operation and each.before)
    )
    for operation in {each.operation for each in MEMO_LIFE}
}
_INVOICE_BEFORE: Mapping[Operation, tuple[InvoiceStatus, ...]] = {
    operation: tuple(
        dict.fromkeys(each.before for each in INVOICE_LIFE if each.operation is operation and each.before)
    )
    for operation in {each.operation for each in INVOICE_LIFE}
}
_STEPS = {
    *((CreditMemoStatus, each.before, each.after) for each in MEMO_LIFE),
    *((InvoiceStatus, each.before, each.after) for each in INVOICE_LIFE),
}


def memo_statuses_before(operation: Operation) -> tuple[CreditMemoStatus, ...]:
    """The statuses in which the command takes a memo. KeyError for a command that takes none."""
    return _BEFORE[operation]


def invoice_statuses_before(operation: Operation) -> tuple[InvoiceStatus, ...]:
    """The statuses in which the command takes an invoice. KeyError for a command that takes none."""
    return _INVOICE_BEFORE[operation]


def stepped(before: S, after: S) -> S:
    """The status after, where a command leads to it. ValueError where none does: no document gets there."""
    if (type(after), before, after) not in _STEPS:
        raise ValueError(f"no command leads from {before} to {after}")
    return after
