"""Documents that were found valid, kept so that a client's next request with the same text is not parsed again."""

from collections import OrderedDict
from typing import Generic, Protocol, TypeVar


class Sourced(Protocol):
    """Anything made from a source text."""

    @property
    def source(self) -> str: ...


Document = TypeVar("Document", bound=Sourced)


class DocumentCache(Generic[Document]):
    """The most recently used documents by their exact text, bounded in number and in characters of text.

    A document that is parsed and compiled takes some 220 times the memory of its text (measured), hence the bound in
    characters: 200,000 of them are about 44 MB. A single document larger than a tenth of that is not kept: it would push
    out too many.
    """

    def __init__(self, documents: int = 500, characters: int = 200_000) -> None:
        self.documents = documents
        self.characters = characters
        self.kept_characters = 0
        self._kept: OrderedDict[str, Document] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, source: str) -> Document | None:
        """The document of this text, which is the most recently used one from now on."""
        document = self._kept.get(source)
        if document is not None:
            self._kept.move_to_end(source)
        return document

    def keep(self, document: Document) -> None:
        """Keeps the document, and drops the least recently used ones that are too many then."""
        source = document.source
        if source in self._kept or len(source) > self.characters // 10:
            return
        self._kept[source] = document
        self.kept_characters += len(source)
        while len(self._kept) > self.documents or self.kept_characters > self.characters:
            dropped, _ = self._kept.popitem(last=False)
            self.kept_characters -= len(dropped)
