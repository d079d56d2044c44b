"""What a job keeps of its items, and what it says of its progress."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.domain.invoice_import import FileReading, reading_of
from app.domain.job import (
    MOST_ITEMS,
    Job,
    expected_end,
    items_per_second,
    job_item_id,
    stored_application,
    stored_violation,
    violation_of,
)
from app.domain.violation import Violation
from app.domain.vocabulary import AutoApplyRule, JobKind, JobStatus, ViolationCode
from tests.rules.facts import NOW, application, invoice, memo

LATER = NOW + timedelta(seconds=10)
RUNNING = Job(
    id="job_1",
    kind=JobKind.AUTO_APPLICATIONS,
    status=JobStatus.RUNNING,
    total=100,
    done=10,
    refused=6,
    skipped=4,
    started_at=NOW,
    created_at=NOW,
    created_by="ada",
    updated_at=LATER,
    updated_by="ada",
)


def test_what_has_any_outcome_is_not_pending() -> None:
    assert RUNNING.pending == 80


@pytest.mark.parametrize(
    ("job", "speed", "end"),
    [
        pytest.param(RUNNING, 2.0, LATER + timedelta(seconds=40), id="running"),
        pytest.param(
            replace(RUNNING, done=1, refused=0, skipped=0), 0.1, LATER + timedelta(seconds=990), id="slow"
        ),
        pytest.param(replace(RUNNING, started_at=None), None, None, id="not begun"),
        pytest.param(replace(RUNNING, done=0, refused=0, skipped=0), None, None, id="no outcome yet"),
        pytest.param(replace(RUNNING, updated_at=NOW), None, None, id="in no time"),
        pytest.param(
            replace(RUNNING, updated_at=NOW + timedelta(seconds=0.5)),
            40.0,
            NOW + timedelta(seconds=2.5),
            id="in less than a second",
        ),
        pytest.param(replace(RUNNING, status=JobStatus.CANCELED), 2.0, None, id="canceled"),
        # What happens to a job after its end, such as a retry of it, makes it no slower.
        pytest.param(
            replace(RUNNING, status=JobStatus.DONE, finished_at=NOW + timedelta(seconds=5)),
            4.0,
            None,
            id="done",
        ),
    ],
)
def test_a_job_says_how_fast_it_is_and_when_it_will_be_done(
    job: Job, speed: float | None, end: datetime | None
) -> None:
    assert items_per_second(job) == speed
    assert expected_end(job) == end


def test_ids_of_items_stand_in_the_order_of_their_input() -> None:
    assert job_item_id("job_0a", 0) == "jit_0a_0000000"
    assert job_item_id("job_0a", MOST_ITEMS - 1) == "jit_0a_9999999"


def test_a_violation_is_read_as_it_was_kept() -> None:
    violation = Violation(
        code=ViolationCode.NOT_FOUND,
        message="there is no such invoice",
        path=("invoices", 3, "id"),
        asked="inv_1",
        allowed="inv_2",
        ids=("inv_1", "inv_2"),
    )
    assert stored_violation(violation) == {
        "code": "NOT_FOUND",
        "message": "there is no such invoice",
        "path": ["invoices", 3, "id"],
        "asked": "inv_1",
        "allowed": "inv_2",
        "ids": ["inv_1", "inv_2"],
    }
    assert violation_of(stored_violation(violation)) == violation


def test_a_planned_application_is_kept_with_the_numbers_that_people_know_it_by() -> None:
    row = application(
        amount=1000,
        credit_memo_balance=4000,
        invoice_balance=9000,
        auto_apply_rule=AutoApplyRule.OLDEST_DUE,
        auto_apply_rank=3,
    )
    kept = stored_application(row, memo(number="CM-1"), invoice(number="INV-1"))
    assert kept == {
        "creditMemoId": "cm_1",
        "creditMemoNumber": "CM-1",
        "invoiceId": "inv_1",
        "invoiceNumber": "INV-1",
        "currency": "USD",
        "amount": 1000,
        "creditMemoBalance": 4000,
        "invoiceBalance": 9000,
        "autoApplyRule": "OLDEST_DUE",
        "autoApplyRank": 3,
    }


def test_how_far_a_file_has_been_read_is_read_from_its_job() -> None:
    reading = FileReading(content="0a", format="CSV", path="invoices.csv", offset=4096, row=17, unreadable=2)
    assert reading_of(replace(RUNNING, options=reading.as_options())) == reading
