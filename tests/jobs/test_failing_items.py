"""An item at which the service itself fails is refused alone, and tried again once it has been mended."""

import logging
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, text

from app.domain.commands import RetryJob, ReversePayment
from app.domain.vocabulary import JobItemOutcome, ViolationCode
from app.repository import tables
from app.repository.job_queue import queued_jobs
from tests.jobs.submitting import (
    counts,
    every_item_has_one_effect,
    items,
    negative_invoices,
    outcomes,
    submitted,
    worked_off,
)
from tests.support.books import TestBooks
from tests.support.building import Made, paid

NOW = datetime(2026, 1, 10, tzinfo=UTC)
DONE, REFUSED = JobItemOutcome.DONE, JobItemOutcome.REFUSED


async def put_position(books: TestBooks, invoice: Made, position: int) -> None:
    """Behind the service's back: 0 breaks a check of the invoice itself, 1 gives its next balance entry a place that is
    taken, 3 is right again.
    """
    engine = books.place.as_owner()
    async with engine.connect() as connection:
        values = {"position": position, "id": invoice.id}
        await connection.execute(text("UPDATE invoice SET position = :position WHERE id = :id"), values)
    await engine.dispose()


@pytest.mark.parametrize("position", [0, 1], ids=["check", "unique"])
async def test_the_item_that_fails_is_found_and_refused_and_the_others_are_done(
    books: TestBooks, caplog: pytest.LogCaptureFixture, position: int
) -> None:
    invoices = await negative_invoices(books, 5)
    await books.perform(ReversePayment(payment_id=await paid(books, invoices[2], "1.00")))
    await put_position(books, invoices[2], position)
    job_id = await submitted(books, invoices)
    with caplog.at_level(logging.ERROR, "app.jobs.worker"):
        await worked_off(books)
    assert await outcomes(books, job_id) == [DONE, DONE, REFUSED, DONE, DONE]
    assert await counts(books, job_id) == (5, 4, 1, 0)
    refused = (await items(books, job_id))[2]
    assert refused.violations is not None
    assert [each["code"] for each in refused.violations] == [ViolationCode.INTERNAL_ERROR]
    assert "IntegrityError" not in str(refused.violations)
    assert "IntegrityError" in caplog.text

    await put_position(books, invoices[2], 3)
    retried = (await books.perform(RetryJob(job_id=job_id))).outcome["job"]
    await worked_off(books)
    assert await outcomes(books, retried) == [DONE]
    assert await books.value("SELECT count(*) FROM credit_memo WHERE entity_id = :entity_id") == 5


async def test_an_atomic_job_that_fails_is_refused_as_a_whole(books: TestBooks) -> None:
    invoices = await negative_invoices(books, 2)
    await put_position(books, invoices[1], 0)
    job_id = await submitted(books, invoices, atomic=True)
    await worked_off(books)
    assert await outcomes(books, job_id) == [REFUSED, REFUSED]
    await put_position(books, invoices[1], 1)
    await every_item_has_one_effect(books, job_id)


async def test_a_job_that_is_not_there_leaves_the_queue_without_a_sound(
    books: TestBooks, caplog: pytest.LogCaptureFixture
) -> None:
    engine = books.place.as_owner()
    row = {"entity_id": books.entity.id, "job_id": "job_gone", "queued_at": NOW}
    async with engine.begin() as connection:
        await connection.execute(insert(tables.job_queue), row)
    await engine.dispose()
    with caplog.at_level(logging.INFO, "app.jobs.worker"):
        await worked_off(books)
    assert not caplog.records
    assert await queued_jobs(books.database) == []
