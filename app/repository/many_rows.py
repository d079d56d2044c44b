"""Many rows of a table by one statement (PostgreSQL): each column's values are one parameter, the text of an array.

A row of its own for each execution costs the server more than the row itself. Where there are many rows, a column that
has one value in all of them goes as that value; of a few rows every column is an array, so that their statement is the
same whatever they hold. On SQLite a statement costs next to nothing more for being run again, and it has no arrays.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    JSON,
    BindParameter,
    Column,
    Dialect,
    Insert,
    Integer,
    String,
    Table,
    TableValuedAlias,
    Text,
    TypeDecorator,
    Update,
    bindparam,
    cast,
    column,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.types import TypeEngine

from app.repository.connection import Connection, Sent

MANY = 8
"""Rows from which on an array of one value costs more than a statement that knows of it."""
_REMEMBERED = 500
"""Statements kept at once: which columns have one value in all rows is as various as the books."""


def takes_arrays(connection: Connection, rows: Sequence[Any]) -> bool:
    return len(rows) > 1 and connection.dialect.name == "postgresql"


def insert_many(
    entity_id: int,
    table: Table,
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    is_of_one_shape: bool = False,
) -> Sent:
    """Puts the rows down; each has the values of the named columns, in their order.

    `is_of_one_shape`: by the same statement whatever the rows hold.
    """
    same, own = _parted(table, zip(names, zip(*rows, strict=True), strict=True), is_of_one_shape)
    return _insert(table, tuple(same), tuple(own)), [{"of_entity": entity_id} | _parameters(same, own)]


def update_many(
    entity_id: int,
    table: Table,
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    is_of_one_shape: bool = False,
) -> Sent:
    """Sets the named columns; each row has its id and then their values.

    `is_of_one_shape`: by the same statement whatever the rows hold.

    In which order the rows are updated is the server's choice: whoever writes them holds their headers' locks.
    """
    ids, *columns = zip(*rows, strict=True)
    same, own = _parted(table, zip(names, columns, strict=True), is_of_one_shape)
    parameters = {"of_entity": entity_id} | _parameters(same, {"id": ids} | own)
    return _update(table, tuple(same), tuple(own)), [parameters]


def _parted(
    table: Table, columns: Iterable[tuple[str, Sequence[Any]]], is_of_one_shape: bool
) -> tuple[dict[str, Any], dict[str, Sequence[Any]]]:
    """The columns that have one value in all rows, and those of which each row has its own."""
    same, own = dict[str, Any](), dict[str, Sequence[Any]]()
    for name, values in columns:
        if not is_of_one_shape and len(values) >= MANY and _is_one_value(table.c[name], values):
            same[name] = values[0]
        else:
            own[name] = values
    return same, own


def _is_one_value(column: Column[Any], values: Sequence[Any]) -> bool:
    """In JSON 1, 1.0 and true are three values, in Python one: there only the lack of any is told."""
    if isinstance(column.type, JSON) and values[0] is not None:
        return False
    # Mostly the first and the last one say it.
    return values[0] == values[-1] and values.count(values[0]) == len(values)


def _parameters(same: dict[str, Any], own: dict[str, Sequence[Any]]) -> dict[str, Any]:
    return {f"same_{name}": value for name, value in same.items()} | {
        f"each_{name}": list(values) for name, values in own.items()
    }


@lru_cache(_REMEMBERED)
def _insert(table: Table, same: tuple[str, ...], own: tuple[str, ...]) -> Insert:
    given = _given(table, own)
    values = [_ENTITY, *(_same(table.c[name]) for name in same), *(given.c[name] for name in own)]
    return insert(table).from_select(
        ["entity_id", *same, *own], select(*values).select_from(given), include_defaults=False
    )


@lru_cache(_REMEMBERED)
def _update(table: Table, same: tuple[str, ...], own: tuple[str, ...]) -> Update:
    given = _given(table, ("id", *own))
    values = {name: _same(table.c[name]) for name in same} | {name: given.c[name] for name in own}
    return update(table).where(table.c.entity_id == _ENTITY, table.c.id == given.c.id).values(values)


class ArrayText(TypeDecorator[Sequence[Any]]):
    """Values of one type as PostgreSQL writes an array of them. Of an array as such the driver asks of each element
    whether it is one itself, and writes it by itself: five times the cost, and the server saves a third.
    """

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def bind_processor(self, dialect: Dialect) -> Callable[[Sequence[Any] | None], str | None]:
        written = self.item.dialect_impl(dialect).bind_processor(dialect)

        def process(values: Sequence[Any] | None) -> str | None:
            if values is None:
                return None
            return array_text(list(values) if written is None else list(map(written, values)))

        return process


def array_text(values: list[Any]) -> str:
    """The array's text: but for control characters, JSON's elements are PostgreSQL's."""
    text = orjson.dumps(values).decode()
    if "\\" in text:
        text = f"[{','.join(map(_element, values))}]"
    return f"{{{text[1:-1]}}}"


def _element(value: Any) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return orjson.dumps(value).decode()


_ENTITY: BindParameter[int] = bindparam("of_entity", type_=Integer())


def _same(column: Column[Any]) -> BindParameter[Any]:
    return bindparam(f"same_{column.name}", type_=_sent_as(column))


def _given(table: Table, names: Sequence[str]) -> TableValuedAlias:
    """The arrays as a table."""
    columns = [column(name, _sent_as(table.c[name])) for name in names]
    arrays = [
        cast(bindparam(f"each_{each.name}", type_=ArrayText(each.type)), ARRAY(each.type, dimensions=1))
        for each in columns
    ]
    return func.unnest(*arrays).table_valued(*columns).render_derived(name="given")


def _sent_as(column: Column[Any]) -> TypeEngine[Any]:
    """Text without the column's length, for a cast to a length cuts off silently what an INSERT refuses."""
    return Text() if isinstance(column.type, String) else column.type
