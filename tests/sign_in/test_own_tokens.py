"""Only what the service has signed for itself, and only while it is good, opens the gate."""

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.sign_in.signing_keys import FRESH_SECONDS
from app.sign_in.tokens import LEEWAY_SECONDS, MOST_CHARACTERS
from tests.isolation.statements import statements
from tests.sign_in.made import SECONDS, Clock, Issuer, claims_of, key_id_of
from tests.support.access import HeldCredential, key_of_api, oauth_client
from tests.support.books import TestBooks

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def part(value: Any) -> str:
    """A part of a token, as it is sent."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


async def issuer_and_client(books: TestBooks) -> tuple[Issuer, HeldCredential]:
    return Issuer(books.database, Clock()), await oauth_client(books)


async def test_a_token_is_its_clients_until_it_expires(books: TestBooks) -> None:
    service, client = await issuer_and_client(books)
    token = await service.issue(client)
    fresh = Issuer(books.database, service.clock)
    for elapsed, is_good in (
        (0, True),
        (SECONDS - 1, True),
        (SECONDS + LEEWAY_SECONDS - 1, True),
        (SECONDS + LEEWAY_SECONDS, False),
        (10 * SECONDS, False),
    ):
        service.clock.now = claims_of(token)["iat"] + elapsed
        # Once with a process that has seen it before, once with one that has not.
        for gate in (service, fresh, Issuer(books.database, service.clock)):
            holder = await gate.holder(token)
            assert (holder is not None) is is_good, elapsed
            assert holder is None or holder.id == client.id


async def test_a_token_of_a_clock_that_goes_ahead_is_taken_within_the_leeway(books: TestBooks) -> None:
    service, client = await issuer_and_client(books)
    early = Issuer(books.database, Clock(service.clock.now + LEEWAY_SECONDS))
    assert await service.holder(await early.issue(client)) is not None
    early.clock.now += 1
    assert await service.holder(await early.issue(client)) is None


@pytest.mark.parametrize(
    "others",
    [
        {"iss": "https://others.example"},
        {"iss": None},
        {"aud": "https://others.example"},
        {"aud": ["https://memos.example.evil"]},
        {"aud": None},
        {"exp": None},
        {"exp": 1},
        {"iat": None},
        {"nbf": 9_000_000_000},
        {"sub": None},
        {"sub": "crd_" + "0" * 32},
        {"client_id": None},
        {"jti": None},
    ],
    ids=repr,
)
async def test_a_claim_that_is_wrong_or_missing_is_refused_even_if_signed(
    books: TestBooks, others: dict[str, Any]
) -> None:
    service, client = await issuer_and_client(books)
    assert await service.holder(await service.signed(client)) is not None
    assert await service.holder(await service.signed(client, **others)) is None


async def test_a_signature_of_anybody_else_or_of_another_kind_is_refused(books: TestBooks) -> None:
    service, client = await issuer_and_client(books)
    token = await service.issue(client)
    claims, kid = claims_of(token), key_id_of(token)
    public = await service.keys.verifying(kid)
    assert public is not None
    published = next(each for each in await service.keys.published() if each["kid"] == kid)
    stranger = Ed25519PrivateKey.generate()
    forged = [
        jwt.encode(claims, stranger, "EdDSA", headers={"kid": kid, "typ": "at+jwt"}),
        jwt.encode(claims, stranger, "EdDSA", headers={"kid": f"key_{'0' * 32}", "typ": "at+jwt"}),
        jwt.encode(claims, stranger, "EdDSA", headers={"typ": "at+jwt"}),
        jwt.encode(claims, stranger, "EdDSA", headers={"kid": kid, "typ": "at+jwt", "jwk": published}),
        jwt.encode(claims, stranger, "EdDSA", headers={"kid": f"{kid}\n", "typ": "at+jwt"}),
    ]
    for algorithm in ("none", "None", "NONE", "", None, ["EdDSA"]):
        head = {"alg": algorithm, "kid": kid, "typ": "at+jwt"}
        forged += [f"{part(head)}.{part(claims)}.", f"{part(head)}.{part(claims)}.{token.rpartition('.')[2]}"]
    raw = public.public_bytes_raw()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for secret in (raw, pem, pem.strip(), published["x"].encode(), json.dumps(published).encode()):
        signed = f"{part({'alg': 'HS256', 'kid': kid, 'typ': 'at+jwt'})}.{part(claims)}"
        forged.append(f"{signed}.{part(hmac.digest(secret, signed.encode(), hashlib.sha256))}")
    for each in forged:
        assert await service.holder(each) is None, each
    assert await service.holder(token) is not None


async def test_a_token_that_was_tampered_with_anywhere_is_refused(books: TestBooks) -> None:
    service, client = await issuer_and_client(books)
    other = await oauth_client(books)
    token = await service.issue(client, ["books:read"])
    head, claims, signature = token.split(".")
    for number, letter in enumerate(token):
        if letter == "." or number in (len(head) - 1, len(head) + len(claims), len(token) - 1):
            # The last letter of a part has bits that mean nothing.
            continue
        other_letter = ALPHABET[ALPHABET.index(letter) ^ 32]
        assert await service.holder(token[:number] + other_letter + token[number + 1 :]) is None, number
    stolen = part({**claims_of(token), "sub": other.id, "client_id": other.id})
    for changed in (
        f"{head}.{stolen}.{signature}",
        f"{head}.{part({**claims_of(token), 'scope': 'access:write'})}.{signature}",
        f"{head}.{claims}.",
        f"{head}.{claims}",
        f"{head}..{signature}",
        f"{token}.{signature}",
        f"{head}.{claims}.{signature}{signature}",
    ):
        assert await service.holder(changed) is None


@pytest.mark.parametrize(
    "shown",
    [
        "",
        ".",
        "..",
        "....",
        "a.b.c",
        f"{part(b'[' * 2_000)}.e30.AAAA",
        f"{part([])}.e30.AAAA",
        f"{part('EdDSA')}.e30.AAAA",
        f"{part(b'null')}.e30.AAAA",
        f"{part({'alg': 'EdDSA', 'typ': 'at+jwt', 'kid': {}})}.e30.AAAA",
        f"{part({'alg': 'EdDSA', 'typ': 'at+jwt', 'kid': 7})}.e30.AAAA",
        f"{part({'alg': 'EdDSA', 'typ': 'at+jwt', 'kid': 'key_' + '0' * 32, 'crit': ['x']})}.e30.AAAA",
        f"{part(b'{' + b'x' * MOST_CHARACTERS)}.e30.AAAA",
        "\xe9.\xe9.\xe9",
    ],
    ids=lambda shown: shown[:24],
)
async def test_what_is_no_token_is_nobodys(books: TestBooks, shown: str) -> None:
    service, _ = await issuer_and_client(books)
    assert await service.holder(shown) is None


async def test_a_token_that_was_verified_costs_no_signature_and_no_look_at_keys(
    books: TestBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, client = await issuer_and_client(books)
    token = await service.issue(client, ["books:read"])
    first = await service.holder(token)
    verifications: list[object] = []
    monkeypatch.setattr(jwt, "decode", lambda *all_of_it, **_: verifications.append(all_of_it))
    service.clock.now += FRESH_SECONDS - 1
    with statements() as sent:
        assert await service.holder(token) == first
    assert first is not None
    assert first.at_most == frozenset({"books:read"})
    assert verifications == []
    assert not any("signing_key" in each for each in sent)


async def test_a_token_ends_with_its_client(books: TestBooks) -> None:
    service, client = await issuer_and_client(books)
    token = await service.issue(client)
    assert await service.holder(token) is not None
    await client.is_revoked()
    assert await service.holder(token) is None
    assert await Issuer(books.database, service.clock).holder(token) is None


async def test_a_narrowed_token_allows_what_both_its_scope_and_its_clients_roles_allow(
    books: TestBooks,
) -> None:
    service, _ = await issuer_and_client(books)
    client = await oauth_client(books, "READ_ONLY")
    whole = await service.holder(await service.issue(client))
    narrowed = await service.holder(await service.issue(client, ["books:read", "settings:write"]))
    assert whole is not None
    assert narrowed is not None
    assert (await service.gate.actor(whole, None)).permissions == {"books:read", "books:audit"}
    assert (await service.gate.actor(narrowed, None)).permissions == {"books:read"}


async def test_a_service_of_another_issuer_or_database_takes_no_token_of_this_one(books: TestBooks) -> None:
    service, client = await issuer_and_client(books)
    token = await service.issue(client)
    elsewhere = Issuer(books.database, service.clock, issuer="https://memos.example:444")
    assert await elsewhere.holder(token) is None


async def test_the_id_of_an_api_key_is_not_its_token(books: TestBooks) -> None:
    service, client = await issuer_and_client(books)
    key = await key_of_api(books)
    for shown in (client.id, client.secret, key.id, f"{client.id}:{client.secret}", client.api_key):
        assert await service.holder(shown) is None
    assert await service.holder(key.api_key) is not None
