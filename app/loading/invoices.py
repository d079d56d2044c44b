"""Invoices from a file into the books: into a job first, whose items are done exactly once, whatever ends the process."""

import asyncio
import fcntl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.domain.actor import Actor
from app.domain.commands import RetryJob
from app.domain.invoice_import import FileReading, reading_of
from app.domain.job import Job
from app.domain.limits import DEFAULT_LIMITS
from app.domain.violation import Rejected
from app.domain.vocabulary import JobKind, JobStatus, Operation
from app.loading.deliveries import DeliveryFile, JsonLines, Place
from app.loading.error_report import ErrorReport
from app.loading.invoice_csv import InvoiceCsv
from app.loading.refusals import in_row_order
from app.loading.submission import PATIENCE_SECONDS, ImportImpossible, Submission, hash_of, own_job
from app.repository.database import Database
from app.repository.entities import Entity
from app.repository.job_queue import QueuedJob
from app.repository.job_reads import jobs_with_work, refused_items, retry_of
from app.use_cases.run import perform
from app.use_cases.verbs import VERBS

ACTOR = "import"
FORMATS: dict[str, Callable[[], DeliveryFile]] = {"csv": InvoiceCsv, "jsonl": JsonLines}

WorkOn = Callable[[QueuedJob], Awaitable[bool]]
"""Does a chunk of the job; whether anything was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceFile:
    """What to import and how; `batch`: invoices that are read in one transaction, at most 1,000."""

    path: Path
    format: str
    entity: Entity
    errors: Path
    batch: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProgress:
    """How far: first in bytes of the file, then in items of the job."""

    is_read: bool
    completed: int
    total: int


Watch = Callable[[ImportProgress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How many invoices of the file the job took in, how many were there before, and how many are not."""

    job_id: str
    imported: int
    known: int
    refused: int


async def import_invoices(
    database: Database, file: InvoiceFile, work_on: WorkOn, watch: Watch | None = None
) -> Imported:
    """Bring every invoice of the file into the books or into the error report, and tell how many.

    The same content is one job, however often it is delivered: what an earlier run has not done is done, and what it
    refused is tried again. Raises ImportImpossible.
    """
    with _only_import_of(file.path):
        run = _Import(database, file, watch)
        first, job = await run.submitted()
        was_done = job.status is JobStatus.DONE
        if not was_done:
            job = await run.worked_off(job, work_on)
        await run.report(first, job)
    imported = 0 if was_done else job.done
    return Imported(
        job_id=job.id,
        imported=imported,
        known=first.total - imported - job.refused,
        refused=job.refused + reading_of(first).unreadable,
    )


async def submit_invoices(database: Database, file: InvoiceFile, watch: Watch | None = None) -> Job:
    """Only read the file into its job, which workers do. Raises ImportImpossible."""
    with _only_import_of(file.path):
        _, job = await _Import(database, file, watch).submitted()
    return job


@contextmanager
def _only_import_of(path: Path) -> Iterator[None]:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError as error:
        raise ImportImpossible(f"another import of {path} is running") from error


class _Import:
    """One run over a file."""

    def __init__(self, database: Database, file: InvoiceFile, watch: Watch | None) -> None:
        if not 1 <= file.batch <= DEFAULT_LIMITS.invoices:
            raise ImportImpossible(f"a batch has 1 to {DEFAULT_LIMITS.invoices} invoices")
        self._database = database
        self._file = file
        self._watch = watch or (lambda progress: None)
        self._actor = Actor(entity_id=file.entity.id, name=ACTOR, permissions=frozenset())
        self._format = FORMATS[file.format]()

    async def submitted(self) -> tuple[Job, Job]:
        """The job of the file's content, and the one that does what is left of it: itself, or its latest retry."""
        path = self._file.path
        fresh = FileReading(content=hash_of(path), format=self._file.format, path=str(path.resolve()))
        await self._require_no_other_content(fresh)
        submission = Submission(self._database, self._actor, self._format, path, self._file.batch)
        size = path.stat().st_size

        def show(place: Place) -> None:
            self._watch(ImportProgress(is_read=False, completed=place.offset, total=size))

        try:
            first, is_new = await submission.submitted(fresh, show)
        except ValueError as error:
            raise ImportImpossible(str(error)) from error
        return first, first if is_new else await self._what_is_left(first)

    async def _require_no_other_content(self, fresh: FileReading) -> None:
        """A file that was changed while its import was under way would come in twice in part."""
        async with self._database.snapshot(self._file.entity.id) as snapshot:
            under_way = await jobs_with_work(snapshot, JobKind.INVOICE_IMPORTS)
        for job in under_way:
            reading = reading_of(job)
            if reading.path == fresh.path and reading.content != fresh.content:
                raise ImportImpossible(
                    f"{self._file.path} is not what it was when job {job.id} was submitted, which is not done:"
                    f" `python -m app work --until-done` does it, `python -m app job cancel` stops it"
                )

    async def _what_is_left(self, first: Job) -> Job:
        """The latest of the jobs that tried the file's refused invoices again; one more if it left any."""
        job = await self._newest(first)
        if job.status is not JobStatus.DONE or not job.refused:
            return job
        # Refused where another process was quicker: then the newest is its.
        with suppress(Rejected):
            await perform(self._database, self._actor, VERBS[Operation.RETRY_JOB], RetryJob(job_id=job.id))
        return await self._newest(job)

    async def _newest(self, job: Job) -> Job:
        async with self._database.snapshot(self._file.entity.id) as snapshot:
            while (retry := await retry_of(snapshot, job.id)) is not None:
                job = retry
        return job

    async def worked_off(self, job: Job, work_on: WorkOn) -> Job:
        """The job once it is done; other workers may help."""
        queued = QueuedJob(self._file.entity.id, job.id)
        patience = iter(PATIENCE_SECONDS)
        while job.status is not JobStatus.DONE:
            if job.status is JobStatus.CANCELED:
                code = self._file.entity.code
                raise ImportImpossible(
                    f"job {job.id} of this import was canceled:"
                    f" `python -m app job resume {job.id} --entity {code}` takes it up again"
                )
            has_worked = await work_on(queued)
            before, job = job, await own_job(self._database, self._file.entity.id, job.id)
            self._watch(ImportProgress(is_read=True, completed=job.total - job.pending, total=job.total))
            if has_worked or job.pending < before.pending:
                patience = iter(PATIENCE_SECONDS)
            elif job.status is not JobStatus.DONE:
                await self._wait(next(patience, None))
        return job

    async def _wait(self, seconds: int | None) -> None:
        if seconds is None:
            raise ImportImpossible("the database stays busy; the same command goes on when it is not")
        await asyncio.sleep(seconds)

    async def report(self, first: Job, job: Job) -> None:
        """What is not in the books, in the order of the file, which is read again only if it has to be."""
        deliveries = self._format.deliveries(self._file.path, Place()) if reading_of(first).unreadable else ()
        async with self._database.snapshot(self._file.entity.id) as snapshot:
            refused = refused_items(self._database, snapshot, job.id)
            with ErrorReport(self._file.errors) as report:
                async for rows in in_row_order(deliveries, refused):
                    report.add(rows)
