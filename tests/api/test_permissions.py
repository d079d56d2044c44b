"""Every root field asks for its permission, and every entity is its own."""

from dataclasses import replace
from typing import Any

import httpx2
import pytest
from graphql import GraphQLObjectType, build_schema
from starlette.requests import Request

from app.api.http.endpoint import GraphQLEndpoint
from app.api.http.operation import RequestParameters
from app.api.operation import BooksOperation
from app.api.schema import made_schema, sdl
from app.domain.access import AUDIT, PERMISSIONS, READ, READ_ACCESS
from app.domain.actor import Actor
from app.repository.entities import entities
from app.use_cases.verbs import VERBS
from tests.api.examples import example
from tests.support.access import SEAL
from tests.support.books import TestBooks, trace
from tests.support.building import account
from tests.support.service import SUCCESS, Service, mutation_document

EVERYTHING = frozenset(PERMISSIONS)
ARGUMENTS = {
    "node": '(id: "x") { id }',
    "nodes": '(ids: ["x"]) { id }',
    "entity": "{ code }",
    "audit": "{ __typename }",
    "account": '(by: {number: "x"}) { id }',
    "invoice": '(by: {number: "x"}) { id }',
    "creditMemo": '(by: {number: "x"}) { id }',
    "creditMemoApplication": '(id: "x") { id }',
    "job": '(id: "x") { id }',
    "creditMemoApplicationSums": "(groupBy: [TYPE]) { count }",
    "viewer": "{ name }",
    "credential": '(id: "x") { id }',
    "roles": "{ code }",
    "accountStatement": '(account: {number: "x"}) { __typename }',
    "aging": "{ __typename }",
    "trialBalance": "{ __typename }",
    **dict.fromkeys(
        (
            "credentials",
            "grants",
            "accessChanges",
            "accounts",
            "invoices",
            "creditMemos",
            "creditMemoApplications",
            "journalEntries",
            "jobs",
            "payments",
            "refunds",
            "log",
        ),
        "{ totalCount }",
    ),
}
"""How each root query is asked."""
PERMISSION_OF = {
    **dict.fromkeys(ARGUMENTS, READ),
    "audit": AUDIT,
    **dict.fromkeys(("credential", "credentials", "grants", "roles", "accessChanges"), READ_ACCESS),
}

CREATES, POSTS, APPLIES = "credit_memos:create", "credit_memos:post", "credit_memos:apply"
NEEDED = {
    "createInvoices": {"invoices:write", "invoices:post"},
    "createCreditMemo": {CREATES, POSTS},
    "createAndApplyCreditMemo": {CREATES, POSTS, APPLIES},
    "createCreditMemoFromInvoice": {CREATES, POSTS, APPLIES},
    "convertNegativeInvoiceLines": {"invoices:convert", APPLIES},
    "createDirectCreditMemos": {"jobs:write", CREATES, POSTS, APPLIES},
    "submitDirectCreditMemos": {"jobs:write", CREATES, POSTS},
    "submitAutoApplications": {"jobs:write", APPLIES},
    "submitNegativeLineConversions": {"jobs:write", "invoices:convert", APPLIES},
    "writeOffCreditMemo": {"credit_memos:write_off", APPLIES},
    "writeOffInvoice": {"invoices:write_off", POSTS, APPLIES},
    "voidInvoice": {"invoices:void", POSTS, APPLIES},
    "writeOffInvoices": {"jobs:write", "invoices:write_off", POSTS, APPLIES},
    "submitInvoiceWriteOffs": {"jobs:write", "invoices:write_off", POSTS, APPLIES},
    # The jobs of the examples convert, and apply nothing.
    **{name: {"jobs:write", "invoices:convert"} for name in ("cancelJob", "resumeJob", "retryJob")},
}
"""What the examples need where that is more than one permission."""
LESS: list[tuple[str, dict[str, Any]]] = [
    ("createCreditMemo", {"post": False}),
    ("createCreditMemoFromInvoice", {"post": False, "applyToInvoice": False}),
    ("convertNegativeInvoiceLines", {"applyToInvoice": False}),
]


async def answer_to(books: TestBooks, permissions: frozenset[str], query: str, **variables: Any) -> Any:
    """The body of the answer to an actor who has only these permissions."""
    actor: Actor = replace(books.actor, permissions=permissions)

    class Caller:
        key = "ada"
        entity = books.entity.code

        def comes_in_again(self) -> bool:
            return False

        async def open(self, parameters: RequestParameters) -> BooksOperation:
            return BooksOperation(books.database, actor, parameters.idempotency_key, SEAL)

    async def authenticate(_: Request) -> Caller:
        return Caller()

    endpoint = GraphQLEndpoint(made_schema(), authenticate=authenticate, allowed_hosts=("localhost",))
    transport = httpx2.ASGITransport(endpoint)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        sent = await client.post("/", json={"query": query, "variables": variables})
    return sent.json()


def codes_of(body: Any) -> list[str]:
    return [each["extensions"]["code"] for each in body["errors"]]


def test_every_root_query_is_asked_here() -> None:
    query = build_schema(sdl()).query_type
    assert isinstance(query, GraphQLObjectType)
    assert sorted(query.fields) == sorted(ARGUMENTS)


@pytest.mark.parametrize("field", sorted(ARGUMENTS.keys() - {"viewer"}))
async def test_a_query_needs_its_own_permission(books: TestBooks, field: str) -> None:
    query = f"{{ {field}{ARGUMENTS[field]} }}"
    permission = PERMISSION_OF[field]
    assert codes_of(await answer_to(books, EVERYTHING - {permission}, query)) == ["FORBIDDEN"]
    assert "errors" not in await answer_to(books, frozenset({permission}), query)


async def test_whoever_has_no_permission_at_all_still_sees_who_he_is(books: TestBooks) -> None:
    body = await answer_to(
        books, frozenset(), "{ viewer { name entity { code } roles permissions approvalLimits { amount } } }"
    )
    assert body["data"]["viewer"] == {
        "name": "ada",
        "entity": {"code": books.entity.code},
        "roles": [],
        "permissions": [],
        "approvalLimits": None,
    }


@pytest.mark.parametrize("mutation", sorted(SUCCESS))
async def test_a_mutation_needs_a_permission_for_all_that_it_does_and_changes_nothing_without(
    books: TestBooks, mutation: str
) -> None:
    input = await example(books, mutation)
    [own] = [verb.permission for verb in VERBS.values() if verb.command.__name__.lower() == mutation.lower()]
    needed = NEEDED.get(mutation, {own})
    assert own in needed
    before = await trace(books.place)
    for permission in needed:
        for dry_run in (True, False):
            body = await answer_to(
                books,
                EVERYTHING - {permission},
                mutation_document(mutation),
                input=input | {"dryRun": dry_run},
            )
            assert codes_of(body) == ["FORBIDDEN"], permission
            assert permission in body["errors"][0]["message"]
    assert await trace(books.place) == before
    allowed = await answer_to(books, frozenset(needed), mutation_document(mutation), input=input)
    assert allowed["data"][mutation]["__typename"] == SUCCESS[mutation]


@pytest.mark.parametrize(
    ("mutation", "without"), LESS, ids=[f"{name} {row}" for row, (name, _) in enumerate(LESS)]
)
async def test_what_is_not_asked_for_needs_no_permission(
    books: TestBooks, mutation: str, without: dict[str, Any]
) -> None:
    known = await example(books, mutation)
    own = frozenset({CREATES if mutation.startswith("create") else "invoices:convert"})
    asked = {**known, **without, "dryRun": True}
    body = await answer_to(books, own, mutation_document(mutation), input=asked)
    assert body["data"][mutation]["__typename"] == SUCCESS[mutation]


OTHERS = " fragment Others on Invoice { id account { number } }"
LEADING_ON = {
    "upsertAccounts": ("accounts:write", "books:read", "accounts { id invoices { totalCount } }", ""),
    "recordPayment": ("payments:write", "books:read", "... { invoice { ...Others } }", OTHERS),
    "updateCredentialRoles": ("access:write", "access:read", "grant { credential { lastUsedAt } }", ""),
}
"""A mutation, its own permission, the one to read on, and what is asked of the answer."""


@pytest.mark.parametrize("mutation", LEADING_ON)
async def test_whoever_may_not_read_sees_what_was_done_and_no_further(
    books: TestBooks, mutation: str
) -> None:
    own, reading, selection, fragments = LEADING_ON[mutation]
    document = mutation_document(mutation, selection) + fragments
    input = await example(books, mutation)
    before = await trace(books.place)
    for dry_run in (True, False):
        body = await answer_to(books, frozenset({own}), document, input=input | {"dryRun": dry_run})
        assert codes_of(body) == ["FORBIDDEN"]
        assert reading in body["errors"][0]["message"]
    assert await trace(books.place) == before
    body = await answer_to(books, frozenset({own, reading}), document, input=input)
    assert body["data"][mutation]["__typename"] == SUCCESS[mutation]


async def test_a_job_that_is_not_there_needs_nothing_more_than_the_verb(books: TestBooks) -> None:
    for job_id in ("job_1", "a\0b"):
        body = await answer_to(
            books, frozenset({"jobs:write"}), mutation_document("cancelJob"), input={"jobId": job_id}
        )
        assert body["data"]["cancelJob"]["__typename"] == "Rejection"


async def test_an_unknown_entity_is_forbidden_and_without_the_header_the_first_one_is_meant(
    service: Service,
) -> None:
    sent = await service.send("{ entity { code } }", X_Entity_Id="nobody")
    assert sent.status_code == 403
    assert sent.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    known = await entities(service.books.database)
    service.forget_entity()
    answer = await service.read("{ entity { code } }")
    assert answer["entity"]["code"] == min(known, key=lambda each: each.id).code


async def test_an_entity_sees_nothing_of_its_neighbour(service: Service) -> None:
    other = await service.books.neighbour()
    id = await account(other)
    assert (await service.read("{ accounts { totalCount nodes { id } } }"))["accounts"]["totalCount"] == 0
    sent = await service.send("{ accounts { nodes { id } } }", X_Entity_Id=other.entity.code)
    assert sent.json()["data"]["accounts"]["nodes"] == [{"id": id}]


async def test_without_the_token_nothing_is_answered(service: Service) -> None:
    for header in ("", "Bearer", "Bearer wrong", "Basic the-token-of-the-tests"):
        sent = await service.send("{ entity { code } }", Authorization=header)
        assert sent.status_code == 401
        assert sent.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
