"""A document by its id alone; unknown, foreign and malformed ids all look like nothing."""

from typing import Any

import pytest

from tests.support.building import Made, posted_invoice, posted_memo
from tests.support.service import Service

GARBAGE = (
    "",
    "_",
    "inv",
    "inv_",
    "INV_1",
    "xyz_1",
    "inv_" + "0" * 32,
    "inv_\0",
    "inv_\ud800",
    "שלום_😀",
    "x" * 5000,
)
LOOKUPS = (
    "query ($id: ID!) {{ node(id: $id) {{ id }} }}",
    "query ($id: ID!) {{ nodes(ids: [$id]) {{ id }} }}",
    "query ($id: ID!) {{ {kind}(by: {{id: $id}}) {{ id }} }}",
)


async def foreign_invoice(service: Service) -> Made:
    """An invoice of another entity of the same database."""
    return await posted_invoice(await service.books.neighbour(), "10.00")


@pytest.mark.parametrize("id", GARBAGE, ids=range(len(GARBAGE)))
@pytest.mark.parametrize("lookup", LOOKUPS, ids=["node", "nodes", "by"])
async def test_an_id_that_stands_for_nothing_answers_null(service: Service, lookup: str, id: str) -> None:
    response = await service.send(lookup.format(kind="invoice"), {"id": id})
    body = response.json()
    assert "errors" not in body, body["errors"]
    assert list(body["data"].values()) in ([None], [[None]])


@pytest.mark.parametrize("lookup", LOOKUPS, ids=["node", "nodes", "by"])
async def test_a_foreign_id_is_answered_byte_for_byte_like_an_unknown_one(
    service: Service, lookup: str
) -> None:
    foreign = (await foreign_invoice(service)).id
    unknown = foreign[:-4] + "0000"
    answers = [
        (await service.send(lookup.format(kind="invoice"), {"id": id}, X_Request_Id="r")).content
        for id in (foreign, unknown)
    ]
    assert answers[0] == answers[1]


async def test_a_foreign_id_in_a_mutation_is_refused_byte_for_byte_like_an_unknown_one(
    service: Service,
) -> None:
    theirs = await foreign_invoice(service)
    refusals = []
    for id in (theirs.id, theirs.id[:-4] + "0000"):
        payload = await service.mutate("postInvoice", {"invoice": {"id": id}})
        [violation] = payload["violations"]
        assert violation["details"].pop("asked") == id
        refusals.append(payload)
    assert refusals[0] == refusals[1]
    assert refusals[0]["violations"][0]["code"] == "NOT_FOUND"


async def test_the_kind_of_an_id_decides_what_it_can_name(service: Service) -> None:
    """An invoice's id under another kind's prefix, or looked up as another kind, names nothing."""
    invoice, memo = await posted_invoice(service.books, "10.00"), await posted_memo(service.books, "10.00")
    swapped = "cm_" + invoice.id.partition("_")[2]
    answer = await service.read(
        "query ($ids: [ID!]!, $invoice: ID!, $memo: ID!) { nodes(ids: $ids) { __typename id }"
        " invoice(by: {id: $memo}) { id } creditMemo(by: {id: $invoice}) { id }"
        " creditMemoApplication(id: $invoice) { id } }",
        ids=[memo.id, swapped, invoice.id, memo.id],
        invoice=invoice.id,
        memo=memo.id,
    )
    memo_node = {"__typename": "CreditMemo", "id": memo.id}
    assert answer == {
        "nodes": [memo_node, None, {"__typename": "Invoice", "id": invoice.id}, memo_node],
        "invoice": None,
        "creditMemo": None,
        "creditMemoApplication": None,
    }


async def test_at_most_250_nodes_are_fetched_at_a_time(service: Service) -> None:
    async def body(count: int) -> Any:
        sent = await service.send(
            "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["inv_1"] * count}
        )
        return sent.json()

    assert (await body(250))["data"]["nodes"] == [None] * 250
    [error] = (await body(251))["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert (await body(0))["data"]["nodes"] == []
