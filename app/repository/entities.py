"""Entities: found by their code before anyone acts in one, registered by the operator's commands."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import bindparam, insert, select, update

from app.domain.actor import Actor
from app.domain.entity import NOT_FOR_DIRECT, NumberSequence, ReasonCode, Settings
from app.domain.vocabulary import Operation
from app.repository import tables
from app.repository.books import Books
from app.repository.database import Database
from app.repository.identity import new_id
from app.repository.rows import values_of

OPERATOR = "operator"
"""Who acts by the commands of the terminal."""

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
    """Register a new entity with what it begins with: beside its own reason codes those that every entity has."""
    entity_id = max((each.id for each in await entities(database)), default=0) + 1
    own = {each.code for each in reason_codes}
    codes = [
        *reason_codes,
        *(reason_code(each, each, allowed_for_direct=False) for each in NOT_FOR_DIRECT if each not in own),
    ]

    async def work(books: Books) -> None:
        row = {"id": entity_id, "code": code, "name": name, **asdict(settings)}
        await books.write(insert(tables.entity), row)
        await books.write(insert(tables.log_sequence), {"entity_id": entity_id, "last_number": 0})
        await books.write(insert(tables.reason_code), [values_of(each, entity_id) for each in codes])
        if sequences:
            await books.write(
                insert(tables.number_sequence),
                [{"entity_id": entity_id, **asdict(each)} for each in sequences],
            )

    await database.transact(_operator(entity_id), Operation.REGISTER_ENTITY, work)
    return Entity(id=entity_id, code=code, name=name)


async def rename_entity(database: Database, entity: Entity, name: str) -> None:
    """Give it another name; its code stays for ever."""

    async def work(books: Books) -> None:
        statement = update(tables.entity).where(tables.entity.c.id == bindparam("of_entity"))
        await books.write(statement, {"of_entity": entity.id, "name": name})

    await database.transact(_operator(entity.id), Operation.REGISTER_ENTITY, work)


def _operator(entity_id: int) -> Actor:
    return Actor(entity_id=entity_id, name=OPERATOR, permissions=frozenset())


def reason_code(code: str, label: str, **flags: bool) -> ReasonCode:
    """A reason code that has no id yet."""
    return ReasonCode(id=new_id(ReasonCode), code=code, label=label, **flags)
