"""Who is asking, and in whose books."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.limits import DEFAULT_LIMITS, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A caller inside one entity; `name` is written beside everything the caller changes.

    `approval_limits`: currency -> the largest total, in minor units, of a memo that the caller may post without approval,
    0 for a currency that is not listed; None: whatever it is. `approving_limits`: the same for memos of others that the
    caller approves. `credential_id`: the credential that the caller has shown,
    if it is one that is kept here. `is_narrowed`: a token of it that allows less than it may. `is_operator`: the terminal, which may do everything in every entity.
    """

    entity_id: int
    name: str
    permissions: frozenset[str]
    limits: Limits = DEFAULT_LIMITS
    approval_limits: Mapping[str, int] | None = None
    approving_limits: Mapping[str, int] | None = None
    roles: Sequence[str] = ()
    credential_id: str | None = None
    is_narrowed: bool = False
    is_operator: bool = False
