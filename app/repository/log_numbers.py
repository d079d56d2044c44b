"""The order of an entity's log, for whoever reads it: numbers given to entries once they are committed.

No transaction of the business waits for a counter. Whoever numbers holds the entity's row of `log_sequence`, and looks
after it has it: so numbers are given by one at a time, and appear in their order. What is behind a reader's cursor stays
as it was; an entry that is committed late gets a late number.

An entry that had to do with another's outcome has a later instant (`Books.facts`), and was committed later: in one look
at all entries without a number, taken by instant and id, none comes before one that it rests on, and the first so many
of them leave out nothing that those rest on.
"""

from typing import Any

from sqlalchemy import BigInteger, Integer, Select, Update, bindparam, func, select, update

from app.repository import tables
from app.repository.books import Books
from app.repository.database import Database
from app.repository.entities import NO_ENTITY
from app.repository.remembered import remembered
from app.repository.types import own

_LOG, _SEQUENCE = tables.log_entry, tables.log_sequence
NUMBERED_AT_ONCE = 5_000
"""How many entries one transaction numbers, so that it is short, and little is lost where it ends in the middle."""


async def number_entries(books: Books, most: int = NUMBERED_AT_ONCE) -> int:
    """Number the entity's first entries that have no number, so many at most; how many that were."""
    [[last]] = await books.rows(_locked())
    entity = {"of_entity": books.actor.entity_id}
    numbered = await books.write(_number(), {**entity, "last": last, "most": most})
    if numbered:
        await books.write(_advance(), {**entity, "last": last + numbered})
    return numbered


@remembered
def _locked() -> Select[Any]:
    return select(_SEQUENCE.c.last_number).where(own(_SEQUENCE)).with_for_update()


@remembered
def _number() -> Update:
    without = (
        select(_LOG.c.id, _LOG.c.recorded_at)
        .where(_LOG.c.entity_id == bindparam("of_entity", type_=Integer), _LOG.c.number.is_(None))
        .order_by(_LOG.c.recorded_at, _LOG.c.id)
        .limit(bindparam("most", type_=Integer))
        .subquery("without")
    )
    place = func.row_number().over(order_by=(without.c.recorded_at, without.c.id))
    placed = select(without.c.id, place.label("place")).subquery("placed")
    return (
        update(_LOG)
        .where(_LOG.c.entity_id == bindparam("of_entity", type_=Integer), _LOG.c.id == placed.c.id)
        .values(number=bindparam("last", type_=BigInteger) + placed.c.place)
    )


@remembered
def _advance() -> Update:
    return (
        update(_SEQUENCE)
        .where(_SEQUENCE.c.entity_id == bindparam("of_entity", type_=Integer))
        .values(last_number=bindparam("last", type_=BigInteger))
    )


async def entities_with_unnumbered_entries(database: Database) -> list[int]:
    """Entities in whose log something waits for its number: a look into an index for each of them. Raises Busy."""
    async with database.snapshot(NO_ENTITY) as snapshot:
        ids = [row.id for row in await snapshot.rows(select(tables.entity.c.id).order_by(tables.entity.c.id))]
    found = []
    for id in ids:
        async with database.snapshot(id) as snapshot:
            if await snapshot.rows(_any_without_number()):
                found.append(id)
    return found


@remembered
def _any_without_number() -> Select[Any]:
    return select(_LOG.c.id).where(own(_LOG), _LOG.c.number.is_(None)).limit(1)
