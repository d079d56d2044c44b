"""Jobs in SQL: items made by the hundred thousand, claimed by one worker at a time, and counted once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from app.domain.job import ITEM_DIGITS, MOST_ITEMS, Job, JobItem, job_item_id
from app.domain.vocabulary import InvoiceKind, InvoiceStatus, JobItemOutcome, JobStatus
from app.repository import tables
from app.repository.books import Books
from app.repository.database import Busy
from app.repository.job_queue import take_from_queue
from app.repository.open_documents import accounts_with_both
from app.repository.remembered import remembered
from app.repository.rows import records_of, selection, values_of
from app.repository.types import among, own

_JOB, _ITEM = tables.job, tables.job_item


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which posted invoices of the accounts a job takes."""

    account_ids: Sequence[str]
    invoiced_from: date | None = None
    posted_until: datetime | None = None
    with_convertible_lines: bool = False
    with_balance: bool = False


# ---------------------------------------------------------------------------------------------- submitting
async def insert_selected(books: Books, job: Job, wanted: Wanted, limit: int) -> int:
    """Put the job down with an item for each invoice wanted, in number order; returns how many, `limit` + 1 at most."""
    invoice = tables.invoice
    chosen = [own(invoice), among(invoice.c.account_id, "accounts")]
    chosen += [invoice.c.kind == InvoiceKind.INVOICE, invoice.c.status == InvoiceStatus.POSTED]
    if wanted.invoiced_from is not None:
        chosen.append(invoice.c.invoice_date >= wanted.invoiced_from)
    if wanted.posted_until is not None:
        chosen.append(invoice.c.posted_at <= wanted.posted_until)
    if wanted.with_convertible_lines:
        chosen.append(_has_convertible_line())
    if wanted.with_balance:
        chosen.append(invoice.c.balance > 0)
    place = func.row_number().over(order_by=(invoice.c.number, invoice.c.id)) - 1
    found = (
        select(
            invoice.c.id.label("invoice_id"),
            cast(null(), _ITEM.c.account_id.type).label("account_id"),
            cast(null(), _ITEM.c.input.type).label("input"),
            place.label("place"),
        )
        .where(*chosen)
        .order_by(invoice.c.number, invoice.c.id)
    )
    return await _insert_items(books, job, found.limit(limit + 1), accounts=sorted(set(wanted.account_ids)))


async def insert_retried(books: Books, job: Job, retried: Job) -> int:
    """Put the job down with the items of another that came to nothing, in their order; returns how many."""
    outcomes = [JobItemOutcome.REFUSED, *([JobItemOutcome.SKIPPED] if retried.atomic else [])]
    place = func.row_number().over(order_by=_ITEM.c.position) - 1
    found = select(_ITEM.c.invoice_id, _ITEM.c.account_id, _ITEM.c.input, place.label("place")).where(
        own(_ITEM), _ITEM.c.job_id == retried.id, _ITEM.c.outcome.in_(outcomes)
    )
    return await _insert_items(books, job, found)


async def insert_accounts(books: Books, job: Job, currency: str | None, limit: int) -> int:
    """Put the job down with an item for each account that has open credit and owes something, in number order.

    Returns how many, `limit` + 1 at most.
    """
    account = accounts_with_both(currency).subquery()
    found = select(
        cast(null(), _ITEM.c.invoice_id.type).label("invoice_id"),
        account.c.account_id,
        cast(null(), _ITEM.c.input.type).label("input"),
        account.c.place,
    ).order_by(account.c.place)
    return await _insert_items(books, job, found.limit(limit + 1))


async def _insert_items(books: Books, job: Job, found: Select[Any], **parameters: Any) -> int:
    """The job is put down first, its total still open: its items refer to it."""
    await books.write(insert(_JOB), values_of(job, books.actor.entity_id))
    rows = found.subquery()
    # 10,000,003 without its first digit is 0000003, on either engine.
    digits = func.substr(cast(rows.c.place + MOST_ITEMS, Text), 2)
    made = select(
        cast(bindparam("entity_id"), Integer),
        literal(job_item_id(job.id, 0)[:-ITEM_DIGITS]) + digits,
        literal(job.id),
        rows.c.place,
        rows.c.invoice_id,
        rows.c.account_id,
        rows.c.input,
        literal(JobItemOutcome.PENDING.value),
    )
    columns = ("entity_id", "id", "job_id", "position", "invoice_id", "account_id", "input", "outcome")
    statement = insert(_ITEM).from_select(columns, made, include_defaults=False)
    return await books.write(statement, {"entity_id": books.actor.entity_id, **parameters})


def _has_convertible_line() -> ColumnElement[bool]:
    line = tables.invoice_line
    return exists().where(
        line.c.entity_id == tables.invoice.c.entity_id,
        line.c.invoice_id == tables.invoice.c.id,
        line.c.total_amount < 0,
        line.c.converted_amount == 0,
    )


async def known_invoices(books: Books, ids: Iterable[str]) -> set[str]:
    """Those of the ids that are invoices of the entity."""
    rows = await books.rows(_known_invoices(), values=sorted(set(ids)))
    return {row.id for row in rows}


@remembered
def _known_invoices() -> Select[Any]:
    invoice = tables.invoice
    return select(invoice.c.id).where(own(invoice), among(invoice.c.id, "values"))


# ---------------------------------------------------------------------------------------------- working
async def claim_items(books: Books, job_id: str, count: int) -> list[JobItem]:
    """The next items without an outcome that no other worker holds, in their order, held until the commit."""
    rows = await books.rows(_claim(), job=job_id, count=count)
    return records_of(JobItem, rows)


@remembered
def _claim() -> Select[Any]:
    return (
        _items()
        .where(_ITEM.c.job_id == bindparam("job"), _ITEM.c.outcome == JobItemOutcome.PENDING)
        .order_by(_ITEM.c.position)
        .limit(bindparam("count"))
        .with_for_update(skip_locked=True)
    )


async def claim_named(books: Books, item_ids: Sequence[str]) -> list[JobItem]:
    """Those of the items that still have no outcome, held until the commit; waits for whoever holds one."""
    rows = await books.rows(_claim_named(), values=sorted(item_ids))
    return records_of(JobItem, rows)


@remembered
def _claim_named() -> Select[Any]:
    return (
        _items()
        .where(among(_ITEM.c.id, "values"), _ITEM.c.outcome == JobItemOutcome.PENDING)
        .order_by(_ITEM.c.id)
        .with_for_update()
    )


def _items() -> Select[Any]:
    return selection(JobItem).where(own(_ITEM))


async def line_counts(books: Books, invoice_ids: Iterable[str]) -> dict[str, int]:
    """How many lines each invoice has."""
    rows = await books.rows(_line_counts(), values=sorted(set(invoice_ids)))
    return {row.invoice_id: row.lines for row in rows}


@remembered
def _line_counts() -> Select[Any]:
    line = tables.invoice_line
    return (
        select(line.c.invoice_id, func.count().label("lines"))
        .where(own(line), among(line.c.invoice_id, "values"))
        .group_by(line.c.invoice_id)
    )


async def count_outcomes(books: Books, job_id: str, items: Sequence[JobItem], now: datetime) -> bool:
    """Add the outcomes to the job's counts; whether that were the last, so that the job is done.

    Counted under the job's row lock, on what others have counted by then: one worker alone sees the last item go,
    and it takes the job out of the queue. The lock comes last in a transaction, for it is every worker's.
    """
    counts = {
        outcome: sum(item.outcome is outcome for item in items)
        for outcome in (JobItemOutcome.DONE, JobItemOutcome.REFUSED, JobItemOutcome.SKIPPED)
    }
    parameters: dict[str, Any] = {f"more_{outcome.lower()}": count for outcome, count in counts.items()}
    parameters |= {"of_entity": books.actor.entity_id, "of_job": job_id, "now": now, "by": books.actor.name}
    rows = await books.written(_count(), {**parameters, "more": len(items)})
    is_done = rows[0].status is JobStatus.DONE
    if is_done:
        await take_from_queue(books, job_id)
    return is_done


@remembered
def _count() -> Any:
    instant = _JOB.c.updated_at.type
    now = bindparam("now", type_=instant)
    is_last = _JOB.c.done + _JOB.c.refused + _JOB.c.skipped + bindparam("more", type_=Integer) == _JOB.c.total
    moment = case((_JOB.c.updated_at > now, _JOB.c.updated_at), else_=now)
    running = case((_JOB.c.status == JobStatus.QUEUED, JobStatus.RUNNING.value), else_=_JOB.c.status)
    return (
        update(_JOB)
        .where(_JOB.c.entity_id == bindparam("of_entity"), _JOB.c.id == bindparam("of_job"))
        .values(
            done=_JOB.c.done + bindparam("more_done", type_=Integer),
            refused=_JOB.c.refused + bindparam("more_refused", type_=Integer),
            skipped=_JOB.c.skipped + bindparam("more_skipped", type_=Integer),
            status=case((is_last, JobStatus.DONE.value), else_=running),
            finished_at=case((is_last, moment), else_=_JOB.c.finished_at),
            started_at=func.coalesce(_JOB.c.started_at, now),
            version=_JOB.c.version + 1,
            updated_at=moment,
            updated_by=bindparam("by"),
        )
        .returning(_JOB.c.status)
    )


def lies_in_the_work(error: Exception) -> bool:
    """The error comes of what was to be written, or of the rules, and not of a database that is busy or away.

    A unique key that is taken again and again comes as Busy: on PostgreSQL the transaction is run anew each time.
    """
    if isinstance(error, Busy):
        return isinstance(error.__cause__, IntegrityError)
    return isinstance(error, IntegrityError | DataError) or not isinstance(error, SQLAlchemyError | OSError)
