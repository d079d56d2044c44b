"""What a command needs to be permitted beyond its own permission, for all that it really does.

A job keeps what its submission needed: who steers it, or tries its items again, needs the same.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain.access import POST
from app.domain.commands import (
    CancelJob,
    Command,
    ConvertNegativeInvoiceLines,
    CreateAndApplyCreditMemo,
    CreateCreditMemo,
    CreateCreditMemoFromInvoice,
    CreateDirectCreditMemos,
    CreateInvoices,
    DirectCreditOptions,
    ResumeJob,
    RetryJob,
    SubmitAutoApplications,
    SubmitDirectCreditMemos,
    SubmitInvoiceWriteOffs,
    SubmitNegativeLineConversions,
    UpdateCreditMemo,
    VoidInvoice,
    WriteOffCreditMemo,
    WriteOffInvoice,
    WriteOffInvoices,
)
from app.domain.invoice_import import SubmitInvoiceImport

CREATE = "credit_memos:create"
APPLY = "credit_memos:apply"
CONVERT = "invoices:convert"
WRITE_OFF = "invoices:write_off"
POST_INVOICES = "invoices:post"
JOBS = "jobs:write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A permission, and where it is needed: always, or with what a field of the input asks for."""

    permission: str
    field: str | None = None
    """The field's name in the schema."""
    is_asked: Callable[[Any], bool] = lambda command: True


def _asks(field: str, name: str) -> Callable[[str], Need]:
    """Needs of a flag of the command."""
    return lambda permission: Need(
        permission=permission, field=field, is_asked=lambda command: bool(getattr(command, name))
    )


def _direct_options(command: Any) -> list[DirectCreditOptions]:
    """Of every memo that a direct command, or a selection, makes."""
    selection = getattr(command, "selection", None)
    return [*(command.credit_memos or ()), *(() if selection is None else (selection,))]


_POSTED = _asks("post", "post")(POST)
_CONVERTED_AND_APPLIED = _asks("applyToInvoice", "apply_to_invoice")(APPLY)
_DIRECT = (
    Need(permission=JOBS),
    Need(permission=CREATE),
    Need(
        permission=POST,
        field="autoApprove",
        is_asked=lambda command: any(each.auto_approve for each in _direct_options(command)),
    ),
    Need(
        permission=APPLY,
        field="autoApply",
        is_asked=lambda command: any(
            each.auto_approve and each.auto_apply for each in _direct_options(command)
        ),
    ),
)

_WRITE_OFFS = tuple(Need(permission=each) for each in (JOBS, WRITE_OFF, POST, APPLY))

NEEDS: Mapping[type[Command], tuple[Need, ...]] = {
    CreateInvoices: (
        Need(
            permission=POST_INVOICES,
            field="post",
            is_asked=lambda command: any(each.post for each in command.invoices),
        ),
    ),
    CreateCreditMemo: (_POSTED,),
    CreateCreditMemoFromInvoice: (
        _POSTED,
        _asks("applyToInvoice", "apply_to_invoice")(APPLY),
        _asks("autoApplyUponPosting", "auto_apply_upon_posting")(APPLY),
    ),
    UpdateCreditMemo: (
        Need(
            permission=APPLY,
            field="autoApplyUponPosting",
            is_asked=lambda command: command.auto_apply_upon_posting is True,
        ),
    ),
    CreateAndApplyCreditMemo: (Need(permission=POST), Need(permission=APPLY)),
    ConvertNegativeInvoiceLines: (_CONVERTED_AND_APPLIED,),
    CreateDirectCreditMemos: _DIRECT,
    SubmitDirectCreditMemos: _DIRECT,
    SubmitNegativeLineConversions: (Need(permission=JOBS), Need(permission=CONVERT), _CONVERTED_AND_APPLIED),
    WriteOffCreditMemo: (Need(permission=APPLY),),
    WriteOffInvoice: (Need(permission=POST), Need(permission=APPLY)),
    VoidInvoice: (Need(permission=POST), Need(permission=APPLY)),
    WriteOffInvoices: _WRITE_OFFS,
    SubmitInvoiceWriteOffs: _WRITE_OFFS,
    SubmitAutoApplications: (Need(permission=JOBS), Need(permission=APPLY)),
    SubmitInvoiceImport: (
        Need(permission=JOBS),
        Need(permission="invoices:write"),
        Need(permission=POST_INVOICES),
    ),
}

STEERING = (CancelJob, ResumeJob, RetryJob)
"""Commands that need what the submission of their job needed."""


def needs_of(kind: type[Command]) -> tuple[Need, ...]:
    """What commands of the kind need, as they ask for it, beyond their own permission."""
    return NEEDS.get(kind, ())


def needed(command: Command) -> frozenset[str]:
    """What this command needs beyond its own permission."""
    return frozenset(each.permission for each in needs_of(type(command)) if each.is_asked(command))
