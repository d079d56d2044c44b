"""Who is asking, and in whose books."""

from dataclasses import dataclass

from app.domain.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A caller inside one entity; `name` is written beside everything the caller changes."""

    entity_id: int
    name: str
    permissions: frozenset[str]
    limits: Limits = DEFAULT_LIMITS
