"""Tokens of one outside identity provider (OpenID Connect): verified here, with keys fetched by somebody else."""

import asyncio
import hashlib
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic, time
from typing import Any

import jwt

from app.sign_in.gate import Gate
from app.sign_in.principal import Principal
from app.sign_in.remembered import Remembered

logger = logging.getLogger(__name__)

FetchKeySet = Callable[[], Awaitable[Mapping[str, Any]]]
"""Fetches the provider's JSON Web Key Set; raises where it cannot."""

FRESH_SECONDS = 600.0
"""How long a key set is used before it is fetched anew; when the provider is down, it is used on."""
PAUSE_SECONDS = 30.0
"""Between two fetches, whatever asks for them: strangers name key ids that there are not."""
LEEWAY_SECONDS = 30
MOST_TOKENS = 10_000
MOST_TOKEN_CHARACTERS = 8_000
SUBJECT = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideIssuer:
    """Whom to believe, and which of its claims say what a person may do here."""

    issuer: str
    audience: str
    algorithms: Sequence[str] = ("RS256", "ES256", "EdDSA")
    """By private keys only."""
    entities_claim: str = "entities"
    """A list of entity codes, or an object of entity code -> roles there."""
    roles_claim: str = "roles"
    """A list of role names, for every entity that is only listed."""
    role_names: Mapping[str, str] = field(default_factory=dict)
    """The provider's name of a role -> its code here; others count as they are."""


class KeyRing:
    """The provider's keys, by id. Fetched by one at a time, seldom, and kept when the provider is down."""

    def __init__(self, fetch: FetchKeySet, clock: Callable[[], float] = monotonic) -> None:
        self._fetch, self._clock = fetch, clock
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
        self._turn = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None

    async def key(self, key_id: str) -> jwt.PyJWK | None:
        """The key by its id. Waits for the provider only for a key that is not known yet."""
        if key_id not in self._keys:
            await self._refresh()
        elif self._is_over(FRESH_SECONDS, self._fetched_at) and self._is_over(PAUSE_SECONDS, self._tried_at):
            # Kept, so that it is not collected as garbage on its way.
            self._refreshing = asyncio.create_task(self._refresh())
        return self._keys.get(key_id)

    def _is_over(self, seconds: float, since: float | None) -> bool:
        return since is None or self._clock() - since >= seconds

    async def _refresh(self) -> None:
        async with self._turn:
            if not self._is_over(PAUSE_SECONDS, self._tried_at):
                return
            self._tried_at = self._clock()
            try:
                self._keys = _keys_of(await self._fetch())
            except Exception as error:  # noqa: BLE001 - whatever a stranger's server does, the keys that are known go on
                logger.warning("The identity provider's keys could not be fetched: %s", error)
                return
            self._fetched_at = self._clock()


def _keys_of(key_set: Mapping[str, Any]) -> dict[str, jwt.PyJWK]:
    """The keys that can verify signatures; those that are for something else, or unreadable, are left out."""
    keys: dict[str, jwt.PyJWK] = {}
    listed = key_set.get("keys")
    for each in listed if isinstance(listed, list) else ():
        if (
            not isinstance(each, dict)
            or not isinstance(each.get("kid"), str)
            or each.get("use", "sig") != "sig"
        ):
            continue
        try:
            keys[each["kid"]] = jwt.PyJWK.from_dict(each)
        except jwt.PyJWTError:
            logger.info("A key of the identity provider cannot be read; it is left out.")
    return keys


class OutsideTokens:
    """A verifier for the gate: from a token of the provider to a principal."""

    def __init__(self, gate: Gate, issuer: OutsideIssuer, keys: KeyRing) -> None:
        self._gate, self._issuer, self._keys = gate, issuer, keys
        self._claims: Remembered[bytes, dict[str, Any]] = Remembered(FRESH_SECONDS, MOST_TOKENS)

    async def __call__(self, token: str) -> Principal | None:
        claims = await self._verified(token)
        if claims is None or not SUBJECT.fullmatch(str(claims["sub"])):
            return None
        name = f"oidc:{claims['sub']}"
        return Principal(id=name, name=name, roles=await self._roles(claims))

    async def _verified(self, token: str) -> dict[str, Any] | None:
        if len(token) > MOST_TOKEN_CHARACTERS or token.count(".") != 2:
            return None
        digest = hashlib.sha256(token.encode()).digest()
        known = self._claims.get(digest)
        if known is not None:
            return known if time() < known["exp"] + LEEWAY_SECONDS else None
        try:
            head = jwt.get_unverified_header(token)
            key = await self._keys.key(head["kid"]) if isinstance(head.get("kid"), str) else None
            if key is None:
                return None
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=list(self._issuer.algorithms),
                audience=self._issuer.audience,
                issuer=self._issuer.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError:
            return None
        if not isinstance(claims["exp"], int | float):
            # The library takes a number in quotes for one; RFC 7519 does not.
            return None
        self._claims.put(digest, claims)
        return claims

    async def _roles(self, claims: Mapping[str, Any]) -> dict[int, list[str]]:
        everywhere = self._named(_claim(claims, self._issuer.roles_claim))
        said = _claim(claims, self._issuer.entities_claim)
        if isinstance(said, Mapping):
            by_code = {str(code): self._named(roles) for code, roles in said.items()}
        else:
            by_code = dict.fromkeys(_texts(said), everywhere)
        ids = await self._gate.entity_ids(list(by_code))
        return {ids[code]: roles for code, roles in by_code.items() if code in ids and roles}

    def _named(self, roles: object) -> list[str]:
        return [self._issuer.role_names.get(each, each) for each in _texts(roles)]


def _claim(claims: Mapping[str, Any], name: str) -> object:
    """The claim of this name, else the value at this path of names with dots between them."""
    if name in claims:
        return claims[name]
    value: object = claims
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _texts(value: object) -> list[str]:
    """The texts of a list; one text is a list of one."""
    if isinstance(value, str):
        return [value]
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
