"""What the commands of an entity's data ask of the books beside its records."""

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, exists, select

from app.domain.entity import NumberSequence
from app.domain.entity_history import ENTITY
from app.domain.vocabulary import SequenceKind
from app.repository import tables
from app.repository.books import Books
from app.repository.types import among, own

# In the order in which a command takes numbers of several kinds: invoices, debit memos, credit memos.
_SEQUENCES = (
    select(*(each for each in tables.number_sequence.c if each.name != "entity_id"))
    .where(own(tables.number_sequence))
    .order_by(tables.number_sequence.c.kind.desc())
    .with_for_update()
)
_IN_USE = select(tables.template.c.code).where(
    own(tables.template),
    among(tables.template.c.code, "codes"),
    exists().where(
        tables.credit_memo.c.entity_id == tables.template.c.entity_id,
        tables.credit_memo.c.template == tables.template.c.code,
    ),
)
_CHANGES = tables.document_change
_CHANGED_SINCE = select(_CHANGES.c.changes).where(
    own(_CHANGES), _CHANGES.c.document_id == ENTITY, _CHANGES.c.recorded_at >= bindparam("since")
)


async def sequences_to_change(books: Books) -> dict[SequenceKind, NumberSequence]:
    """The entity's sequences, locked: no number is taken while one changes."""
    return {row.kind: NumberSequence(**row._mapping) for row in await books.rows(_SEQUENCES)}


async def templates_in_use(books: Books, codes: Iterable[str]) -> frozenset[str]:
    """Those of the codes that a credit memo has. It reads the memos: ask only where a type is to change."""
    wanted = sorted(set(codes))
    if not wanted:
        return frozenset()
    return frozenset(row.code for row in await books.rows(_IN_USE, codes=wanted))


async def time_zones_left(books: Books, since: datetime) -> set[str]:
    """Those that the entity's settings have left since the instant."""
    told = [json.loads(each.changes)["changed"] for each in await books.rows(_CHANGED_SINCE, since=since)]
    return {each[ENTITY]["time_zone"][0] for each in told if "time_zone" in each.get(ENTITY, ())}
