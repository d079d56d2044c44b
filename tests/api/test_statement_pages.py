"""A statement page by page: the rows of the whole, each page opening where the one before closed."""

import base64
import json
from itertools import pairwise
from typing import Any

import pytest

from app.api.types import statement
from tests.support.building import ACCOUNT, applied, paid, posted_invoice, posted_memo
from tests.support.numbering import numbered
from tests.support.service import Service

ROW = "date kind documentType number reference amount matched balance"
WHOLE = f"""query {{ accountStatement(account: {{number: "{ACCOUNT}"}}) {{ currency lines {{ {ROW} }}
  opening {{ owed unappliedCredit balance }} closing {{ owed unappliedCredit balance }} }} }}"""
PAGE = f"""query ($first: Int, $after: String, $asOf: AsOf) {{
  accountStatement(account: {{number: "{ACCOUNT}"}}, asOf: $asOf) {{ currency page(first: $first, after: $after) {{
    opening {{ owed unappliedCredit balance }} nodes {{ {ROW} }}
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }} }}"""
Page = dict[str, Any]


async def lively(service: Service) -> None:
    """Of today and of days before, in two currencies."""
    invoice, memo = await posted_invoice(service.books, "90.00"), await posted_memo(service.books, "40.00")
    for amount in ("1.00", "2.00"):
        await applied(service.books, memo, (invoice, amount))
        await paid(service.books, invoice, amount)
    await posted_invoice(service.books, "900", currency="JPY")


async def pages(service: Service, currency: str, **asked: Any) -> list[Page]:
    found: list[Page] = []
    while not found or found[-1]["pageInfo"]["hasNextPage"]:
        after = found[-1]["pageInfo"]["endCursor"] if found else None
        statements = (await service.read(PAGE, after=after, **asked))["accountStatement"]
        [page] = [each["page"] for each in statements if each["currency"] == currency]
        assert page["pageInfo"]["hasPreviousPage"] is bool(found)
        found.append(page)
    return found


async def test_the_pages_of_a_statement_are_its_rows_and_each_opens_where_the_one_before_closed(
    service: Service,
) -> None:
    await lively(service)
    for whole in (await service.read(WHOLE))["accountStatement"]:
        for size in (1, 2, 4, 50):
            found = await pages(service, whole["currency"], first=size)
            assert [row for each in found for row in each["nodes"]] == whole["lines"]
            assert found[0]["opening"] == whole["opening"]
            for before, after in pairwise(found):
                assert after["opening"]["balance"] == before["nodes"][-1]["balance"]


async def test_a_page_opens_with_what_was_owed_and_held_before_its_first_row(service: Service) -> None:
    await lively(service)
    found = await pages(service, "USD", first=3)
    assert [each["opening"] for each in found] == [
        {"owed": "0.00", "unappliedCredit": "0.00", "balance": "0.00"},
        # Of 90.00 and 40.00 the first 1.00 was matched.
        {"owed": "89.00", "unappliedCredit": "39.00", "balance": "50.00"},
    ]


async def test_pages_as_of_a_log_number_stay_as_they_are(service: Service) -> None:
    await lively(service)
    log = await numbered(service.books)
    before = await pages(service, "USD", first=2, asOf={"log": log})
    await posted_memo(service.books, "7.00")
    await numbered(service.books)
    assert await pages(service, "USD", first=2, asOf={"log": log}) == before
    assert await pages(service, "USD", first=2) != before


async def test_a_statement_with_too_many_rows_is_told_by_its_pages_only(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lively(service)
    monkeypatch.setattr(statement, "MOST_LINES", 5)
    response = (await service.send(WHOLE)).json()
    [error] = response["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "`page`" in error["message"]
    assert sum(len(each["nodes"]) for each in await pages(service, "USD", first=2)) == 6


def forged(*parts: Any) -> str:
    order, day, place = "AccountStatement.DATE.ASC", "2026-01-01", json.dumps(parts)
    return base64.urlsafe_b64encode(json.dumps([order, day, place]).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "parts",
    [
        (),
        ("2026-01-01", "log_1", "inv_1"),
        ("yesterday", "log_1", "inv_1", 1),
        ("2026-01-01T00:00:00+00:00", None, "inv_1", 1),
        ("2026-01-01T00:00:00+00:00", "log_1", "\0", 1),
        ("2026-01-01T00:00:00+00:00", "log_1", "inv_1", -1),
        ("2026-01-01T00:00:00+00:00", "log_1", "inv_1", 2**31),
        ("2026-01-01T00:00:00+00:00", "log_1", "inv_1", "one"),
        ("0001-01-01T00:00:00+14:00", "log_1", "inv_1", 1),
    ],
)
async def test_a_forged_cursor_of_a_statement_is_the_clients_fault(
    service: Service, parts: tuple[Any, ...]
) -> None:
    await lively(service)
    response = (await service.send(PAGE, {"after": forged(*parts)})).json()
    assert {each["extensions"]["code"] for each in response["errors"]} == {"BAD_USER_INPUT"}


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_a_cursor_at_the_end_of_the_calendar_is_only_a_place(service: Service, day: str) -> None:
    await lively(service)
    place = json.dumps(["2026-01-01T00:00:00+00:00", "log_1", "inv_1", 1])
    text = json.dumps(["AccountStatement.DATE.ASC", day, place])
    cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    [_, dollars] = (await service.read(PAGE, after=cursor, first=50))["accountStatement"]
    assert len(dollars["page"]["nodes"]) == (6 if day.startswith("0") else 0)
