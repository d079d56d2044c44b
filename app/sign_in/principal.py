"""Who a request comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.access import Credential
from app.repository.sign_in import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Somebody who has shown who it is: a credential, or a person whom an identity provider vouches for."""

    id: str
    """Unique in the whole service: what budgets are kept by."""
    name: str
    home_entity_id: int | None = None
    """The entity whose credential it is; elsewhere the name is written with that entity's code before it."""
    roles: Mapping[int, Sequence[str]]
    """Entity id -> the codes of its roles there."""
    everywhere: Sequence[str] | None = None
    """The codes of its roles in every entity, where it is good for all of them."""
    at_most: frozenset[str] | None = None
    """The permissions that its token is narrowed to, whatever its roles allow; None where it is not."""


def principal_of(standing: Standing) -> Principal:
    """The principal whose credential it is; good for the entities in which it has a role."""
    roles = {entity_id: grant.roles for entity_id, grant in standing.grants.items() if grant.roles}
    return Principal(
        id=standing.credential.id,
        name=standing.credential.name,
        home_entity_id=standing.home_entity_id,
        roles=roles,
        everywhere=roles.get(standing.home_entity_id) if standing.credential.every_entity else None,
    )


def is_live(credential: Credential, now: datetime) -> bool:
    """Neither revoked nor expired."""
    return credential.revoked_at is None and (credential.expires_at is None or now < credential.expires_at)
