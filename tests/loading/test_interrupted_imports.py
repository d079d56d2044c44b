"""Imports that are killed, canceled or delivered otherwise half-way: the same command goes on, and nothing comes in twice."""

from pathlib import Path

import pytest

from app.domain.commands import CancelJob, ResumeJob
from app.domain.invoice_import import reading_of
from app.domain.job import Job
from app.domain.vocabulary import JobStatus
from app.loading.submission import ImportImpossible
from tests.jobs.submitting import until_done, worker
from tests.loading.importing import (
    amounts,
    entry,
    errors_of,
    imported,
    imports,
    json_lines,
    killed,
    reported,
    row,
    submitted,
    table,
    with_account,
)
from tests.support.books import TestBooks, assert_books_hold


# Commits of this file: the job | rows 1 to 4 | 5 to 8 | 9 and 10 | queued | the chunk of all ten.
@pytest.mark.parametrize(
    ("commits", "status", "done"),
    [
        (1, JobStatus.SUBMITTING, 0),
        (3, JobStatus.SUBMITTING, 0),
        (4, JobStatus.SUBMITTING, 0),
        (5, JobStatus.QUEUED, 0),
        (6, JobStatus.DONE, 7),
    ],
)
async def test_an_import_killed_after_a_commit_goes_on_without_doing_anything_twice(
    books: TestBooks, tmp_path: Path, commits: int, status: JobStatus, done: int
) -> None:
    await with_account(books)
    faulty = {2, 4, 9}
    # Neither numbers nor external references: nothing but the job tells a second delivery.
    entries = [entry(f"{n}.00", account="nobody" if n in faulty else "A-1") for n in range(1, 11)]
    path = json_lines(tmp_path / "a.jsonl", *entries)
    killed(books, path, 4, "commit", commits)
    [job] = await imports(books)
    assert (job.status, job.done) == (status, done)
    assert not errors_of(path).exists()
    await assert_books_hold(books)
    resumed = await imported(books, path)
    assert await amounts(books) == sorted(f"{n}.00" for n in range(1, 11) if n not in faulty)
    assert reported(path) == [(n, "NOT_FOUND", "account") for n in sorted(faulty)]
    assert (resumed.imported + resumed.known, resumed.refused) == (7, 3)
    await assert_books_hold(books)


@pytest.mark.parametrize("statement", [2, 5, 9, 13, 18, 24, 30])
async def test_an_import_killed_within_a_transaction_goes_on_without_doing_anything_twice(
    books: TestBooks, tmp_path: Path, statement: int
) -> None:
    await with_account(books)
    path = json_lines(tmp_path / "a.jsonl", *(entry(f"{n}.00") for n in range(1, 7)))
    killed(books, path, 3, "statement", statement)
    await assert_books_hold(books)
    done = await imported(books, path)
    assert await amounts(books) == sorted(f"{n}.00" for n in range(1, 7))
    assert (done.imported + done.known, done.refused) == (6, 0)
    assert len(await imports(books)) == 1
    await assert_books_hold(books)


async def test_faults_found_before_a_death_are_reported_in_their_place(
    books: TestBooks, tmp_path: Path
) -> None:
    await with_account(books)
    path = json_lines(
        tmp_path / "a.jsonl",
        entry("1.00", account="nobody"),
        entry("2.00"),
        {**entry("3.00"), "colour": "red"},
        entry("4.001", number="X-1"),
        entry("5.00", number="X-1"),
        entry("6.001"),
    )
    # Commits: the job | rows 1 to 3.
    killed(books, path, 3, "commit", 2)
    assert not errors_of(path).exists()
    done = await imported(books, path)
    # What is wrong with row 4 leaves its number to row 5.
    assert await amounts(books) == ["2.00", "5.00"]
    assert [(row, code) for row, code, _ in reported(path)] == [
        (1, "NOT_FOUND"),
        (3, "UNREADABLE"),
        (4, "TOO_MANY_DECIMALS"),
        (6, "TOO_MANY_DECIMALS"),
    ]
    assert (done.imported, done.known, done.refused) == (2, 0, 4)


async def test_a_csv_import_goes_on_in_the_middle_of_the_file(books: TestBooks, tmp_path: Path) -> None:
    await with_account(books)
    path = table(tmp_path / "a.csv", *(row(f"Ü-{n // 2}", f"{n}.00") for n in range(20)))
    # Commits: the job | two batches of three invoices.
    killed(books, path, 3, "commit", 3)
    [job] = await imports(books)
    assert (job.total, reading_of(job).row) == (6, 14)
    resumed = await imported(books, path, batch=3)
    assert (resumed.imported, resumed.known, resumed.refused) == (10, 0, 0)
    assert await amounts(books) == sorted(f"{n}.00" for n in range(20))


async def test_the_same_content_is_one_import_whatever_its_name(books: TestBooks, tmp_path: Path) -> None:
    await with_account(books)
    path = json_lines(tmp_path / "a.jsonl", entry("1.00"), entry("2.00"), entry("3.00"))
    killed(books, path, 1, "commit", 2)
    other = path.rename(tmp_path / "b.jsonl")
    assert (await imported(books, other)).imported == 3
    assert len(await imports(books)) == 1


async def test_a_file_that_was_changed_under_its_import_is_not_imported_in_part_again(
    books: TestBooks, tmp_path: Path
) -> None:
    await with_account(books)
    path = json_lines(tmp_path / "a.jsonl", entry("1.00"))
    job = await submitted(books, path)
    json_lines(path, entry("1.00"), entry("2.00"))
    with pytest.raises(ImportImpossible, match="not what it was"):
        await imported(books, path)
    await until_done(books, job.id)
    assert (await imported(books, path)).imported == 2


async def test_a_job_that_is_being_submitted_is_neither_canceled_nor_worked_on(
    books: TestBooks, tmp_path: Path
) -> None:
    await with_account(books)
    path = json_lines(tmp_path / "a.jsonl", entry("1.00"), entry("2.00"))
    killed(books, path, 1, "commit", 2)
    [job] = await imports(books)
    assert await books.codes(CancelJob(job_id=job.id)) == ["INVALID_STATUS"]
    assert await books.codes(ResumeJob(job_id=job.id)) == ["INVALID_STATUS"]
    while await worker(books).work_once():
        pass
    assert (await books.record(Job, job.id)).status is JobStatus.SUBMITTING
    assert await amounts(books) == []


async def test_an_import_that_was_canceled_is_taken_up_by_resuming_its_job(
    books: TestBooks, tmp_path: Path
) -> None:
    await with_account(books)
    path = json_lines(tmp_path / "a.jsonl", entry("1.00"))
    job = await submitted(books, path)
    await books.perform(CancelJob(job_id=job.id))
    with pytest.raises(ImportImpossible, match=f"job resume {job.id}"):
        await imported(books, path)
    await books.perform(ResumeJob(job_id=job.id))
    assert (await imported(books, path)).imported == 1
