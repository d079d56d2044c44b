"""The queue of jobs, where workers look for work; of what stands in it nothing is known but where its job is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, delete, exists, insert, select

from app.repository import tables
from app.repository.books import Books
from app.repository.database import Database
from app.repository.entities import NO_ENTITY
from app.repository.remembered import remembered
from app.repository.types import own

_JOB, _QUEUE = tables.job, tables.job_queue
QUEUE_READ = 100
"""How many queued jobs of each entity a worker looks at: the first ones; however many one has, the others are seen."""


@dataclass(frozen=True, slots=True)
class QueuedJob:
    """Where there is work, for whoever comes to do it."""

    entity_id: int
    job_id: str


async def put_in_queue(books: Books, job_id: str, now: datetime) -> None:
    """From the commit on, workers find the job."""
    await books.write(
        insert(_QUEUE), {"entity_id": books.actor.entity_id, "job_id": job_id, "queued_at": now}
    )


async def take_from_queue(books: Books, job_id: str) -> None:
    await books.write(_take_from_queue(), {"of_entity": books.actor.entity_id, "of_job": job_id})


@remembered
def _take_from_queue() -> Any:
    return delete(_QUEUE).where(
        _QUEUE.c.entity_id == bindparam("of_entity"), _QUEUE.c.job_id == bindparam("of_job")
    )


async def queued_jobs(database: Database) -> list[QueuedJob]:
    """What there is to do, entity by entity, of each the jobs submitted first. Raises Busy."""
    async with database.snapshot(NO_ENTITY) as snapshot:
        return [
            QueuedJob(entity.id, row.job_id)
            for entity in await snapshot.rows(_with_work())
            for row in await snapshot.rows(_queued(), {"of_entity": entity.id})
        ]


@dataclass(frozen=True, slots=True)
class Submitted:
    """Who submitted a job, within which limits of approval, and what was needed for it."""

    name: str
    approval_limits: Mapping[str, int] | None
    permissions: Sequence[str]


async def submission_of(database: Database, job: QueuedJob) -> Submitted | None:
    """In whose name the job is done; None for a job that is not there. Raises Busy."""
    async with database.snapshot(job.entity_id) as snapshot:
        rows = await snapshot.rows(_submission(), {"job": job.job_id})
    return Submitted(rows[0].created_by, rows[0].approval_limits, rows[0].permissions or ()) if rows else None


@remembered
def _submission() -> Select[Any]:
    return select(_JOB.c.created_by, _JOB.c.approval_limits, _JOB.c.permissions).where(
        own(_JOB), _JOB.c.id == bindparam("job")
    )


@remembered
def _with_work() -> Select[Any]:
    """The entities that have work; found by the queue's key, however long the queue is."""
    entity = tables.entity
    has_work = exists().where(_QUEUE.c.entity_id == entity.c.id)
    return select(entity.c.id).where(has_work).order_by(entity.c.id)


@remembered
def _queued() -> Select[Any]:
    """Ids grow with time, so the queue's key has the order of submission."""
    return (
        select(_QUEUE.c.job_id)
        .where(_QUEUE.c.entity_id == bindparam("of_entity"))
        .order_by(_QUEUE.c.job_id)
        .limit(QUEUE_READ)
    )
