"""An entity's own data change by commands, once each, and nothing that is being made is judged by two of their states."""

import asyncio
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import (
    AccountReference,
    ConfigureTaxEngine,
    CreateCreditMemo,
    MemoLineEntry,
    NumberSequenceEntry,
    ReasonCodeEntry,
    TaxCallbackEntry,
    TaxRateEntry,
    TemplateEntry,
    UpdateEntitySettings,
    UpdateNumberSequences,
    UpsertReasonCodes,
    UpsertTaxRates,
    UpsertTemplates,
)
from app.domain.credit_memo import CreditMemo
from app.domain.entity import ReasonCode, Settings, TaxCallback, TaxRate, Template
from app.domain.vocabulary import ApplicationLevel, SequenceKind, TaxEngineKind, TemplateType
from app.repository.lookups import settings_of
from tests.support.books import TestBooks, assert_books_hold
from tests.support.building import account, credit, draft_memo, posted_invoice, posted_memo
from tests.support.processes import PATIENCE_SECONDS
from tests.support.waiting import until_somebody_waits

# One writer at a time on SQLite: there nobody waits inside a transaction.
on_postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
LONG_AGO = dt.date(2020, 1, 10)


async def settings(books: TestBooks) -> Settings:
    async with books.database.snapshot(books.entity.id) as snapshot:
        return await settings_of(snapshot)


async def log(books: TestBooks) -> list[Any]:
    rows = await books.rows(
        "SELECT operation FROM log_entry WHERE entity_id = :entity_id ORDER BY recorded_at"
    )
    return [operation for (operation,) in rows]


async def test_settings_change_one_by_one_and_what_is_absent_stays(books: TestBooks) -> None:
    neighbour = await books.neighbour()
    await books.perform(UpdateEntitySettings(time_zone="Asia/Tokyo", closed_through=dt.date(2026, 1, 31)))
    await books.perform(UpdateEntitySettings(application_level=ApplicationLevel.INVOICE_LINE))
    found = await settings(books)
    assert (found.time_zone, found.closed_through) == ("Asia/Tokyo", dt.date(2026, 1, 31))
    assert found.application_level is ApplicationLevel.INVOICE_LINE
    await books.perform(UpdateEntitySettings(closed_through=dt.date(2025, 12, 31)))
    assert (await settings(books)).closed_through == dt.date(2025, 12, 31)
    await books.perform(UpdateEntitySettings(reopen=True))
    assert (await settings(books)).closed_through is None
    assert await settings(neighbour) == Settings()


async def test_a_change_of_settings_is_logged_and_replayed_like_any_command(books: TestBooks) -> None:
    command = UpdateEntitySettings(time_zone="Asia/Tokyo", idempotency_key="once")
    await books.perform(command)
    await books.perform(UpdateEntitySettings(time_zone="UTC"))
    assert (await books.perform(command)).replayed
    assert (await settings(books)).time_zone == "UTC"
    assert await log(books) == ["UPDATE_ENTITY_SETTINGS"] * 2
    await books.perform(UpdateEntitySettings(time_zone="UTC"))
    assert len(await log(books)) == 2, "what changes nothing and has no key leaves nothing"


async def test_a_new_entity_has_the_reason_codes_that_direct_memos_may_not_have(books: TestBooks) -> None:
    found = await books.rows("SELECT code, allowed_for_direct FROM reason_code WHERE entity_id = :entity_id")
    assert {code for code, allowed in found if not allowed} == {"Wallet Application", "Credit & Rebill"}


async def test_there_is_one_default_reason_and_memos_without_one_get_it(books: TestBooks) -> None:
    await books.perform(UpsertReasonCodes(reason_codes=[ReasonCodeEntry(code="LATE", is_default=True)]))
    first = await posted_memo(books, "1.00")
    made = await books.perform(
        UpsertReasonCodes(reason_codes=[ReasonCodeEntry(code="GOODWILL", is_default=True)])
    )
    second = await posted_memo(books, "1.00")
    reasons = [(await books.record(CreditMemo, each.id)).reason_code for each in (first, second)]
    assert reasons == ["LATE", "GOODWILL"]
    [id] = made.outcome["reason_codes"]
    assert (await books.record(ReasonCode, id)).label == "Goodwill"
    await books.perform(UpsertReasonCodes(reason_codes=[ReasonCodeEntry(code="GOODWILL", active=False)]))
    assert (await books.record(CreditMemo, (await posted_memo(books, "1.00")).id)).reason_code is None


async def test_two_who_name_a_default_at_once_leave_one(books: TestBooks) -> None:
    entries = [ReasonCodeEntry(code=f"R-{place}", is_default=True) for place in range(8)]
    async with asyncio.TaskGroup() as group:
        for each in entries:
            group.create_task(books.perform(UpsertReasonCodes(reason_codes=[each])))
    marked = "SELECT count(*) FROM reason_code WHERE entity_id = :entity_id AND is_default"
    assert await books.value(marked) == 1


def template(code: str, type: TemplateType = TemplateType.CREDIT_MEMO, **said: Any) -> UpsertTemplates:
    return UpsertTemplates(templates=[TemplateEntry(code=code, type=type, **said)])


async def test_a_memo_keeps_the_code_of_its_template_whichever_way_it_is_made(books: TestBooks) -> None:
    await books.perform(template("PLAIN", label="Plain"))
    invoice = await posted_invoice(books, "10.00")
    memo = await draft_memo(books, "1.00", template="PLAIN")
    credited = await credit(books, invoice, (0, "1.00"), template="PLAIN")
    for id in (memo.id, credited.memo.id):
        assert (await books.record(CreditMemo, id)).template == "PLAIN"


async def test_the_type_of_a_template_may_change_until_a_memo_has_it(books: TestBooks) -> None:
    made = await books.perform(template("PLAIN", TemplateType.INVOICE))
    await books.perform(template("PLAIN"))
    await draft_memo(books, "1.00", template="PLAIN")
    assert await books.codes(template("PLAIN", TemplateType.INVOICE)) == ["TEMPLATE_WRONG_TYPE"]
    await books.perform(template("PLAIN", active=False))
    found = await books.record(Template, made.outcome["templates"][0])
    assert (found.type, found.active) == (TemplateType.CREDIT_MEMO, False)


@on_postgresql
async def test_the_type_of_a_template_stays_while_a_memo_is_made_with_it(books: TestBooks) -> None:
    await books.perform(template("PLAIN"))
    await account(books)
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with books.rehearse(memo_with("PLAIN")):
            changing = asyncio.create_task(books.perform(template("PLAIN", TemplateType.INVOICE)))
            await until_somebody_waits(books)
            assert not changing.done()
        await changing


def memo_with(code: str) -> CreateCreditMemo:
    lines = [MemoLineEntry(amount=Decimal("1.00"))]
    return CreateCreditMemo(account=AccountReference(number="A-1"), lines=lines, template=code)


@on_postgresql
async def test_a_period_does_not_close_under_a_command_that_is_dated_in_it(books: TestBooks) -> None:
    await account(books)
    memo = memo_with("NONE")
    dated = CreateCreditMemo(account=memo.account, lines=memo.lines, effective_date=LONG_AGO)
    async with asyncio.timeout(PATIENCE_SECONDS):
        async with books.rehearse(dated):
            closing = asyncio.create_task(books.perform(UpdateEntitySettings(closed_through=LONG_AGO)))
            await until_somebody_waits(books)
            assert not closing.done()
        await closing
    assert await books.codes(dated) == ["PERIOD_CLOSED"]


def numbering(**said: Any) -> UpdateNumberSequences:
    return UpdateNumberSequences(sequences=[NumberSequenceEntry(kind=SequenceKind.CREDIT_MEMO, **said)])


async def number_of_next_memo(books: TestBooks) -> str | None:
    return (await books.record(CreditMemo, (await posted_memo(books, "1.00")).id)).number


async def test_numbers_go_on_under_another_prefix_and_none_is_given_twice(books: TestBooks) -> None:
    assert await number_of_next_memo(books) == "CM-000001"
    await books.perform(numbering(prefix="CN-", padding=3))
    assert await number_of_next_memo(books) == "CN-002"
    await books.perform(numbering(next=100))
    assert await number_of_next_memo(books) == "CN-100"
    assert await books.codes(numbering(next=100)) == ["NUMBER_TAKEN"]
    await books.perform(numbering(prefix="CM-", padding=6))
    assert await number_of_next_memo(books) == "CM-000101"


async def test_a_sequence_that_becomes_gapless_promises_only_what_comes_after(books: TestBooks) -> None:
    await number_of_next_memo(books)
    await books.perform(numbering(next=10))
    await number_of_next_memo(books)
    await books.perform(numbering(gapless=True))
    draft = await draft_memo(books, "1.00")
    assert (await books.record(CreditMemo, draft.id)).number is None
    assert await number_of_next_memo(books) == "CM-000011"
    assert await books.codes(numbering(next=13)) == ["INVALID_AMOUNT"]
    await books.perform(numbering(prefix="CN-"))
    await number_of_next_memo(books)
    await books.perform(numbering(prefix="CM-"))
    assert await number_of_next_memo(books) == "CM-000013"
    await assert_books_hold(books)


async def test_a_kind_without_a_sequence_gets_one(books: TestBooks) -> None:
    refunds = NumberSequenceEntry(kind=SequenceKind.REFUND, gapless=True)
    await books.perform(UpdateNumberSequences(sequences=[refunds]))
    row = "SELECT prefix, next, padding, gapless FROM number_sequence WHERE entity_id = :entity_id AND kind = 'REFUND'"
    [found] = await books.rows(row)
    assert (found[0], found[1], found[2], bool(found[3])) == ("RF-", 1, 6, True)


async def test_a_rate_changes_under_its_key_and_gets_a_successor(books: TestBooks) -> None:
    named: dict[str, Any] = {"tax_code": "S", "jurisdiction": "TX", "name": "STATE TAX"}
    first = TaxRateEntry(
        **named, rate=Decimal("0.0625"), rate_description="state", valid_from=dt.date(2026, 1, 1)
    )
    [id] = (await books.perform(UpsertTaxRates(tax_rates=[first]))).outcome["tax_rates"]
    ended = TaxRateEntry(
        **named,
        rate=Decimal("0.06250000"),
        valid_from=dt.date(2026, 1, 1),
        valid_through=dt.date(2026, 6, 30),
    )
    successor = TaxRateEntry(**named, rate=Decimal("0.07"), valid_from=dt.date(2026, 7, 1))
    assert await books.codes(UpsertTaxRates(tax_rates=[successor])) == ["INVALID_DATE"]
    made = await books.perform(UpsertTaxRates(tax_rates=[successor, ended]))
    assert made.outcome["tax_rates"][1] == id
    found = await books.record(TaxRate, id)
    assert (found.rate, found.rate_description, found.valid_through) == (
        6_250_000,
        "state",
        dt.date(2026, 6, 30),
    )


async def test_the_server_of_the_tax_engine_is_kept_whatever_the_engine(books: TestBooks) -> None:
    server = TaxCallbackEntry(url="https://tax.example/ask", secret="0123456789abcdef")
    await books.perform(ConfigureTaxEngine(engine=TaxEngineKind.CALLBACK, callback=server))
    await books.perform(ConfigureTaxEngine(engine=TaxEngineKind.BUILT_IN))
    moved = TaxCallbackEntry(url="https://tax.example/v2", timeout_milliseconds=900)
    await books.perform(ConfigureTaxEngine(callback=moved))
    assert (await settings(books)).tax_engine is None
    await books.perform(ConfigureTaxEngine(engine=TaxEngineKind.CALLBACK))
    assert (await settings(books)).tax_engine is TaxEngineKind.CALLBACK
    [[id]] = await books.rows("SELECT id FROM tax_callback WHERE entity_id = :entity_id")
    found = await books.record(TaxCallback, id)
    assert (found.url, found.secret, found.timeout_milliseconds) == (
        "https://tax.example/v2",
        "0123456789abcdef",
        900,
    )
