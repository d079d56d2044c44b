"""Standalone memos whose tax an engine finds, and drafts that wait for it, on both databases."""

import datetime as dt
from typing import Any

import pytest

from app.domain.commands import (
    AccountReference,
    CreateCreditMemo,
    CreditMemoReference,
    MemoLineEntry,
    PostCreditMemo,
    RecalculateTax,
)
from app.domain.credit_memo import CreditMemo, CreditMemoLine, CreditMemoLineTax
from app.domain.vocabulary import (
    CreditMemoStatus,
    OnTaxFailure,
    TaxMode,
    TaxStatus,
    TaxStrategy,
)
from tests.support.books import TestBooks
from tests.support.building import ACCOUNT, account, memo_line
from tests.support.tax_engines import Answering, rate_entry, with_callback, with_rates, without_engine

INCLUSIVE = TaxMode.INCLUSIVE


def creating(*lines: MemoLineEntry, **said: Any) -> CreateCreditMemo:
    return CreateCreditMemo(
        **{
            "account": AccountReference(number=ACCOUNT),
            "lines": list(lines),
            "tax_strategy": TaxStrategy.CALCULATE,
            "tax_date": dt.date(2026, 1, 10),
            "post": True,
            **said,
        }
    )


def taxed(amount: str, **said: Any) -> MemoLineEntry:
    return memo_line(amount, **{"tax_code": "SAAS", "jurisdiction": "TEXAS", **said})


async def made(books: TestBooks, *lines: MemoLineEntry, **said: Any) -> CreditMemo:
    await account(books)
    result = await books.perform(creating(*lines, **said))
    return await books.record(CreditMemo, result.outcome["credit_memo"])


async def amounts_of(books: TestBooks, memo: CreditMemo) -> list[tuple[int, int, int]]:
    """(without tax, tax, with tax) of the memo and of its lines."""
    lines = await books.of(CreditMemoLine, "credit_memo_id", memo.id)
    now = await books.record(CreditMemo, memo.id)
    return [
        (now.charge_amount, now.tax_amount, now.total_amount),
        *((line.amount, line.tax_amount, line.total_amount) for line in lines),
    ]


async def items_of(books: TestBooks, memo: CreditMemo) -> list[tuple[str | None, int]]:
    return [(item.name, item.amount) for item in await books.of(CreditMemoLineTax, "credit_memo_id", memo.id)]


def again(memo: CreditMemo, **said: Any) -> RecalculateTax:
    return RecalculateTax(credit_memo=CreditMemoReference(id=memo.id), **said)


def posting(memo: CreditMemo) -> PostCreditMemo:
    return PostCreditMemo(credit_memo=CreditMemoReference(id=memo.id))


async def test_rates_give_every_line_its_tax(books: TestBooks) -> None:
    await with_rates(books, rate_entry("0.0625", "STATE"), rate_entry("0.02", "CITY"))
    memo = await made(
        books, taxed("100.00"), taxed("108.25", tax_mode=INCLUSIVE), taxed("10.00", tax_exempt=True)
    )
    assert (memo.status, memo.tax_status) == (CreditMemoStatus.POSTED, TaxStatus.COMPLETE)
    assert await amounts_of(books, memo) == [
        (21000, 1650, 22650),
        (10000, 825, 10825),
        (10000, 825, 10825),
        (1000, 0, 1000),
    ]
    assert memo.balance == 22650
    items = await books.of(CreditMemoLineTax, "credit_memo_id", memo.id)
    assert {(item.name, item.rate, item.tax_date) for item in items} == {
        ("STATE", 6_250_000, dt.date(2026, 1, 10)),
        ("CITY", 2_000_000, dt.date(2026, 1, 10)),
    }


async def test_the_rate_is_that_of_the_memos_tax_date_else_of_its_effective_date(books: TestBooks) -> None:
    await with_rates(
        books,
        rate_entry("0.06", valid_through=dt.date(2026, 1, 31)),
        rate_entry("0.07", valid_from=dt.date(2026, 2, 1)),
    )
    dates = {"tax_date": dt.date(2026, 1, 31), "effective_date": dt.date(2026, 2, 1)}
    assert (await made(books, taxed("100.00"), **dates)).tax_amount == 600
    assert (await made(books, taxed("100.00"), **{**dates, "tax_date": None})).tax_amount == 700


async def test_the_flag_calculates_where_there_is_an_engine(books: TestBooks) -> None:
    await with_rates(books, rate_entry("0.0825"))
    flagged = {"tax_strategy": None, "tax_auto_calculation": True}
    assert (await made(books, taxed("50.00"), **flagged)).tax_amount == 413
    await without_engine(books)
    assert await books.codes(creating(taxed("50.00"), **flagged)) == ["TAX_NOT_ALLOWED"]


async def test_the_callback_s_taxes_become_the_line_s(books: TestBooks) -> None:
    await with_callback(books)
    ask = Answering()
    memo = await made(books.asking(ask), taxed("50.00", sku="SEAT"), taxed("54.13", tax_mode=INCLUSIVE))
    assert await amounts_of(books, memo) == [(10000, 826, 10826), (5000, 413, 5413), (5000, 413, 5413)]
    assert [(each.amount, each.sku, each.mode, each.tax_date) for each in ask.asked] == [
        (5000, "SEAT", TaxMode.EXCLUSIVE, dt.date(2026, 1, 10)),
        (5413, None, INCLUSIVE, dt.date(2026, 1, 10)),
    ]
    assert ask.previews == [False]


async def test_two_lines_that_are_alike_are_asked_about_once(books: TestBooks) -> None:
    await with_callback(books)
    ask = Answering()
    memo = await made(books.asking(ask), taxed("50.00"), taxed("50.00"))
    assert memo.tax_amount == 826
    assert len(ask.asked) == 1


async def test_more_tax_than_the_amount_that_contains_it_is_refused(books: TestBooks) -> None:
    await with_callback(books)
    await account(books)
    lying = books.asking(Answering(amount=5001))
    assert await lying.codes(creating(taxed("50.00", tax_mode=INCLUSIVE))) == ["TAX_ENGINE_FAILED"]


async def test_a_rehearsal_is_asked_as_a_preview_and_keeps_nothing(books: TestBooks) -> None:
    await with_callback(books)
    await account(books)
    ask = Answering()
    async with books.asking(ask).rehearse(creating(taxed("50.00"))) as (result, _):
        assert result.dry_run
    assert ask.previews == [True]
    assert await books.value("SELECT count(*) FROM credit_memo WHERE entity_id = :entity_id") == 0


async def test_a_replay_and_a_second_delivery_ask_nothing(books: TestBooks) -> None:
    await with_callback(books)
    ask = Answering()
    await account(books)
    keyed = creating(taxed("50.00"), idempotency_key="key", external_reference="R-1")
    first = await books.asking(ask).perform(keyed)
    replay = await books.asking(ask).perform(keyed)
    delivered = await books.asking(ask).perform(creating(taxed("50.00"), external_reference="R-1"))
    assert (replay.replayed, delivered.replayed) == (True, True)
    assert first.outcome == replay.outcome == delivered.outcome
    assert len(ask.previews) == 1


async def test_what_breaks_another_rule_is_refused_before_anyone_is_asked(books: TestBooks) -> None:
    await with_callback(books)
    await account(books)
    ask = Answering()
    assert await books.asking(ask).codes(creating(taxed("-1.00"))) == ["INVALID_AMOUNT"]
    assert ask.asked == []


async def test_a_failure_refuses_the_memo_and_frees_its_key(books: TestBooks) -> None:
    await with_callback(books)
    await account(books)
    command = creating(taxed("50.00"), taxed("60.00"), idempotency_key="key")
    refused = await books.asking(Answering(failure="It is closed.")).refusal(command)
    assert [(each.code, each.message, each.path) for each in refused] == [
        ("TAX_ENGINE_FAILED", "It is closed.", ("lines", 0)),
        ("TAX_ENGINE_FAILED", "It is closed.", ("lines", 1)),
    ]
    assert not (await books.asking(Answering()).perform(command)).replayed


async def test_a_process_that_asks_no_one_says_so(books: TestBooks) -> None:
    await with_callback(books)
    await account(books)
    [refused] = await books.refusal(creating(taxed("50.00")))
    assert refused.message == "This process asks no tax engine outside."


@pytest.mark.parametrize("mode", list(TaxMode))
async def test_a_draft_that_waits_for_its_tax_is_posted_once_it_has_it(
    books: TestBooks, mode: TaxMode
) -> None:
    await with_rates(books)
    memo = await made(
        books,
        taxed("108.25", tax_mode=mode),
        memo_line(("5.00", "0.40"), tax_strategy=TaxStrategy.MANUAL_OVERRIDE),
        on_tax_failure=OnTaxFailure.DRAFT,
    )
    assert (memo.status, memo.tax_status) == (CreditMemoStatus.DRAFT, TaxStatus.ERROR)
    assert memo.tax_message == (
        "Line 1: There is no rate for tax code SAAS in jurisdiction TEXAS on 2026-01-10."
    )
    assert await amounts_of(books, memo) == [(11325, 40, 11365), (10825, 0, 10825), (500, 40, 540)]
    [pending] = await books.refusal(posting(memo))
    assert (pending.code, pending.ids) == ("TAX_PENDING", (memo.id,))
    assert await books.codes(again(memo)) == ["TAX_ENGINE_FAILED"]
    assert await books.record(CreditMemo, memo.id) == memo

    await with_rates(books, rate_entry("0.0825"))
    await books.perform(again(memo, expected_version=memo.version))
    now = await books.record(CreditMemo, memo.id)
    assert (now.tax_status, now.tax_message, now.version) == (TaxStatus.COMPLETE, None, memo.version + 1)
    amount, tax = (10825, 893) if mode is TaxMode.EXCLUSIVE else (10000, 825)
    assert await amounts_of(books, memo) == [
        (amount + 500, tax + 40, amount + tax + 540),
        (amount, tax, amount + tax),
        (500, 40, 540),
    ]
    await books.perform(posting(memo))
    assert (await books.record(CreditMemo, memo.id)).balance == amount + tax + 540


async def test_recalculating_keeps_what_stayed_and_leaves_nothing_of_what_has_gone(books: TestBooks) -> None:
    await with_rates(
        books,
        rate_entry("0.0625", "STATE", valid_through=dt.date(2026, 1, 31)),
        rate_entry("0.02", "CITY"),
    )
    memo = await made(books, taxed("100.00"), post=False)
    assert await items_of(books, memo) == [("CITY", 200), ("STATE", 625)]
    await with_rates(
        books,
        rate_entry("0.0625", "STATE", valid_through=dt.date(2026, 1, 9)),
        rate_entry("0.03", "CITY"),
        rate_entry("0.01", "DISTRICT"),
    )
    await books.perform(again(memo))
    assert await items_of(books, memo) == [("CITY", 300), ("STATE", 0), ("DISTRICT", 100)]
    assert await amounts_of(books, memo) == [(10000, 400, 10400), (10000, 400, 10400)]


async def test_only_a_draft_with_calculated_lines_is_recalculated(books: TestBooks) -> None:
    await with_rates(books, rate_entry("0.0825"))
    posted = await made(books, taxed("1.00"))
    assert await books.codes(again(posted)) == ["INVALID_STATUS"]
    given = await made(books, taxed("1.00"), tax_strategy=TaxStrategy.IGNORE, post=False)
    assert await books.codes(again(given)) == ["TAX_NOT_ALLOWED"]
    draft = await made(books, taxed("1.00"), post=False)
    assert await books.codes(again(draft, expected_version=9)) == ["VERSION_CONFLICT"]
    await without_engine(books)
    assert await books.codes(again(draft)) == ["TAX_ENGINE_NOT_CONFIGURED"]
    assert await books.codes(RecalculateTax(credit_memo=CreditMemoReference(id="cm_0"))) == ["NOT_FOUND"]


async def test_a_draft_asks_its_callback_again(books: TestBooks) -> None:
    await with_callback(books)
    memo = await made(
        books.asking(Answering(failure="It is closed.")), taxed("50.00"), on_tax_failure=OnTaxFailure.DRAFT
    )
    ask = Answering("0.1")
    await books.asking(ask).perform(again(memo))
    assert (await books.record(CreditMemo, memo.id)).tax_amount == 500
    assert [each.amount for each in ask.asked] == [5000]
