"""Who is asking, and in whose books."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A caller inside one entity; `name` is written beside everything the caller changes."""

    entity_id: int
    name: str
    permissions: frozenset[str]
