"""Open credit finds what is owed: in one call, and as the preview of it."""

import datetime as dt
from dataclasses import replace
from typing import Any

from sqlalchemy import text

from app.domain.application import CreditMemoApplication, CreditMemoLineApplication
from app.domain.commands import (
    AccountReference,
    AutoApplyCredits,
    CreditMemoReference,
    InvoiceReference,
    UnapplyCreditMemo,
)
from app.domain.entity import Settings
from app.domain.limits import Limits
from app.domain.vocabulary import (
    AllocationRule,
    MemoPrecedence,
    Operation,
    SettledLevel,
)
from tests.support.books import TestBooks, assert_books_hold, trace
from tests.support.building import (
    ACCOUNT,
    Line,
    Made,
    account,
    credit,
    invoice_balances,
    memo_balances,
    posted_invoice,
    posted_memo,
)
from tests.support.levels import LINES, at_both_levels
from tests.support.matches import EQUAL, OLDEST, REFERENCE, Row, made


def matching(number: str = ACCOUNT, **said: Any) -> AutoApplyCredits:
    return AutoApplyCredits(account=AccountReference(number=number), **said)


async def matched(books: TestBooks, **said: Any) -> list[Row]:
    outcome = (await books.perform(matching(**said))).outcome
    return await made(books, outcome["applications"])


async def due(books: TestBooks, day: int, *lines: Line, **said: Any) -> Made:
    return await posted_invoice(books, *lines, due_date=dt.date(2026, 3, day), **said)


@at_both_levels
async def test_open_credit_goes_to_what_is_owed_rule_by_rule(
    books: TestBooks, entity_settings: Settings
) -> None:
    first = await due(books, 20, "50.00", "30.00")
    second = await due(books, 10, "70.00")
    equal = await due(books, 30, "25.00")
    old = await posted_memo(books, "60.00", "40.00", effective_date=dt.date(2026, 1, 5))
    twin = await posted_memo(books, "25.00", effective_date=dt.date(2026, 1, 6))
    drawn = await credit(books, first, (0, "20.00"))
    await books.perform(UnapplyCreditMemo(application_id=drawn.application))
    outcome = (await books.perform(matching())).outcome
    assert await made(books, outcome["applications"]) == [
        (drawn.memo.id, first.id, 2_000, REFERENCE, 1),
        (twin.id, equal.id, 2_500, EQUAL, 2),
        (old.id, second.id, 7_000, OLDEST, 3),
        (old.id, first.id, 3_000, OLDEST, 3),
    ]
    assert outcome["credit_memos"] == [drawn.memo.id, twin.id, old.id]
    assert outcome["invoices"] == [first.id, equal.id, second.id]
    by_lines = entity_settings is LINES
    # 20.00 went back to its source; of two lines that owe 30.00 each, the first is settled first.
    assert await invoice_balances(books, first) == (
        ["30.00", "0.00", "30.00"] if by_lines else ["30.00", "50.00", "30.00"]
    )
    assert await memo_balances(books, old) == (
        ["0.00", "0.00", "0.00"] if by_lines else ["0.00", "60.00", "40.00"]
    )
    await assert_books_hold(books)


@at_both_levels
async def test_lines_are_settled_as_by_any_other_application(
    books: TestBooks, entity_settings: Settings
) -> None:
    invoice = await due(books, 10, "50.00", "30.00")
    await posted_memo(books, "40.00", "10.00")
    effective = dt.datetime(2026, 2, 1, 12, tzinfo=dt.UTC)
    said: dict[str, Any] = {
        "effective_date": effective,
        "description": "Monthly",
        "allocation": AllocationRule.PROPORTIONAL,
    }
    [id] = (await books.perform(matching(**said))).outcome["applications"]
    row = await books.record(CreditMemoApplication, id)
    assert (row.effective_date, row.description) == (effective, "Monthly")
    assert row.operation is Operation.AUTO_APPLY_CREDITS
    lines = await books.of(CreditMemoLineApplication, "application_id", id)
    if entity_settings is LINES:
        assert (row.level, row.allocation_rule) == (SettledLevel.LINE, AllocationRule.PROPORTIONAL)
        assert [each.amount for each in lines] == [3_125, 875, 1_000]
        assert await invoice_balances(books, invoice) == ["30.00", "18.75", "11.25"]
    else:
        assert (row.level, row.allocation_rule, lines) == (SettledLevel.HEADER, None, [])


async def test_the_preview_shows_every_application_that_the_call_then_makes(books: TestBooks) -> None:
    for day in (3, 1, 2):
        await due(books, day, "40.00")
    for amount in ("40.00", "25.00", "30.00"):
        await posted_memo(books, amount)
    before = await trace(books.place)
    async with books.rehearse(matching()) as (preview, snapshot):
        assert preview.dry_run

        shown = [
            tuple(row)
            for row in await snapshot.rows(
                text(
                    "SELECT credit_memo_id, invoice_id, amount, auto_apply_rule, auto_apply_rank, credit_memo_balance,"
                    " invoice_balance, number FROM credit_memo_application WHERE entity_id = :entity_id ORDER BY id"
                ),
                {},
            )
        ]
    assert await trace(books.place) == before
    await books.perform(matching())
    assert shown == await books.rows(
        "SELECT credit_memo_id, invoice_id, amount, auto_apply_rule, auto_apply_rank, credit_memo_balance,"
        " invoice_balance, number FROM credit_memo_application WHERE entity_id = :entity_id ORDER BY id"
    )
    assert len(shown) == 4


async def test_an_account_with_nothing_to_apply_breaks_no_rule(books: TestBooks) -> None:
    await account(books)
    before = await trace(books.place)
    outcome = (await books.perform(matching())).outcome
    assert (outcome["applications"], outcome["credit_memos"], outcome["invoices"]) == ([], [], [])
    assert await trace(books.place) == before


async def test_excluded_and_expired_memos_are_left_out_also_where_they_are_named(books: TestBooks) -> None:
    await due(books, 1, "100.00")
    excluded = await posted_memo(books, "10.00", exclude_from_auto_apply=True)
    expired = await posted_memo(books, "10.00", expires_on=dt.date(2026, 1, 1))
    named = [CreditMemoReference(id=each.id) for each in (excluded, expired)]
    assert await matched(books, credit_memos=named) == []
    lasting = await posted_memo(books, "10.00", expires_on=dt.date(2999, 1, 1))
    assert [memo for memo, *_ in await matched(books)] == [lasting.id]


async def test_a_call_can_name_what_it_may_use(books: TestBooks) -> None:
    first, second = await due(books, 1, "100.00"), await due(books, 2, "100.00")
    memo, other = await posted_memo(books, "10.00"), await posted_memo(books, "20.00")
    only = {
        "credit_memos": [CreditMemoReference(id=other.id)],
        "invoices": [InvoiceReference(id=second.id)],
    }
    assert await matched(books, **only) == [(other.id, second.id, 2_000, OLDEST, 3)]
    assert await matched(books, rules=[OLDEST]) == [(memo.id, first.id, 1_000, OLDEST, 1)]


async def test_only_documents_of_the_account_and_of_the_currency_are_matched(books: TestBooks) -> None:
    mine = await due(books, 1, "100.00", currency="EUR")
    await due(books, 1, "100.00")
    await posted_invoice(books, "100.00", account_number="A-2")
    await posted_memo(books, "10.00", account_number="A-2")
    euros = await posted_memo(books, "10.00", currency="EUR")
    await posted_memo(books, "10.00")
    assert await matched(books, currency="EUR") == [(euros.id, mine.id, 1_000, OLDEST, 3)]


async def test_what_expires_first_is_used_first_where_that_is_asked(books: TestBooks) -> None:
    await due(books, 1, "15.00")
    await posted_memo(books, "10.00", effective_date=dt.date(2026, 1, 1))
    expiring = await posted_memo(books, "10.00", expires_on=dt.date(2999, 1, 1))
    first, _ = await matched(books, precedence=MemoPrecedence.EXPIRING_FIRST)
    assert first[0] == expiring.id


@at_both_levels
async def test_one_call_matches_no_more_documents_than_its_limit(books: TestBooks) -> None:
    await posted_memo(books, "1.00")
    for _ in range(3):
        await due(books, 1, "1.00")
    narrow = replace(books, actor=replace(books.actor, limits=Limits(open_documents=2)))
    assert await narrow.codes(matching()) == ["LIMIT_EXCEEDED"]
    wider = replace(books, actor=replace(books.actor, limits=Limits(open_documents=3)))
    assert len(await matched(wider)) == 1
