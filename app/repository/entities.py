"""Entities: found by their code before anyone acts in one, registered by the operator's commands."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.sql import Executable

from app.domain.actor import Actor
from app.domain.entity import NumberSequence, ReasonCode, Settings
from app.domain.vocabulary import Operation
from app.repository import tables
from app.repository.books import Books
from app.repository.database import Database
from app.repository.identity import new_id
from app.repository.rows import values_of

NO_ENTITY = 0
"""Reading the list of entities happens before one is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A legal entity whose books are kept here; `code` is how callers name it."""

    id: int
    code: str
    name: str


async def entities(database: Database) -> list[Entity]:
    """Every entity, by code."""
    statement = select(tables.entity.c.id, tables.entity.c.code, tables.entity.c.name).order_by(
        tables.entity.c.code
    )
    async with database.snapshot(NO_ENTITY) as snapshot:
        return [Entity(id=row.id, code=row.code, name=row.name) for row in await snapshot.rows(statement)]


async def register_entity(
    database: Database,
    *,
    code: str,
    name: str,
    settings: Settings,
    reason_codes: Sequence[ReasonCode] = (),
    sequences: Sequence[NumberSequence] = (),
) -> Entity:
    """Register an entity, or bring the settings of a known one up to date; codes and sequences only begin with it."""
    known = {each.code: each.id for each in await entities(database)}
    if code in known:
        entity_id = known[code]
        statement: Executable = update(tables.entity).where(tables.entity.c.id == bindparam("of_entity"))
        values = {"of_entity": entity_id, "name": name, **asdict(settings)}
    else:
        entity_id = max(known.values(), default=0) + 1
        statement = insert(tables.entity)
        values = {"id": entity_id, "code": code, "name": name, **asdict(settings)}

    async def work(books: Books) -> None:
        await books.write(statement, values)
        if code in known:
            return
        if reason_codes:
            await books.write(
                insert(tables.reason_code), [values_of(each, entity_id) for each in reason_codes]
            )
        if sequences:
            await books.write(
                insert(tables.number_sequence),
                [{"entity_id": entity_id, **asdict(each)} for each in sequences],
            )

    operator = Actor(entity_id=entity_id, name="operator", permissions=frozenset())
    await database.transact(operator, Operation.REGISTER_ENTITY, work)
    return Entity(id=entity_id, code=code, name=name)


def reason_code(code: str, label: str, **flags: bool) -> ReasonCode:
    """A reason code that has no id yet."""
    return ReasonCode(id=new_id(ReasonCode), code=code, label=label, **flags)
