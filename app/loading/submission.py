"""An import file into the items of a job, batch by batch, from where an earlier run was stopped."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TypeVar

from app.domain.actor import Actor
from app.domain.invoice_import import FileReading, reading_of
from app.domain.job import MOST_ITEMS, Job
from app.domain.record import Metadata
from app.domain.vocabulary import JobStatus, Operation
from app.loading.deliveries import Delivery, DeliveryFile, Place
from app.loading.refusals import faults_of
from app.repository.books import Books
from app.repository.database import Busy, Database
from app.repository.job_reads import job_of
from app.use_cases.submit_import import add_to_import, begin_import, end_import

T = TypeVar("T")
PATIENCE_SECONDS = (1, 2, 4, 8, 16)
"""How long to wait after each time that nothing went forward; then the import gives up, to be gone on with."""
BATCH_LINES = 10_000
"""Invoice lines in a batch of several invoices: what is held of the file is bounded, whatever the invoices."""
HASHED_BYTES = 1 << 20

Reading = Callable[[Place], None]


class ImportImpossible(Exception):
    """The import cannot begin, or not go on; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """What was read next: inputs of items, and how far the file has been read with them."""

    inputs: list[Metadata]
    after: FileReading


class Submission:
    """The file's way into its job. Raises ImportImpossible, and ValueError for a file that is none of its format."""

    def __init__(
        self, database: Database, actor: Actor, format: DeliveryFile, path: Path, batch: int
    ) -> None:
        self._database = database
        self._actor = actor
        self._format = format
        self._path = path
        self._batch = batch

    async def submitted(self, fresh: FileReading, watch: Reading) -> tuple[Job, bool]:
        """The one job of this content, with all its items, and whether it was read to its end only now."""
        deliveries = self._deliveries(fresh)
        job_id = await self._transact(lambda books: begin_import(books, fresh))
        job = await own_job(self._database, self._actor.entity_id, job_id)
        if job.status is not JobStatus.SUBMITTING:
            return job, False
        before = reading_of(job)
        if before != fresh:
            deliveries = self._deliveries(before)
        for batch in self._batches(deliveries, before):
            job = await self._add(job, before, batch)
            before = batch.after
            watch(Place(before.offset, before.row))
        return await self._transact(lambda books: end_import(books, job_id)), True

    def _deliveries(self, reading: FileReading) -> Iterable[Delivery]:
        """The first one is read at once: a header that is not understood is told before there is a job."""
        deliveries = iter(self._format.deliveries(self._path, Place(reading.offset, reading.row)))
        first = next(deliveries, None)
        return () if first is None else chain([first], deliveries)

    async def _add(self, job: Job, before: FileReading, batch: _Batch) -> Job:
        if job.total + len(batch.inputs) > MOST_ITEMS:
            raise ImportImpossible(f"a file has at most {MOST_ITEMS:,} invoices: split it and begin again")
        job = await self._transact(
            lambda books: add_to_import(books, job.id, before, batch.inputs, batch.after)
        )
        if reading_of(job) != batch.after:
            raise ImportImpossible(f"another process is reading the same content into job {job.id}")
        return job

    def _batches(self, deliveries: Iterable[Delivery], before: FileReading) -> Iterator[_Batch]:
        inputs: list[Metadata] = []
        lines = seen = 0
        reading = before
        for delivery in deliveries:
            is_item = not faults_of(delivery)
            if is_item:
                inputs.append({"rows": delivery.rows, "invoice": delivery.content})
            reading = replace(
                reading,
                offset=delivery.end.offset,
                row=delivery.end.row,
                unreadable=reading.unreadable + (not is_item),
            )
            lines += len(delivery.rows if delivery.entry is None else delivery.entry.lines)
            seen += 1
            if seen == self._batch or lines >= BATCH_LINES:
                yield _Batch(inputs=inputs, after=reading)
                inputs, lines, seen = [], 0, 0
        if seen:
            yield _Batch(inputs=inputs, after=reading)

    async def _transact(self, work: Callable[[Books], Awaitable[T]]) -> T:
        for seconds in PATIENCE_SECONDS:
            try:
                return await self._database.transact(self._actor, Operation.SUBMIT_INVOICE_IMPORT, work)
            except Busy:
                await asyncio.sleep(seconds)
        raise ImportImpossible("the database stays busy; the same command goes on when it is not")


async def own_job(database: Database, entity_id: int, job_id: str) -> Job:
    """The import's job as it is at this moment: no row of the books is ever deleted, so it is there."""
    job = await job_of(database, entity_id, job_id)
    assert job is not None
    return job


def hash_of(path: Path) -> str:
    """SHA-256 of the file's content, read in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(HASHED_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
