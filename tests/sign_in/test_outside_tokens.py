"""Tokens of an identity provider: verified strictly, with keys that outlive the provider's bad days."""

import asyncio
import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from app.outside.identity_provider import ProviderNotReached, key_set_of
from app.sign_in.gate import Gate
from app.sign_in.outside_tokens import FRESH_SECONDS, PAUSE_SECONDS, KeyRing, OutsideIssuer, OutsideTokens
from app.sign_in.secrets import Seal
from tests.support.books import TestBooks
from tests.support.identity_provider import AUDIENCE, MAKERS, IdentityProvider, SigningKey, identity_provider
from tests.support.waiting import until_no_other_task_is_left

pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
SEAL = Seal(pepper=b"of the tests")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with identity_provider() as provider:
        yield provider


def tokens(
    books: TestBooks, provider: IdentityProvider, clock: Clock | None = None, **issuer: Any
) -> OutsideTokens:
    said = OutsideIssuer(issuer=provider.issuer, audience=AUDIENCE, **issuer)
    ring = KeyRing(key_set_of(provider.issuer), clock or Clock())
    return OutsideTokens(Gate(books.database, SEAL, known_seconds=0), said, ring)


@pytest.mark.parametrize("algorithm", MAKERS)
async def test_a_token_of_the_provider_says_who_it_is(
    books: TestBooks, provider: IdentityProvider, algorithm: str
) -> None:
    provider.keys = [SigningKey("other", "RS256"), SigningKey("mine", algorithm)]
    token = provider.token(provider.keys[1], entities=[books.entity.code], roles=["READ_ONLY"])
    principal = await tokens(books, provider)(token)
    assert principal is not None
    assert principal.name == "oidc:ada"
    assert principal.roles == {books.entity.id: ["READ_ONLY"]}
    assert principal.everywhere is None


CLAIMS: dict[str, tuple[dict[str, Any], dict[str, Any], list[str] | None]] = {
    "one text for a list": ({"entities": "MINE", "roles": "READ_ONLY"}, {}, ["READ_ONLY"]),
    "roles for each entity": (
        {"entities": {"MINE": ["TAX_ADMIN"]}, "roles": ["READ_ONLY"]},
        {},
        ["TAX_ADMIN"],
    ),
    "a path inside": (
        {"entities": ["MINE"], "realm": {"roles": ["READ_ONLY"]}},
        {"roles_claim": "realm.roles"},
        ["READ_ONLY"],
    ),
    "a name with dots": (
        {"https://memos.example/entities": ["MINE"], "roles": ["READ_ONLY"]},
        {"entities_claim": "https://memos.example/entities"},
        ["READ_ONLY"],
    ),
    "roles renamed": (
        {"entities": ["MINE"], "roles": ["billing", "READ_ONLY"]},
        {"role_names": {"billing": "BILLING_OPERATIONS"}},
        ["BILLING_OPERATIONS", "READ_ONLY"],
    ),
    "an entity that there is not": ({"entities": ["nowhere"], "roles": ["READ_ONLY"]}, {}, None),
    "no roles": ({"entities": ["MINE"]}, {}, None),
    "no entities": ({"roles": ["BILLING_ADMIN"]}, {}, None),
    "numbers": ({"entities": [1, None], "roles": {"BILLING_ADMIN": True}}, {}, None),
}


@pytest.mark.parametrize("name", CLAIMS)
async def test_its_claims_say_what_may_be_done_where(
    books: TestBooks, provider: IdentityProvider, name: str
) -> None:
    claims, mapping, roles = CLAIMS[name]
    said = json.loads(json.dumps(claims).replace("MINE", books.entity.code))
    principal = await tokens(books, provider, **mapping)(provider.token(**said))
    assert principal is not None
    assert principal.roles == ({books.entity.id: roles} if roles else {})


def signed_with_the_public_key(provider: IdentityProvider) -> str:
    """HS256 with what everybody can read as the secret: a verifier that believes the header takes it."""
    public = provider.keys[0].private.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head, claims, _ = provider.token().split(".")
    head = encoded({"alg": "HS256", "typ": "JWT", "kid": "first"})
    mac = hmac.digest(pem, f"{head}.{claims}".encode(), "sha256")
    return f"{head}.{claims}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


NOW = int(time.time())
REFUSED: dict[str, Any] = {
    "not signed": lambda p: f"{encoded({'alg': 'none', 'kid': 'first'})}.{p.token().split('.')[1]}.",
    "signed with the public key": signed_with_the_public_key,
    "an algorithm that is not allowed": lambda p: jwt.encode(
        jwt.decode(p.token(), options={"verify_signature": False}),
        p.keys[0].private,
        algorithm="RS512",
        headers={"kid": "first"},
    ),
    "another key under the same id": lambda p: p.token(SigningKey("first", "RS256", which=1)),
    "a key that there is not": lambda p: p.token(SigningKey("second", "RS256")),
    "no key id": lambda p: jwt.encode({"sub": "ada"}, p.keys[0].private, algorithm="RS256"),
    "another issuer": lambda p: p.token(iss="https://elsewhere.example"),
    "another audience": lambda p: p.token(aud="somebody else"),
    "expired": lambda p: p.token(exp=NOW - 31),
    "an expiry in quotes": lambda p: p.token(exp=str(NOW + 60)),
    "not yet valid": lambda p: p.token(nbf=NOW + 3600),
    "without expiry": lambda p: p.token(without="exp"),
    "without audience": lambda p: p.token(without="aud"),
    "without issuer": lambda p: p.token(without="iss"),
    "without subject": lambda p: p.token(without="sub"),
    "a subject with blanks": lambda p: p.token(sub="ada lovelace"),
    "a subject without end": lambda p: p.token(sub="a" * 201),
    "another payload": lambda p: ".".join(
        (p.token().split(".")[0], encoded({"sub": "eve"}), p.token().split(".")[2])
    ),
    "cut short": lambda p: p.token()[:-10],
    "no token": lambda p: "let me in",
    "no token, with dots": lambda p: "a.b.c",
    "longer than any": lambda p: p.token(more="x" * 8_000),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_anything_else_is_nobodys(books: TestBooks, provider: IdentityProvider, name: str) -> None:
    verify = tokens(books, provider)
    shown = REFUSED[name](provider)
    assert await verify(shown) is None
    assert await verify(shown) is None
    assert await verify(provider.token()) is not None


async def test_keys_are_used_on_while_the_provider_is_down(
    books: TestBooks, provider: IdentityProvider
) -> None:
    clock = Clock()
    verify = tokens(books, provider, clock)
    assert await verify(provider.token()) is not None
    provider.answers.clear()
    clock.now += FRESH_SECONDS + 1
    assert await verify(provider.token(jti="later")) is not None
    refreshing = verify._keys._refreshing
    assert refreshing is not None
    await refreshing
    assert await verify(provider.token(jti="after that")) is not None


async def test_a_new_key_is_fetched_when_it_is_first_seen_and_strangers_cannot_hurry_it(
    books: TestBooks, provider: IdentityProvider
) -> None:
    clock = Clock()
    verify = tokens(books, provider, clock)
    await verify(provider.token())
    provider.keys = [SigningKey("second", "ES256")]
    for stranger in range(3):
        assert await verify(provider.token(SigningKey(f"stranger-{stranger}", "EdDSA"))) is None
    assert await verify(provider.token()) is None
    assert provider.asked.count("/keys") == 1
    clock.now += PAUSE_SECONDS
    assert await verify(provider.token()) is not None
    assert provider.asked.count("/keys") == 2


async def test_who_shows_a_known_key_does_not_wait_for_a_slow_provider(
    books: TestBooks, provider: IdentityProvider
) -> None:
    clock = Clock()
    verify = tokens(books, provider, clock)
    await verify(provider.token())
    clock.now += PAUSE_SECONDS
    provider.hold = threading.Event()
    waiting = asyncio.create_task(verify(provider.token(SigningKey("second", "RS256"))))
    assert await verify(provider.token(jti="other")) is not None
    assert not waiting.done()
    provider.hold.set()
    assert await waiting is None


WRONG: dict[str, Any] = {
    "not JSON": lambda p: b"<html>",
    "no object": lambda p: [],
    "another issuer": lambda p: {"issuer": "https://elsewhere.example", "jwks_uri": f"{p.issuer}/keys"},
    "keys over an open line": lambda p: {"issuer": p.issuer, "jwks_uri": "http://198.51.100.1/keys"},
    "keys nowhere": lambda p: {"issuer": p.issuer},
    "without end": lambda p: b" " * (512 * 1024 + 1),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_provider_that_lies_about_itself_is_not_believed(
    engine: str, provider: IdentityProvider, name: str
) -> None:
    provider.answers["/.well-known/openid-configuration"] = lambda: WRONG[name](provider)
    with pytest.raises(ProviderNotReached):
        await key_set_of(provider.issuer)()
    # What the library still has to close is closed in a task of its own.
    await until_no_other_task_is_left()


async def test_keys_that_are_none_are_left_out(books: TestBooks, provider: IdentityProvider) -> None:
    good = provider.keys[0].public
    odd = [
        None,
        {},
        {"kid": "x"},
        {"kid": "x", "kty": "oct", "k": "AA"},
        {**good, "kid": "enc", "use": "enc"},
    ]
    provider.answers["/keys"] = lambda: {"keys": [*odd, good]}
    assert await tokens(books, provider)(provider.token()) is not None


async def test_a_verified_token_is_not_verified_again_and_expires_all_the_same(
    books: TestBooks, provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = tokens(books, provider)
    token = provider.token()
    assert await verify(token) is not None
    digest = hashlib.sha256(token.encode()).digest()
    assert verify._claims.get(digest) is not None
    later = time.time() + 60 + 31
    monkeypatch.setattr("app.sign_in.outside_tokens.time", lambda: later)
    assert await verify(token) is None
