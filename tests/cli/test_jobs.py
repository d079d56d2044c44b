"""Jobs from the terminal: done by `work`, seen and steered by `job`."""

import csv
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.domain.commands import SubmitAutoApplications
from app.domain.entity import Settings
from app.domain.vocabulary import JobStatus
from app.repository.opening import open_database
from tests.cli.terminal import Terminal
from tests.jobs.submitting import job, negative_invoices, refused, submitted
from tests.support.books import TestBooks, open_books
from tests.support.building import ACCOUNT, posted_invoice, posted_memo
from tests.support.stores import Place

JOB_COMMANDS = ("list", "watch", "cancel", "resume", "retry", "results")


@asynccontextmanager
async def books_of(terminal: Terminal) -> AsyncIterator[TestBooks]:
    """Books in the database that the terminal's commands find."""
    url = f"sqlite:///{terminal.folder / 'var' / 'books.db'}"
    database = open_database(url)
    try:
        yield await open_books(database, Place("sqlite", url, url), Settings())
    finally:
        await database.close()


def test_every_job_command_has_help(terminal: Terminal) -> None:
    for command in JOB_COMMANDS:
        assert f"job {command}" in terminal.done("job", command, "--help")


async def test_a_job_is_worked_off_watched_and_its_results_are_listed(migrated: Terminal) -> None:
    async with books_of(migrated) as books:
        job_id = await submitted(books, await negative_invoices(books, 20))
        migrated.done("work", "--until-done")
        assert (await job(books, job_id)).status is JobStatus.DONE
        entity = ("--entity", books.entity.code)
        assert migrated.done("job", "watch", job_id, *entity).startswith("DONE: 20 done, 0 refused")
        assert job_id in migrated.done("job", "list", *entity)
        rows = list(csv.DictReader(io.StringIO(migrated.done("job", "results", job_id, *entity, "--csv"))))
        assert [row["position"] for row in rows] == [str(place) for place in range(20)]
        assert {row["outcome"] for row in rows} == {"DONE"}
        assert rows[0]["credit_memo"] == "CM-000001"


async def test_what_was_refused_is_listed_with_its_reasons_and_ends_a_watch_with_1(
    migrated: Terminal,
) -> None:
    async with books_of(migrated) as books:
        job_id = await refused(books, await negative_invoices(books, 1))
        entity = ("--entity", books.entity.code)
        assert migrated.run("job", "watch", job_id, *entity).returncode == 1
        [line] = migrated.done("job", "results", job_id, *entity, "--refused").splitlines()
        shown = json.loads(line)
        assert (shown["position"], shown["outcome"], shown["codes"]) == (1, "REFUSED", "NOT_FOUND")
        retried = migrated.done("job", "retry", job_id, *entity).strip()
        assert (await job(books, retried)).retried_job_id == job_id
        assert "INVALID_STATUS" in migrated.refusal("job", "retry", job_id, *entity)


async def test_the_results_of_a_preview_say_what_would_be_applied_for_each_account(
    migrated: Terminal,
) -> None:
    async with books_of(migrated) as books:
        await posted_invoice(books, "40.00", number="N-1")
        await posted_memo(books, "30.00")
        command = SubmitAutoApplications(all_accounts=True, preview=True)
        job_id = (await books.perform(command)).outcome["job"]
        migrated.done("work", "--until-done")
        shown = json.loads(migrated.done("job", "results", job_id, "--entity", books.entity.code))
        [planned] = shown["planned"]
        assert (shown["account"], shown["outcome"]) == (ACCOUNT, "SKIPPED")
        assert (planned["invoiceNumber"], planned["amount"], planned["invoiceBalance"]) == (
            "N-1",
            "30.00",
            "10.00",
        )


async def test_a_job_is_canceled_and_resumed(migrated: Terminal) -> None:
    async with books_of(migrated) as books:
        job_id = await submitted(books, await negative_invoices(books, 1))
        entity = ("--entity", books.entity.code)
        migrated.done("job", "cancel", job_id, *entity)
        assert (await job(books, job_id)).canceled_by == "operator"
        migrated.done("job", "resume", job_id, *entity)
        assert (await job(books, job_id)).status is JobStatus.QUEUED
        assert "there is no job" in migrated.refusal("job", "watch", "job_none", *entity)


async def test_a_worker_works_until_it_is_told_to_stop(migrated: Terminal) -> None:
    async with books_of(migrated) as books:
        job_id = await submitted(books, await negative_invoices(books, 20))
        with migrated.start_from_nothing("work", CREDIT_MEMO_POLL_SECONDS="0.05") as worker:
            while (await job(books, job_id)).status is not JobStatus.DONE:
                assert worker.return_code is None, worker.output()
            assert worker.end() == 0, worker.output()
