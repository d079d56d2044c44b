"""Which tax item of an invoice line another tax item is about."""

from collections.abc import Sequence
from typing import Protocol


class NamedTax(Protocol):
    """What a tax says of itself; None where it says nothing."""

    @property
    def jurisdiction(self) -> str | None: ...
    @property
    def location_code(self) -> str | None: ...
    @property
    def code(self) -> str | None: ...
    @property
    def name(self) -> str | None: ...


def place_of(item: NamedTax, sources: Sequence[NamedTax]) -> int | None:
    """The place of the only source that fits all that the item says of itself; None where none fits, or several."""
    said = {
        "jurisdiction": item.jurisdiction,
        "location_code": item.location_code,
        "code": item.code,
        "name": item.name,
    }
    places = [
        place
        for place, source in enumerate(sources)
        if all(value is None or getattr(source, key) == value for key, value in said.items())
    ]
    return places[0] if len(places) == 1 else None
