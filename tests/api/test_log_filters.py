"""The log by what its commands touched: a document, or an account with all that belongs to it."""

from typing import Any

import pytest

from tests.api.test_change_history import LOG, applied_in_part
from tests.repository.direct import owner_connection
from tests.support.building import account, draft_memo, posted_memo
from tests.support.numbering import numbered
from tests.support.sent import noting
from tests.support.service import Service

Entry = dict[str, Any]


async def logged(service: Service, **filter: Any) -> list[Entry]:
    """The log as far as the filter lets it through, read two entries at a time."""
    found: list[Entry] = []
    after = None
    while True:
        page = (await service.read(LOG, first=2, after=after, filter=filter))["log"]
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(found)
            return found


def touched(entry: Entry) -> set[str]:
    return {each["documentId"] for each in entry["changes"]["nodes"]}


async def lively(service: Service) -> tuple[str, str, str, str]:
    """A memo and an invoice of one account, and a memo of another; their ids, and the other account's."""
    memo, invoice = await applied_in_part(service)
    other = await account(service.books, "B-1")
    foreign = (await posted_memo(service.books, "5.00", account_number="B-1")).id
    await service.mutate("updateEntitySettings", {"closedThrough": "2026-01-31"})
    await numbered(service.books)
    return memo, invoice, foreign, other


async def test_the_log_of_a_document_has_the_commands_that_changed_it(service: Service) -> None:
    memo, invoice, foreign, _ = await lively(service)
    whole = await logged(service)
    for id in (memo, invoice, foreign):
        assert await logged(service, documentId={"eq": id}) == [each for each in whole if id in touched(each)]
    assert len(await logged(service, documentId={"eq": memo})) == 2
    either = await logged(service, documentId={"in": [memo, foreign]})
    assert either == [each for each in whole if touched(each) & {memo, foreign}]
    both = await logged(service, **{"and": [{"documentId": {"eq": memo}}, {"documentId": {"eq": invoice}}]})
    assert [each["operation"] for each in both] == ["APPLY_CREDIT_MEMO"]
    assert await logged(service, documentId={"in": []}) == []


async def test_the_log_of_an_account_has_what_touched_it_and_all_that_belongs_to_it(service: Service) -> None:
    memo, invoice, foreign, other = await lively(service)
    whole = await logged(service)
    of_other = await logged(service, accountId={"eq": other})
    assert of_other == [each for each in whole if touched(each) & {other, foreign}]
    assert [each["operation"] for each in of_other] == ["UPSERT_ACCOUNTS", "CREATE_CREDIT_MEMO"]
    mine = (await service.read('{ account(by: {number: "A-1"}) { id } }'))["account"]["id"]
    assert await logged(service, accountId={"eq": mine}) == [
        each for each in whole if touched(each) & {mine, memo, invoice}
    ]
    neither = await logged(service, **{"not": {"accountId": {"in": [mine, other]}}})
    assert [each["operation"] for each in neither] == ["UPDATE_ENTITY_SETTINGS"]
    applied = await logged(service, accountId={"eq": mine}, operation={"eq": "APPLY_CREDIT_MEMO"})
    assert [touched(each) for each in applied] == [{memo, invoice}]


async def test_ids_of_another_entity_or_of_nothing_find_no_entry(service: Service) -> None:
    await lively(service)
    neighbour = await service.books.neighbour()
    theirs = await account(neighbour)
    memo = (await draft_memo(neighbour, "1.00")).id
    await numbered(neighbour)
    for filter in ({"documentId": {"in": [theirs, memo, "cm_nothing"]}}, {"accountId": {"eq": theirs}}):
        assert await logged(service, **filter) == []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_the_log_is_not_gone_through_for_what_a_document_or_an_account_has_of_it(
    service: Service,
) -> None:
    """Books that nobody has made statistics of."""
    memo, _, _, other = await lively(service)
    seen: list[str] = []
    with noting(seen.append):
        for filter in ({"documentId": {"eq": memo}}, {"accountId": {"eq": other}, "number": {"gt": 0}}):
            await logged(service, **filter)
    asked = {each for each in seen if "FROM log_entry" in each and "FROM document_change" in each}
    # A first page, one behind a cursor and a count of each.
    assert len(asked) >= 5
    async with owner_connection(service.books.place) as connection:
        for statement in asked:
            places = (1,) * statement.count("?")
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", places)
            [searched] = [row.detail for row in plan if " log_entry " in row.detail]
            assert "(entity_id=? AND id=?)" in searched, (statement, searched)
