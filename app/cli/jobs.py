"""job list, watch, cancel, resume, retry, results."""

import csv
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.awaiting import awaited
from app.cli.configured import configured, entity_of, open_books
from app.cli.terminal import CommandFailed, progress_bar, say

if TYPE_CHECKING:
    from app.domain.commands import Command
    from app.domain.job import Job
    from app.domain.vocabulary import Operation
    from app.repository.database import Database

Entity = Annotated[
    str, typer.Option("--entity", metavar="CODE", help="In whose books: `entities` lists them.")
]
JobId = Annotated[
    str, typer.Argument(metavar="JOB", help="The job's id; `list` shows it.", show_default=False)
]
WATCH_SECONDS = 0.5

job = typer.Typer(
    name="job", help="Jobs: see how far they are, stop them, take them up again.", no_args_is_help=True
)


@job.command("list")
def list_jobs(
    entity: Entity, limit: Annotated[int, typer.Option(metavar="NUMBER", min=1, max=1000)] = 20
) -> None:
    """The newest jobs of an entity, newest first."""
    from app.repository.job_reads import newest_jobs

    async def run() -> None:
        async with _opened(entity) as (database, entity_id), database.snapshot(entity_id) as snapshot:
            _print(await newest_jobs(snapshot, limit))

    awaited(run())


@job.command()
def watch(job_id: JobId, entity: Entity) -> None:
    """Show how far a job is until it is done or canceled. Exit code 1 where items were refused."""

    async def run() -> "Job":
        async with _opened(entity) as (database, entity_id):
            return await _watched(database, entity_id, job_id)

    found = awaited(run())
    print(_summary(found))
    if found.refused:
        raise typer.Exit(1)


async def _watched(database: "Database", entity_id: int, job_id: str) -> "Job":
    import asyncio

    from app.domain.job import items_per_second
    from app.domain.vocabulary import JobStatus

    with progress_bar() as progress:
        task = progress.add_task(job_id, total=None)
        while True:
            found = await _found(database, entity_id, job_id)
            speed = items_per_second(found)
            described = f"{job_id}  {found.status}" + (f"  {speed:,.0f}/s" if speed else "")
            progress.update(
                task, total=found.total, completed=found.total - found.pending, description=described
            )
            if found.status in (JobStatus.DONE, JobStatus.CANCELED):
                return found
            await asyncio.sleep(WATCH_SECONDS)


@job.command()
def cancel(job_id: JobId, entity: Entity) -> None:
    """Stop a job. What is done stays; `resume` goes on."""
    from app.domain.commands import CancelJob
    from app.domain.vocabulary import Operation

    _do(entity, Operation.CANCEL_JOB, CancelJob(job_id=job_id))


@job.command()
def resume(job_id: JobId, entity: Entity) -> None:
    """Go on with a canceled job."""
    from app.domain.commands import ResumeJob
    from app.domain.vocabulary import Operation

    _do(entity, Operation.RESUME_JOB, ResumeJob(job_id=job_id))


@job.command()
def retry(job_id: JobId, entity: Entity) -> None:
    """Submit the refused items of a job as a new one, whose id is printed."""
    from app.domain.commands import RetryJob
    from app.domain.vocabulary import Operation

    _do(entity, Operation.RETRY_JOB, RetryJob(job_id=job_id))


@job.command()
def results(
    job_id: JobId,
    entity: Entity,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="A row for each item. Default: a JSON object a line.")
    ] = False,
    refused: Annotated[bool, typer.Option("--refused", help="Only what was refused.")] = False,
) -> None:
    """What became of every item, in input order, however many: to standard output. Of a preview, what would have."""
    from app.repository.job_reads import results_of

    async def run() -> None:
        async with _opened(entity) as (database, entity_id):
            await _found(database, entity_id, job_id)
            writer = csv.writer(sys.stdout) if as_csv else None
            if writer:
                writer.writerow(_COLUMNS)
            async with database.snapshot(entity_id) as snapshot:
                async for row in results_of(database, snapshot, job_id, only_refused=refused):
                    shown = _shown(row)
                    if writer:
                        writer.writerow(shown.values())
                    else:
                        print(json.dumps(shown | _planned(row), ensure_ascii=False))

    awaited(run())


_COLUMNS = ("position", "outcome", "invoice", "credit_memo", "application", "codes", "reasons", "account")


def _shown(row: Any) -> dict[str, Any]:
    violations = row.violations or []
    values = (
        row.position,
        row.outcome.value,
        row.invoice,
        row.credit_memo,
        row.application,
        " ".join(each["code"] for each in violations),
        " ".join(each["message"] for each in violations),
        row.account,
    )
    return dict(zip(_COLUMNS, values, strict=True))


def _planned(row: Any) -> dict[str, Any]:
    """Of a preview, what would have been applied."""
    from app.domain.money import amount_text

    if row.planned is None:
        return {}
    amounts = ("amount", "creditMemoBalance", "invoiceBalance")
    told = [
        each | {name: amount_text(each[name], each["currency"]) for name in amounts} for each in row.planned
    ]
    return {"planned": told}


@asynccontextmanager
async def _opened(code: str) -> "AsyncIterator[tuple[Database, int]]":
    async with open_books(configured()) as database:
        yield database, (await entity_of(database, code)).id


async def _found(database: "Database", entity_id: int, job_id: str) -> "Job":
    from app.repository.job_reads import job_of

    found = await job_of(database, entity_id, job_id)
    if found is None:
        raise CommandFailed(f"there is no job {job_id!r}: `python -m app job list` shows them")
    return found


def _do(code: str, operation: "Operation", command: "Command") -> None:
    from app.domain.actor import Actor
    from app.use_cases.run import perform
    from app.use_cases.verbs import VERBS

    async def run() -> "Job":
        async with _opened(code) as (database, entity_id):
            actor = Actor(entity_id=entity_id, name="operator", permissions=frozenset())
            result = await perform(database, actor, VERBS[operation], command)
            return await _found(database, entity_id, result.outcome["job"])

    found = awaited(run())
    print(found.id)
    say(_summary(found))


def _summary(found: "Job") -> str:
    return (
        f"{found.status}: {found.done:,} done, {found.refused:,} refused, {found.skipped:,} skipped,"
        f" {found.pending:,} left of {found.total:,}"
    )


def _print(found: "list[Job]") -> None:
    for each in found:
        print(
            f"{each.id}  {each.created_at:%Y-%m-%d %H:%M}  {each.kind}  {each.created_by}  {_summary(each)}"
        )
