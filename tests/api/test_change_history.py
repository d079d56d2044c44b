"""The change history of documents and the log, over HTTP, in the schema's words."""

from typing import Any

from tests.support.building import account, draft_memo, posted_invoice, posted_memo
from tests.support.numbering import numbered
from tests.support.service import Service

CHANGES = """changes { nodes {
  documentId version part kind logNumber recordedBy previousHash hash added
  fields { recordId field before after } logEntry { number operation actor }
  creditMemo { id } invoice { id } account { id }
} }"""
OF_MEMO = f"query ($id: ID!) {{ creditMemo(by: {{id: $id}}) {{ version {CHANGES} }} }}"
OF_INVOICE = f"query ($id: ID!) {{ invoice(by: {{id: $id}}) {{ version {CHANGES} }} }}"
OF_ACCOUNT = f"query ($id: ID!) {{ account(by: {{id: $id}}) {{ version {CHANGES} }} }}"
LOG = """query ($first: Int, $after: String, $filter: LogEntryFilter, $orderBy: LogEntryOrder) {
  log(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    nodes { id number operation actor idempotencyKey changes { nodes { documentId version } } }
    pageInfo { hasNextPage endCursor } totalCount
  }
}"""


def fields_of(change: dict[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    return {each["field"]: (each["before"], each["after"]) for each in change["fields"]}


async def applied_in_part(service: Service) -> tuple[str, str]:
    """A memo of 100.00, 60.00 of it applied to an invoice of 80.00; their ids."""
    invoice, memo = await posted_invoice(service.books, "80.00"), await posted_memo(service.books, "100.00")
    await service.mutate(
        "applyCreditMemo",
        {
            "creditMemo": {"id": memo.id},
            "applications": [{"invoice": {"id": invoice.id}, "amount": "60.00"}],
            "idempotencyKey": "apply",
        },
    )
    return memo.id, invoice.id


async def test_each_command_leaves_what_it_changed_on_both_documents(service: Service) -> None:
    memo, invoice = await applied_in_part(service)
    await numbered(service.books)
    of_memo = (await service.read(OF_MEMO, id=memo))["creditMemo"]["changes"]["nodes"]
    of_invoice = (await service.read(OF_INVOICE, id=invoice))["invoice"]["changes"]["nodes"]
    assert [each["kind"] for each in of_memo] == ["CREATED", "CHANGED"]
    assert of_memo[0]["fields"] == []
    assert fields_of(of_memo[1])["balance"] == ("100.00", "40.00")
    assert fields_of(of_memo[1])["applied"] == ("0.00", "60.00")
    assert fields_of(of_invoice[-1])["settlementStatus"] == ("NOT_SETTLED", "PARTIALLY_SETTLED")
    assert of_memo[1]["logEntry"] == of_invoice[-1]["logEntry"]
    assert of_memo[1]["logEntry"]["operation"] == "APPLY_CREDIT_MEMO"
    assert of_memo[1]["creditMemo"] == {"id": memo}
    assert of_memo[1]["invoice"] is None
    assert of_memo[1]["logNumber"] == of_memo[1]["logEntry"]["number"]


async def test_a_link_names_the_hash_before_it(service: Service) -> None:
    memo, _ = await applied_in_part(service)
    first, second = (await service.read(OF_MEMO, id=memo))["creditMemo"]["changes"]["nodes"]
    assert first["previousHash"] is None
    assert second["previousHash"] == first["hash"]
    assert (
        await service.books.value(
            "SELECT history_hash FROM credit_memo WHERE entity_id = :entity_id AND id = :id", id=memo
        )
        == second["hash"]
    )


async def test_what_a_caller_says_of_an_application_is_a_change_of_its_memo(service: Service) -> None:
    memo, _ = await applied_in_part(service)
    application = await service.books.value(
        "SELECT id FROM credit_memo_application WHERE entity_id = :entity_id"
    )
    for _ in range(2):
        # The same again is no change.
        await service.mutate(
            "updateCreditMemoApplication", {"applicationId": application, "description": "Half"}
        )
    found = (await service.read(OF_MEMO, id=memo))["creditMemo"]
    assert [each["version"] for each in found["changes"]["nodes"]] == [1, 2, 3]
    [told] = found["changes"]["nodes"][-1]["fields"]
    assert told == {"recordId": application, "field": "description", "before": None, "after": "Half"}


async def test_custom_fields_are_told_as_json(service: Service) -> None:
    id = await account(service.books, metadata={"tier": 1})
    await account(service.books, metadata={"tier": 1.0, "b": True})
    [_, change] = (await service.read(OF_ACCOUNT, id=id))["account"]["changes"]["nodes"]
    assert fields_of(change) == {"metadata": ('{"tier":1}', '{"b":true,"tier":1.0}')}
    assert change["account"] == {"id": id}


async def test_the_log_has_no_entry_without_a_number(service: Service) -> None:
    await applied_in_part(service)
    assert (await service.read(LOG))["log"]["nodes"] == []
    last = await numbered(service.books)
    found = (await service.read(LOG))["log"]
    assert [each["number"] for each in found["nodes"]] == list(range(1, last + 1))
    assert found["totalCount"] == last
    await draft_memo(service.books, "1.00")
    assert (await service.read(LOG))["log"] == found


async def test_the_log_is_read_by_cursor_and_by_what_was_asked_for(service: Service) -> None:
    memo, invoice = await applied_in_part(service)
    last = await numbered(service.books)
    whole, after = [], None
    while True:
        page = (await service.read(LOG, first=2, after=after))["log"]
        whole += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert [each["number"] for each in whole] == list(range(1, last + 1))
    chosen = (await service.read(LOG, filter={"operation": {"eq": "APPLY_CREDIT_MEMO"}}))["log"]["nodes"]
    assert [each["idempotencyKey"] for each in chosen] == ["apply"]
    assert {each["documentId"] for each in chosen[0]["changes"]["nodes"]} == {memo, invoice}
    backwards = (await service.read(LOG, orderBy={"field": "NUMBER", "direction": "DESC"}))["log"]["nodes"]
    assert backwards == whole[::-1]


async def test_the_history_of_the_entitys_own_data_is_told_in_the_schemas_words(service: Service) -> None:
    await service.mutate("updateEntitySettings", {"closedThrough": "2026-01-31"})
    await service.mutate(
        "upsertTaxRates",
        {
            "taxRates": [
                {
                    "taxCode": "S",
                    "jurisdiction": "TX",
                    "name": "TAX",
                    "rate": "0.0625",
                    "validFrom": "2026-01-01",
                }
            ]
        },
    )
    found = await service.read(
        "{ entity { changes { nodes { version fields { recordId field before after } logEntry { operation } } } } }"
    )
    [closed, rated] = found["entity"]["changes"]["nodes"]
    assert closed["fields"] == [
        {"recordId": "entity", "field": "closedThrough", "before": None, "after": "2026-01-31"}
    ]
    assert closed["logEntry"]["operation"] == "UPDATE_ENTITY_SETTINGS"
    assert fields_of(rated)["rate"] == (None, "0.0625")
    assert fields_of(rated)["validFrom"] == (None, "2026-01-01")
