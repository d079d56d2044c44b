"""The statements by which commands read records of a kind, each made once."""

from typing import Any

from sqlalchemy import Select, bindparam

from app.domain.record import Record
from app.repository.remembered import remembered
from app.repository.rows import TABLES, selection
from app.repository.types import among, own


@remembered
def every_record(kind: type[Record]) -> Select[Any]:
    return selection(kind).where(own(TABLES[kind])).order_by(TABLES[kind].c.id)


@remembered
def records_by(
    kind: type[Record], column: str, *, lock: bool, hold: bool = False, waits: bool = True
) -> Select[Any]:
    """Records of an entity whose column is one of `values`; one that does not wait leaves out those that others hold."""
    table = TABLES[kind]
    statement = selection(kind).where(own(table), among(table.c[column], "values")).order_by(*_order(kind))
    return statement.with_for_update(read=hold, skip_locked=not waits) if lock or hold else statement


@remembered
def records_of_one(kind: type[Record], column: str) -> Select[Any]:
    """The same of one `value`. On SQLite an index has them in their order then, and no list is to be taken apart."""
    table = TABLES[kind]
    mine = (own(table), table.c[column] == bindparam("value"))
    return selection(kind).where(*mine).order_by(*_order(kind))


def _order(kind: type[Record]) -> list[Any]:
    table = TABLES[kind]
    return [table.c[name] for name in ("line_number", "ordinal", "sequence") if name in table.c] + [
        table.c.id
    ]
