"""What an entity has done when an invoice is posted: its negative lines converted, and their memo applied."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from app.domain.application import CreditMemoApplication
from app.domain.commands import (
    CreateInvoices,
    InvoiceReference,
    NumberSequenceEntry,
    PostInvoice,
    UpdateNumberSequences,
)
from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.entity import Settings
from app.domain.facts import Outcome
from app.domain.invoice import Invoice
from app.domain.limits import Limits
from app.domain.violation import Rejected
from app.domain.vocabulary import ApplicationLevel, CreditMemoSource, SequenceKind, SettlementStatus
from app.repository.database import Database
from tests.support.books import SEQUENCES, TestBooks, assert_books_hold, open_books, trace
from tests.support.building import (
    Line,
    account,
    draft_invoice,
    invoice_balances,
    invoice_entry,
    memo_balances,
    posted_invoice,
)
from tests.support.stores import Place

CONVERTING = Settings(convert_negative_lines_on_posting=True)
APPLYING = replace(CONVERTING, apply_converted_memo_on_posting=True)
BY_LINES = replace(APPLYING, application_level=ApplicationLevel.INVOICE_LINE)
converting = pytest.mark.parametrize("entity_settings", [CONVERTING], ids=["convert"])
applying = pytest.mark.parametrize("entity_settings", [APPLYING, BY_LINES], ids=["header", "lines"])
# One writer at a time on SQLite: there nobody waits inside a transaction.
on_postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


async def created(books: TestBooks, *lines: Line) -> str:
    """Made and posted in one call."""
    return (await posted_invoice(books, *lines)).id


async def posted(books: TestBooks, *lines: Line) -> str:
    """Made as a draft, then posted."""
    draft = await draft_invoice(books, *lines)
    await books.perform(posting(draft.id))
    return draft.id


either_way = pytest.mark.parametrize("make", [created, posted])
Make = Callable[..., Awaitable[str]]


def posting(id: str, key: str | None = None) -> PostInvoice:
    return PostInvoice(invoice=InvoiceReference(id=id), idempotency_key=key)


async def memos_of(books: TestBooks, invoice_id: str) -> list[CreditMemo]:
    return await books.of(CreditMemo, "invoice_id", invoice_id)


async def count(books: TestBooks, table: str) -> int:
    found: int = await books.value(f"SELECT count(*) FROM {table} WHERE entity_id = :entity_id")
    return found


@either_way
@converting
async def test_posting_converts_negative_lines_where_the_entity_has_it_so(
    books: TestBooks, make: Make
) -> None:
    invoice = await make(books, "400.00", "-100.00")
    [memo] = await memos_of(books, invoice)
    assert await invoice_balances(books, invoice) == ["400.00", "400.00", "0.00"]
    assert await memo_balances(books, memo.id) == ["100.00", "100.00"]
    assert (memo.number, memo.source) == ("CM-000001", CreditMemoSource.NEGATIVE_LINES)
    assert memo.credit_date == memo.memo_date > dt.date(2026, 1, 10), "it is dated the day of the posting"
    assert await count(books, "credit_memo_application") == 0
    await assert_books_hold(books)


@either_way
@applying
async def test_the_memo_is_applied_to_its_invoice_where_the_entity_has_it_so(
    books: TestBooks, make: Make, entity_settings: Settings
) -> None:
    invoice = await make(books, "300.00", "-100.00", "100.00")
    [memo] = await memos_of(books, invoice)
    by_lines = entity_settings is BY_LINES
    assert await invoice_balances(books, invoice) == [
        "300.00", "200.00" if by_lines else "300.00", "0.00", "100.00",
    ]  # fmt: skip
    assert await memo_balances(books, memo.id) == ["0.00", "0.00" if by_lines else "100.00"]
    [application] = await books.of(CreditMemoApplication, "credit_memo_id", memo.id)
    assert (application.amount, application.number) == (10_000, "CM-000001-2")
    await assert_books_hold(books)


@either_way
@applying
async def test_no_more_is_applied_than_both_balances_carry(books: TestBooks, make: Make) -> None:
    overdrawn = await make(books, "30.00", "-100.00")
    nothing_owed = await make(books, "-100.00")
    even = await make(books, "100.00", "-100.00")
    balances = [(await books.record(Invoice, each)).balance for each in (overdrawn, nothing_owed, even)]
    left = [memo.balance for each in (overdrawn, nothing_owed, even) for memo in await memos_of(books, each)]
    assert (balances, left) == ([0, 0, 0], [7_000, 10_000, 0])
    assert await count(books, "credit_memo_application") == 2
    assert {(await books.record(Invoice, each)).settlement_status for each in (overdrawn, even)} == {
        SettlementStatus.SETTLED
    }
    await assert_books_hold(books)


@either_way
@converting
async def test_an_invoice_of_nothing_owes_its_positive_lines_once_the_others_are_converted(
    books: TestBooks, make: Make
) -> None:
    invoice = await books.record(Invoice, await make(books, "100.00", "-100.00"))
    assert (invoice.balance, invoice.settlement_status) == (10_000, SettlementStatus.NOT_SETTLED)
    assert invoice.full_settlement_date is None


@either_way
@converting
async def test_taxes_of_a_line_are_converted_with_it(books: TestBooks, make: Make) -> None:
    invoice = await make(books, ("400.00", "33.00"), ("-100.00", "-8.25", "-1.00"))
    [memo] = await memos_of(books, invoice)
    assert (memo.charge_amount, memo.tax_amount) == (10_000, 925)
    taxes = await books.of(CreditMemoLineTax, "credit_memo_id", memo.id)
    assert [each.amount for each in taxes] == [825, 100]
    assert await invoice_balances(books, invoice) == ["433.00", "433.00", "0.00"]
    await assert_books_hold(books)


@either_way
@applying
async def test_an_invoice_without_negative_lines_is_posted_and_no_more(books: TestBooks, make: Make) -> None:
    invoice = await make(books, "400.00", "0.00")
    assert await invoice_balances(books, invoice) == ["400.00", "400.00", "0.00"]
    assert await count(books, "credit_memo") == 0


@either_way
@pytest.mark.parametrize("entity_settings", [replace(APPLYING, convert_negative_lines_on_posting=False)])
async def test_without_the_conversion_there_is_nothing_to_apply(books: TestBooks, make: Make) -> None:
    invoice = await make(books, "400.00", "-100.00")
    assert await invoice_balances(books, invoice) == ["300.00", "400.00", "-100.00"]
    assert await count(books, "credit_memo") == 0


@applying
async def test_of_many_invoices_each_has_its_memo_in_their_order_and_drafts_have_none(
    books: TestBooks,
) -> None:
    await account(books)
    entries = [
        invoice_entry(f"{place}00.00", f"-{place}0.00", post=place != 2, external_reference=f"E-{place}")
        for place in range(1, 5)
    ]
    made = (await books.perform(CreateInvoices(invoices=entries))).outcome["invoices"]
    numbers = {each: [memo.number for memo in await memos_of(books, each)] for each in made}
    assert list(numbers.values()) == [["CM-000001"], [], ["CM-000002"], ["CM-000003"]]
    again = await books.perform(CreateInvoices(invoices=entries))
    assert (again.outcome["invoices"], again.outcome["duplicates"]) == (made, 4)
    assert await count(books, "credit_memo") == 3
    await assert_books_hold(books)


async def test_a_gapless_sequence_has_no_gap_and_invoices_and_memos_are_numbered_at_posting(
    database: Database, place: Place
) -> None:
    gapless = [replace(each, gapless=True) for each in SEQUENCES]
    books = await open_books(database, place, APPLYING, sequences=gapless)
    for make in (posted, created):
        [memo] = await memos_of(books, await make(books, "400.00", "-100.00"))
        [application] = await books.of(CreditMemoApplication, "credit_memo_id", memo.id)
        assert application.number == f"{memo.number}-{application.credit_memo_position}"
    rows = await books.rows("SELECT number FROM credit_memo WHERE entity_id = :entity_id ORDER BY number")
    assert [number for (number,) in rows] == ["CM-000001", "CM-000002"]
    await assert_books_hold(books)


@applying
async def test_a_posting_is_one_entry_of_the_log_and_a_replay_answers_its_memo(books: TestBooks) -> None:
    draft = await draft_invoice(books, "400.00", "-100.00")
    logged = await count(books, "log_entry")
    first = await books.perform(posting(draft.id, "once"))
    assert await count(books, "log_entry") == logged + 1
    before = await trace(books.place)
    again = await books.perform(posting(draft.id, "once"))
    assert (again.replayed, again.outcome) == (True, first.outcome)
    assert await trace(books.place) == before
    [memo] = await memos_of(books, draft.id)
    [application] = await books.of(CreditMemoApplication, "credit_memo_id", memo.id)
    assert first.outcome == {"invoice": draft.id, "credit_memo": memo.id, "application": application.id}


@applying
async def test_a_dry_run_shows_the_memo_and_leaves_nothing(books: TestBooks) -> None:
    draft = await draft_invoice(books, "400.00", "-100.00")
    before = await trace(books.place)
    async with books.rehearse(posting(draft.id)) as (result, snapshot):
        shown = text("SELECT number, balance, applied FROM credit_memo WHERE entity_id = :entity_id")
        assert [tuple(row) for row in await snapshot.rows(shown)] == [("CM-000001", 0, 10_000)]
        assert result.dry_run
    assert await trace(books.place) == before


@applying
async def test_of_two_who_post_at_once_one_converts(books: TestBooks) -> None:
    draft = await draft_invoice(books, "400.00", "-100.00")

    async def post() -> Outcome | str:
        try:
            return (await books.perform(posting(draft.id))).outcome
        except Rejected as rejected:
            return str(rejected.violations[0].code)

    answers = await asyncio.gather(*(post() for _ in range(8)))
    assert [each for each in answers if isinstance(each, str)] == ["INVALID_STATUS"] * 7
    assert len(await memos_of(books, draft.id)) == 1
    await assert_books_hold(books)


@applying
async def test_where_an_invoice_may_not_be_posted_nothing_is_converted(books: TestBooks) -> None:
    draft = await draft_invoice(books, "400.00", "-100.00", invoice_date=dt.date(2026, 1, 10))
    settings = (await books.rows("SELECT application_level FROM entity WHERE id = :entity_id"))[0][0]
    closed = replace(APPLYING, application_level=settings, closed_through=dt.date(2026, 1, 10))
    await books.change_settings(closed)
    assert await books.codes(posting(draft.id)) == ["PERIOD_CLOSED"]
    entry = invoice_entry("400.00", "-100.00", post=True)
    assert await books.codes(CreateInvoices(invoices=[entry])) == ["PERIOD_CLOSED"]
    assert await count(books, "credit_memo") == 0
    open_day = invoice_entry("400.00", "-100.00", post=True, invoice_date=dt.date(2026, 1, 11))
    [made] = (await books.perform(CreateInvoices(invoices=[open_day]))).outcome["invoices"]
    [memo] = await memos_of(books, made)
    assert memo.memo_date > dt.date(2026, 1, 11)
    await assert_books_hold(books)


MANY = ("100.00", "50.00", "-30.00", "-20.00")


@pytest.mark.parametrize("entity_settings", [BY_LINES], ids=["lines"])
async def test_more_pairs_than_the_limit_are_refused_when_posting_applies_by_lines(books: TestBooks) -> None:
    draft = await draft_invoice(books, *MANY)
    narrower = replace(books, actor=replace(books.actor, limits=Limits(pairs=2)))
    both = [invoice_entry("1.00", post=True), invoice_entry(*MANY, post=True)]
    for command, path in (
        (posting(draft.id), ("invoice",)),
        (CreateInvoices(invoices=both), ("invoices", 1, "lines")),
    ):
        [violation] = await narrower.refusal(command)
        assert (violation.code, violation.path) == ("LIMIT_EXCEEDED", path)
        assert (violation.asked, violation.allowed) == ("3", "2")
    assert await count(books, "credit_memo") == 0
    await narrower.perform(CreateInvoices(invoices=[invoice_entry(*MANY, post=False)]))
    await replace(books, actor=replace(books.actor, limits=Limits(pairs=3))).perform(posting(draft.id))
    await assert_books_hold(books)


@pytest.mark.parametrize("entity_settings", [CONVERTING, APPLYING], ids=["convert", "header"])
async def test_no_pairs_are_counted_where_posting_settles_no_lines(books: TestBooks) -> None:
    narrower = replace(books, actor=replace(books.actor, limits=Limits(pairs=0)))
    await posted_invoice(narrower, *MANY)
    [memo] = await books.rows("SELECT id FROM credit_memo WHERE entity_id = :entity_id")
    assert len(await books.of(CreditMemoLine, "credit_memo_id", memo[0])) == 2


@on_postgresql
@applying
async def test_sequences_are_locked_in_the_order_in_which_a_posting_takes_its_numbers(
    books: TestBooks,
) -> None:
    """Whoever changes them and waits for the memos' sequence has the invoices' already: no deadlock."""
    entry = NumberSequenceEntry(kind=SequenceKind.REFUND, prefix="RF-")
    mine = f"SELECT next FROM number_sequence WHERE entity_id = {books.entity.id} AND kind = "
    owner = books.place.as_owner()
    try:
        async with owner.connect() as holder, owner.connect() as watcher:
            await holder.exec_driver_sql("BEGIN")
            await holder.exec_driver_sql(f"{mine} 'CREDIT_MEMO' FOR UPDATE")
            changing = asyncio.create_task(books.perform(UpdateNumberSequences(sequences=[entry])))
            found = (await watcher.exec_driver_sql(f"{mine} 'INVOICE' FOR UPDATE SKIP LOCKED")).first()
            while found is not None:
                assert not changing.done()
                found = (await watcher.exec_driver_sql(f"{mine} 'INVOICE' FOR UPDATE SKIP LOCKED")).first()
            await holder.exec_driver_sql("ROLLBACK")
            await changing
    finally:
        await owner.dispose()
