"""PostgreSQL: applications that wait share a transaction, and each is what it would be in one of its own."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from app.domain.commands import Command
from app.domain.credit_memo import CreditMemo
from app.domain.entity import Settings
from app.domain.facts import Changes
from app.domain.violation import Rejected
from app.domain.vocabulary import ApplicationLevel, Operation
from app.repository import postgresql, turns
from app.repository.books import Books
from app.repository.postgresql import PostgresqlDatabase
from app.use_cases.run import Result
from tests.repository.direct import owner_connection
from tests.repository.waiting_together import (
    each_applied,
    nobody_begins,
    pairs,
    refusing,
    together,
    waiting,
    writing,
)
from tests.repository.works import ANY
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import (
    applying,
    applying_line,
    invoice_balances,
    memo_balances,
    posted_invoice,
    posted_memo,
)
from tests.support.waiting import until_somebody_waits

pytestmark = [
    pytest.mark.parametrize("engine", ["postgresql"], indirect=True),
    pytest.mark.parametrize(
        "entity_settings", [Settings(application_level=ApplicationLevel.INVOICE_LINE)], ids=["lines"]
    ),
]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, all who wait are taken along: one is under way, and nobody begins beside it."""
    monkeypatch.setattr(turns, "ABREAST", 1)
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 60)


async def test_those_who_wait_are_written_at_once(books: TestBooks) -> None:
    made = await pairs(books, 3)
    commands = [
        applying(memo, (invoice, "10.00"), idempotency_key=f"key {place}" if place else None)
        for place, (memo, invoice) in enumerate(made)
    ]
    outcomes, written = await together(books, *commands)
    assert len(written) == 1
    for result, (memo, invoice) in zip(outcomes, made, strict=True):
        assert (result.replayed, result.outcome["credit_memo"]) == (False, memo.id)
        assert result.effect is not None
        assert await memo_balances(books, memo) == ["40.00", "40.00"]
        assert await invoice_balances(books, invoice) == ["70.00", "70.00"]
    assert (await books.perform(commands[1])).outcome == outcomes[1].outcome
    await assert_books_hold(books)


async def test_an_application_by_lines_goes_along(books: TestBooks) -> None:
    [(memo, invoice), (other, another)] = await pairs(books, 2)
    outcomes, written = await together(
        books,
        applying(memo, (invoice, "10.00")),
        applying_line(other.lines[0], (another.lines[0], "20.00")),
    )
    assert [type(each) for each in outcomes] == [Result, Result]
    assert len(written) == 1
    assert await memo_balances(books, other) == ["30.00", "30.00"]
    await assert_books_hold(books)


async def test_two_that_want_the_same_document_do_not_share(books: TestBooks) -> None:
    """The first goes with the third; the second sees what the first has left."""
    [(memo, invoice), (other, another)] = await pairs(books, 2)
    more = await posted_invoice(books, "80.00")
    outcomes, written = await together(
        books,
        applying(memo, (invoice, "30.00")),
        applying(memo, (more, "30.00")),
        applying(other, (another, "10.00")),
    )
    assert [type(each) for each in outcomes] == [Result, Rejected, Result]
    assert len(written) == 1
    assert await memo_balances(books, memo) == ["20.00", "20.00"]
    await assert_books_hold(books)


async def test_twins_that_wait_together_have_one_effect(books: TestBooks) -> None:
    [(memo, invoice)] = await pairs(books, 1)
    more = [(await posted_memo(books, "50.00"), await posted_invoice(books, "80.00"))]
    command = applying(memo, (invoice, "10.00"), idempotency_key="key")
    outcomes, written = await together(books, command, command, command, *each_applied(more))
    assert len(written) == 1
    assert [each.replayed for each in outcomes] == [False, True, True, False]
    assert all(each.outcome == outcomes[0].outcome for each in outcomes[:3])
    assert await memo_balances(books, memo) == ["40.00", "40.00"]


async def test_a_key_that_another_among_them_has_is_not_taken_twice(books: TestBooks) -> None:
    outcomes, written = await together(
        books,
        *each_applied(await pairs(books, 2), idempotency_key="key"),
        *each_applied(await pairs(books, 1)),
    )
    assert [type(each) for each in outcomes] == [Result, Rejected, Result]
    assert [each.code for each in outcomes[1].violations] == ["IDEMPOTENCY_KEY_REUSED"]
    assert len(written) == 1


async def test_a_replay_among_others_answers_the_first_outcome(books: TestBooks) -> None:
    made = await pairs(books, 3)
    commands = each_applied(made)
    first = applying(made[0][0], (made[0][1], "10.00"), idempotency_key="key")
    before = await books.perform(first)
    [again, *others], written = await together(books, first, *commands[1:])
    assert len(written) == 1
    assert (again.replayed, again.outcome) == (True, before.outcome)
    assert [each.replayed for each in others] == [False, False]


async def test_a_key_that_somebody_is_about_to_take_is_waited_for_by_nobody_else(books: TestBooks) -> None:
    """Whoever takes it is of another process, which has got no further than that."""
    made = await pairs(books, 3)
    commands = each_applied(made[1:])
    keyed = applying(made[0][0], (made[0][1], "10.00"), idempotency_key="key")
    claimed, go_on = asyncio.Event(), asyncio.Event()

    async def elsewhere(inside: Books) -> None:
        assert await inside.claim(keyed) is None
        claimed.set()
        await go_on.wait()
        await inside.record(Changes(outcome={"did": "it"}))

    other = asyncio.ensure_future(books.database.transact(books.actor, ANY, elsewhere))
    await claimed.wait()
    with writing() as written:
        async with nobody_begins(books):
            first, *others = await waiting(books, keyed, *commands)
        assert [each.replayed for each in await asyncio.gather(*others)] == [False, False]
    assert len(written) == 1
    assert not first.done()
    go_on.set()
    await other
    assert (await first).outcome == {"did": "it"}


async def test_a_refusal_is_told_to_whom_it_belongs(books: TestBooks) -> None:
    made = await pairs(books, 3)
    commands = each_applied(made)
    commands[1] = applying(made[1][0], (made[1][1], "50.01"), idempotency_key="key")
    outcomes, written = await together(books, *commands)
    assert [type(each) for each in outcomes] == [Result, Rejected, Result]
    assert [each.code for each in outcomes[1].violations] == ["EXCEEDS_MEMO_BALANCE"]
    assert len(written) == 1
    assert not (
        await books.perform(applying(made[1][0], (made[1][1], "50.00"), idempotency_key="key"))
    ).replayed


async def test_a_document_that_is_held_elsewhere_keeps_only_its_own_waiting(books: TestBooks) -> None:
    made = await pairs(books, 3)
    held, let_go = asyncio.Event(), asyncio.Event()

    async def holding(inside: Books) -> None:
        await inside.lock(CreditMemo, [made[1][0].id])
        held.set()
        await let_go.wait()

    other = asyncio.ensure_future(books.database.transact(books.actor, ANY, holding))
    await held.wait()
    with writing() as written:
        async with nobody_begins(books):
            first, second, third = await waiting(books, *each_applied(made))
        assert [each.replayed for each in await asyncio.gather(first, third)] == [False, False]
    assert len(written) == 1
    assert not second.done()
    let_go.set()
    await other
    assert not (await second).replayed
    await assert_books_hold(books)


async def test_nobody_takes_a_document_that_is_held_elsewhere_for_one_that_is_not_there(
    books: TestBooks,
) -> None:
    memo = await posted_memo(books, "50.00")
    held, let_go = asyncio.Event(), asyncio.Event()

    async def holding(inside: Books) -> None:
        await inside.lock(CreditMemo, [memo.id])
        held.set()
        await let_go.wait()

    async def counting(inside: Books) -> int:
        await inside.claim(Command())
        found = len(await inside.lock(CreditMemo, [memo.id]))
        await inside.record(Changes())
        return found

    other = asyncio.ensure_future(books.database.transact(books.actor, ANY, holding))
    await held.wait()
    async with nobody_begins(books):
        found = asyncio.ensure_future(
            books.database.transact(books.actor, Operation.APPLY_CREDIT_MEMO, counting)
        )
        await asyncio.wait([found], timeout=0)
    await until_somebody_waits(books)
    let_go.set()
    await other
    assert await found == 1


@pytest.mark.parametrize("leaving", [0, 2])
async def test_one_whose_caller_leaves_leaves_no_trace(books: TestBooks, leaving: int) -> None:
    made = await pairs(books, 3)
    async with nobody_begins(books):
        tasks = await waiting(books, *each_applied(made))
        tasks[leaving].cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(each, Result) for each in outcomes] == [place != leaving for place in range(3)]
    balances = [(await memo_balances(books, memo))[0] for memo, _ in made]
    assert balances == ["50.00" if place == leaving else "40.00" for place in range(3)]
    await assert_books_hold(books)


async def test_one_whose_caller_leaves_when_all_is_written_leaves_no_trace(books: TestBooks) -> None:
    made = await pairs(books, 3)
    async with owner_connection(books.place) as owner:
        await owner.execute(text("BEGIN"))
        await owner.execute(text("LOCK TABLE document_change IN EXCLUSIVE MODE"))
        async with nobody_begins(books):
            tasks = await waiting(books, *each_applied(made))
        await until_somebody_waits(books)
        tasks[1].cancel()
        await owner.execute(text("COMMIT"))
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(each, Result) for each in outcomes] == [True, False, True]
    assert [(await memo_balances(books, memo))[0] for memo, _ in made] == ["40.00", "50.00", "40.00"]
    await assert_books_hold(books)


async def test_a_shared_transaction_that_hears_nothing_is_given_up(
    books: TestBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody cancels it, as a request is at its time limit, nor does the server; each is run alone then."""
    monkeypatch.setattr(postgresql, "LOCK_TIMEOUT_MS", 600_000)
    database = PostgresqlDatabase(make_url(books.place.url), answer_seconds=2)
    own, made = replace(books, database=database), await pairs(books, 3)
    async with owner_connection(books.place) as owner:
        await owner.execute(text("BEGIN"))
        await owner.execute(text("LOCK TABLE document_change IN EXCLUSIVE MODE"))
        async with nobody_begins(own):
            tasks = await waiting(own, *each_applied(made))
        await until_somebody_waits(books, number=3)
        await owner.execute(text("COMMIT"))
    assert [each.replayed for each in await asyncio.gather(*tasks)] == [False] * 3
    await database.close()
    await assert_books_hold(books)


async def test_one_that_cannot_be_written_takes_nothing_of_the_others_with_it(books: TestBooks) -> None:
    made = await pairs(books, 3)
    async with refusing(books, made[1][1], "IMMEDIATE"):
        outcomes, written = await together(books, *each_applied(made))
    assert [type(each) for each in outcomes] == [Result, DBAPIError, Result]
    # All together first, and then each alone.
    assert len(written) == 4
    assert [(await memo_balances(books, memo))[0] for memo, _ in made] == ["40.00", "50.00", "40.00"]
    await assert_books_hold(books)


async def test_a_commit_that_fails_fails_for_all_and_is_not_tried_again(books: TestBooks) -> None:
    """What became of a COMMIT may be unknown: whoever ran it again could do it twice."""
    made = await pairs(books, 3)
    async with refusing(books, made[1][1], "DEFERRED"):
        outcomes, written = await together(books, *each_applied(made))
    assert all(isinstance(each, Exception) and "not this one" in str(each) for each in outcomes)
    assert len(written) == 1
    assert [(await memo_balances(books, memo))[0] for memo, _ in made] == ["50.00"] * 3


async def test_nobody_waits_for_long(books: TestBooks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those under way may be waiting for a lock themselves."""
    monkeypatch.setattr(turns, "PATIENCE_SECONDS", 0)
    made = await pairs(books, 3)
    async with nobody_begins(books):
        outcomes = await asyncio.gather(*await waiting(books, *each_applied(made)))
    assert [each.replayed for each in outcomes] == [False] * 3


async def test_who_comes_beside_one_waits_for_company(
    books: TestBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "ABREAST", 2)
    monkeypatch.setattr(turns, "COMPANY_SECONDS", 60)
    outcomes, written = await together(books, *each_applied(await pairs(books, 3)))
    assert [each.replayed for each in outcomes] == [False] * 3
    assert len(written) == 1
    monkeypatch.setattr(turns, "COMPANY_SECONDS", 0)
    made = await pairs(books, 2)
    async with nobody_begins(books):
        outcomes = await asyncio.gather(*await waiting(books, *each_applied(made)))
    assert [each.replayed for each in outcomes] == [False] * 2


async def test_who_comes_beside_one_waits_for_no_more_than_are_enough(
    books: TestBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "ABREAST", 2)
    monkeypatch.setattr(turns, "COMPANY_SECONDS", 60)
    monkeypatch.setattr(turns, "ENOUGH", 3)
    made = await pairs(books, 3)
    with writing() as written:
        async with nobody_begins(books):
            outcomes = await asyncio.gather(*await waiting(books, *each_applied(made)))
    assert [each.replayed for each in outcomes] == [False] * 3
    assert len(written) == 1


async def test_entities_do_not_share(books: TestBooks) -> None:
    neighbour = await books.neighbour(Settings(application_level=ApplicationLevel.INVOICE_LINE))
    [mine], [theirs] = await pairs(books, 1), await pairs(neighbour, 1)
    async with nobody_begins(books):
        [own] = await waiting(books, *each_applied([mine]))
        # Nobody keeps the neighbour waiting.
        [result] = [await neighbour.perform(each) for each in each_applied([theirs])]
        assert not result.replayed
        assert not own.done()
    assert not (await own).replayed
