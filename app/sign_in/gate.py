"""From what a caller shows to who it is, and from there to someone who acts in an entity."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.access import BUILT_IN_ROLES, Allowed, Role, allowed
from app.domain.actor import Actor
from app.domain.vocabulary import CredentialKind
from app.repository.database import Busy, Database
from app.repository.entities import Entity, entities
from app.repository.sign_in import Standing, note_use, own_roles, standing_of
from app.sign_in.principal import Principal, is_live, principal_of
from app.sign_in.remembered import Remembered
from app.sign_in.secrets import Seal, parts_of_api_key

logger = logging.getLogger(__name__)

KNOWN_SECONDS = 5.0
"""How long a revoked credential, or a role that was taken away, may still be good."""
KNOWN_MOST = 10_000
USES_SECONDS = 60.0
NOTING_SECONDS = 10.0

Verify = Callable[[str], Awaitable[Principal | None]]
"""Who a token is for; None where it is none of those that this function can verify."""


class EntityNotAllowed(Exception):
    """There is no such entity for this principal: whether there is one at all is not said."""


class EntityNotNamed(Exception):
    """The principal is good for several entities, and the request has to say which."""


@dataclass(frozen=True, slots=True)
class Known:
    """A credential as it was read, and who its bearer is."""

    standing: Standing
    principal: Principal


class Gate:
    """Knows credentials and roles for a few seconds, so that a request seldom has to read them. Raises Busy."""

    def __init__(self, database: Database, seal: Seal, *, known_seconds: float = KNOWN_SECONDS) -> None:
        self._database = database
        self.seal = seal
        self.verifiers: list[Verify] = []
        """Asked in turn who a token is for that is no API key."""
        self._standings: Remembered[str, Known] = Remembered(known_seconds, KNOWN_MOST)
        self._roles: Remembered[int, dict[str, Role]] = Remembered(known_seconds, KNOWN_MOST)
        self._allowed: Remembered[tuple[int, tuple[str, ...]], tuple[dict[str, Role], Allowed]] = Remembered(
            known_seconds, KNOWN_MOST
        )
        self._no_roles: Remembered[tuple[int, str], bool] = Remembered(known_seconds, KNOWN_MOST)
        self._entities: dict[int, Entity] = {}
        self._unknown: Remembered[str, bool] = Remembered(known_seconds, KNOWN_MOST)
        self._used: dict[tuple[int, str], datetime] = {}

    async def principal(self, shown: str) -> Principal | None:
        """Who the bearer of a key or token is; None for a stranger, whatever the reason."""
        parts = parts_of_api_key(shown)
        if parts is not None:
            return await self.holder(*parts, CredentialKind.API_KEY)
        for verify in self.verifiers:
            if (principal := await verify(shown)) is not None:
                return principal
        return None

    async def holder(self, credential_id: str, secret: str, kind: CredentialKind) -> Principal | None:
        """The principal of a credential of this kind, if the secret is its own."""
        known = await self._known(credential_id)
        # A credential that there is not is compared as well: the answer takes as long.
        stored = known.standing.credential.secret_hash if known else ""
        is_its_own = self.seal.matches(secret, stored)
        if known is None or not is_its_own or known.standing.credential.kind is not kind:
            return None
        return self._live(known)

    async def known(self, credential_id: str) -> Principal | None:
        """The principal of a credential that was verified before, if it is still good."""
        known = await self._known(credential_id)
        return self._live(known) if known else None

    def comes_in_again(self, principal: Principal, actor: Actor) -> bool:
        """Whether who has shown an API key and came in as this principal, acting so, would do it again: what is known of
        the credential and of the entity's roles is still what they came in by. Of tokens that is never said.
        """
        known = self._standings.get(principal.id)
        if (
            known is None
            or known.principal is not principal
            or known.standing.credential.kind is not CredentialKind.API_KEY
        ):
            return False
        allowed_by = self._allowed.get((actor.entity_id, tuple(actor.roles)))
        return (
            allowed_by is not None
            and allowed_by[0] is self._roles.get(actor.entity_id)
            and allowed_by[1].permissions is actor.permissions
            and self._live(known) is not None
        )

    async def actor(self, principal: Principal, code: str | None) -> Actor:
        """The principal acting in the entity of this code.

        Without a code, the only entity it is good for; for one who is good for all, the one at home. What is not allowed
        is not looked up, so that nothing tells an entity of others from one that there is not.
        """
        entity = await self._chosen(principal, code)
        roles = tuple(principal.roles.get(entity.id) or principal.everywhere or ())
        may = await self._allowed_by(entity.id, roles)
        return Actor(
            entity_id=entity.id,
            name=await self._name(principal, entity),
            permissions=may.permissions if principal.at_most is None else may.permissions & principal.at_most,
            approval_limits=may.approval_limits,
            approving_limits=may.approving_limits,
            roles=roles,
            credential_id=None if principal.home_entity_id is None else principal.id,
            is_narrowed=principal.at_most is not None,
        )

    def forget(self, entity_id: int, credential_id: str | None) -> None:
        """Access was changed in this process, in this entity, and of this credential if any: what was known of them may
        not be true any more. What is known of others stays: nobody's changes cost others reads.
        """
        self._roles.forget(entity_id)
        if credential_id is not None:
            self._standings.forget(credential_id)

    async def entity_ids(self, codes: Sequence[str]) -> dict[str, int]:
        """The ids of those codes that are an entity's; what an identity provider says of itself is looked up here."""
        known = {each.code for each in self._entities.values()}
        new = [code for code in codes if code not in known and not self._unknown.get(code)]
        if new:
            await self._read_entities()
            for code in new:
                self._unknown.put(code, True)
        return {each.code: each.id for each in self._entities.values() if each.code in codes}

    async def keep_uses(self) -> None:
        """Write down about every minute who has come; runs until it is cancelled, and once more then."""
        try:
            while True:
                await asyncio.sleep(USES_SECONDS)
                await self._note_uses()
        finally:
            await self._note_uses()

    async def _note_uses(self) -> None:
        used, self._used = self._used, {}
        for (home, credential_id), at in used.items():
            try:
                async with asyncio.timeout(NOTING_SECONDS):
                    await note_use(self._database, home, credential_id, at)
            except (Busy, TimeoutError):
                logger.info("last use of %s was not written: the database is busy", credential_id)
            except Exception:
                # Nobody waits for it, and the service goes on without.
                logger.warning("last use of %s could not be written", credential_id, exc_info=True)

    async def _allowed_by(self, entity_id: int, roles: tuple[str, ...]) -> Allowed:
        """What the roles allow together in the entity; put together once for roles that were read once."""
        own = await self._own_roles(entity_id, roles)
        known = self._allowed.get((entity_id, roles))
        if known is None or known[0] is not own:
            known = own, allowed(roles, own)
            self._allowed.put((entity_id, roles), known)
        return known[1]

    async def _own_roles(self, entity_id: int, codes: Sequence[str]) -> dict[str, Role]:
        """The entity's roles; read anew for a code that may have come since."""
        own = self._roles.get(entity_id)
        new = [code for code in codes if code not in BUILT_IN_ROLES and code not in (own or ())]
        if own is None or not all(self._no_roles.get((entity_id, code)) for code in new):
            own = await own_roles(self._database, entity_id)
            self._roles.put(entity_id, own)
            for code in new:
                if code not in own:
                    self._no_roles.put((entity_id, code), True)
        return own

    async def _known(self, credential_id: str) -> Known | None:
        known = self._standings.get(credential_id)
        if known is None:
            standing = await standing_of(self._database, credential_id)
            if standing is not None:
                known = Known(standing, principal_of(standing))
                self._standings.put(credential_id, known)
        return known

    def _live(self, known: Known) -> Principal | None:
        standing, now = known.standing, datetime.now(UTC)
        if not is_live(standing.credential, now):
            return None
        self._used[standing.home_entity_id, standing.credential.id] = now
        return known.principal

    async def _chosen(self, principal: Principal, code: str | None) -> Entity:
        if principal.everywhere is not None:
            return await self._any(principal, code)
        usable = [await self._entity(each) for each in principal.roles]
        if code is None and len(usable) > 1:
            raise EntityNotNamed
        for entity in usable:
            if code is None or entity.code == code:
                return entity
        raise EntityNotAllowed

    async def _any(self, principal: Principal, code: str | None) -> Entity:
        """One of all entities: the one named, else the one at home, else the one registered first."""
        if code is None and principal.home_entity_id is not None:
            return await self._entity(principal.home_entity_id)
        if not any(code in (None, each.code) for each in self._entities.values()):
            await self._read_entities()
        for _, entity in sorted(self._entities.items()):
            if code in (None, entity.code):
                return entity
        raise EntityNotAllowed

    async def _name(self, principal: Principal, entity: Entity) -> str:
        if principal.home_entity_id is None or principal.home_entity_id == entity.id:
            return principal.name
        return f"{(await self._entity(principal.home_entity_id)).code}:{principal.name}"

    async def _entity(self, entity_id: int) -> Entity:
        if entity_id not in self._entities:
            await self._read_entities()
        if entity_id not in self._entities:
            raise EntityNotAllowed
        return self._entities[entity_id]

    async def _read_entities(self) -> None:
        self._entities = {each.id: each for each in await entities(self._database)}
