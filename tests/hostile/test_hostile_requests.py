"""The service refuses hostile requests at the limit that is meant for each, before a statement is sent."""

import gzip
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.hostile.asking import INSIDES
from tests.hostile.statements import sent_to
from tests.http.client import MEDIA_TYPE
from tests.http.hostile_requests import (
    COMPLEX,
    GOOD,
    INPUT,
    INTROSPECTION,
    INVALID,
    JSON,
    Hostile,
    get,
    many,
    query,
)
from tests.http.hostile_requests import REFUSED as ANYWHERE
from tests.support.books import TestBooks
from tests.support.service import TOKEN, Service

PLAIN = query("a plain query", "", "{ entity { code } }", 200)
STRANGERS = [
    Hostile("no token", 401, "UNAUTHENTICATED", GOOD, {**JSON, "Authorization": ""}),
    Hostile("a wrong token", 401, "UNAUTHENTICATED", GOOD, {**JSON, "Authorization": "Bearer wrong"}),
    Hostile("the token as a password", 401, "UNAUTHENTICATED", GOOD, {**JSON, "Authorization": f"Basic {TOKEN}"}),
    Hostile("a token of a megabyte", 401, "UNAUTHENTICATED", GOOD, {**JSON, "Authorization": "Bearer " + "x" * 1_000_000}),
    Hostile("no token for a hostile document", 401, "UNAUTHENTICATED", b'{"query": "{', {**JSON, "Authorization": ""}),
]  # fmt: skip


def filter_of(levels: int) -> dict[str, Any]:
    """A filter so many levels deep."""
    inner: dict[str, Any] = {"balance": {"gt": "0"}}
    for _ in range(levels):
        inner = {"not": inner}
    return inner


BOOKS = [
    # the cost of what is asked for
    query("pages in pages in pages", COMPLEX, "{ accounts(first: 250) { nodes { invoices(first: 250) { nodes { lines(first: 250) { nodes { id } } } } } } }"),
    query("a page of two thousand million rows", COMPLEX, "query($n: Int) { invoices(first: $n) { nodes { id } } }", variables={"n": 2**31 - 1}),
    query("pages whose size is a default", COMPLEX, "query($n: Int = 250) { accounts(first: $n) { nodes { invoices(first: $n) { nodes { id } } } } }"),
    query("a million ids", COMPLEX, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", variables={"ids": ["x"] * 150_000}),
    query("a page by fragments", COMPLEX, "{ accounts(first: 250) { ...F } } fragment F on AccountConnection { nodes { ...G } } fragment G on Account { invoices(first: 250) { nodes { id } } }"),
    query("20 root fields that cost too much together", COMPLEX, "{ " + many("a#: invoices(first: 250) { nodes { id number status balance currency dueDate invoiceDate account { id number name } } }", 20) + " }"),
    # documents that do not fit this schema
    query("conflicting fields of one name", INVALID, "{ " + many('account(by: {id: "#"}) { id }', 20) + " }"),
    query("900 fields to compare", COMPLEX, '{ account(by: {id: "x"}) { ' + "... { invoices { nodes { id } } } " * 250 + "} }"),
    query("two keys of a oneOf", INVALID, '{ account(by: {id: "1", number: "2"}) { id } }'),
    query("no key of a oneOf", INVALID, "{ account(by: {}) { id } }"),
    query("an unknown key of an input", INVALID, '{ account(by: {wrong: "1"}) { id } }'),
    query("an unknown argument", INVALID, '{ account(wrong: "1") { id } }'),
    query("a type that is not there", INVALID, '{ node(id: "x") { ... on Secret { id } } }'),
    query("a fragment on an input", INVALID, "{ ...F } fragment F on InvoiceFilter { id }"),
    query("a page size of 5,000 digits", INVALID, "{ invoices(first: " + "9" * 5_000 + ") { nodes { id } } }"),
    query("a page size that is a fraction", INVALID, "{ invoices(first: 1.5) { nodes { id } } }"),
    query("an enum in quotes", INVALID, '{ invoices(filter: {status: {in: ["POSTED"]}}) { nodes { id } } }'),
    query("no selection", INVALID, "{ entity }"),
    query("a selection of a scalar", INVALID, "{ entity { code { x } } }"),
    query("a subscription", INVALID, "subscription { entity { code } }"),
    query("SQL in the place of a name", "GRAPHQL_PARSE_FAILED", "{ entity { code; DROP TABLE invoice } }"),
    # values that are no values
    query("an amount that is a number", INPUT, 'mutation { recordPayment(input: {invoice: {id: "x"}, amount: 1.5}) { __typename } }'),
    query("an amount that is not a number", INPUT, 'mutation { recordPayment(input: {invoice: {id: "x"}, amount: "NaN"}) { __typename } }'),
    query("an amount of 40 digits", INPUT, "query($f: InvoiceFilter) { invoices(filter: $f) { totalCount } }", variables={"f": {"balance": {"gt": "9" * 40}}}),
    query("a time without a zone", INPUT, "query($f: InvoiceFilter) { invoices(filter: $f) { totalCount } }", variables={"f": {"createdAt": {"gte": "2026-01-01T00:00:00"}}}),
    query("a status that there is not", INPUT, "query($f: InvoiceFilter) { invoices(filter: $f) { totalCount } }", variables={"f": {"status": {"in": ["PAID OFF"]}}}),
    query("an object for an id", INPUT, "query($id: ID!) { node(id: $id) { id } }", variables={"id": {"$ne": None}}),
    query("a page size over 32 bits", INPUT, "query($n: Int) { invoices(last: 1, before: \"x\", first: $n) { totalCount } }", variables={"n": -(2**40)}),
    query("a filter 300 levels deep", INPUT, "query($f: InvoiceFilter) { invoices(filter: $f) { totalCount } }", variables={"f": filter_of(300)}),
    query("a null that may only be left out", INPUT, "query($f: InvoiceFilter) { invoices(filter: $f) { totalCount } }", variables={"f": {"and": [None]}}),
    # mutations
    get("a mutation by GET", 405, "query=mutation{cancelJob(input:{jobId:%22x%22}){__typename}}"),
    Hostile("one key for two mutations", 400, content=json.dumps({"query": 'mutation { a: cancelJob(input: {jobId: "x"}) { __typename } b: cancelJob(input: {jobId: "x"}) { __typename } }'}).encode(), headers={**JSON, "Idempotency-Key": "k"}),
    Hostile("a key of 256 characters", 400, content=b'{"query": "mutation { cancelJob(input: {jobId: \\"x\\"}) { __typename } }"}', headers={**JSON, "Idempotency-Key": "k" * 256}),
    query("21 mutations", COMPLEX, "mutation { " + many('a#: cancelJob(input: {jobId: "x"}) { __typename }', 21) + " }"),
]  # fmt: skip
REFUSED = [*ANYWHERE, INTROSPECTION, *STRANGERS, *BOOKS]


@pytest.fixture
def service(books: TestBooks, tmp_path: Path) -> Service:
    """The service as others reach it: it tells nothing about its schema."""
    return Service(books, tmp_path, introspection=False, graphiql=False)


async def sent(service: Service, hostile: Hostile) -> httpx2.Response:
    return await service.request(
        hostile.method,
        hostile.url,
        content=hostile.content,
        headers={"Accept": MEDIA_TYPE, **hostile.headers},
    )


async def test_each_is_refused_at_its_own_limit_before_a_statement_is_sent(service: Service) -> None:
    # Who the caller is has been read then, and stays known.
    assert (await sent(service, PLAIN)).json()["data"] == {"entity": {"code": service.books.entity.code}}
    expected, found = {}, {}
    for hostile in REFUSED:
        with sent_to(service.books.database) as statements:
            response = await sent(service, hostile)
        codes = [each["extensions"]["code"] for each in response.json()["errors"]] if response.content else []
        expected[hostile.name] = (hostile.status, hostile.code, 0)
        found[hostile.name] = (response.status_code, "".join(set(codes)), len(statements))
        for error in response.json()["errors"] if response.content else ():
            assert not INSIDES.search(error["message"]), (hostile.name, error["message"])
        assert hostile.method == "HEAD" or "data" not in response.json(), hostile.name
        assert TOKEN not in response.text, hostile.name
        assert len(response.content) < 20_000, hostile.name
    assert found == expected
    assert (await sent(service, PLAIN)).status_code == 200


async def test_a_plain_query_sends_statements_that_are_counted(service: Service) -> None:
    with sent_to(service.books.database) as statements:
        await sent(service, PLAIN)
    assert len([each for each in statements if each != "a connection is taken"]) > 0


def test_there_are_more_than_a_hundred_of_different_kinds() -> None:
    assert len({each.name for each in REFUSED}) == len(REFUSED) > 100
    assert len({(each.method, each.content, str(each.headers), each.url) for each in REFUSED}) == len(REFUSED)


async def test_who_has_spent_the_budget_is_refused_before_a_statement_is_sent(
    books: TestBooks, tmp_path: Path
) -> None:
    service = Service(books, tmp_path, cost_budget=10, cost_per_second=0.001)
    cost = (await sent(service, PLAIN)).json()["extensions"]["cost"]
    assert cost == {
        "requested": 2,
        "limit": 10,
        "budget": {"capacity": 10, "left": 8, "restorePerSecond": 0.001},
    }
    for _ in range(4):
        await sent(service, PLAIN)
    for hostile in (PLAIN, query("the same in other words", "", "{ entity { id } }"), *BOOKS):
        with sent_to(books.database) as statements:
            response = await sent(service, hostile)
        if hostile.method == "POST":
            assert response.status_code == 429, hostile.name
            assert response.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
            assert int(response.headers["Retry-After"]) > 100
        assert statements == []


async def test_a_budget_of_nothing_means_none(books: TestBooks, tmp_path: Path) -> None:
    service = Service(books, tmp_path, cost_budget=0)
    assert (await sent(service, PLAIN)).json()["extensions"] == {"cost": {"requested": 2, "limit": 50_000}}


async def test_a_bomb_in_gzip_is_stopped_at_the_cap_of_what_comes_out(
    books: TestBooks, tmp_path: Path
) -> None:
    service = Service(books, tmp_path, max_body_bytes=2_000)
    bomb = gzip.compress(b'{"query": "{ entity { code } }"}' + b" " * 10_000_000)
    small = await service.post(gzip.compress(PLAIN.content or b""), {"Content-Encoding": "gzip"})
    assert small.status_code == 200
    assert len(bomb) > 2_000
    nearly = gzip.compress(b" " * 100_000)
    assert len(nearly) < 2_000
    for body in (bomb, nearly):
        assert (await service.post(body, {"Content-Encoding": "gzip"})).status_code == 413
