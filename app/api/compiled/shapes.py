"""Shapes: generated functions that make the answer's objects out of rows."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from app.api.compiled.foreseen import Above, Foreseen, NotForeseen
from app.api.compiled.run import Run
from app.api.compiled.sources import Source
from app.api.declarations import ColumnPlan

Rows = Sequence[Sequence[Any]]


class Edge(ABC):
    """A field that is more than its row has: its values are found for all rows of a selection together."""

    key: str | None
    """The column by whose value a row finds its own; None where the values come in the order of the rows."""
    is_optional = False
    """A row whose key finds nothing has null; otherwise it is a fault of the books."""

    def foresee(self, foreseen: Foreseen, above: Above) -> None:
        """Add to the question what will be asked for the rows of the part above. Raises NotForeseen."""
        raise NotForeseen

    @abstractmethod
    async def values(self, run: Run, source: Source, rows: Rows) -> Mapping[Any, Any] | Sequence[Any]:
        """By key, or for each row of the source."""


Part = str | tuple[ColumnPlan, str] | Edge
"""A field of an object: a text that never changes, a column field by its Python name, or an edge."""


class Shape:
    """The objects of one selection: one for each row of its source, in order."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._parts: dict[str, Part] = {}
        self._edges: list[Edge] = []

    def add(self, response: str, part: Part) -> None:
        """The field under its name in the answer; fields are answered in the order in which they are added."""
        self._parts[response] = part
        if isinstance(part, Edge):
            self._edges.append(part)
            if part.key is not None:
                self.source.need(part.key)
        elif not isinstance(part, str):
            self.source.need_field(*part)

    def foresee(self, foreseen: Foreseen, above: Above) -> None:
        """Add to the question what the edges will ask for. Raises NotForeseen."""
        for each in self._edges:
            each.foresee(foreseen, above)

    async def of(self, run: Run, rows: Rows) -> list[dict[str, Any]]:
        """An object for each row."""
        if not rows:
            return []
        found = [await each.values(run, self.source, rows) for each in self._edges]
        made: list[dict[str, Any]] = self._write(rows, *found)
        return made

    def close(self) -> None:
        """Write the function: everything that it needs of a row has its place."""
        known: dict[str, Any] = {}
        fields = ", ".join(f"{name!r}: {self._expression(part, known)}" for name, part in self._parts.items())
        per_row = [place for place, each in enumerate(self._edges) if each.key is None]
        rows = f"{self.source.row} in rows"
        if per_row:
            rows = f"({self.source.row}), {', '.join(f'v{each}' for each in per_row)} in zip(rows, "
            rows += f"{', '.join(f'e{each}' for each in per_row)}, strict=True)"
        given = ", ".join(["rows", *(f"e{place}" for place in range(len(self._edges)))])
        self._write = eval(f"lambda {given}: [{{{fields}}} for {rows}]", known)

    def _expression(self, part: Part, known: dict[str, Any]) -> str:
        if isinstance(part, str):
            return repr(part)
        if not isinstance(part, Edge):
            return self.source.expression(*part, known)
        place = self._edges.index(part)
        if part.key is None:
            return f"v{place}"
        key = self.source.value(part.key)
        return f"e{place}.get({key})" if part.is_optional else f"e{place}[{key}]"
