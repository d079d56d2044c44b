"""The service's own access tokens: signed here for OAuth clients, and verified here (RFC 9068)."""

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.repository.identity import uuid7_hex
from app.sign_in.gate import Gate
from app.sign_in.principal import Principal
from app.sign_in.remembered import Remembered
from app.sign_in.signing_keys import SigningKeys, WallClock

LEEWAY_SECONDS = 5
"""How far the clocks of two processes may lie apart."""
MOST_TOKENS = 10_000
MOST_CHARACTERS = 4_000
KEY_ID = re.compile(r"key_[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Verified:
    """What a token that has been verified says; it stays true until the token expires or its key is not believed."""

    key_id: str
    credential_id: str
    scope: frozenset[str] | None
    """The permissions that the token is narrowed to."""
    expires_at: int


class Tokens:
    """Issues tokens, and is a verifier for the gate. Who holds a token may do what its client may at that moment:
    roles are not in it, so that to revoke a client is to revoke its tokens. Raises Busy.
    """

    def __init__(
        self, gate: Gate, keys: SigningKeys, *, issuer: str, seconds: int, clock: WallClock = time.time
    ) -> None:
        self._gate, self._keys = gate, keys
        self._issuer = issuer
        self._clock = clock
        self._verified: Remembered[bytes, Verified] = Remembered(seconds, MOST_TOKENS, clock)
        self.seconds = seconds

    async def issue(self, principal: Principal, scope: Sequence[str] | None) -> str:
        """A token for the client, good for `seconds`; with a scope for these permissions at most."""
        key_id, private = await self._keys.signing()
        now = int(self._clock())
        claims = {
            "iss": self._issuer,
            "aud": self._issuer,
            "sub": principal.id,
            "client_id": principal.id,
            "iat": now,
            "exp": now + self.seconds,
            "jti": uuid7_hex(),
        }
        if scope is not None:
            claims["scope"] = " ".join(scope)
        return self._keys.signatures.signed(claims, key_id, private)

    async def __call__(self, shown: str) -> Principal | None:
        if len(shown) > MOST_CHARACTERS or shown.count(".") != 2:
            return None
        digest = hashlib.sha256(shown.encode()).digest()
        verified = self._verified.get(digest)
        if verified is None:
            verified = await self._read(shown)
            if verified is None:
                return None
            self._verified.put(digest, verified)
        elif await self._keys.verifying(verified.key_id) is None:
            return None
        if self._clock() >= verified.expires_at + LEEWAY_SECONDS:
            return None
        principal = await self._gate.known(verified.credential_id)
        if principal is None or verified.scope is None:
            return principal
        return replace(principal, at_most=verified.scope)

    async def _read(self, shown: str) -> Verified | None:
        """What a token says that this service has signed and that is good at this moment."""
        signatures = self._keys.signatures
        key_id = signatures.named_key(shown)
        if not isinstance(key_id, str) or not KEY_ID.fullmatch(key_id):
            return None
        key = await self._keys.verifying(key_id)
        claims = signatures.verified_claims(shown, key, self._issuer) if key else None
        return _verified(key_id, claims) if claims and self._is_good(claims) else None

    def _is_good(self, claims: Mapping[str, Any]) -> bool:
        begins = max(claims["iat"], claims.get("nbf", 0))
        ends = claims["exp"]
        return bool(begins <= self._clock() + LEEWAY_SECONDS and self._clock() < ends + LEEWAY_SECONDS)


def _verified(key_id: str, claims: Mapping[str, Any]) -> Verified:
    scope = claims.get("scope")
    return Verified(
        key_id=key_id,
        credential_id=claims["sub"],
        scope=None if scope is None else frozenset(scope.split(" ")),
        expires_at=claims["exp"],
    )
