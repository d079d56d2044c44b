"""When jobs may be submitted, stopped and taken up again (domain 4.9, 11)."""

from collections.abc import Sequence

from app.domain.commands import AccountReference, InvoiceSelection, Submission
from app.domain.entity import Account
from app.domain.facts import Facts
from app.domain.job import Job
from app.domain.limits import Limits
from app.domain.violation import Path, Violation
from app.domain.vocabulary import JobItemOutcome, JobStatus, ViolationCode
from app.validation.documents import (
    asked_of,
    not_found,
    violations_of_no_lines,
    violations_of_version,
)


def violations_of_inputs(
    listed: Sequence[object] | None, selection: InvoiceSelection | None, path: Path
) -> list[Violation]:
    """A list or a selection, and not both."""
    if selection is None:
        return violations_of_no_lines(listed or (), path)
    if listed is None:
        return []
    message = "Either a list is given or a selection, not both."
    return [Violation(code=ViolationCode.DUPLICATE_TARGET, message=message, path=path)]


def violations_of_selection(selection: InvoiceSelection, facts: Facts) -> list[Violation]:
    """Accounts of the entity, none twice."""
    path: Path = ("selection", "accounts")
    violations = violations_of_no_lines(selection.accounts, path)
    seen: set[str] = set()
    for place, reference in enumerate(selection.accounts):
        violations += _violations_of_account(reference, facts, seen, (*path, place))
    return violations


def _violations_of_account(
    reference: AccountReference, facts: Facts, seen: set[str], path: Path
) -> list[Violation]:
    account = facts.named_record(Account, *path)
    if account is None:
        return [not_found("account", path, asked_of(reference))]
    if account.id in seen:
        message = "The account is named twice."
        return [
            Violation(
                code=ViolationCode.DUPLICATE_TARGET,
                message=message,
                path=path,
                asked=asked_of(reference),
                ids=(account.id,),
            )
        ]
    seen.add(account.id)
    return []


def violations_of_count(count: int, submission: Submission, limits: Limits, path: Path) -> list[Violation]:
    """How many items a job may have; what is to be done all or none must fit into one transaction."""
    limit = limits.atomic_items if submission.atomic else limits.job_items
    if count <= limit:
        return []
    what = "an atomic job" if submission.atomic else "a job"
    return [
        Violation(
            code=ViolationCode.LIMIT_EXCEEDED,
            message=f"Too many items for {what}.",
            path=path,
            asked=str(count),
            allowed=str(limit),
        )
    ]


def violations_of_cancel(job: Job | None, asked: str, expected: int | None) -> list[Violation]:
    return _violations_of_job(job, asked, expected, JobStatus.QUEUED, JobStatus.RUNNING)


def violations_of_cancelable(job: Job) -> list[Violation]:
    """What `canCancel` asks."""
    return violations_of_cancel(job, job.id, None)


def violations_of_resume(job: Job | None, asked: str, expected: int | None) -> list[Violation]:
    return _violations_of_job(job, asked, expected, JobStatus.CANCELED)


def violations_of_resumable(job: Job) -> list[Violation]:
    """What `canResume` asks."""
    return violations_of_resume(job, job.id, None)


def violations_of_retry(
    job: Job | None, retries: Sequence[Job], asked: str, expected: int | None
) -> list[Violation]:
    """Once, and where something was refused: the same credit tried again twice could be given twice."""
    violations = _violations_of_job(job, asked, expected, JobStatus.DONE)
    if violations or job is None:
        return violations
    if retries:
        message = "The job has been retried; what was refused again is retried from there."
        return [_job_status(message, job, f"retried by {retries[0].id}", "not retried", retries[0].id)]
    if not job.refused:
        message = "No item of the job was refused."
        return [
            _job_status(message, job, f"{JobItemOutcome.REFUSED}: 0", f"{JobItemOutcome.REFUSED}: 1 or more")
        ]
    return []


def violations_of_retryable(job: Job, retries: Sequence[Job]) -> list[Violation]:
    """What `canRetry` asks."""
    return violations_of_retry(job, retries, job.id, None)


def _violations_of_job(
    job: Job | None, asked: str, expected: int | None, *wanted: JobStatus
) -> list[Violation]:
    if job is None:
        return [not_found("job", ("job_id",), asked)]
    violations = violations_of_version(job, expected, ("expected_version",))
    if job.status not in wanted:
        allowed = " or ".join(wanted)
        violations.append(
            _job_status(f"The job is {job.status}; it must be {allowed}.", job, job.status, allowed)
        )
    return violations


def _job_status(message: str, job: Job, asked: str, allowed: str, *more: str) -> Violation:
    return Violation(
        code=ViolationCode.INVALID_STATUS,
        message=message,
        path=("job_id",),
        asked=asked,
        allowed=allowed,
        ids=(job.id, *more),
    )
