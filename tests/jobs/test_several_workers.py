"""Several workers share a job, and several jobs share a worker: every item once, and nobody starves."""

from pathlib import Path

from app.domain.vocabulary import JobStatus
from app.repository.job_queue import QUEUE_READ, QueuedJob, queued_jobs
from tests.jobs.submitting import (
    counts,
    every_item_has_one_effect,
    job,
    negative_invoices,
    submitted,
    until_done,
    worked_off,
    worker,
)
from tests.support.books import TestBooks
from tests.support.preloaded import PreloadedProcess


async def test_three_workers_do_every_item_once(books: TestBooks) -> None:
    job_id = await submitted(books, await negative_invoices(books, 60), apply_to_invoice=True)
    await until_done(books, job_id, hands=3)
    assert await counts(books, job_id) == (60, 60, 0, 0)
    await every_item_has_one_effect(books, job_id)


async def test_two_processes_do_every_item_once(books: TestBooks, tmp_path: Path) -> None:
    await worked_off(books)
    job_id = await submitted(books, await negative_invoices(books, 80))

    def working(name: str) -> PreloadedProcess:
        return PreloadedProcess(
            "app",
            "work",
            "--workers",
            "2",
            "--until-done",
            output_file=tmp_path / name,
            environment={"CREDIT_MEMO_DATABASE_URL": books.place.url},
        )

    with working("one") as one, working("two") as two:
        assert (one.wait(), two.wait()) == (0, 0), one.output() + two.output()
    # The one that finds the last items in the other's hands ends before the other does.
    assert (await job(books, job_id)).status is JobStatus.DONE
    assert await counts(books, job_id) == (80, 80, 0, 0)
    await every_item_has_one_effect(books, job_id)


async def test_a_job_does_not_wait_for_another_entitys_long_one(books: TestBooks) -> None:
    await worked_off(books)
    neighbour = await books.neighbour()
    long = await submitted(books, await negative_invoices(books, 40))
    short = await submitted(neighbour, await negative_invoices(neighbour, 1))
    await worker(books).work_once()
    assert (await job(books, long)).done == 16
    assert (await job(neighbour, short)).status is JobStatus.DONE
    await worked_off(books)


async def test_a_job_is_seen_however_many_another_entity_has_submitted_before(books: TestBooks) -> None:
    await worked_off(books)
    neighbour = await books.neighbour()
    [invoice] = await negative_invoices(books, 1)
    crowd = [await submitted(books, [invoice]) for _ in range(QUEUE_READ + 1)]
    short = await submitted(neighbour, await negative_invoices(neighbour, 1))
    assert QueuedJob(neighbour.entity.id, short) in await queued_jobs(books.database)
    assert QueuedJob(books.entity.id, crowd[-1]) not in await queued_jobs(books.database)
    await worker(books).work_once()
    assert (await job(neighbour, short)).status is JobStatus.DONE
    await worked_off(books)
    assert (await job(books, crowd[-1])).status is JobStatus.DONE


async def test_jobs_of_one_entity_take_turns(books: TestBooks) -> None:
    await worked_off(books)
    long = await submitted(books, await negative_invoices(books, 40))
    short = await submitted(books, await negative_invoices(books, 1))
    hand = worker(books)
    await hand.work_once()
    await hand.work_once()
    assert (await job(books, long)).done == 16
    assert (await job(books, short)).status is JobStatus.DONE
    await worked_off(books)


async def test_a_worker_that_is_stopped_ends_its_chunk_and_begins_no_other(books: TestBooks) -> None:
    await worked_off(books)
    job_id = await submitted(books, await negative_invoices(books, 20))
    hand = worker(books)
    hand.stop()
    await hand.run()
    assert await counts(books, job_id) == (20, 0, 0, 0)
    await worked_off(books)
