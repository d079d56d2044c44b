"""The token endpoint gives tokens to OAuth clients, and refuses as RFC 6749 says."""

import asyncio
import base64
import gzip
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

import httpx2
import jwt
import pytest

from app.api.oauth import token as token_endpoint
from app.api.oauth.token import FAILURES_AT_ONCE, MOST_BODY_BYTES
from app.domain.access import PERMISSIONS
from app.repository.database import Busy, Snapshot
from tests.sign_in.door import GRANT, ISSUER, WHO, WRITE, Door, door
from tests.support.access import HeldCredential, key_of_api, oauth_client
from tests.support.books import TestBooks
from tests.support.passing import PassingDatabase

FORM = {"content-type": "application/x-www-form-urlencoded"}


def refused(answer: httpx2.Response, status: int, error: str) -> None:
    """The answer is this error in the form of RFC 6749, 5.2, and tells nothing secret."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert set(body) == {"error", "error_description"}
    assert body["error"] == error
    # What section 5.2 lets a description be made of.
    assert all(" " <= each <= "~" and each not in '"\\' for each in body["error_description"])
    assert ("www-authenticate" in answer.headers) is (status == 401)
    if status == 401:
        assert answer.headers["www-authenticate"].startswith("Basic ")


async def test_a_token_is_given_by_basic_and_by_form_and_is_good_for_the_books(books: TestBooks) -> None:
    client = await oauth_client(books)
    async with door(books) as service:
        by_basic = await service.asked(GRANT, (client.id, client.secret))
        by_form = await service.asked({**GRANT, "client_id": client.id, "client_secret": client.secret})
        for answer in (by_basic, by_form):
            assert answer.status_code == 200
            assert answer.headers["cache-control"] == "no-store"
            assert answer.headers["pragma"] == "no-cache"
            body = answer.json()
            assert set(body) == {"access_token", "token_type", "expires_in"}
            assert (body["token_type"], body["expires_in"]) == ("Bearer", 900)
            seen = await service.sent(body["access_token"])
            assert seen.json()["data"] == {"entity": {"code": books.entity.code}}
        done = await service.sent(by_form.json()["access_token"], WRITE)
        assert done.json()["data"]["upsertReasonCodes"]["reasonCodes"] == [{"code": "LATE"}]
    actor = "SELECT actor FROM log_entry WHERE entity_id = :entity_id AND operation = 'UPSERT_REASON_CODES'"
    assert await books.rows(actor) == [(client.record.name,)]


async def test_a_token_says_who_for_whom_and_until_when_and_no_role(books: TestBooks) -> None:
    client = await oauth_client(books)
    before = int(datetime.now(UTC).timestamp())
    async with door(books, token_seconds=120) as service:
        token = await service.token(client)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert set(claims) == {"iss", "aud", "sub", "client_id", "iat", "exp", "jti"}
    assert (claims["iss"], claims["aud"]) == (ISSUER, ISSUER)
    assert (claims["sub"], claims["client_id"]) == (client.id, client.id)
    assert claims["exp"] - claims["iat"] == 120
    assert claims["iat"] >= before
    head = jwt.get_unverified_header(token)
    assert (head["alg"], head["typ"], head["kid"][:4]) == ("EdDSA", "at+jwt", "key_")


async def test_what_basic_encodes_like_a_form_value_is_decoded(books: TestBooks) -> None:
    client = await oauth_client(books)
    escaped = "".join(f"%{ord(each):02x}" for each in client.secret)
    shown = base64.b64encode(f"{quote_plus(client.id)}:{escaped}".encode()).decode()
    async with door(books) as service:
        answer = await service.asked(GRANT, headers={"Authorization": f"basic {shown}"})
        assert answer.status_code == 200
        named_twice = await service.asked({**GRANT, "client_id": client.id}, (client.id, client.secret))
        assert named_twice.status_code == 200


async def test_unknown_parameters_and_those_without_a_value_are_not_looked_at(books: TestBooks) -> None:
    client = await oauth_client(books)
    async with door(books) as service:
        answer = await service.asked(
            {**GRANT, "scope": "", "client_secret": "", "audience": ["one", "two"], "format": "json"},
            (client.id, client.secret),
        )
        assert answer.status_code == 200
        assert "scope" not in answer.json()


async def test_a_token_is_narrowed_to_its_scope_and_widened_by_none(books: TestBooks) -> None:
    reader, admin = await oauth_client(books, "READ_ONLY"), await oauth_client(books)
    async with door(books) as service:
        asked = {**GRANT, "scope": "books:read books:audit books:read"}
        answer = await service.asked(asked, (admin.id, admin.secret))
        assert answer.json()["scope"] == "books:read books:audit"
        narrowed = answer.json()["access_token"]
        assert (await service.sent(narrowed, WHO)).json()["data"]["entity"] is not None
        assert code_of(await service.sent(narrowed, WRITE)) == "FORBIDDEN"
        useless = await service.token(reader, scope="settings:write")
        assert code_of(await service.sent(useless, WHO)) == "FORBIDDEN"
        assert code_of(await service.sent(useless, WRITE)) == "FORBIDDEN"


def code_of(answer: httpx2.Response) -> str:
    code: str = answer.json()["errors"][0]["extensions"]["code"]
    return code


@pytest.mark.parametrize(
    "scope",
    ["books:everything", "books:read  books:audit", "books:read,books:audit", " books:read", "BOOKS:READ"],
)
async def test_a_scope_that_is_no_list_of_permissions_is_invalid(books: TestBooks, scope: str) -> None:
    client = await oauth_client(books)
    async with door(books) as service:
        refused(
            await service.asked({**GRANT, "scope": scope}, (client.id, client.secret)), 400, "invalid_scope"
        )


@pytest.mark.parametrize(
    "grant_type",
    ["password", "authorization_code", "refresh_token", "Client_Credentials", "client_credentials "],
)
async def test_other_grants_are_unsupported(books: TestBooks, grant_type: str) -> None:
    client = await oauth_client(books)
    async with door(books) as service:
        answer = await service.asked({"grant_type": grant_type}, (client.id, client.secret))
        refused(answer, 400, "unsupported_grant_type")


async def test_a_client_that_does_not_show_who_it_is_gets_one_answer_whatever_is_wrong(
    books: TestBooks,
) -> None:
    good, key = await oauth_client(books), await key_of_api(books)
    revoked, expired = (
        await oauth_client(books),
        await oauth_client(books, expires_at=datetime(2026, 1, 1, tzinfo=UTC)),
    )
    await revoked.is_revoked()
    wrong = [
        (good.id, good.secret[:-1]),
        (good.id, good.secret + "A"),
        (good.id, revoked.secret),
        (good.id.upper(), good.secret),
        (f"{good.id}\n", good.secret),
        ("crd_" + "0" * 32, good.secret),
        ("somebody", "something"),
        ("💳", "💳" * 100),
        (good.id, good.record.secret_hash),
        (key.id, key.secret),
        (revoked.id, revoked.secret),
        (expired.id, expired.secret),
    ]
    answers = set()
    async with door(books) as service:
        for client_id, secret in wrong:
            for answer in (
                await service.asked(GRANT, (client_id, secret)),
                await service.asked({**GRANT, "client_id": client_id, "client_secret": secret}),
            ):
                refused(answer, 401, "invalid_client")
                answers.add(answer.content)
    assert len(answers) == 1


@pytest.mark.parametrize(
    "authorization",
    ["Basic", "Basic !!!", "Basic bm8tY29sb24=", "Basic /w==", "Bearer abc", "", "Digest username=me"],
)
async def test_another_kind_of_authorization_is_no_client(books: TestBooks, authorization: str) -> None:
    client = await oauth_client(books)
    form = {**GRANT, "client_id": client.id, "client_secret": client.secret}
    async with door(books) as service:
        refused(await service.asked(form, headers={"Authorization": authorization}), 401, "invalid_client")


async def test_requests_that_are_not_well_formed_are_invalid(books: TestBooks) -> None:
    client = await oauth_client(books)
    pair = (client.id, client.secret)
    body = {"client_id": client.id, "client_secret": client.secret}
    async with door(books) as service:
        refused(await service.asked({}, pair), 400, "invalid_request")
        refused(await service.asked({"grant_type": ""}, pair), 400, "invalid_request")
        refused(await service.asked({**GRANT, **body}, pair), 400, "invalid_request")
        refused(await service.asked({**GRANT, "client_id": "another"}, pair), 400, "invalid_request")
        refused(await service.asked({"grant_type": ["client_credentials"] * 2}, pair), 400, "invalid_request")
        refused(await service.asked({**GRANT, "scope": ["books:read"] * 2}, pair), 400, "invalid_request")
        refused(await service.asked(GRANT), 401, "invalid_client")
        refused(await service.asked({**GRANT, "client_id": client.id}), 401, "invalid_client")

        async def posted(content: bytes, path: str = "/oauth/token", **headers: str) -> httpx2.Response:
            named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
            return await service.http.post(path, content=content, headers={**FORM, **named}, auth=pair)

        form = b"grant_type=client_credentials"
        in_json = await posted(b'{"grant_type": "client_credentials"}', content_type="application/json")
        refused(in_json, 400, "invalid_request")
        refused(await posted(form, content_type=""), 400, "invalid_request")
        refused(await posted(form + b"&scope=%ff"), 400, "invalid_request")
        refused(await posted(form + b"&scope=\xff"), 400, "invalid_request")
        refused(await posted(form + b"&a=1" * 60), 400, "invalid_request")
        refused(await posted(form, f"/oauth/token?client_id={client.id}"), 400, "invalid_request")
        refused(await posted(form + b"&x=" + b"x" * MOST_BODY_BYTES), 413, "invalid_request")
        packed = gzip.compress(form + b"&x=" + b"x" * MOST_BODY_BYTES)
        refused(await posted(packed, content_encoding="gzip"), 413, "invalid_request")
        refused(await posted(form, content_encoding="br"), 415, "invalid_request")
        refused(await posted(form, host="evil.example"), 421, "invalid_request")
        assert (
            await posted(form, content_type="Application/X-WWW-Form-Urlencoded; charset=utf-8")
        ).is_success
        several = [("Authorization", "Basic YTpi"), ("Authorization", "Basic YTpi"), *FORM.items()]
        refused(
            await service.http.post("/oauth/token", content=form, headers=several), 400, "invalid_request"
        )
        got = await service.http.get("/oauth/token", params=GRANT, auth=pair)
        assert (got.status_code, got.headers["allow"]) == (405, "POST")


async def test_a_client_that_asks_for_tokens_without_end_waits_and_others_do_not(
    books: TestBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_endpoint, "TOKENS_AT_ONCE", 3)
    monkeypatch.setattr(token_endpoint, "TOKENS_PER_SECOND", 0.001)
    client, other = await oauth_client(books), await oauth_client(books)
    async with door(books) as service:
        for _ in range(3):
            token = await service.token(client)
        limited = await service.asked(GRANT, (client.id, client.secret))
        refused(limited, 429, "temporarily_unavailable")
        assert limited.headers["Retry-After"] == "1"
        assert (await service.sent(token)).status_code == 200
        await service.token(other)


async def test_the_request_is_named_in_the_answer_as_its_sender_names_it(books: TestBooks) -> None:
    ids = {"X-Request-Id": "r 1", "X-Track-Id": "t 1"}
    async with door(books) as service:
        for path in ("/oauth/jwks", "/.well-known/oauth-authorization-server"):
            answer = await service.http.get(path, headers=ids)
            assert ids.items() <= {name.title(): each for name, each in answer.headers.items()}.items()
        answer = await service.asked(GRANT, ("crd_x", "wrong"), headers=ids)
        assert (answer.status_code, answer.headers["X-Request-Id"]) == (401, "r 1")
        assert (await service.asked(GRANT, ("crd_x", "wrong"))).headers["X-Request-Id"]


async def test_failures_are_limited_and_lock_nobody_out(
    books: TestBooks, caplog: pytest.LogCaptureFixture
) -> None:
    client, other = await oauth_client(books), await oauth_client(books)
    with caplog.at_level(logging.INFO, "app"):
        async with door(books) as service:
            for _ in range(FAILURES_AT_ONCE):
                refused(await service.asked(GRANT, (client.id, "wrong")), 401, "invalid_client")
            for _ in range(5):
                limited = await service.asked(GRANT, (client.id, "wrong"))
                refused(limited, 429, "invalid_client")
                assert int(limited.headers["retry-after"]) > 0
            assert (await service.asked(GRANT, (client.id, client.secret))).is_success
            refused(await service.asked(GRANT, (other.id, "wrong")), 401, "invalid_client")
    lines = [each.getMessage() for each in caplog.records if client.id in each.getMessage()]
    assert len(lines) == FAILURES_AT_ONCE


async def test_nothing_secret_is_in_logs_and_answers(
    books: TestBooks, caplog: pytest.LogCaptureFixture
) -> None:
    client = await oauth_client(books)
    seen: list[httpx2.Response] = []
    with caplog.at_level(logging.DEBUG):
        async with door(books) as service:
            token = await service.token(client)
            seen.append(await service.asked(GRANT, (client.id, client.secret + "x")))
            seen.append(await service.asked({**GRANT, "client_secret": client.secret}, ("x", "x")))
            seen.append(await service.asked({"grant_type": client.secret}, (client.id, client.secret)))
            seen.append(await service.asked({**GRANT, "scope": client.secret}, (client.id, client.secret)))
            seen.append(await service.sent(token[:-4]))
            seen.append(await service.sent(token))
    told = caplog.text + "".join(f"{each.headers} {each.text}" for each in seen)
    assert client.secret not in told
    assert token.rpartition(".")[2][:-4] not in told
    assert client.record.secret_hash not in told


async def test_a_client_of_two_entities_names_one(books: TestBooks) -> None:
    other, strange = await books.neighbour(), await books.neighbour()
    client = await oauth_client(books, "READ_ONLY")
    await client.is_granted(other, "BILLING_ADMIN")
    async with door(books) as service:
        token = await service.token(client)
        assert (await service.sent(token)).status_code == 400
        seen = await service.sent(token, WRITE, entity=other.entity.code)
        assert "errors" not in seen.json()
        assert code_of(await service.sent(token, WRITE, entity=books.entity.code)) == "FORBIDDEN"
        assert (await service.sent(token, entity=strange.entity.code)).status_code == 403


async def test_the_metadata_says_where_everything_is(books: TestBooks) -> None:
    client = await oauth_client(books)
    async with door(books) as service:
        token = await service.token(client)
        answer = await service.http.get("/.well-known/oauth-authorization-server")
        assert answer.headers["content-type"] == "application/json"
        about: dict[str, Any] = answer.json()
        assert about == {
            "issuer": ISSUER,
            "token_endpoint": f"{ISSUER}/oauth/token",
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "grant_types_supported": ["client_credentials"],
            "response_types_supported": [],
            "jwks_uri": f"{ISSUER}/oauth/jwks",
            "scopes_supported": list(PERMISSIONS),
        }
        published = await service.http.get(about["jwks_uri"].removeprefix(ISSUER))
        assert published.headers["content-type"] == "application/jwk-set+json"
        for key in published.json()["keys"]:
            assert set(key) == {"kty", "crv", "x", "kid", "alg", "use"}
            assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("OKP", "Ed25519", "EdDSA", "sig")
        # Somebody who verifies our tokens with a library finds the key and trusts it.
        kid = jwt.get_unverified_header(token)["kid"]
        key = jwt.PyJWKSet.from_dict(published.json())[kid]
        claims = jwt.decode(
            token, key, algorithms=["EdDSA"], audience=about["issuer"], issuer=about["issuer"]
        )
        assert claims["sub"] == client.id
        for path in ("/.well-known/oauth-authorization-server", "/oauth/jwks"):
            refused(await service.http.get(path, headers={"Host": "evil.example"}), 421, "invalid_request")
            assert (await service.http.post(path)).status_code == 405


async def test_a_client_whose_time_is_over_gets_no_token_and_its_tokens_end(books: TestBooks) -> None:
    client = await oauth_client(books)
    async with door(books) as service:
        token = await service.token(client)
        assert (await service.sent(token)).status_code == 200
        await client.is_changed(expires_at=datetime(2026, 1, 1, tzinfo=UTC))
        assert (await service.sent(token)).status_code == 401
        await client.is_changed(expires_at=None)
        assert (await service.sent(token)).status_code == 200
        await client.is_revoked()
        assert (await service.sent(token)).status_code == 401
        await refused_now(service, client)


async def refused_now(service: Door, client: HeldCredential) -> None:
    refused(await service.asked(GRANT, (client.id, client.secret)), 401, "invalid_client")


class Away(PassingDatabase):
    """A database that does not answer at all, or says that it is busy."""

    def __init__(self, books: TestBooks, *, answers: bool) -> None:
        super().__init__(books.database)
        self._answers = answers

    @asynccontextmanager
    async def snapshot(self, entity_id: int) -> AsyncIterator[Snapshot]:
        if self._answers:
            raise Busy
        await asyncio.Event().wait()
        yield Snapshot(None, entity_id)  # type: ignore[arg-type]  # never reached


@pytest.mark.parametrize("answers", [True, False], ids=["busy", "silent"])
async def test_while_the_database_is_away_clients_are_asked_to_come_again(
    books: TestBooks, answers: bool
) -> None:
    client = await oauth_client(books)
    away = replace(books, database=Away(books, answers=answers))
    async with door(away, time_limit_seconds=0.01) as service:
        answer = await service.asked(GRANT, (client.id, client.secret))
        refused(answer, 503, "temporarily_unavailable")
        assert answer.headers["retry-after"] == "1"


async def test_a_body_that_never_comes_is_not_waited_for(books: TestBooks) -> None:
    async def beginning() -> AsyncIterator[bytes]:
        yield b"grant_type="
        await asyncio.Event().wait()

    async with door(books, time_limit_seconds=0.01) as service:
        answer = await service.http.post("/oauth/token", content=beginning(), headers=FORM)
        refused(answer, 408, "invalid_request")
        assert answer.headers["connection"] == "close"
