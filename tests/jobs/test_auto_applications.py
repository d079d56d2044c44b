"""A job of automatic applications: an item an account, each with its own fate."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.application import CreditMemoApplication
from app.domain.commands import AccountReference, AutoApplyCredits, RetryJob, SubmitAutoApplications
from app.domain.job import Job, JobItem
from app.domain.limits import Limits
from app.domain.vocabulary import (
    JobItemOutcome,
    JobStatus,
)
from app.jobs.worker import Worker
from tests.jobs.submitting import worked_off
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import (
    ACCOUNT,
    account,
    posted_invoice,
    posted_memo,
)
from tests.support.levels import at_both_levels
from tests.support.matches import OLDEST, applications


async def done(books: TestBooks, **said: Any) -> tuple[Job, list[JobItem]]:
    job_id = (await books.perform(SubmitAutoApplications(**said))).outcome["job"]
    worker = Worker(books.database, poll_seconds=60)
    while (await books.record(Job, job_id)).status is not JobStatus.DONE:
        await worker.work_once()
    items = await books.of(JobItem, "job_id", job_id)
    return await books.record(Job, job_id), sorted(items, key=lambda each: each.position)


async def two_accounts(books: TestBooks) -> list[str]:
    for number in ("A-2", "A-1"):
        await posted_invoice(books, "100.00", account_number=number)
        await posted_invoice(books, "50.00", account_number=number)
        await posted_memo(books, "120.00", account_number=number)
    # Nothing meets here: euros are owed, and dollars are there.
    await posted_invoice(books, "100.00", account_number="A-3", currency="EUR")
    await posted_memo(books, "100.00", account_number="A-3")
    return [await account(books, number) for number in ("A-1", "A-2", "A-3")]


@at_both_levels
async def test_a_job_does_the_same_for_every_account_that_has_something_to_apply(books: TestBooks) -> None:
    first, second, _ = await two_accounts(books)
    job, items = await done(books, all_accounts=True, rules=[OLDEST], description="Night")
    assert (job.done, job.total) == (2, 2)
    assert [(each.account_id, each.outcome) for each in items] == [
        (first, JobItemOutcome.DONE),
        (second, JobItemOutcome.DONE),
    ]
    for item in items:
        rows = await books.of(CreditMemoApplication, "job_item_id", item.id)
        assert [(each.amount, each.auto_apply_rule, each.description) for each in rows] == [
            (10_000, OLDEST, "Night"),
            (2_000, OLDEST, "Night"),
        ]
        assert {each.account_id for each in rows} == {item.account_id}
    await posted_memo(books, "100.00", account_number="A-1", exclude_from_auto_apply=True)
    again, _ = await done(books, all_accounts=True)
    assert again.total == 0
    await assert_books_hold(books)


async def test_all_accounts_may_mean_those_of_one_currency(books: TestBooks) -> None:
    await two_accounts(books)
    third = await account(books, "A-3")
    await posted_memo(books, "15.00", account_number="A-3", currency="EUR")
    job, [item] = await done(books, all_accounts=True, currency="EUR")
    assert (job.done, item.account_id) == (1, third)
    assert [amount for _, _, amount, *_ in await applications(books)] == [1_500]


async def test_an_account_with_nothing_to_apply_is_skipped_and_an_unknown_one_refused(
    books: TestBooks,
) -> None:
    await two_accounts(books)
    named = [AccountReference(number=number) for number in ("A-3", "A-1", "nobody")]
    job, items = await done(books, accounts=named)
    assert [each.outcome for each in items] == [
        JobItemOutcome.SKIPPED,
        JobItemOutcome.DONE,
        JobItemOutcome.REFUSED,
    ]
    assert (job.skipped, job.done, job.refused) == (1, 1, 1)
    assert [each["code"] for each in items[2].violations or ()] == ["NOT_FOUND"]
    assert items[2].violations[0]["path"] == ["account"]  # type: ignore[index]


async def test_an_atomic_job_applies_nothing_where_one_account_is_refused(books: TestBooks) -> None:
    await two_accounts(books)
    named = [AccountReference(number=number) for number in ("A-1", "nobody")]
    job, _ = await done(books, accounts=named, atomic=True)
    assert (job.refused, job.skipped) == (1, 1)
    assert await applications(books) == []


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, ["NO_LINES"]),
        ({"accounts": []}, ["NO_LINES"]),
        ({"accounts": ["A-1"], "all_accounts": True}, ["DUPLICATE_TARGET"]),
        ({"accounts": ["A-1", "A-1"]}, ["DUPLICATE_TARGET"]),
        ({"all_accounts": True, "rules": []}, ["NO_LINES"]),
        ({"all_accounts": True, "rules": [OLDEST, OLDEST]}, ["DUPLICATE_TARGET"]),
        ({"all_accounts": True, "currency": "XXX"}, ["UNKNOWN_CURRENCY"]),
    ],
)
async def test_a_submission_names_accounts_once_or_asks_for_all(
    books: TestBooks, said: dict[str, Any], expected: list[str]
) -> None:
    await account(books)
    if "accounts" in said:
        said = said | {"accounts": [AccountReference(number=each) for each in said["accounts"]]}
    assert await books.codes(SubmitAutoApplications(**said)) == expected


async def test_a_job_has_no_more_accounts_than_its_limit(books: TestBooks) -> None:
    await two_accounts(books)
    narrow = replace(books, actor=replace(books.actor, limits=Limits(job_items=1)))
    assert await narrow.codes(SubmitAutoApplications(all_accounts=True)) == ["LIMIT_EXCEEDED"]
    named = [AccountReference(number=number) for number in ("A-1", "A-2")]
    assert await narrow.codes(SubmitAutoApplications(accounts=named)) == ["LIMIT_EXCEEDED"]


async def test_what_was_refused_is_tried_again_for_the_same_accounts(books: TestBooks) -> None:
    await two_accounts(books)
    first, _ = await done(books, accounts=[AccountReference(number=each) for each in ("late", "A-1")])
    assert (first.refused, first.done) == (1, 1)
    await posted_invoice(books, "10.00", account_number="late")
    await posted_memo(books, "10.00", account_number="late")
    await books.perform(RetryJob(job_id=first.id))
    [again] = await books.of(Job, "retried_job_id", first.id)
    await worked_off(books)
    [item] = await books.of(JobItem, "job_id", again.id)
    assert item.outcome is JobItemOutcome.DONE
    [row] = await books.of(CreditMemoApplication, "job_item_id", item.id)
    assert (row.account_id, row.amount) == (await account(books, "late"), 1_000)


async def test_an_account_whose_credit_went_elsewhere_meanwhile_is_skipped(books: TestBooks) -> None:
    await two_accounts(books)
    await books.perform(SubmitAutoApplications(all_accounts=True))
    await books.perform(AutoApplyCredits(account=AccountReference(number="A-1")))
    await worked_off(books)
    rows = await books.rows("SELECT outcome FROM job_item WHERE entity_id = :entity_id ORDER BY position")
    assert [outcome for (outcome,) in rows] == ["SKIPPED", "DONE"]
    await assert_books_hold(books)


async def test_a_job_may_match_more_documents_of_an_account_than_a_call(books: TestBooks) -> None:
    for _ in range(3):
        await posted_invoice(books, "10.00")
    await posted_memo(books, "15.00")
    narrow = replace(books, actor=replace(books.actor, limits=Limits(open_documents=2)))
    assert await narrow.codes(AutoApplyCredits(account=AccountReference(number=ACCOUNT))) == [
        "LIMIT_EXCEEDED"
    ]
    job, _ = await done(narrow, all_accounts=True)
    assert job.done == 1
