"""Statements that the books run again and again, past SQLAlchemy's own way of running them, with its types kept.

What is read so is what SQLAlchemy would give: the types of the columns turn the driver's values into ours.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.sql.dml import UpdateBase

Statement = Select[Any] | UpdateBase
"""One that was built once and is kept."""
Row = list[Any]
"""The values of a row, in the order in which the statement names them."""


def typed_rows(statement: Statement, dialect: Dialect, found: Iterable[Sequence[Any]]) -> list[Row]:
    """The driver's rows of the statement."""
    rows = [list(each) for each in found]
    for place, convert in _conversions(statement, dialect):
        for row in rows:
            value = row[place]
            if value is not None:
                row[place] = convert(value)
    return rows


@lru_cache(maxsize=2_000)
def _conversions(statement: Statement, dialect: Dialect) -> list[tuple[int, Callable[[Any], Any]]]:
    """The columns whose values the driver gives in another form than the type has them; nothing is nothing in both."""
    types = (each.type.dialect_impl(dialect) for each in statement.exported_columns)
    found = ((place, type.result_processor(dialect, None)) for place, type in enumerate(types))
    return [(place, convert) for place, convert in found if convert is not None]
