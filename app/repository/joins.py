"""Rows of other tables beside the rows of a statement: one for each, or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import FromClause, Select, Table, bindparam


@dataclass(frozen=True, slots=True)
class Join:
    """The row of `table` whose id is in the column `key`; `columns` of it come after those that the statement has."""

    table: Table
    key: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be read of each row: columns by name, None for all of them, and rows beside it."""

    columns: tuple[str, ...] | None = None
    joins: tuple[Join, ...] = ()


EVERYTHING = Wanted()


def beside(statement: Select[Any], rows: FromClause, joins: Sequence[Join]) -> Select[Any]:
    """The statement, whose only rows are `rows`, with the joins."""
    for number, each in enumerate(joins):
        other = each.table.alias(f"beside_{number}")
        is_same = (other.c.entity_id == bindparam("entity_id")) & (other.c.id == rows.c[each.key])
        statement = statement.join(other, is_same, isouter=True).add_columns(
            *(other.c[name].label(f"{name}_beside_{number}") for name in each.columns)
        )
    return statement
