"""What goes beyond somebody's own access: permissions that he lacks, and limits above his own."""

from collections.abc import Iterator, Mapping

from app.domain.access import APPROVE, Allowed, makes_final, together
from app.domain.actor import Actor
from app.domain.money import amount_text


def access_of(actor: Actor) -> Allowed:
    """What the actor may do in the entity."""
    return Allowed(
        permissions=actor.permissions,
        approval_limits=actor.approval_limits,
        approving_limits=actor.approving_limits,
    )


def exceeding(asked: Allowed, *held: Allowed) -> list[str]:
    """What is asked and none of those held has, in words; nothing where each part of it is held by somebody."""
    both = together(held)
    beyond = sorted(asked.permissions - both.permissions)
    # Who cannot do it has no total to give away.
    if makes_final(asked.permissions):
        limits = both.approval_limits if makes_final(both.permissions) else {}
        beyond += _totals_beyond("posting", asked.approval_limits, limits)
    if APPROVE in asked.permissions:
        limits = both.approving_limits if APPROVE in both.permissions else {}
        beyond += _totals_beyond("approving", asked.approving_limits, limits)
    return beyond


def _totals_beyond(
    what: str, asked: Mapping[str, int] | None, held: Mapping[str, int] | None
) -> Iterator[str]:
    if held is None:
        return
    if asked is None:
        yield f"{what} totals of any size"
        return
    for currency, minor in sorted(asked.items()):
        if minor > held.get(currency, 0):
            yield f"{what} totals up to {amount_text(minor, currency)} {currency}"
