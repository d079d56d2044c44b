"""Keys and tokens without HTTP around them, by a clock that a test sets."""

from dataclasses import dataclass, field
from typing import Any

import jwt

from app.repository.database import Database
from app.settings import DEVELOPMENT_PEPPER
from app.sign_in.gate import Gate
from app.sign_in.principal import Principal
from app.sign_in.signing_keys import SigningKeys
from app.sign_in.tokens import Tokens
from tests.support.access import SEAL, HeldCredential

ISSUER = "https://memos.example"
SECONDS = 900
BEGINNING = 1_790_000_000.0


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: float = BEGINNING

    def __call__(self) -> float:
        return self.now


@dataclass
class Issuer:
    """One server process: its keys and its tokens. It remembers no credential."""

    database: Database
    clock: Clock
    pepper: str = DEVELOPMENT_PEPPER
    issuer: str = ISSUER
    keys: SigningKeys = field(init=False)
    gate: Gate = field(init=False)
    tokens: Tokens = field(init=False)

    def __post_init__(self) -> None:
        self.keys = SigningKeys(self.database, self.pepper.encode(), token_seconds=SECONDS, clock=self.clock)
        self.gate = Gate(self.database, SEAL, known_seconds=0)
        self.tokens = Tokens(self.gate, self.keys, issuer=self.issuer, seconds=SECONDS, clock=self.clock)
        self.gate.verifiers.append(self.tokens)

    async def issue(self, client: HeldCredential, scope: list[str] | None = None) -> str:
        """A token for the client."""
        principal = await self.gate.known(client.id)
        assert principal is not None
        return await self.tokens.issue(principal, scope)

    async def holder(self, token: str) -> Principal | None:
        """Who the gate takes the bearer of the token for."""
        return await self.gate.principal(token)

    async def signed(self, client: HeldCredential, **others: Any) -> str:
        """A token by the service's own key with other claims than it would give; None takes one away."""
        claims = {**claims_of(await self.issue(client)), **others}
        key_id, private = await self.keys.signing()
        said = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(said, private, "EdDSA", headers={"kid": key_id, "typ": "at+jwt"})


def claims_of(token: str) -> dict[str, Any]:
    """What the token says, whoever signed it."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def key_id_of(token: str) -> str:
    kid: str = jwt.get_unverified_header(token)["kid"]
    return kid
