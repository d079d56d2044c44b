"""What an answer will read, said before any of it is read: where all of it can be said, it is asked as one question."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.api.compiled.sources import Source
from app.api.http.executor import Execution
from app.repository.together import Feed, Part

MOST_PARTS = 16
"""Of one question. The server plans all of it before it begins, and keeps the plan; what is larger is asked bit by bit."""

MOST_KNOWN = 20
"""Statements of one root list for which this is remembered: by its arguments it can be filtered and sorted by anything."""


class NotForeseen(Exception):
    """What is read depends on what was read in a way that the question cannot say, or there is too much of it."""


@dataclass(frozen=True, slots=True)
class Above:
    """The part of the question whose rows others hang on."""

    part: int
    source: Source
    is_one: bool = False
    """It has one row at most."""
    most: int | None = None
    """So many of its first rows count."""

    def fed(self, parameter: str, column: str) -> Feed:
        """The parameter is what these rows have in the column."""
        return Feed(parameter, self.part, self.source.place(column), self.most)


class Foreseen:
    """The parts, in the order in which they hang on each other, and who asks for each."""

    def __init__(self, execution: Execution) -> None:
        self.execution = execution
        self.parts: tuple[Part, ...] = ()
        self.values: list[dict[str, Any]] = []
        self.askers: list[object] = []
        self.is_constant = True
        """Nothing of it is another for another request of the same document."""

    def add(
        self, asker: object, source: Source, statement: Any, feed: Feed | None = None, **values: Any
    ) -> int:
        """The number of the new part. Raises NotForeseen."""
        if source.whole or len(self.parts) >= MOST_PARTS:
            raise NotForeseen
        self.parts += (Part(statement, feed),)
        self.values.append(values)
        self.askers.append(asker)
        return len(self.parts) - 1


class Foresight:
    """What one root field foresees below its own statement: said once where it is the same for all requests."""

    def __init__(self, say: Callable[[Foreseen, Any], None]) -> None:
        self._say = say
        self._known: dict[Any, Foreseen | None] = {}

    def of(self, execution: Execution, statement: Any) -> Foreseen | None:
        """None where each has to ask for its own. The first part is the statement, which has no values yet.

        Raises ClientFault and GraphQLError for arguments that are at fault.
        """
        if statement in self._known:
            return self._known[statement]
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        foreseen = Foreseen(execution)
        try:
            self._say(foreseen, statement)
        except NotForeseen:
            self._known[statement] = None
            return None
        if foreseen.is_constant:
            self._known[statement] = foreseen
        return foreseen
