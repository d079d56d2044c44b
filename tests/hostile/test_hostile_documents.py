"""Values that JSON does not have, and values written into the document itself."""

import pytest

from tests.support.books import trace
from tests.support.building import posted_invoice
from tests.support.service import Service

LITERALS = (
    "1e999",
    "1.5",
    "5",
    "-0",
    "NaN",
    "Infinity",
    "null",
    "true",
    "[]",
    "{}",
    '"1e5"',
    '"１２"',
    '"NaN"',
    '"\\u0000"',
    '"\\uD800"',
    '"""block"""',
    "9" * 400,
    "$missing",
)


@pytest.mark.parametrize("literal", LITERALS, ids=range(len(LITERALS)))
async def test_a_literal_that_is_no_amount_is_the_clients_fault(service: Service, literal: str) -> None:
    invoice = await posted_invoice(service.books, "100.00")
    before = await trace(service.books.place)
    sent = await service.send(
        f'mutation {{ recordPayment(input: {{invoice: {{id: "{invoice.id}"}}, amount: {literal}}})'
        " { __typename } }"
    )
    assert sent.status_code < 500
    assert {each["extensions"]["code"] for each in sent.json()["errors"]} <= {
        "GRAPHQL_VALIDATION_FAILED",
        "GRAPHQL_PARSE_FAILED",
        "BAD_USER_INPUT",
    }
    assert await trace(service.books.place) == before


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "01", "+1", "0x1", "1_000"])
async def test_a_number_that_json_does_not_have_is_the_clients_fault(service: Service, number: str) -> None:
    query = "mutation ($input: RecordPaymentInput!) { recordPayment(input: $input) { __typename } }"
    body = (
        f'{{"query": "{query}", "variables": {{"input": {{"invoice": {{"id": "x"}}, "amount": {number}}}}}}}'
    )
    sent = await service.post(body.encode())
    assert sent.status_code == 400
    assert sent.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


async def test_bytes_that_are_no_text_are_the_clients_fault(service: Service) -> None:
    for body in (b"\xff\xfe", b'{"query": "{ entity { code } }\xc3\x28"}', b'{"query": "\xed\xa0\x80"}', b""):
        sent = await service.post(body)
        assert sent.status_code == 400, body
        assert sent.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
