"""The Ed25519 keys that sign the service's own tokens, kept in the database for all its processes."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from app.repository.database import Database
from app.repository.identity import uuid7_hex
from app.repository.signing_keys import SealedKey, add_signing_key, retire_signing_keys, signing_keys

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

    from app.sign_in.signatures import Signatures

logger = logging.getLogger(__name__)

FRESH_SECONDS = 5.0
"""How old a process's knowledge of the keys may be: how long a new key is published before it signs."""
PAUSE_SECONDS = 1.0
"""Between two looks for a key that is not known: strangers name keys that there are not."""
GRACE_SECONDS = 60.0
"""How much longer than its last token a retired key verifies: a process may sign with it for a moment still."""

WallClock = Callable[[], float]
"""Seconds since 1970."""


class SigningKeys:
    """The keys as this process knows them, read anew every few seconds. Raises Busy.

    The oldest key that is not retired signs. So a rotation adds a key, waits until every process knows it, and retires
    the older ones: none of its tokens comes to a process that has not heard of it.
    """

    def __init__(
        self, database: Database, pepper: bytes, *, token_seconds: float, clock: WallClock = time.time
    ) -> None:
        self._database = database
        self._pepper = pepper
        self._verify_seconds = token_seconds + GRACE_SECONDS
        self._clock = clock
        self._turn = asyncio.Lock()
        self._read_at: float | None = None
        self._keys: dict[str, SealedKey] = {}
        self._verifying: dict[str, Ed25519PublicKey] = {}
        self._signing: tuple[str, Ed25519PrivateKey] | None = None

    @cached_property
    def signatures(self) -> "Signatures":
        """What signs, verifies and seals."""
        # Loaded with the first token that is asked for or shown: a service of API keys does without its 9 MiB.
        from app.sign_in.signatures import Signatures

        return Signatures(self._pepper)

    async def signing(self) -> "tuple[str, Ed25519PrivateKey]":
        """The id and the private part of the key that signs at this moment; the first one is made here."""
        await self._refresh()
        if self._signing is None:
            await self.add()
            await self._read()
        if self._signing is None:
            raise RuntimeError("a signing key that was just sealed cannot be opened")
        return self._signing

    async def verifying(self, key_id: str) -> "Ed25519PublicKey | None":
        """The public part of the key, as long as a token that it has signed may be good."""
        await self._refresh(key_id)
        return self._verifying.get(key_id)

    async def published(self) -> Sequence[dict[str, Any]]:
        """The public keys (JSON Web Keys) of all tokens that may be good, and of those that are about to come."""
        await self._refresh()
        return [dict(key.public_key) for key in self._keys.values()]

    async def add(self) -> str:
        """Make a key and publish it; it signs when those before it are retired. Returns its id."""
        key_id, private = f"key_{uuid7_hex()}", self.signatures.new_key()
        described = self.signatures.described(key_id, private)
        key = SealedKey(
            id=key_id,
            algorithm=described["alg"],
            public_key=described,
            sealed_private_key=self.signatures.sealed(key_id, private),
            created_at=self._now(),
        )
        await add_signing_key(self._database, key)
        return key_id

    async def retire_before(self, key_id: str, *, stolen: bool = False) -> int:
        """Retire the keys older than this one; returns how many. What they have signed stays good until it expires, unless
        somebody else may have signed with them: then it is good for nothing once every process has read the keys anew.
        """
        past = timedelta(seconds=self._verify_seconds if stolen else 0)
        return await retire_signing_keys(self._database, key_id, self._now() - past)

    async def _refresh(self, wanted: str | None = None) -> None:
        if not self._is_due(wanted):
            return
        async with self._turn:
            if self._is_due(wanted):
                await self._read()

    def _is_due(self, wanted: str | None) -> bool:
        if self._read_at is None:
            return True
        age = self._clock() - self._read_at
        # Without any key the first one may have been made a moment ago.
        is_missing = wanted is not None and wanted not in self._keys
        patience = (PAUSE_SECONDS if self._keys else 0.0) if is_missing else FRESH_SECONDS
        return not 0 <= age < patience

    async def _read(self) -> None:
        read_at = self._clock()
        oldest = self._now() - timedelta(seconds=self._verify_seconds)
        self._keys = {key.id: key for key in await signing_keys(self._database, oldest)}
        self._read_at = read_at
        self._verifying = {key.id: self.signatures.public_key(key.public_key) for key in self._keys.values()}
        self._signing = self._oldest_that_opens()

    def _oldest_that_opens(self) -> "tuple[str, Ed25519PrivateKey] | None":
        for key in self._keys.values():
            if key.sealed_private_key is None:
                continue
            private = self.signatures.opened(key.id, key.sealed_private_key)
            if private is not None:
                return key.id, private
            logger.warning("signing key %s was sealed under another pepper and cannot sign", key.id)
        return None

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)
