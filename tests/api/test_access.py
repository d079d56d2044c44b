"""Credentials and roles over HTTP: made by a mutation, used at once, and good for no more than they were given."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from app.main import application
from app.settings import read_settings
from tests.support.access import key_of_api
from tests.support.books import TestBooks
from tests.support.service import mutation_document

VIEWER = "{ viewer { name entity { code } roles permissions approvalLimits { currency amount } } }"


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with an API key, asking a service that remembers no credential."""

    http: httpx2.AsyncClient
    key: str

    async def send(self, query: str, *entities: str, **variables: Any) -> httpx2.Response:
        headers = [("Authorization", f"Bearer {self.key}"), *(("X-Entity-Id", each) for each in entities)]
        return await self.http.post(
            "/graphql", json={"query": query, "variables": variables}, headers=headers
        )

    async def read(self, query: str, *entities: str, **variables: Any) -> dict[str, Any]:
        body = (await self.send(query, *entities, **variables)).json()
        assert "errors" not in body, body
        data: dict[str, Any] = body["data"]
        return data

    async def mutate(self, mutation: str, input: dict[str, Any], selection: str = "") -> dict[str, Any]:
        answer = await self.read(mutation_document(mutation, selection), input=input)
        payload: dict[str, Any] = answer[mutation]
        return payload

    def showing(self, key: str) -> "Caller":
        return Caller(self.http, key)


@asynccontextmanager
async def administrator(books: TestBooks, *roles: str) -> AsyncIterator[Caller]:
    """A caller with a key of the entity; without roles a billing administrator."""
    key = await key_of_api(books, *roles)
    app = application(read_settings(access_seconds=0, production=True), books.database)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://localhost") as http:
        yield Caller(http, key.api_key)


async def test_a_key_made_by_a_mutation_is_good_at_once_and_for_its_roles_only(books: TestBooks) -> None:
    async with administrator(books) as admin:
        made = await admin.mutate(
            "createApiKey", {"name": "reports", "roles": ["READ_ONLY"]}, "secret credential { id roles }"
        )
        assert made["secret"].startswith(f"cmk_{made['credential']['id'].removeprefix('crd_')}_")
        reports = admin.showing(made["secret"])
        assert (await reports.read(VIEWER))["viewer"] == {
            "name": "reports",
            "entity": {"code": books.entity.code},
            "roles": ["READ_ONLY"],
            "permissions": ["books:audit", "books:read"],
            "approvalLimits": None,
        }
        refused = await reports.send(mutation_document("upsertRoles"), input={"roles": [{"code": "X"}]})
        assert refused.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_secret_is_shown_once_and_kept_nowhere(books: TestBooks) -> None:
    async with administrator(books) as admin:
        asked = {"name": "crm", "roles": ["READ_ONLY"], "idempotencyKey": "one"}
        fields = "clientId clientSecret credential { id }"
        dry = await admin.mutate("createOAuthClient", asked | {"dryRun": True}, fields)
        made = await admin.mutate("createOAuthClient", asked, fields)
        again = await admin.mutate("createOAuthClient", asked, fields)
    assert made["clientId"] == made["credential"]["id"] == again["clientId"]
    assert len(made["clientSecret"]) == 43
    assert (again["replayed"], again["clientSecret"]) == (True, None)
    assert (dry["dryRun"], dry["clientSecret"]) == (True, None)
    for table in ("credential", "credential_grant", "access_change", "log_entry"):
        rows = await books.rows(f"SELECT * FROM {table} WHERE entity_id = :entity_id")
        assert made["clientSecret"] not in repr(rows), table
    [hashed] = await books.rows(
        "SELECT secret_hash FROM credential WHERE entity_id = :entity_id AND name = 'crm'"
    )
    history = await books.rows("SELECT * FROM access_change WHERE entity_id = :entity_id")
    assert hashed[0] not in repr(history)


async def test_a_key_rotates_itself_and_the_old_one_is_good_for_nothing(books: TestBooks) -> None:
    async with administrator(books) as admin:
        made = await admin.mutate(
            "createApiKey", {"name": "robot", "roles": ["BILLING_ADMIN"]}, "secret credential { id }"
        )
        robot = admin.showing(made["secret"])
        replaced = await robot.mutate(
            "replaceCredentialSecret",
            {"credentialId": made["credential"]["id"]},
            "secret credential { version }",
        )
        assert replaced["credential"]["version"] == 2
        assert (await robot.send(VIEWER)).status_code == 401
        assert (await admin.showing(replaced["secret"]).read(VIEWER))["viewer"]["name"] == "robot"


async def test_expired_and_revoked_keys_are_refused_like_strangers(books: TestBooks) -> None:
    async with administrator(books) as admin:
        expired = await key_of_api(books, expires_at=datetime.now(UTC) - timedelta(seconds=1))
        revoked = await key_of_api(books)
        assert (await admin.showing(revoked.api_key).send(VIEWER)).status_code == 200
        await admin.mutate("revokeCredential", {"credentialId": revoked.id})
        answers = [
            await admin.showing(key).send(VIEWER)
            for key in (expired.api_key, revoked.api_key, expired.api_key[:-1] + "-", "nobody")
        ]
    assert [answer.status_code for answer in answers] == [401] * 4
    assert len({answer.content for answer in answers}) == 1


async def test_a_key_good_for_two_entities_names_the_one_it_means(books: TestBooks) -> None:
    other, stranger = await books.neighbour(), await books.neighbour()
    key = await key_of_api(books, "BILLING_ADMIN", granted_elsewhere=True)
    await key.is_granted(other, "READ_ONLY")
    async with administrator(books) as admin:
        both = admin.showing(key.api_key)
        unnamed = await both.send(VIEWER)
        assert unnamed.status_code == 400
        assert "X-Entity-Id" in unnamed.json()["errors"][0]["message"]
        assert other.entity.code not in unnamed.text
        at_home = (await both.read(VIEWER, books.entity.code))["viewer"]
        abroad = (await both.read(VIEWER, other.entity.code))["viewer"]
        assert (at_home["name"], at_home["roles"]) == (key.record.name, ["BILLING_ADMIN"])
        assert (abroad["name"], abroad["roles"]) == (
            f"{books.entity.code}:{key.record.name}",
            ["READ_ONLY"],
        )
        refusals = [await both.send(VIEWER, code) for code in (stranger.entity.code, "nobody", "a b")]
        assert [each.status_code for each in refusals] == [403] * 3
        assert len({each.content for each in refusals}) == 1
        codes = (books.entity.code, other.entity.code)
        for several in (codes, (",".join(codes),), (f"{codes[0]},",)):
            assert (await both.send(VIEWER, *several)).status_code == 400


async def test_an_entity_sees_who_of_others_has_roles_in_it_and_takes_them_away(books: TestBooks) -> None:
    other = await books.neighbour()
    key = await key_of_api(other, "BILLING_ADMIN", granted_elsewhere=True)
    await key.is_granted(books, "READ_ONLY")
    name = f"{other.entity.code}:{key.record.name}"
    grants = '{ grants(filter: {name: {contains: ":"}}) { nodes { name roles credential { id } } } }'
    async with administrator(books) as admin:
        listed = (await admin.read(grants))["grants"]["nodes"]
        assert listed == [{"name": name, "roles": ["READ_ONLY"], "credential": None}]
        assert (await admin.read(f'{{ credential(id: "{key.id}") {{ id }} }}'))["credential"] is None
        refused = await admin.mutate("replaceCredentialSecret", {"credentialId": key.id})
        assert refused["violations"][0]["code"] == "NOT_FOUND"
        done = await admin.mutate("revokeCredential", {"credentialId": key.id}, "grant { roles }")
        assert done["grant"]["roles"] == []
        gone = await admin.showing(key.api_key).send(VIEWER, books.entity.code)
        assert gone.status_code == 403
        assert (await admin.showing(key.api_key).send(VIEWER, other.entity.code)).status_code == 200


async def test_a_clerk_s_role_has_its_limit_and_he_gives_no_more(books: TestBooks) -> None:
    roles = [
        {
            "code": "CLERK",
            "label": "Clerk",
            "permissions": ["access:write", "credit_memos:post"],
            "approvalLimits": [
                {"currency": "USD", "amount": "1000.00"},
                {"currency": "JPY", "amount": "50000"},
            ],
        }
    ]
    async with administrator(books) as admin:
        await admin.mutate("upsertRoles", {"roles": roles})
        made = await admin.mutate("createApiKey", {"name": "clerk", "roles": ["CLERK"]}, "secret")
        clerk = admin.showing(made["secret"])
        assert (await clerk.read(VIEWER))["viewer"]["approvalLimits"] == [
            {"currency": "JPY", "amount": "50000"},
            {"currency": "USD", "amount": "1000.00"},
        ]
        friend = await clerk.mutate("createApiKey", {"name": "friend", "roles": ["CLERK"]}, "secret")
        assert friend["secret"]
        for mutation, input in (
            ("createApiKey", {"name": "boss", "roles": ["BILLING_ADMIN"]}),
            ("upsertRoles", {"roles": [{"code": "CLERK", "unlimited": True}]}),
            ("upsertRoles", {"roles": [{"code": "CLERK", "permissions": ["taxes:write"]}]}),
        ):
            [violation] = (await clerk.mutate(mutation, input))["violations"]
            assert violation["code"] == "EXCEEDS_OWN_ACCESS"


async def test_what_was_done_is_listed_and_who_has_been_there(books: TestBooks) -> None:
    async with administrator(books) as admin:
        made = await admin.mutate(
            "createApiKey", {"name": "robot", "roles": ["READ_ONLY"]}, "credential { id }"
        )
        id = made["credential"]["id"]
        await admin.mutate("updateCredentialRoles", {"credentialId": id, "roles": ["TAX_ADMIN"]})
        await admin.mutate("revokeCredential", {"credentialId": id})
        changes = "nodes { action before after recordedBy }"
        order = "orderBy: {field: RECORDED_AT, direction: ASC}"
        answer = await admin.read(
            f'{{ accessChanges(filter: {{subjectId: {{eq: "{id}"}}}}, {order}) {{ {changes} }}'
            " credentials(filter: {revokedAt: {isNull: false}, kind: {eq: API_KEY}})"
            " { nodes { name kind roles revokedBy createdBy } }"
            " roles { code builtIn active permissions approvalLimits { amount } } }"
        )
    by = answer["accessChanges"]["nodes"][0]["recordedBy"]
    assert [(each["action"], each["recordedBy"]) for each in answer["accessChanges"]["nodes"]] == [
        ("CREATED", by),
        ("GRANTED", by),
        ("REVOKED", by),
    ]
    assert answer["accessChanges"]["nodes"][1]["before"] == {"name": "robot", "roles": ["READ_ONLY"]}
    assert answer["accessChanges"]["nodes"][1]["after"] == {"name": "robot", "roles": ["TAX_ADMIN"]}
    assert answer["credentials"]["nodes"] == [
        {"name": "robot", "kind": "API_KEY", "roles": ["TAX_ADMIN"], "revokedBy": by, "createdBy": by}
    ]
    assert [each["code"] for each in answer["roles"]] == [
        "BILLING_ADMIN",
        "BILLING_OPERATIONS",
        "CREDIT_MEMO_OPERATIONS",
        "TAX_ADMIN",
        "READ_ONLY",
    ]


async def test_no_credential_is_reached_by_an_edge_or_as_a_node(books: TestBooks) -> None:
    async with administrator(books, "READ_ONLY") as reader:
        key = await key_of_api(books)
        assert (await reader.read(f'{{ node(id: "{key.id}") {{ id }} }}'))["node"] is None
        answer = await reader.send(f'{{ credential(id: "{key.id}") {{ id }} }}')
        assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
