"""kill -9 of a worker: the chunk in its hands is free again, what it committed stands, and no item is done twice."""

import signal
from pathlib import Path
from typing import Any

import pytest

from app.domain.commands import SubmitAutoApplications
from app.domain.vocabulary import JobItemOutcome, JobStatus
from tests.jobs.submitting import (
    counts,
    every_item_has_one_effect,
    job,
    negative_invoices,
    outcomes,
    submitted,
    until_done,
    worked_off,
)
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import posted_invoice, posted_memo
from tests.support.preloaded import PreloadedProcess

COUNT = 20
FIRST_CHUNK = 16


async def queued(books: TestBooks, count: int, **said: Any) -> str:
    """A job that is the only one in the database."""
    await worked_off(books)
    return await submitted(books, await negative_invoices(books, count), **said)


def killed_worker(books: TestBooks, directory: Path, point: str, count: int) -> None:
    """A worker's process, from its start to its violent end."""
    with PreloadedProcess(
        "tests.jobs.dying_worker",
        books.place.url,
        point,
        str(count),
        output_file=directory / "worker.log",
    ) as process:
        assert process.wait() == -signal.SIGKILL, process.output()


@pytest.mark.parametrize("statement", [1, 3, 6, 10, 14, 17])
async def test_killed_within_a_chunk_it_leaves_nothing_of_it(
    books: TestBooks, tmp_path: Path, statement: int
) -> None:
    """From before the claim to just before the counts: whatever was written goes with the transaction."""
    job_id = await queued(books, COUNT, apply_to_invoice=True)
    killed_worker(books, tmp_path, "statement", statement)
    assert await outcomes(books, job_id) == [JobItemOutcome.PENDING] * COUNT
    assert await books.value("SELECT count(*) FROM credit_memo WHERE entity_id = :entity_id") == 0
    await until_done(books, job_id)
    assert await counts(books, job_id) == (COUNT, COUNT, 0, 0)
    await every_item_has_one_effect(books, job_id)


async def test_killed_between_two_chunks_the_first_stands_and_the_rest_is_left(
    books: TestBooks, tmp_path: Path
) -> None:
    job_id = await queued(books, COUNT)
    killed_worker(books, tmp_path, "commit", 1)
    found = await job(books, job_id)
    assert (found.status, found.done) == (JobStatus.RUNNING, FIRST_CHUNK)
    await every_item_has_one_effect(books, job_id)
    await until_done(books, job_id)
    assert await counts(books, job_id) == (COUNT, COUNT, 0, 0)
    await every_item_has_one_effect(books, job_id)


async def test_killed_after_the_last_chunk_the_job_is_done(books: TestBooks, tmp_path: Path) -> None:
    job_id = await queued(books, 3)
    killed_worker(books, tmp_path, "commit", 1)
    assert (await job(books, job_id)).status is JobStatus.DONE
    await every_item_has_one_effect(books, job_id)


ACCOUNTS = 5


@pytest.mark.parametrize("statement", [1, 3, 5, 8, 11])
async def test_killed_while_it_matches_credit_it_leaves_none_applied_and_none_twice(
    books: TestBooks, tmp_path: Path, statement: int
) -> None:
    """Each account makes two applications, which its item has in common."""
    await worked_off(books)
    for place in range(ACCOUNTS):
        number = f"A-{place}"
        await posted_invoice(books, "40.00", account_number=number)
        await posted_invoice(books, "30.00", account_number=number)
        await posted_memo(books, "50.00", account_number=number)
    job_id = (await books.perform(SubmitAutoApplications(all_accounts=True))).outcome["job"]
    killed_worker(books, tmp_path, "statement", statement)
    assert await books.rows("SELECT id FROM credit_memo_application WHERE entity_id = :entity_id") == []
    await until_done(books, job_id)
    assert await counts(books, job_id) == (ACCOUNTS, ACCOUNTS, 0, 0)
    made = await books.rows(
        "SELECT job_item_id, count(*), sum(amount) FROM credit_memo_application WHERE entity_id = :entity_id"
        " GROUP BY job_item_id"
    )
    assert [(number, int(amount)) for _, number, amount in made] == [(2, 5_000)] * ACCOUNTS
    await assert_books_hold(books)
