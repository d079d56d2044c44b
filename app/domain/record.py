"""What every stored value of the books is: immutable, with an id."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

Metadata = dict[str, Any]
"""Custom fields: string keys, JSON scalars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A row of the books. Field names are the column names; the entity is implied by whose books these are.

    Amounts are integers of the currency's minor unit, quantities millionths, rates hundred-millionths.
    """

    PREFIX: ClassVar[str]
    """Begins every id of the kind, here, in the database and at every door: `inv_` + the hex of a UUIDv7."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Record):
    """A record that people create and change: it knows when, by whom, and counts its changes in `version`."""

    version: int = 1
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
