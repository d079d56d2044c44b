"""Statement and aging of accounts tie to the ledger, at any time and as of any log number or instant."""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from app.domain.as_of import AsOf
from app.domain.commands import (
    ConvertNegativeInvoiceLines,
    CreditMemoReference,
    InvoiceReference,
    VoidCreditMemo,
)
from app.domain.entity import Settings
from app.domain.vocabulary import AsOfBasis, Operation
from app.jobs.sequencer import Sequencer
from app.proof.aging import AgingLine, aging, aging_of_one, misplaced_bucket, together
from app.proof.statement import (
    Period,
    Place,
    Standing,
    Statement,
    StatementLine,
    all_lines,
    lines_of,
    statements,
)
from app.repository.books import Books
from app.use_cases.undo_memos import void_credit_memo
from tests.support.books import TestBooks
from tests.support.building import account, applied, paid, posted_invoice, posted_memo, refunded
from tests.support.levels import at_both_levels

MARCH, APRIL = dt.date(2026, 3, 1), dt.date(2026, 4, 1)


async def rows_of(books: TestBooks, ask: Any) -> Any:
    """What `ask` finds, given a way to run statements on one snapshot of the books."""
    async with books.database.snapshot(books.entity.id) as snapshot:

        async def rows(statement: Any, **parameters: Any) -> Any:
            return await snapshot.rows(statement, parameters)

        return await ask(rows)


async def numbered(books: TestBooks) -> int:
    """Gives the log its order; the last number of it."""
    await Sequencer(books.database).work_off()
    last: int = await books.value("SELECT MAX(number) FROM log_entry WHERE entity_id = :entity_id")
    return last


@dataclass(frozen=True)
class Told:
    """A statement with all its rows."""

    statement: Statement
    lines: list[StatementLine]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.statement, name)


async def statement_of(books: TestBooks, account_id: str, **asked: Any) -> list[Told]:
    """By currency; the same row by row, in pages of one, two, three rows, and as a stream."""
    period = Period(account_id=account_id, **{"settings": Settings(), **asked})
    found: list[Statement] = await rows_of(books, lambda rows: statements(rows, period))
    told = []
    for each in found:
        own = replace(period, currency=each.currency)
        lines = await streamed(books, own, each.opening)
        for size in (1, 2, 3, 1_000):
            assert await in_pages(books, own, each.opening, size) == lines
        told.append(Told(each, lines))
    return told


async def streamed(books: TestBooks, period: Period, opening: Standing) -> list[StatementLine]:
    async with books.database.snapshot(books.entity.id) as snapshot:
        stream = partial(books.database.stream, snapshot)
        return [each async for each in all_lines(stream, period, opening)]


async def in_pages(books: TestBooks, period: Period, opening: Standing, size: int) -> list[StatementLine]:
    """All rows, page by page; each page opens where the one before closed."""
    lines: list[StatementLine] = []
    after: Place | None = None
    while True:
        ask = partial(lines_of, period=period, opening=opening, count=size, after=after)
        stood, found = await rows_of(books, ask)
        assert stood == (lines[-1].standing if lines else opening)
        lines += [line for _, line in found]
        if len(found) < size:
            return lines
        after = found[-1][0]


async def aged(books: TestBooks, account_id: str, day: dt.date, **asked: Any) -> dict[str, AgingLine]:
    [found] = await rows_of(books, lambda rows: aging_of_one(rows, account_id, day=day, **asked))
    return {line.currency: line for line in found.lines}


async def ledger(books: TestBooks, account_id: str) -> dict[str, Standing]:
    """What stands on the account's documents, by currency."""
    found: dict[str, Standing] = {}
    for table, field in (("invoice", "owed"), ("credit_memo", "unapplied_credit")):
        sql = (
            f"SELECT currency, CAST(SUM(balance) AS BIGINT) FROM {table} WHERE entity_id = :entity_id"
            " AND account_id = :account AND status = 'POSTED' GROUP BY currency"
        )
        for currency, balance in await books.rows(sql, account=account_id):
            before = found.get(currency, Standing())
            both = {"owed": before.owed, "unapplied_credit": before.unapplied_credit} | {field: balance}
            found[currency] = Standing(**both)
    return found


async def lively_account(books: TestBooks) -> str:
    """March: 400 less 100 owed, a memo of 60, 50 paid. April: 40 applied, 5 refunded, in yen 900 owed."""
    owner = await account(books)
    invoice = await posted_invoice(
        books, "400.00", "-100.00", invoice_date=MARCH, due_date=dt.date(2026, 3, 31)
    )
    await books.perform(
        ConvertNegativeInvoiceLines(
            invoice=InvoiceReference(id=invoice.id), effective_date=dt.date(2026, 3, 2)
        )
    )
    memo = await posted_memo(books, "60.00", effective_date=dt.date(2026, 3, 10))
    await paid(books, invoice, "50.00", date=dt.date(2026, 3, 20))
    await applied(books, memo, (invoice, "40.00"))
    await refunded(books, memo, "5.00", date=dt.date(2026, 4, 3))
    await posted_invoice(books, "900", currency="JPY", invoice_date=APRIL)
    return owner


@at_both_levels
async def test_a_statement_tells_what_moved_the_balance_and_closes_with_the_ledger(books: TestBooks) -> None:
    owner = await lively_account(books)
    yen, dollars = await statement_of(books, owner)
    assert (yen.currency, yen.closing) == ("JPY", Standing(owed=900))
    assert [
        (each.kind, each.document, each.amount, each.matched, each.balance) for each in dollars.lines
    ] == [
        ("POSTING", "INVOICE", 30000, 0, 30000),
        ("POSTING", "CREDIT_MEMO", -10000, 0, 20000),
        ("CONVERSION", "INVOICE", 10000, 0, 30000),
        ("POSTING", "CREDIT_MEMO", -6000, 0, 24000),
        ("PAYMENT", "INVOICE", -5000, 0, 19000),
        ("REFUND", "CREDIT_MEMO", 500, 0, 19500),
        ("APPLICATION", "INVOICE", 0, 4000, 19500),
    ]
    assert dollars.closing == Standing(owed=31000, unapplied_credit=11500)
    assert {each.currency: each.closing for each in (yen, dollars)} == await ledger(books, owner)


async def test_a_period_opens_where_the_one_before_closed(books: TestBooks) -> None:
    owner = await lively_account(books)
    [march] = await statement_of(books, owner, start=MARCH, end=dt.date(2026, 3, 31), currency="USD")
    [april] = await statement_of(books, owner, start=APRIL, currency="USD")
    assert march.opening == Standing()
    assert march.closing == april.opening == Standing(owed=35000, unapplied_credit=16000)
    assert [each.day for each in march.lines] == [dt.date(2026, 3, day) for day in (1, 2, 2, 10, 20)]
    assert april.closing == (await ledger(books, owner))["USD"]


async def test_a_day_is_the_entitys_own(books: TestBooks) -> None:
    """An application of now is tomorrow's in the far east, where it is tomorrow already."""
    owner = await lively_account(books)
    effect = await books.value("SELECT recorded_at FROM credit_memo_application WHERE entity_id = :entity_id")
    moment = dt.datetime.fromisoformat(str(effect)).replace(tzinfo=dt.UTC)
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        settings = Settings(time_zone=zone)
        [statement] = await statement_of(books, owner, settings=settings, currency="USD")
        assert statement.lines[-1].day == settings.day_of(moment)
        [until] = await statement_of(
            books,
            owner,
            settings=settings,
            currency="USD",
            end=settings.day_of(moment) - dt.timedelta(days=1),
        )
        assert [each.kind for each in until.lines] == [each.kind for each in statement.lines[:-1]]


async def test_what_is_voided_before_its_day_counts_on_that_day(books: TestBooks) -> None:
    """A memo and a conversion of a day to come: until then neither they nor what takes them back are told."""
    owner = await account(books)
    to_come = dt.date(2100, 3, 1)
    invoice = await posted_invoice(books, "400.00", "-100.00", invoice_date=dt.date(2026, 3, 1))
    memo = await posted_memo(books, "10.00", effective_date=to_come)
    converted = await books.perform(
        ConvertNegativeInvoiceLines(invoice=InvoiceReference(id=invoice.id), effective_date=to_come)
    )
    for id in (memo.id, converted.outcome["credit_memo"]):
        await books.perform(VoidCreditMemo(credit_memo=CreditMemoReference(id=id)))
    [until] = await statement_of(books, owner, end=to_come - dt.timedelta(days=1))
    assert [(each.kind, each.document_id) for each in until.lines] == [("POSTING", invoice.id)]
    assert until.closing.balance == 30000
    [after] = await statement_of(books, owner, start=to_come)
    assert [each.day for each in after.lines] == [to_come] * 6
    assert after.closing.balance == 30000


@pytest.mark.parametrize(
    ("zone", "hour", "day"),
    [
        ("America/Los_Angeles", 2, 1),
        ("America/Los_Angeles", 8, 1),
        ("Etc/GMT+12", 11, 1),
        ("Asia/Tokyo", 14, 1),
        ("Asia/Tokyo", 15, 2),
        ("Pacific/Kiritimati", 9, 1),
        ("Pacific/Kiritimati", 10, 2),
    ],
)
async def test_what_is_voided_on_the_eve_of_its_day_in_the_entitys_zone_counts_on_that_day(
    books: TestBooks, zone: str, hour: int, day: int
) -> None:
    """The hour is one of the first of March in UTC; west of it that is the last of February."""
    owner = await account(books)
    memo = await posted_memo(books, "10.00", effective_date=dt.date(2100, 3, 1))

    async def void(inside: Books) -> None:
        inside._clock = lambda: dt.datetime(2100, 3, 1, hour, tzinfo=dt.UTC)
        await inside.record(
            await void_credit_memo(inside, VoidCreditMemo(credit_memo=CreditMemoReference(id=memo.id)))
        )

    await books.database.transact(books.actor, Operation.VOID_CREDIT_MEMO, void)
    [told] = await statement_of(books, owner, settings=Settings(time_zone=zone))
    assert [(each.kind, each.day.isoformat()) for each in told.lines] == [
        ("POSTING", "2100-03-01"),
        ("VOID", f"2100-03-0{day}"),
    ]


async def test_rows_of_a_day_come_as_they_were_recorded_whatever_gave_them_the_day(books: TestBooks) -> None:
    """Today's applications and payments are dated in two ways, and tell one story."""
    owner = await account(books)
    invoice = await posted_invoice(books, "100.00")
    memo = await posted_memo(books, "50.00")
    for amount in ("1.00", "2.00", "3.00"):
        await applied(books, memo, (invoice, amount))
        await paid(books, invoice, amount)
    [statement] = await statement_of(books, owner)
    kinds = [each.kind for each in statement.lines]
    assert kinds == ["POSTING", "POSTING", *["APPLICATION", "PAYMENT"] * 3]
    assert [each.standing.unapplied_credit for each in statement.lines[2:]] == [
        4900,
        4900,
        4700,
        4700,
        4400,
        4400,
    ]


async def test_a_stream_holds_no_more_than_the_rows_of_a_day(books: TestBooks) -> None:
    owner = await account(books)
    for day in range(1, 11):
        await posted_invoice(books, "10.00", invoice_date=dt.date(2026, 3, day))
    read = 0
    async with books.database.snapshot(books.entity.id) as snapshot:

        async def stream(statement: Any, parameters: dict[str, Any]) -> AsyncIterator[Any]:
            nonlocal read
            async for row in books.database.stream(snapshot, statement, parameters):
                read += 1
                yield row

        lines = all_lines(stream, Period(account_id=owner, settings=Settings()), Standing())
        async for line in lines:
            assert read <= line.day.day + 2
    assert read == 10


@at_both_levels
async def test_aging_puts_what_is_owed_where_its_due_date_lies(books: TestBooks) -> None:
    owner = await account(books)
    for due in ("2026-06-01", "2026-05-31", "2026-05-02", "2026-05-01", "2026-01-01"):
        await posted_invoice(books, "10.00", due_date=dt.date.fromisoformat(due))
    await posted_invoice(books, "1.00", invoice_date=dt.date(2026, 4, 30))
    await posted_memo(books, "3.00")
    line = (await aged(books, owner, dt.date(2026, 6, 1)))["USD"]
    assert line.owed == (1000, 2000, 1100, 0, 1000)
    assert (line.total_owed, line.unapplied_credit, line.balance) == (5100, 300, 4800)
    assert await ledger(books, owner) == {"USD": Standing(owed=5100, unapplied_credit=300)}
    few = (await aged(books, owner, dt.date(2026, 6, 1), buckets=(10,)))["USD"]
    assert few.owed == (1000, 1000, 3100)


async def test_aging_of_all_accounts_comes_in_pages_and_adds_up(books: TestBooks) -> None:
    owners = {number: await account(books, number) for number in ("C-1", "A-9", "B-5", "Z-empty")}
    for number in ("C-1", "A-9", "B-5"):
        await posted_invoice(books, "10.00", account_number=number)
    await posted_memo(books, "4.00", account_number="B-5")

    def page(after: str) -> Any:
        return rows_of(books, lambda rows: aging(rows, day=dt.date(2026, 6, 1), after=after, count=2))

    first, second = await page(""), await page("B-5")
    assert [each.number for each in (*first, *second)] == ["A-9", "B-5", "C-1"]
    assert [each.account_id for each in (*first, *second)] == [owners[n] for n in ("A-9", "B-5", "C-1")]
    [total] = together(line for each in (*first, *second) for line in each.lines)
    assert (total.total_owed, total.unapplied_credit) == (3000, 400)


@at_both_levels
async def test_what_was_is_told_again_by_log_number_and_by_instant(books: TestBooks) -> None:
    owner, day = await account(books), dt.date(2026, 6, 1)
    invoice = await posted_invoice(books, "100.00", due_date=dt.date(2026, 4, 1))
    memo = await posted_memo(books, "30.00")
    steps = [lambda: paid(books, invoice, "20.00"), lambda: applied(books, memo, (invoice, "30.00")), None]
    known = []
    for step in steps:
        log = await numbered(books)
        moment = dt.datetime.now(dt.UTC)
        known.append((log, moment, await aged(books, owner, day), await statement_of(books, owner)))
        if step is not None:
            await step()
    assert len({line["USD"] for _, _, line, _ in known}) == 3
    for log, moment, line, statement in known:
        for as_of in (AsOf(log=log), AsOf(at=moment), AsOf(log=log, at=moment)):
            assert await aged(books, owner, day, as_of=as_of) == line
            assert await statement_of(books, owner, as_of=as_of) == statement


async def test_aging_by_effective_dates_counts_what_had_taken_effect(books: TestBooks) -> None:
    owner = await lively_account(books)
    await numbered(books)
    end = dt.datetime(2026, 3, 31, 23, tzinfo=dt.UTC)
    as_of = AsOf(at=end, day=end.date(), by=AsOfBasis.EFFECTIVE_DATE)
    lines = await aged(books, owner, end.date(), as_of=as_of)
    assert {line.currency: (line.total_owed, line.unapplied_credit) for line in lines.values()} == {
        "USD": (35000, 16000)
    }


@pytest.mark.parametrize(
    ("buckets", "place"),
    [((30, 60), None), ((), None), ((0,), 0), ((30, 30), 1), ((30, 20), 1), ((36_501,), 0)],
)
def test_buckets_ascend(buckets: tuple[int, ...], place: int | None) -> None:
    assert misplaced_bucket(buckets) == place


@pytest.mark.parametrize("day", [dt.date.min, dt.date.max])
async def test_a_day_may_lie_beyond_all_that_is_recorded(books: TestBooks, day: dt.date) -> None:
    owner = await lively_account(books)
    assert (await aged(books, owner, day))["USD"].total_owed == 31000
    for period in ({"start": day}, {"end": day}, {"start": day, "end": day}):
        for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
            await statement_of(books, owner, settings=Settings(time_zone=zone), **period)
    [_, whole] = await statement_of(books, owner, start=dt.date.min, end=dt.date.max)
    assert whole.closing == (await ledger(books, owner))["USD"]
