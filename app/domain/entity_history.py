"""The history of what an entity says of itself: its settings, and the data that it keeps for all its documents.

It is a chain like a document's, under the id `ENTITY`, but of changes alone: it seals no rows, and what there was before
the first change is not told.
"""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from app.domain.change_history import DocumentChange, Occasion, differences_of, link_of, row_of
from app.domain.entity import NumberSequence, ReasonCode, Settings, TaxCallback, TaxRate, Template
from app.domain.facts import Changes
from app.domain.record import Record, differ
from app.domain.sealing import canonical, sealed
from app.domain.vocabulary import ChangeKind

ENTITY = "entity"
"""The id under which the entity's own history is kept."""

KEPT = frozenset[type[Record]]({ReasonCode, TaxCallback, TaxRate, Template})
"""Records of the entity that have a history here."""

SEQUENCE = "seq"
"""Begins what a number sequence is called in the history, before its kind."""

_WITHHELD = frozenset({"secret", "url"})
"""Columns of which is told that they have changed, and no value: an address may have a secret in it."""

_Differences = dict[str, list[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityHead:
    """How far the entity's own history has come."""

    version: int
    history_hash: str | None
    changed_at: datetime | None


def entity_change(changes: Changes, head: EntityHead | None, occasion: Occasion) -> DocumentChange | None:
    """The next link of the entity's chain; None where nothing of it has changed.

    What is new has changed from nothing. Raises ValueError where the entity was not locked to be changed.
    """
    changed = {each.id: _made(row_of(each)) for each in changes.new if type(each) in KEPT}
    for before, after in changes.changed:
        if type(after) in KEPT and (differences := _told(before, after)):
            changed[after.id] = differences
    if changes.settings and (differences := _differing(*changes.settings)):
        changed[ENTITY] = differences
    for old, new in changes.sequences:
        differences = _made(sealed(asdict(new))) if old is None else _differing(old, new)
        if differences:
            changed[f"{SEQUENCE}_{new.kind}"] = differences
    if not changed:
        return None
    if head is None:
        raise ValueError("the entity's own data have changed, and it was not locked")
    text = canonical({"changed": changed})
    return link_of(
        occasion,
        ENTITY,
        head.version + 1,
        ChangeKind.CHANGED,
        rows=(),
        changes=text,
        previous=head.history_hash,
    )


def _made(row: dict[str, Any]) -> _Differences:
    return {name: [None, None if name in _WITHHELD else value] for name, value in row.items()}


def _told(before: Record, after: Record) -> _Differences:
    return {
        name: [None, None] if name in _WITHHELD else values
        for name, values in differences_of(before, after).items()
    }


def _differing(before: Settings | NumberSequence, after: Settings | NumberSequence) -> _Differences:
    values = ((each.name, getattr(before, each.name), getattr(after, each.name)) for each in fields(after))
    return {name: [old, new] for name, old, new in values if differ(old, new)}
