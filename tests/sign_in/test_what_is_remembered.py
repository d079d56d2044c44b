"""What the gate remembers for a while holds nobody up: what was changed here, or is new, counts at once."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import pytest

from app.domain.actor import Actor
from app.domain.commands import RoleEntry, UpsertRoles
from app.domain.vocabulary import CredentialKind
from app.sign_in.gate import Gate
from app.sign_in.principal import Principal
from app.sign_in.secrets import Seal
from tests.isolation.statements import statements
from tests.support.access import SEAL, key_of_api, oauth_client
from tests.support.books import TestBooks
from tests.support.service import Service

HOUR = 3600.0


class Tomorrow:
    """A clock that is a day ahead."""

    @staticmethod
    def now(zone: tzinfo) -> datetime:
        return datetime.now(zone) + timedelta(days=1)


WHO = "{ viewer { permissions } }"
NEW_ROLE = """mutation ($permissions: [String!]) { upsertRoles(input: {roles: [{code: "DESK", permissions: $permissions}]}) {
  __typename } }"""
NEW_KEY = """mutation { createApiKey(input: {name: "desk", roles: ["DESK"]}) { ... on ApiKeyCreated { secret credential { id } } } }"""
REVOKE = "mutation ($id: ID!) { revokeCredential(input: {credentialId: $id}) { __typename } }"


async def viewed(service: Service, secret: str) -> Any:
    sent = await service.send(WHO, {}, Authorization=f"Bearer {secret}")
    return sent.json()["data"]["viewer"]["permissions"] if sent.status_code == 200 else sent.status_code


async def test_what_is_changed_through_a_server_counts_there_at_once(service: Service) -> None:
    await service.read(WHO)
    await service.read(NEW_ROLE, permissions=["books:read"])
    made = (await service.read(NEW_KEY))["createApiKey"]
    assert await viewed(service, made["secret"]) == ["books:read"]
    await service.read(NEW_ROLE, permissions=["books:audit"])
    assert await viewed(service, made["secret"]) == ["books:audit"]
    await service.read(REVOKE, id=made["credential"]["id"])
    assert await viewed(service, made["secret"]) == 401


async def test_a_role_that_another_server_has_made_is_found_and_one_that_there_is_not_is_looked_for_once(
    books: TestBooks,
) -> None:
    gate = Gate(books.database, Seal(pepper=b"of the tests"), known_seconds=HOUR)
    desk = Principal(id="x", name="x", roles={books.entity.id: ["DESK"]})
    other = Principal(id="y", name="y", roles={books.entity.id: ["READ_ONLY"]})
    assert "books:read" in (await gate.actor(other, None)).permissions
    await books.perform(UpsertRoles(roles=[RoleEntry(code="DESK", permissions=["books:audit"])]))
    assert (await gate.actor(desk, None)).permissions == frozenset({"books:audit"})
    nowhere = Principal(id="z", name="z", roles={books.entity.id: ["NOWHERE"]})
    await gate.actor(nowhere, None)
    with statements() as sent:
        assert (await gate.actor(nowhere, None)).permissions == frozenset()
    assert sent == []


async def test_who_came_in_by_a_key_comes_in_again_until_something_of_it_has_changed(
    books: TestBooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate(books.database, SEAL, known_seconds=HOUR)
    key = await key_of_api(books, expires_at=datetime.now(UTC) + timedelta(hours=1))
    home = books.entity.id

    async def let_in() -> tuple[Principal, Actor]:
        principal = await gate.principal(key.api_key)
        assert principal is not None
        return principal, await gate.actor(principal, None)

    first = await let_in()
    with statements() as sent:
        assert gate.comes_in_again(*first)
    assert sent == []
    # A role was changed: what it allows is put together anew.
    gate.forget(home, None)
    assert not gate.comes_in_again(*first)
    second = await let_in()
    assert gate.comes_in_again(*second)
    assert not gate.comes_in_again(*first)
    # The key was changed, by somebody of another entity.
    elsewhere = home + 1
    gate.forget(elsewhere, key.id)
    assert not gate.comes_in_again(*second)
    third = await let_in()
    assert gate.comes_in_again(*third)
    assert not gate.comes_in_again(*second)
    # It has expired.
    monkeypatch.setattr("app.sign_in.gate.datetime", Tomorrow)
    assert not gate.comes_in_again(*third)


async def test_nobody_comes_in_again_whose_key_is_read_each_time_or_who_has_shown_a_token(
    books: TestBooks,
) -> None:
    """A token has an end of its own."""
    forgetful = Gate(books.database, SEAL, known_seconds=0)
    key = await key_of_api(books)
    holder = await forgetful.principal(key.api_key)
    assert holder is not None
    assert not forgetful.comes_in_again(holder, await forgetful.actor(holder, None))
    gate = Gate(books.database, SEAL, known_seconds=HOUR)
    client = await oauth_client(books)
    bearer = await gate.holder(client.id, client.secret, CredentialKind.OAUTH_CLIENT)
    assert bearer is not None
    assert not gate.comes_in_again(bearer, await gate.actor(bearer, None))


async def test_what_is_changed_in_one_entity_costs_those_of_another_no_read(
    service: Service, books: TestBooks
) -> None:
    """Or whoever makes keys all day has everybody else looked up for every request."""
    neighbour = await books.neighbour()
    innocent = (await key_of_api(neighbour)).api_key

    async def reads() -> list[str]:
        with statements() as sent:
            answer = await service.send(
                WHO, Authorization=f"Bearer {innocent}", X_Entity_Id=neighbour.entity.code
            )
        assert answer.status_code == 200
        return [each for each in sent if re.search(r"FROM (credential|role)\b", each)]

    assert await reads() != []
    assert await reads() == []
    await service.read(NEW_ROLE, permissions=["books:read"])
    made = (await service.read(NEW_KEY))["createApiKey"]
    await service.read(REVOKE, id=made["credential"]["id"])
    assert await reads() == []
