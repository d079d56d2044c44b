"""A preview of a job of automatic applications: what would be applied for each account, and nothing is."""

from typing import Any

from app.domain.commands import AccountReference, CancelJob, RetryJob, SubmitAutoApplications
from app.domain.job import Job, JobItem
from app.domain.vocabulary import JobItemOutcome
from tests.jobs.submitting import worked_off
from tests.jobs.test_auto_applications import done, two_accounts
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import posted_invoice, posted_memo
from tests.support.levels import at_both_levels
from tests.support.matches import OLDEST

BOOKS = ("account", "invoice", "credit_memo", "balance_entry", "credit_memo_application", "document_change")


async def standing(books: TestBooks) -> list[Any]:
    """What stands in the books, but for jobs and the log."""
    return [await books.rows(f"SELECT * FROM {each} WHERE entity_id = :entity_id") for each in BOOKS]


async def applied_for(books: TestBooks, item: JobItem) -> list[Any]:
    return await books.rows(
        "SELECT a.credit_memo_id, m.number, a.invoice_id, i.number, a.currency, a.amount, a.credit_memo_balance,"
        " a.invoice_balance, a.auto_apply_rule, a.auto_apply_rank FROM credit_memo_application a"
        " JOIN credit_memo m ON m.entity_id = a.entity_id AND m.id = a.credit_memo_id"
        " JOIN invoice i ON i.entity_id = a.entity_id AND i.id = a.invoice_id"
        " WHERE a.entity_id = :entity_id AND a.job_item_id = :item ORDER BY a.invoice_position, a.id",
        item=item.id,
    )


@at_both_levels
async def test_a_preview_says_what_the_job_then_applies_and_applies_nothing(books: TestBooks) -> None:
    await two_accounts(books)
    asked: dict[str, Any] = {"all_accounts": True, "rules": [OLDEST]}
    before = await standing(books)
    preview, items = await done(books, **asked, preview=True)
    assert (preview.total, preview.done, preview.skipped) == (2, 0, 2)
    assert await standing(books) == before
    _, made = await done(books, **asked)
    for planned, item in zip(items, made, strict=True):
        assert planned.account_id == item.account_id
        assert [tuple(each.values()) for each in planned.planned or ()] == await applied_for(books, item)
        assert item.planned is None
    await assert_books_hold(books)


async def test_accounts_of_a_preview_do_not_see_each_other_and_what_is_wrong_is_refused(
    books: TestBooks,
) -> None:
    await two_accounts(books)
    named = [AccountReference(number=number) for number in ("A-3", "A-1", "nobody")]
    _, [nothing, something, unknown] = await done(books, accounts=named, preview=True)
    assert (nothing.outcome, nothing.planned) == (JobItemOutcome.SKIPPED, None)
    assert [each["amount"] for each in something.planned or ()] == [10_000, 2_000]
    assert (unknown.outcome, unknown.planned) == (JobItemOutcome.REFUSED, None)


async def test_a_preview_that_is_tried_again_is_a_preview(books: TestBooks) -> None:
    first, _ = await done(books, accounts=[AccountReference(number="late")], preview=True)
    await posted_invoice(books, "10.00", account_number="late")
    await posted_memo(books, "10.00", account_number="late")
    before = await standing(books)
    await books.perform(RetryJob(job_id=first.id))
    await worked_off(books)
    [again] = await books.of(Job, "retried_job_id", first.id)
    [item] = await books.of(JobItem, "job_id", again.id)
    assert [each["amount"] for each in item.planned or ()] == [1_000]
    assert await standing(books) == before


async def test_a_preview_can_be_canceled_and_is_one_submission_under_its_key(books: TestBooks) -> None:
    await two_accounts(books)
    asked = SubmitAutoApplications(all_accounts=True, preview=True, idempotency_key="night")
    submitted = await books.perform(asked)
    assert (await books.perform(asked)).replayed
    plain = SubmitAutoApplications(all_accounts=True, idempotency_key="night")
    assert await books.codes(plain) == ["IDEMPOTENCY_KEY_REUSED"]
    await books.perform(CancelJob(job_id=submitted.outcome["job"]))
    await worked_off(books)
    rows = await books.rows("SELECT outcome FROM job_item WHERE entity_id = :entity_id")
    assert set(rows) == {("PENDING",)}
