"""What commands are made of: described fields, references to documents, and what every command carries."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Literal, TypeAlias


class _Absence(Enum):
    ABSENT = "absent"


ABSENT: Final = _Absence.ABSENT
"""The field of a patch that says nothing: what is stored stays. None clears it."""
Absent: TypeAlias = Literal[_Absence.ABSENT]


def required(description: str, *, limit: str = "text", is_id: bool = False, is_name: bool = False) -> Any:
    """A field that must be given; `limit` names how long its text or list may be (app.domain.limits).

    `is_name`: the text names something for good, so it is not empty and has no stray blanks around it.
    """
    return field(metadata=_said(description, limit, is_id, is_name))


def optional(
    description: str,
    *,
    limit: str = "text",
    is_id: bool = False,
    is_name: bool = False,
    default: Any = None,
) -> Any:
    return field(default=default, metadata=_said(description, limit, is_id, is_name))


def patch(description: str, *, limit: str = "text", is_name: bool = False) -> Any:
    """A field that may be absent, which leaves what is stored, or null, which clears it."""
    return field(default=ABSENT, metadata=_said(description, limit, False, is_name))


def _said(description: str, limit: str, is_id: bool, is_name: bool) -> dict[str, Any]:
    return {"description": description, "limit": limit, "is_id": is_id, "is_name": is_name}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalReference:
    """A document's name in another system."""

    source: str | None = optional("The system, e.g. `netsuite`. Absent: the reference was given without one.")
    reference: str = required("The document's id there.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A document, named in exactly one way."""

    id: str | None = optional("Its id here.", is_id=True)
    number: str | None = optional("Its document number.")
    external_reference: ExternalReference | None = optional("Its id in another system.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReference(Reference):
    """An account, named in exactly one way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceReference(Reference):
    """An invoice or debit memo, named in exactly one way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditMemoReference(Reference):
    """A credit memo, named in exactly one way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What every mutation's input carries besides its own fields."""

    idempotency_key: str | None = optional(
        "Makes a retry safe: a second call with the same key and input changes nothing and answers the first"
        " call's documents as they are now, with `replayed: true`. Same key, other input: refused. Never expires.",
        is_name=True,
    )
    dry_run: bool = optional(
        "Show what the call would do, with every field of the answer, and keep nothing.", default=False
    )
