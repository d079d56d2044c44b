"""How a document is named in another system: by a reference that is unique within its source."""

from typing import Protocol


class Referenced(Protocol):
    """A document, or what it is made from."""

    @property
    def external_reference(self) -> str | None: ...

    @property
    def external_reference_source(self) -> str | None: ...


def kept_source(source: str | None) -> str:
    """The source as the books keep it beside a reference: "" where none is named.

    A unique key tells no two NULLs apart, so a reference without a source could not be unique with one.
    """
    return source or ""


def source_of(referenced: Referenced) -> str | None:
    """The source to keep: none at all without a reference."""
    if referenced.external_reference is None:
        return None
    return kept_source(referenced.external_reference_source)


def external_key(referenced: Referenced) -> tuple[str, str] | None:
    """(source, reference), by which a second delivery is known; None without a reference."""
    if referenced.external_reference is None:
        return None
    return kept_source(referenced.external_reference_source), referenced.external_reference
