"""How all rows of a part come from PostgreSQL as one value: the texts of their values in one text, row by row. One
aggregate costs the server less than one for each column, and the driver makes one value where it had to make each.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, ColumnElement, Date, Integer, String, Text

from app.repository.flat import Row
from app.repository.types import Instant, Word

SEPARATOR, MISSING = "\x1f", "\x1e"
"""Between two texts, and for one that is missing. Texts that have these in them are noticed by their number."""
IN_TEXTS = {"TimeZone": "UTC", "DateStyle": "ISO"}
"""The session's settings by which PostgreSQL writes instants and dates as they are read here."""


class Inseparable(Exception):
    """A text has in it what the texts are told apart by, or is none that can be read: the rows of each part have to be
    asked for by themselves.
    """


def _is_true(text: str) -> bool:
    return text == "t"


_READ: dict[type[Any], Callable[[str], Any] | None] = {
    String: None,
    Text: None,
    Word: None,
    JSON: None,
    Integer: int,
    BigInteger: int,
    Boolean: _is_true,
    Date: date.fromisoformat,
    Instant: datetime.fromisoformat,
}
"""What makes of a text what the driver makes of the value, by the column's type; None where that is the text."""


class SentRows:
    """What is selected for the rows of a part, and the rows out of what comes."""

    def __init__(self, part: str, columns: Sequence[ColumnElement[Any]]) -> None:
        """`columns`: those of the part, where they are called c0, c1 and so on. KeyError for an unknown type."""
        self._reads = [_READ[type(each.type)] for each in columns]
        self._gaps = [place for place, each in enumerate(columns) if getattr(each, "nullable", True)]
        self._width, self._first = len(columns), 1 + len(self._gaps)
        counts = ["count(*)", *(f"count(c{place})" for place in self._gaps)]
        texts = [
            f"coalesce(c{place}::text, E'\\x1e')" if place in self._gaps else f"c{place}"
            for place in range(self._width)
        ]
        rows = f"string_agg(concat_ws(E'\\x1f', {', '.join(texts)}), E'\\x1f')"
        self.selected = f"(SELECT concat_ws(E'\\x1f', {', '.join(counts)}, {rows}) FROM {part})"

    def rows(self, sent: str) -> Sequence[Row]:
        """Raises Inseparable."""
        texts = sent.split(SEPARATOR)
        count, first, width = texts[0], self._first, self._width
        if len(texts) != first + int(count) * width:
            raise Inseparable
        columns: list[Iterable[Any]] = [texts[place::width] for place in range(first, first + width)]
        missing = {
            place: int(count) - int(present)
            for place, present in zip(self._gaps, texts[1:first], strict=True)
            if present != count
        }
        for place, read in enumerate(self._reads):
            if place in missing:
                columns[place] = _with_gaps(texts[first + place :: width], missing[place], read or str)
            elif read is not None:
                columns[place] = map(read, columns[place])
        try:
            return list(zip(*columns, strict=True))
        except ValueError as error:
            # The first and the last day that there are have words for texts.
            raise Inseparable from error


def _with_gaps(texts: Sequence[str], missing: int, read: Callable[[str], Any]) -> Iterable[Any]:
    if texts.count(MISSING) != missing:
        raise Inseparable
    return (None if each == MISSING else read(each) for each in texts)
