"""What goes beyond somebody's own access: permissions that he lacks, and limits above his own."""

from collections.abc import Iterator, Mapping

from app.domain.access import Allowed, has_limits, together
from app.domain.actor import Actor
from app.validation.amounts import text_of


def access_of(actor: Actor) -> Allowed:
    """What the actor may do in the entity."""
    return Allowed(permissions=actor.permissions, approval_limits=actor.approval_limits)


def exceeding(asked: Allowed, *held: Allowed) -> list[str]:
    """What is asked and none of those held has, in words; nothing where each part of it is held by somebody."""
    both = together(held)
    beyond = sorted(asked.permissions - both.permissions)
    if has_limits(asked.permissions):
        # Who may neither post nor approve has no total to give away.
        limits = both.approval_limits if has_limits(both.permissions) else {}
        beyond += _totals_beyond(asked.approval_limits, limits)
    return beyond


def _totals_beyond(asked: Mapping[str, int] | None, held: Mapping[str, int] | None) -> Iterator[str]:
    if held is None:
        return
    if asked is None:
        yield "totals of any size"
        return
    for currency, minor in sorted(asked.items()):
        if minor > held.get(currency, 0):
            yield f"totals up to {text_of(minor, currency)} {currency}"
