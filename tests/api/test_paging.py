"""Walking a list page by page, either way, gives the list as it is read at once."""

import base64
import json
from typing import Any

import pytest

from app.api.declarations import DOCUMENTS, sortable_columns
from tests.api.oracle import ROOT_LISTS
from tests.support.building import account
from tests.support.service import Service

PAGE = (
    "nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
)


async def page(service: Service, field: str, arguments: str, **variables: Any) -> dict[str, Any]:
    """One page; `$cursor` may stand in the arguments."""
    declared = "query ($cursor: String)" if "$cursor" in arguments else "query"
    answer = await service.read(f"{declared} {{ {field}({arguments}) {{ {PAGE} }} }}", **variables)
    found: dict[str, Any] = answer[field]
    return found


async def walked(service: Service, field: str, order: str, size: int, *, forward: bool) -> list[str]:
    """The ids of the whole list, page by page; what the pages say of themselves is checked on the way."""
    ids: list[str] = []
    cursor = None
    while True:
        ends = "first: {}, after: $cursor" if forward else "last: {}, before: $cursor"
        found = await page(service, field, f"{ends.format(size)}{order}", cursor=cursor)
        nodes = [each["id"] for each in found["nodes"]]
        info = found["pageInfo"]
        assert [each["node"]["id"] for each in found["edges"]] == nodes
        assert len(nodes) <= size
        if nodes:
            cursors = [each["cursor"] for each in found["edges"]]
            assert (info["startCursor"], info["endCursor"]) == (cursors[0], cursors[-1])
        ids = ids + nodes if forward else nodes + ids
        assert info["hasPreviousPage" if forward else "hasNextPage"] is (cursor is not None)
        if not info["hasNextPage" if forward else "hasPreviousPage"]:
            return ids
        assert len(nodes) == size
        cursor = info["endCursor" if forward else "startCursor"]


@pytest.mark.parametrize("field", sorted(ROOT_LISTS))
async def test_walking_forwards_or_backwards_gives_the_list_as_read_at_once(
    assorted: Service, engine: str, field: str
) -> None:
    """On PostgreSQL one way of walking each order, turn by turn."""
    for place, (name, _) in enumerate(sortable_columns(DOCUMENTS[ROOT_LISTS[field]])):
        for descending in (False, True):
            direction = "DESC" if descending else "ASC"
            order = f", orderBy: {{field: {name.upper()}, direction: {direction}}}"
            at_once = [each["id"] for each in (await page(assorted, field, f"first: 250{order}"))["nodes"]]
            size = (2, 3, 5)[place % 3]
            for forward in (True, False):
                if engine == "sqlite" or forward is ((place % 2 == 0) is descending):
                    assert (
                        await walked(assorted, field, order, size + (not forward), forward=forward) == at_once
                    )


@pytest.mark.parametrize("size", [1, 2, 7, 100])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_missing_values_and_ties_are_neither_skipped_nor_repeated(
    assorted: Service, size: int, direction: str
) -> None:
    order = f", orderBy: {{field: DUE_DATE, direction: {direction}}}"
    at_once = [each["id"] for each in (await page(assorted, "invoices", f"first: 250{order}"))["nodes"]]
    assert len(set(at_once)) == len(at_once) == 11
    assert await walked(assorted, "invoices", order, size, forward=True) == at_once
    assert await walked(assorted, "invoices", order, size, forward=False) == at_once


async def test_the_lists_inside_a_document_page_like_those_of_the_root(assorted: Service) -> None:
    query = """query ($after: String, $before: String, $first: Int, $last: Int) {
      account(by: {number: "A-USD"}) { invoices(first: $first, after: $after, last: $last, before: $before) {
        nodes { id } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""

    async def part(**arguments: Any) -> tuple[list[str], dict[str, Any]]:
        found = (await assorted.read(query, **arguments))["account"]["invoices"]
        assert found["totalCount"] == 3
        return [each["id"] for each in found["nodes"]], found["pageInfo"]

    everything, _ = await part(first=250)
    start, info = await part(first=2)
    assert (start, info["hasNextPage"], info["hasPreviousPage"]) == (everything[:2], True, False)
    rest, info = await part(first=2, after=info["endCursor"])
    assert (rest, info["hasNextPage"], info["hasPreviousPage"]) == (everything[2:], False, True)
    back, info = await part(last=1, before=info["startCursor"])
    assert (back, info["hasNextPage"], info["hasPreviousPage"]) == (everything[1:2], True, True)
    end, info = await part(last=2)
    assert (end, info["hasNextPage"], info["hasPreviousPage"]) == (everything[1:], False, True)
    nothing, info = await part(first=0)
    assert (nothing, info["hasNextPage"], info["endCursor"]) == ([], True, None)


async def test_both_ends_together_cut_a_piece_out_of_the_list(assorted: Service) -> None:
    everything = (await page(assorted, "accounts", "first: 250"))["edges"]
    first, last = everything[1], everything[6]
    answer = await assorted.read(
        "query ($a: String, $b: String) { accounts(first: 10, after: $a, before: $b) { nodes { id } } }",
        a=first["cursor"],
        b=last["cursor"],
    )
    assert [each["id"] for each in answer["accounts"]["nodes"]] == [
        each["node"]["id"] for each in everything[2:6]
    ]


async def test_rows_that_come_in_during_a_walk_move_nothing_that_was_there(service: Service) -> None:
    for number in "bdfhj":
        await account(service.books, number, name="same")
    order = ", orderBy: {field: NUMBER, direction: ASC}"
    seen: list[str] = []
    cursor = None
    query = f"query ($cursor: String) {{ accounts(first: 2, after: $cursor{order}) {{ nodes {{ number }} pageInfo {{ endCursor hasNextPage }} }} }}"
    for newcomer in "aceg":
        found = (await service.read(query, cursor=cursor))["accounts"]
        seen += [each["number"] for each in found["nodes"]]
        cursor = found["pageInfo"]["endCursor"] or cursor
        await account(service.books, newcomer, name="same")
    assert [each for each in seen if each in "bdfhj"] == list("bdfhj")
    assert len(set(seen)) == len(seen)


@pytest.mark.parametrize(
    "arguments",
    [
        "first: -1",
        "last: -1",
        "first: 251",
        "last: 251",
        "first: 1, last: 1",
        "first: 0, last: 0",
        'after: ""',
        'after: "x"',
        'before: "!"',
        'after: "שלום"',
    ],
)
async def test_a_page_that_makes_no_sense_is_the_clients_fault(service: Service, arguments: str) -> None:
    response = await service.send(f"{{ accounts({arguments}) {{ nodes {{ id }} }} }}")
    assert [each["extensions"]["code"] for each in response.json()["errors"]] == ["BAD_USER_INPUT"]


def forged(*parts: Any) -> str:
    text = json.dumps(parts)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


NUMBER = "{field: NUMBER, direction: ASC}"
CREATED = "{field: CREATED_AT, direction: DESC}"


@pytest.mark.parametrize(
    ("field", "order", "parts"),
    [
        ("accounts", NUMBER, ()),
        ("accounts", NUMBER, ("Account.NUMBER.ASC", "A")),
        ("accounts", NUMBER, ("Account.NUMBER.ASC", "A", None)),
        ("accounts", NUMBER, ("Account.NUMBER.ASC", "A", 5)),
        ("accounts", NUMBER, ("Account.NUMBER.ASC", "A", "\0")),
        ("accounts", NUMBER, ("Account.NUMBER.ASC", "A", "\ud800")),
        ("accounts", NUMBER, ("Account.NUMBER.ASC", "\0", "acc_1")),
        ("accounts", NUMBER, ("Account.NUMBER.ASC", "\ud800", "acc_1")),
        ("accounts", NUMBER, ("Account.NUMBER.ASC", 5, "acc_1")),
        ("accounts", NUMBER, ("Account.NUMBER.ASC", {"a": 1}, "acc_1")),
        ("accounts", NUMBER, ("Account.NUMBER.DESC", "A", "acc_1")),
        ("accounts", NUMBER, ("Account.NAME.ASC", "A", "acc_1")),
        ("accounts", NUMBER, ("Invoice.NUMBER.ASC", "A", "acc_1")),
        ("accounts", CREATED, ("Account.CREATED_AT.DESC", "2026-01-01T00:00:00", "acc_1")),
        ("accounts", CREATED, ("Account.CREATED_AT.DESC", "0001-01-01T00:00:00+14:00", "acc_1")),
        ("accounts", CREATED, ("Account.CREATED_AT.DESC", "9999-12-31T23:59:59-14:00", "acc_1")),
        ("accounts", CREATED, ("Account.CREATED_AT.DESC", "2026-W01-1", "acc_1")),
        ("accounts", CREATED, ("Account.CREATED_AT.DESC", 10**400, "acc_1")),
        ("invoices", "{field: BALANCE, direction: ASC}", ("Invoice.BALANCE.ASC", 1.5, "inv_1")),
        ("invoices", "{field: BALANCE, direction: ASC}", ("Invoice.BALANCE.ASC", True, "inv_1")),
        ("invoices", "{field: BALANCE, direction: ASC}", ("Invoice.BALANCE.ASC", 2**63, "inv_1")),
        (
            "creditMemoApplications",
            "{field: TYPE, direction: ASC}",
            ("CreditMemoApplication.TYPE.ASC", "X", "a"),
        ),
    ],
)
async def test_a_forged_cursor_is_the_clients_fault(
    service: Service, field: str, order: str, parts: tuple[Any, ...]
) -> None:
    response = await service.send(
        f"query ($cursor: String) {{ {field}(after: $cursor, orderBy: {order}) {{ nodes {{ id }} }} }}",
        {"cursor": forged(*parts)},
    )
    assert [each["extensions"]["code"] for each in response.json()["errors"]] == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    ("cursor", "message"),
    [
        (
            forged("Account.CREATED_AT.DESC", "2026-01-01T00:00:00+00:00", "acc_1"),
            "The cursor was made for `orderBy: {field: CREATED_AT, direction: DESC}`;"
            " this list is asked for with `orderBy: {field: NUMBER, direction: ASC}`.",
        ),
        (
            forged("Invoice.NUMBER.ASC", "A", "inv_1"),
            "The cursor is of a list of Invoice; this is a list of Account.",
        ),
        (forged("app.models", "A", "acc_1"), "This is no cursor that a list of Account has answered."),
        ("x", "This is no cursor that a list of Account has answered."),
    ],
)
async def test_a_cursor_out_of_place_is_told_in_the_words_of_the_schema(
    service: Service, cursor: str, message: str
) -> None:
    response = await service.send(
        f"query ($cursor: String) {{ accounts(after: $cursor, orderBy: {NUMBER}) {{ nodes {{ id }} }} }}",
        {"cursor": cursor},
    )
    assert [each["message"] for each in response.json()["errors"]] == [message]


@pytest.mark.parametrize("value", [2**31, -(2**62), 2**63 - 1])
async def test_a_cursor_with_a_number_that_no_row_can_have_is_only_a_place(
    assorted: Service, value: int
) -> None:
    order = "{field: INVOICE_POSITION, direction: ASC}"
    cursor = forged("CreditMemoApplication.INVOICE_POSITION.ASC", value, "app_1")
    found = await page(
        assorted,
        "creditMemoApplications",
        f"after: $cursor, orderBy: {order}, first: 5",
        cursor=cursor,
    )
    assert bool(found["nodes"]) is (value < 0)


async def test_a_null_where_the_column_is_never_missing_is_only_a_place(service: Service) -> None:
    await account(service.books)
    cursor = forged("Account.NUMBER.ASC", None, "acc_1")
    found = await page(service, "accounts", f"after: $cursor, orderBy: {NUMBER}", cursor=cursor)
    assert found["nodes"] == []
