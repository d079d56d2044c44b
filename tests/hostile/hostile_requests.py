"""Requests that are hostile to these books in particular, beside those that are to any service."""

import json
from typing import Any

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
from tests.support.service import TOKEN

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
    query("150,000 ids", COMPLEX, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", variables={"ids": ["x"] * 150_000}),
    query("a page by fragments", COMPLEX, "{ accounts(first: 250) { ...F } } fragment F on AccountConnection { nodes { ...G } } fragment G on Account { invoices(first: 250) { nodes { id } } }"),
    query("20 root fields that cost too much together", COMPLEX, "{ " + many("a#: invoices(first: 250) { nodes { id number status balance currency dueDate invoiceDate account { id number name } } }", 20) + " }"),
    query("a thousand documents in one answer", COMPLEX, "mutation($input: CreateInvoicesInput!) { createInvoices(input: $input) { ... on InvoicesCreated { invoices { lines(first: 250) { nodes { id } } } } } }", variables={"input": {"invoices": [{}] * 1_000}}),
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
