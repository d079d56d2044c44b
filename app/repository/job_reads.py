"""Jobs as the terminal shows them: the newest, one by its id, and every item of one without holding them all."""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import Row, Table, and_, bindparam, select

from app.domain.job import Job, JobItem
from app.domain.vocabulary import JobItemOutcome, JobKind
from app.repository import tables
from app.repository.database import Database, Snapshot
from app.repository.rows import record_of, records_of, selection
from app.repository.types import own


async def newest_jobs(snapshot: Snapshot, count: int) -> list[Job]:
    """Newest first."""
    table = tables.job
    statement = selection(Job).where(own(table))
    statement = statement.order_by(table.c.created_at.desc(), table.c.id.desc()).limit(count)
    return records_of(Job, await snapshot.rows(statement))


async def job_of(database: Database, entity_id: int, job_id: str) -> Job | None:
    """The job as it is at this moment; None where the entity has none by that id."""
    statement = selection(Job).where(own(tables.job), tables.job.c.id == bindparam("job"))
    async with database.snapshot(entity_id) as snapshot:
        rows = await snapshot.rows(statement, {"job": job_id})
    return record_of(Job, rows[0]) if rows else None


async def jobs_with_work(snapshot: Snapshot, kind: JobKind) -> list[Job]:
    """Those of the kind that stand in the queue."""
    job, queue = tables.job, tables.job_queue
    is_queued = and_(queue.c.entity_id == job.c.entity_id, queue.c.job_id == job.c.id)
    statement = selection(Job).join_from(job, queue, is_queued)
    rows = await snapshot.rows(statement.where(own(job), job.c.kind == kind))
    return records_of(Job, rows)


async def retry_of(snapshot: Snapshot, job_id: str) -> Job | None:
    """The job that tries the refused items of this one again."""
    table = tables.job
    statement = selection(Job).where(own(table), table.c.retried_job_id == bindparam("job"))
    rows = await snapshot.rows(statement, {"job": job_id})
    return record_of(Job, rows[0]) if rows else None


async def refused_items(database: Database, snapshot: Snapshot, job_id: str) -> AsyncIterator[JobItem]:
    """In input order, without holding them all."""
    item = tables.job_item
    statement = (
        selection(JobItem)
        .where(
            own(item),
            item.c.job_id == bindparam("job"),
            item.c.outcome == JobItemOutcome.REFUSED,
        )
        .order_by(item.c.position)
    )
    async for row in database.stream(snapshot, statement, {"job": job_id}):
        yield record_of(JobItem, row)


async def results_of(
    database: Database, snapshot: Snapshot, job_id: str, *, only_refused: bool
) -> AsyncIterator[Row[Any]]:
    """position, outcome, violations, planned, and the numbers of account, invoice, memo and application; in input order."""
    item, invoice, memo = tables.job_item, tables.invoice, tables.credit_memo
    account, application = tables.account, tables.credit_memo_application
    joined = (
        item.outerjoin(invoice, _names(invoice, item.c.invoice_id))
        .outerjoin(memo, _names(memo, item.c.credit_memo_id))
        .outerjoin(application, _names(application, item.c.application_id))
        .outerjoin(account, _names(account, item.c.account_id))
    )
    statement = (
        select(
            item.c.position,
            item.c.outcome,
            item.c.violations,
            item.c.planned,
            account.c.number.label("account"),
            invoice.c.number.label("invoice"),
            memo.c.number.label("credit_memo"),
            application.c.number.label("application"),
        )
        .select_from(joined)
        .where(own(item), item.c.job_id == bindparam("job"))
        .order_by(item.c.position)
    )
    if only_refused:
        statement = statement.where(item.c.outcome == JobItemOutcome.REFUSED)
    async for row in database.stream(snapshot, statement, {"job": job_id}):
        yield row


def _names(table: Table, key: Any) -> Any:
    return and_(table.c.entity_id == tables.job_item.c.entity_id, table.c.id == key)
