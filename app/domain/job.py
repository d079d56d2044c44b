"""Jobs: many commands done one after another, each with its own fate, whatever happens to the process meanwhile."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

from app.domain.application import CreditMemoApplication
from app.domain.credit_memo import CreditMemo
from app.domain.invoice import Invoice
from app.domain.record import Document, Metadata, Record
from app.domain.violation import Violation
from app.domain.vocabulary import JobItemOutcome, JobKind, JobStatus, ViolationCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Job(Document):
    """total = pending + done + refused + skipped; the counts move in the transaction of the items' effects."""

    PREFIX: ClassVar[str] = "job"

    kind: JobKind
    status: JobStatus = JobStatus.QUEUED
    atomic: bool = False
    """All items or none."""
    options: Metadata | None = None
    """What the items share, as their command's JSON."""
    total: int
    done: int = 0
    refused: int = 0
    skipped: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    canceled_at: datetime | None = None
    canceled_by: str | None = None
    retried_job_id: str | None = None
    """The job whose refused items this one tries again."""
    permissions: list[str] | None = None
    """What submitting it needed, beside the verb's own."""
    approval_limits: Metadata | None = None
    """Those of its submitter when it was submitted, by which its items are done."""

    @property
    def pending(self) -> int:
        """How many items have no outcome yet."""
        return self.total - self.done - self.refused - self.skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class JobItem(Record):
    """One command of a job. Its outcome is written in the transaction of its effect: exactly once by construction."""

    PREFIX: ClassVar[str] = "jit"

    job_id: str
    position: int
    """0, 1, 2 … in input order."""
    invoice_id: str | None = None
    account_id: str | None = None
    """The buyer that the item is about, of a kind whose items are accounts."""
    input: Metadata | None = None
    """The command as JSON; None where the invoice and the job's options say all."""
    outcome: JobItemOutcome = JobItemOutcome.PENDING
    credit_memo_id: str | None = None
    application_id: str | None = None
    violations: list[Any] | None = None
    planned: list[Any] | None = None
    """What a preview would have done with it, each as `stored_application` has it."""
    log_id: str | None = None
    recorded_at: datetime | None = None


ITEM_DIGITS = 7
"""Of an item's place in its id: what sorts by id stands in input order."""
MOST_ITEMS = 10**ITEM_DIGITS


def job_item_id(job_id: str, position: int) -> str:
    """The item's id, which the database can make as well: a million items are one statement."""
    return f"{JobItem.PREFIX}_{job_id.removeprefix(f'{Job.PREFIX}_')}_{position:0{ITEM_DIGITS}d}"


def stored_violation(violation: Violation) -> dict[str, Any]:
    """A violation as its item keeps it; its path is in the item's own input."""
    return {
        "code": violation.code.value,
        "message": violation.message,
        "path": list(violation.path),
        "asked": violation.asked,
        "allowed": violation.allowed,
        "ids": list(violation.ids),
    }


def stored_application(row: CreditMemoApplication, memo: CreditMemo, invoice: Invoice) -> dict[str, Any]:
    """An application that would be made, as its item keeps it: amounts in minor units."""
    return {
        "creditMemoId": memo.id,
        "creditMemoNumber": memo.number,
        "invoiceId": invoice.id,
        "invoiceNumber": invoice.number,
        "currency": row.currency,
        "amount": row.amount,
        "creditMemoBalance": row.credit_memo_balance,
        "invoiceBalance": row.invoice_balance,
        "autoApplyRule": row.auto_apply_rule,
        "autoApplyRank": row.auto_apply_rank,
    }


def violation_of(stored: dict[str, Any]) -> Violation:
    """What `stored_violation` has kept."""
    return Violation(
        code=ViolationCode(stored["code"]),
        message=stored["message"],
        path=tuple(stored["path"]),
        asked=stored["asked"],
        allowed=stored["allowed"],
        ids=tuple(stored["ids"]),
    )


def items_per_second(job: Job) -> float | None:
    """How fast its items got their outcomes, from the first worker's start; None before."""
    settled = job.total - job.pending
    if job.started_at is None or not settled:
        return None
    seconds = ((job.finished_at or job.updated_at) - job.started_at).total_seconds()
    return settled / seconds if seconds > 0 else None


def expected_end(job: Job) -> datetime | None:
    """When the last item will have its outcome, at the speed so far; None where nobody works on it."""
    speed = items_per_second(job)
    if job.status is not JobStatus.RUNNING or speed is None:
        return None
    return job.updated_at + timedelta(seconds=job.pending / speed)
