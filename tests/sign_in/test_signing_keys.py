"""Keys that sign: made once, known to every process, replaced while tokens are out, sealed in the database."""

import asyncio
import base64
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.entity import Settings
from app.repository.entities import NO_ENTITY
from app.repository.opening import open_database
from app.sign_in.signatures import Signatures
from app.sign_in.signing_keys import FRESH_SECONDS, GRACE_SECONDS, PAUSE_SECONDS
from app.sign_in.tokens import LEEWAY_SECONDS
from tests.isolation.statements import statements
from tests.sign_in.made import SECONDS, Clock, Issuer, key_id_of
from tests.support.access import HeldCredential, oauth_client
from tests.support.books import open_books
from tests.support.stores import Place, Store


@pytest.fixture
def own_place(store: Store) -> Place:
    """A database without any key: keys belong to a database, not to an entity."""
    return store.migrated()


@asynccontextmanager
async def processes(place: Place, clock: Clock) -> AsyncIterator[tuple[Issuer, Issuer, HeldCredential]]:
    """Two server processes of one database, and a client."""
    first, second = open_database(place.url), open_database(place.url)
    try:
        client = await oauth_client(await open_books(first, place, Settings()))
        yield Issuer(first, clock), Issuer(second, clock), client
    finally:
        await first.close()
        await second.close()


async def key_rows(service: Issuer) -> list[Any]:
    """What the database holds of keys, oldest first."""
    statement = text(
        "SELECT id, public_key, sealed_private_key, created_at, retired_at FROM signing_key ORDER BY id"
    )
    async with service.database.snapshot(NO_ENTITY) as snapshot:
        return await snapshot.rows(statement)


async def rotated(service: Issuer, *, at_once: bool = False) -> str:
    """As the operator's command does it: publish, wait, retire."""
    key_id = await service.keys.add()
    if not at_once:
        service.clock.now += FRESH_SECONDS
    await service.keys.retire_before(key_id)
    return key_id


async def test_the_first_key_is_made_for_the_first_token_and_stays(own_place: Place) -> None:
    async with processes(own_place, Clock()) as (first, second, client):
        assert await first.keys.published() == []
        assert await second.keys.published() == []
        token = await first.issue(client)
        # The other process has just looked, and has seen that there was no key at all.
        assert await second.holder(token) is not None
        assert key_id_of(await second.issue(client)) == key_id_of(token)
        assert len(await key_rows(first)) == 1
        assert [each["kid"] for each in await second.keys.published()] == [key_id_of(token)]


async def test_two_processes_that_make_the_first_key_at_once_soon_agree(own_place: Place) -> None:
    clock = Clock()
    async with processes(own_place, clock) as (first, second, client):
        tokens = await asyncio.gather(first.issue(client), second.issue(client))
        clock.now += FRESH_SECONDS
        for token in tokens:
            assert await first.holder(token) is not None
            assert await second.holder(token) is not None
        ids = {key_id_of(await first.issue(client)), key_id_of(await second.issue(client))}
        assert ids == {(await key_rows(first))[0].id}


async def test_keys_are_replaced_while_tokens_are_out(own_place: Place) -> None:
    clock = Clock()
    async with processes(own_place, clock) as (first, second, client):
        old = await first.issue(client)
        assert await second.holder(old) is not None
        new_key = await first.keys.add()
        # Published, and not used yet: the other process may not have heard of it.
        assert key_id_of(await first.issue(client)) == key_id_of(old)
        clock.now += FRESH_SECONDS
        assert [each["kid"] for each in await second.keys.published()] == [key_id_of(old), new_key]
        await first.keys.retire_before(new_key)
        late = await second.issue(client)
        assert key_id_of(late) == key_id_of(old), "it knows the old key for a moment still"
        clock.now += FRESH_SECONDS
        new = await second.issue(client)
        assert key_id_of(new) == new_key
        for token in (old, late, new):
            for service in (first, second, Issuer(first.database, clock)):
                assert await service.holder(token) is not None


async def test_a_retired_key_verifies_as_long_as_its_last_token_is_good(own_place: Place) -> None:
    clock = Clock()
    async with processes(own_place, clock) as (first, second, client):
        old = key_id_of(await first.issue(client))
        await second.keys.verifying(old)
        new = await rotated(first)
        retired_at = clock.now
        clock.now = retired_at + FRESH_SECONDS - 1
        late = await second.issue(client)
        clock.now += SECONDS + LEEWAY_SECONDS - 1
        assert await Issuer(first.database, clock).holder(late) is not None
        clock.now = retired_at + SECONDS + GRACE_SECONDS
        for service in (first, second):
            assert await service.keys.verifying(old) is None
            assert [each["kid"] for each in await service.keys.published()] == [new]


async def test_what_a_stolen_key_has_signed_is_good_for_nothing_at_once(own_place: Place) -> None:
    clock = Clock()
    async with processes(own_place, clock) as (first, second, client):
        token = await first.issue(client)
        for service in (first, second):
            assert await service.holder(token) is not None
        await first.keys.retire_before(await first.keys.add(), stolen=True)
        clock.now += FRESH_SECONDS
        for service in (first, second, Issuer(first.database, clock)):
            assert await service.holder(token) is None
        assert await second.holder(await first.issue(client)) is not None


async def test_the_private_part_of_a_retired_key_is_gone(own_place: Place) -> None:
    async with processes(own_place, Clock()) as (first, _, client):
        await first.issue(client)
        new = await rotated(first)
        newest = await rotated(first)
        rows = await key_rows(first)
        assert [row.id for row in rows][1:] == [new, newest]
        assert [row.sealed_private_key is None for row in rows] == [True, True, False]
        assert [row.retired_at is None for row in rows] == [False, False, True]


async def test_a_key_that_is_not_known_is_looked_up_seldom(own_place: Place) -> None:
    clock = Clock()
    async with processes(own_place, clock) as (first, second, client):
        await second.holder(await first.issue(client))
        clock.now += PAUSE_SECONDS
        await second.keys.verifying(f"key_{0:032x}")
        with statements() as sent:
            for number in range(1, 100):
                assert await second.keys.verifying(f"key_{number:032x}") is None
        assert sent == []
        # A process that missed the notice, as after a rotation in a hurry, finds the key a moment later.
        await rotated(first, at_once=True)
        late = Issuer(first.database, clock)
        token = await late.issue(client)
        assert await second.holder(token) is None
        clock.now += PAUSE_SECONDS
        assert await second.holder(token) is not None


async def test_many_who_ask_at_once_read_the_keys_once(own_place: Place) -> None:
    clock = Clock()
    async with processes(own_place, clock) as (first, second, client):
        token = await first.issue(client)
        with statements() as sent:
            asked = await asyncio.gather(*(second.keys.verifying(key_id_of(token)) for _ in range(50)))
        assert all(asked)
        assert len([each for each in sent if "FROM signing_key" in each]) == 1


async def test_the_database_holds_no_private_key_that_can_be_read_without_the_pepper(
    own_place: Place,
) -> None:
    async with processes(own_place, Clock()) as (first, _, client):
        await first.issue(client)
        key_id, private = await first.keys.signing()
        [row] = await key_rows(first)
        sealed = base64.b64decode(row.sealed_private_key)
        raw = private.private_bytes_raw()
        assert raw not in sealed
        assert "'d'" not in str(row.public_key)
        assert '"d"' not in str(row.public_key)
        seal = Signatures(first.pepper.encode())
        opened = seal.opened(key_id, row.sealed_private_key)
        assert opened is not None
        assert opened.private_bytes_raw() == raw
        # Another pepper, another row, another byte.
        assert Signatures(b"another pepper of somebody").opened(key_id, row.sealed_private_key) is None
        assert seal.opened(f"key_{0:032x}", row.sealed_private_key) is None
        spoilt = base64.b64encode(sealed[:-1] + bytes([sealed[-1] ^ 1])).decode()
        assert seal.opened(key_id, spoilt) is None
        assert seal.sealed(key_id, private) != row.sealed_private_key


async def test_under_another_pepper_a_new_key_signs_and_the_log_says_so(
    own_place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    clock = Clock()
    async with processes(own_place, clock) as (first, _, client):
        old = await first.issue(client)
        other = Issuer(first.database, clock, pepper="another pepper of somebody")
        with caplog.at_level(logging.WARNING):
            new = await other.issue(client)
        assert key_id_of(new) != key_id_of(old)
        assert key_id_of(old) in caplog.text
        assert "another pepper of somebody" not in caplog.text
        assert await other.holder(new) is not None
        clock.now += FRESH_SECONDS
        assert await first.holder(new) is not None


async def test_a_rotation_after_one_that_was_cut_short_retires_both(own_place: Place) -> None:
    async with processes(own_place, Clock()) as (first, _, client):
        await first.issue(client)
        await first.keys.add()
        newest = await rotated(first)
        assert [row.id for row in await key_rows(first) if row.retired_at is None] == [newest]
