"""How all values of a column come from PostgreSQL as one value: in an array, or texts in one text, which costs the server
less than an array of many texts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, ColumnElement, String

from app.repository.types import Word

SEPARATOR, MISSING = "\x1f", "\x1e"
"""Between the texts of a column, and for one that is missing. Texts that have these in them are noticed by their number."""


class Inseparable(Exception):
    """A text has in it what the texts are told apart by: the rows of each part have to be asked for by themselves."""


@dataclass(frozen=True, slots=True)
class SentColumn:
    """What is selected for a column of a part; and, out of what comes, the column's values for so many rows.

    `values` raises Inseparable.
    """

    selected: str
    values: Callable[[Iterator[Any], int], Sequence[Any]]


def sent_column(name: str, column: ColumnElement[Any]) -> SentColumn:
    """The column under its name in the part."""
    if isinstance(column.type, JSON):
        # The driver reads JSON by itself as its text, but none in an array.
        return SentColumn(f"array_agg({name}::text)", _of_array)
    if not isinstance(column.type, String | Word):
        return SentColumn(f"array_agg({name})", _of_array)
    if getattr(column, "nullable", True):
        joined = f"string_agg(coalesce({name}, E'\\x1e'), E'\\x1f'), count({name})"
        return SentColumn(joined, _of_text_with_gaps)
    return SentColumn(f"string_agg({name}, E'\\x1f')", _of_text)


def _of_array(found: Iterator[Any], count: int) -> Sequence[Any]:
    return next(found) or ()


def _of_text(found: Iterator[Any], count: int) -> Sequence[Any]:
    text = next(found)
    texts: list[str] = [] if text is None else text.split(SEPARATOR)
    if len(texts) != count:
        raise Inseparable
    return texts


def _of_text_with_gaps(found: Iterator[Any], count: int) -> Sequence[Any]:
    texts, present = _of_text(found, count), next(found)
    if present == count:
        return texts
    if texts.count(MISSING) != count - present:
        raise Inseparable
    return [None if each == MISSING else each for each in texts]
