"""What an answer will read, said before any of it is read: where all of it can be said, it is asked as one question."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.api.compiled.sources import Source
from app.api.http.executor import ScopedExecutor
from app.repository.together import Feed, Part

MOST_PARTS = 16
"""Of one question. The server plans all of it before it begins, and keeps the plan; what is larger is asked bit by bit."""


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

    def __init__(self, executor: ScopedExecutor) -> None:
        self.executor = executor
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
    """What one root field foresees: said once where it is the same for all requests."""

    def __init__(self, say: Callable[[Foreseen], None]) -> None:
        self._say = say
        self._is_known = False
        self._known: Foreseen | None = None

    def of(self, executor: ScopedExecutor) -> Foreseen | None:
        """None where each has to ask for its own. Raises ClientFault and GraphQLError for arguments that are at fault."""
        if self._is_known:
            return self._known
        foreseen = Foreseen(executor)
        try:
            self._say(foreseen)
        except NotForeseen:
            self._is_known = True
            return None
        if foreseen.is_constant:
            self._is_known, self._known = True, foreseen
        return foreseen
