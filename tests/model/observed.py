"""Documents as GraphQL shows them: how to read one, and which real id each handle has.

`observed` is {"invoices": {handle: document}, "creditMemos": {handle: document}, "applications": {handle: document}},
each document with the fields of `selections`.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from tests.model.books import Books
from tests.model.money import ZERO

Document = Mapping[str, Any]
Observed = Mapping[str, Mapping[str, Document]]


def nodes(value: Any) -> list[Document]:
    """The rows of a connection or of a plain list."""
    if value is None:
        return []
    return list(value["nodes"]) if isinstance(value, Mapping) else list(value)


def money(document: Document, name: str) -> Fraction:
    return Fraction(document[name])


def summed(documents: list[Document], name: str) -> Fraction:
    return sum((money(document, name) for document in documents), ZERO)


def linked(document: Document, name: str) -> str | None:
    return document[name]["id"] if document.get(name) else None


def each(observed: Observed, kind: str) -> Iterator[tuple[str, Document]]:
    yield from observed.get(kind, {}).items()


class Identities:
    """Which real id each handle of the model has."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}

    def bind(self, handle: str, real: str) -> None:
        self.ids[handle] = real

    def bind_all(self, handles: tuple[str, ...], shown: list[Document]) -> None:
        """Handles of an Accepted with the payload's documents of that kind, in the same order."""
        assert len(handles) == len(shown), f"model made {len(handles)}, service shows {len(shown)}"
        for handle, document in zip(handles, shown, strict=True):
            self.bind(handle, document["id"])

    def learn(self, books: Books, observed: Observed) -> None:
        """Documents by the handle they were observed under; their lines, tax items and line rows by their order."""
        for kind in ("invoices", "creditMemos", "applications"):
            for handle, document in each(observed, kind):
                self.bind(handle, document["id"])
        for handle, document in each(observed, "invoices"):
            self._learn_lines(books.invoices[handle].lines, nodes(document.get("lines")))
        for handle, document in each(observed, "creditMemos"):
            self._learn_lines(books.memos[handle].lines, nodes(document.get("lines")))
        for handle, document in each(observed, "applications"):
            rows = books.applications[handle].lines
            for row, shown in zip(rows, nodes(document.get("lineApplications")), strict=False):
                self.bind(row.handle, shown["id"])

    def _learn_lines(self, lines: Any, shown_lines: list[Document]) -> None:
        for line, shown in zip(lines, shown_lines, strict=False):
            self.bind(line.handle, shown["id"])
            items = nodes(shown.get("taxItems"))
            if len(items) == len(line.tax_items):
                for item, shown_item in zip(line.tax_items, items, strict=True):
                    self.bind(item.handle, shown_item["id"])

    def to_service(self, value: Any) -> Any:
        """A command with real ids where the model has handles."""
        if isinstance(value, Mapping):
            return {name: self.to_service(inner) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.to_service(inner) for inner in value]
        return self.ids.get(value, value) if isinstance(value, str) else value


def learn_versions(books: Books, observed: Observed) -> list[str]:
    """Keeps the versions for `expectedVersion`; says where one did not rise with its document, or rose without."""
    found = []
    for kind in ("invoices", "creditMemos"):
        for handle, document in each(observed, kind):
            before, now = books.versions.get(handle), document["version"]
            if before is not None and handle in books.touched and now <= before:
                found.append(f"{handle}.version: the document changed, still {now}")
            if before is not None and handle not in books.touched and now != before:
                found.append(f"{handle}.version: {before} became {now} without a change")
            books.versions[handle] = now
            books.touched.discard(handle)
    return found
