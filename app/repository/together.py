"""Several statements put together to one, for PostgreSQL: one round trip, and one moment without a transaction.

Each is a part of its own in a WITH; what a part has found takes the place of a parameter of the parts below it. The answer
is one row with one value for each column of each part: arrays of one type cost both sides less than rows do.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Dialect, Select

from app.repository.flat import FlatStatement, Row, flat
from app.repository.sent_rows import SentRows

SHAPES = 1_000
"""How many statements are remembered: as many as shapes of pages."""
ENTITY = "entity_id"
"""The parameter that all parts share."""
_PLACE = re.compile(r"\$(\d+)")


class Feed(NamedTuple):
    """A parameter that is not bound: it is what the column has in an earlier part."""

    parameter: str
    """`parent` is one value, and the part has one row at most; `values` are all that it has."""
    part: int
    column: int
    most: int | None = None
    """So many of its first rows count."""

    @property
    def text(self) -> str:
        """What stands in the parameter's place."""
        found = f"SELECT c{self.column} FROM p{self.part}"
        if self.parameter == "parent":
            return f"({found})"
        return f"ARRAY({found}{'' if self.most is None else f' LIMIT {self.most}'})"


class Part(NamedTuple):
    """A statement that is built once, and the parameter that an earlier part feeds, if one does."""

    statement: Select[Any]
    feed: Feed | None = None


Values = Sequence[Mapping[str, Any]]
"""What is bound to the parameters of each part."""


@dataclass(frozen=True, slots=True)
class Question:
    """Parts as one statement."""

    text: str
    places: Sequence[tuple[int, str]]
    """Of which part each parameter is, and its name there."""
    parts: Sequence[FlatStatement]
    sent: Sequence[SentRows]
    """How the rows of each come."""

    def arguments(self, entity_id: int, values: Values) -> list[Any]:
        """What to send with the text. KeyError for a parameter without a value."""
        return [
            entity_id if name == ENTITY else self.parts[part].argument(name, values[part])
            for part, name in self.places
        ]

    def parted(self, found: Sequence[Any]) -> list[Sequence[Row]]:
        """The rows of each part, from the one row of the answer. Raises Inseparable."""
        return [sent.rows(text) for sent, text in zip(self.sent, found, strict=True)]


@lru_cache(maxsize=SHAPES)
def together(parts: tuple[Part, ...], dialect: Dialect) -> Question:
    """The WITH and what reads it; the question is remembered, so each statement should be one that is built once."""
    statements = [flat(each.statement, dialect) for each in parts]
    places: dict[tuple[int, str], int] = {}
    named, sent = [], []
    for number, (part, statement) in enumerate(zip(parts, statements, strict=True)):
        columns = list(part.statement.exported_columns)
        names = ", ".join(f"c{place}" for place in range(len(columns)))
        named.append(f"p{number}({names}) AS ({_text_of(number, statement, part.feed, places)})")
        sent.append(SentRows(f"p{number}", columns))
    text = f"WITH {', '.join(named)} SELECT {', '.join(each.selected for each in sent)}"
    return Question(text, tuple(places), statements, sent)


def _text_of(
    number: int, statement: FlatStatement, feed: Feed | None, places: dict[tuple[int, str], int]
) -> str:
    """The part's text, with the places that its parameters have in the whole; new ones are added to them."""

    def placed(found: re.Match[str]) -> str:
        name = statement.names[int(found[1]) - 1]
        if feed is not None and feed.parameter == name:
            return feed.text
        return f"${places.setdefault((0 if name == ENTITY else number, name), len(places) + 1)}"

    return _PLACE.sub(placed, statement.text)
