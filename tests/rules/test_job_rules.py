"""When jobs may be submitted, stopped and taken up again."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.commands import AccountReference, InvoiceSelection, Submission
from app.domain.job import Job
from app.domain.limits import DEFAULT_LIMITS
from app.domain.vocabulary import JobKind, JobStatus
from app.validation.jobs import (
    violations_of_cancel,
    violations_of_count,
    violations_of_inputs,
    violations_of_resume,
    violations_of_retry,
    violations_of_selection,
)
from tests.rules.facts import NOW, Seen, account, facts, seen

JOB = Job(
    id="job_1",
    kind=JobKind.NEGATIVE_LINE_CONVERSIONS,
    total=3,
    version=4,
    created_at=NOW,
    created_by="ada",
    updated_at=NOW,
    updated_by="ada",
)
DONE = replace(JOB, status=JobStatus.DONE, done=2, refused=1)
PATH = ("job_id",)
UNKNOWN: list[Seen] = [("NOT_FOUND", PATH, "job_x", None)]


@pytest.mark.parametrize("status", JobStatus)
def test_what_is_queued_or_running_can_be_canceled_and_what_is_canceled_resumed(status: JobStatus) -> None:
    job = replace(JOB, status=status)
    can_cancel = status in (JobStatus.QUEUED, JobStatus.RUNNING)
    refused: list[Seen] = [("INVALID_STATUS", PATH, status.value, "QUEUED or RUNNING")]
    assert seen(violations_of_cancel(job, job.id, None)) == ([] if can_cancel else refused)
    refused = [("INVALID_STATUS", PATH, status.value, "CANCELED")]
    assert seen(violations_of_resume(job, job.id, None)) == ([] if status is JobStatus.CANCELED else refused)


def test_a_stale_or_unknown_job_is_refused() -> None:
    stale: Seen = ("VERSION_CONFLICT", ("expected_version",), "3", "4")
    assert seen(violations_of_cancel(JOB, JOB.id, 3)) == [stale]
    assert seen(violations_of_cancel(None, "job_x", 3)) == UNKNOWN
    assert seen(violations_of_resume(None, "job_x", None)) == UNKNOWN
    assert seen(violations_of_retry(None, [], "job_x", None)) == UNKNOWN


RETRY: list[tuple[str, Job, list[Job], list[Seen]]] = [
    ("done with a refused item", DONE, [], []),
    ("still at work", JOB, [], [("INVALID_STATUS", PATH, "QUEUED", "DONE")]),
    (
        "nothing refused",
        replace(DONE, done=3, refused=0),
        [],
        [("INVALID_STATUS", PATH, "REFUSED: 0", "REFUSED: 1 or more")],
    ),
    (
        "retried before",
        DONE,
        [replace(JOB, id="job_2")],
        [("INVALID_STATUS", PATH, "retried by job_2", "not retried")],
    ),
]


@pytest.mark.parametrize(("what", "job", "retries", "expected"), RETRY, ids=[each[0] for each in RETRY])
def test_what_was_refused_is_retried_once(
    what: str, job: Job, retries: list[Job], expected: list[Seen]
) -> None:
    assert seen(violations_of_retry(job, retries, job.id, None)) == expected


def test_a_list_or_a_selection_is_wanted() -> None:
    selection = InvoiceSelection(accounts=[])
    path = ("invoices",)
    assert seen(violations_of_inputs(None, None, path)) == [("NO_LINES", path, None, None)]
    assert seen(violations_of_inputs([], None, path)) == [("NO_LINES", path, None, None)]
    assert seen(violations_of_inputs([], selection, path)) == [("DUPLICATE_TARGET", path, None, None)]
    assert seen(violations_of_inputs(None, selection, path)) == []


def test_a_selection_names_accounts_of_the_entity_none_twice() -> None:
    path = ("selection", "accounts")
    named: dict[Any, str] = {(*path, 0): "acc_1", (*path, 2): "acc_1"}
    references = [AccountReference(number=each) for each in ("A-1", "A-0", "A-1")]
    given = facts(account(), named=named)
    assert seen(violations_of_selection(InvoiceSelection(accounts=references), given)) == [
        ("DUPLICATE_TARGET", (*path, 2), "A-1", None),
        ("NOT_FOUND", (*path, 1), "A-0", None),
    ]
    assert seen(violations_of_selection(InvoiceSelection(accounts=[]), given)) == [
        ("NO_LINES", path, None, None)
    ]


@pytest.mark.parametrize(
    ("atomic", "most", "what"), [(False, 1_000_000, "a job"), (True, 1_000, "an atomic job")]
)
def test_a_job_has_so_many_items_at_most(atomic: bool, most: int, what: str) -> None:
    submission, path = Submission(atomic=atomic), ("selection",)
    assert violations_of_count(most, submission, DEFAULT_LIMITS, path) == []
    found = violations_of_count(most + 1, submission, DEFAULT_LIMITS, path)
    assert seen(found) == [("LIMIT_EXCEEDED", path, str(most + 1), str(most))]
    assert found[0].message == f"Too many items for {what}."
