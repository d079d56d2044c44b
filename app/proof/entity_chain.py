"""The chain of what the entity says of itself, and its settings as the last links have left them."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from app.domain.entity import Settings
from app.domain.entity_history import ENTITY, EntityHead
from app.domain.sealing import canonical
from app.proof.chain import Break, hash_of_link
from app.repository.chains import Link, head_and_settings, links_of
from app.repository.database import Snapshot


async def first_break_of_entity(snapshot: Snapshot) -> Break | None:
    """The oldest place at which it does not hold; then where the entity's row is not what it says."""
    found = await head_and_settings(snapshot)
    if found is None:
        # What is left of it then belongs to no entity, and is named for that.
        return None
    head, settings = found
    links = await links_of(snapshot, ENTITY)
    return _broken_link(links) or _broken_head(links, head) or _broken_setting(links, settings)


def _broken_link(links: Sequence[Link]) -> Break | None:
    previous: str | None = None
    for version, link in enumerate(links, start=1):
        if (link.version, link.previous_hash) != (version, previous):
            message = "the link does not follow the one before it: one is missing, or out of place"
            return _break(
                link.version, message, f"version {version} after {previous}", str(link.previous_hash)
            )
        if (hash := hash_of_link(link, ())) != link.hash:
            return _break(version, "the link is not what its hash seals", hash, link.hash)
        previous = link.hash
    return None


def _broken_head(links: Sequence[Link], head: EntityHead) -> Break | None:
    last = (links[-1].version, links[-1].hash) if links else (0, None)
    if last == (head.version, head.history_hash):
        return None
    message = "the last link of the history is not the one that the entity names: one is missing at the end"
    return _break(head.version, message, f"{head.version} {head.history_hash}", f"{last[0]} {last[1]}")


def _broken_setting(links: Sequence[Link], settings: Settings) -> Break | None:
    """Settings that no link tells of are as they were at the beginning. The links are what their hashes seal."""
    told: dict[str, tuple[int, Any]] = {}
    for link in links:
        for name, values in json.loads(link.changes)["changed"].get(ENTITY, {}).items():
            told[name] = link.version, values[1]
    stand = json.loads(canonical(asdict(settings)))
    for name, (version, value) in told.items():
        if stand.get(name) != value:
            message = f"{name} is not what its history has left it as"
            return _break(version, message, canonical(value), canonical(stand.get(name)))
    return None


def _break(version: int, message: str, expected: str, found: str) -> Break:
    return Break(version=version, message=message, expected=expected, found=found, row=f"version {version}")
