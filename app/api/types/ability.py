"""What is wrong with a command, and whether a document would take one: the same violations."""

from collections.abc import Callable, Iterable
from typing import Any

import strawberry

from app.api import words  # noqa: F401 - the enums must be GraphQL enums first
from app.api.declarations import SumsPlan
from app.api.edges import judged
from app.domain.actor import Actor
from app.domain.entity import Settings
from app.domain.invoice import Invoice
from app.domain.reading import camel
from app.domain.record import Record
from app.domain.violation import Path, most_basic_first
from app.domain.violation import Violation as DomainViolation
from app.domain.vocabulary import ViolationCode
from app.repository import reads
from app.repository.rows import record_from
from app.validation.convert import violations_of_convertible_invoice


@strawberry.type(description="The particulars of a violation.")
class ViolationDetails:
    asked: str | None = strawberry.field(description="What was asked for.")
    allowed: str | None = strawberry.field(
        description="What would pass: the largest amount, the state needed, …"
    )
    ids: list[strawberry.ID] = strawberry.field(description="The documents it is about.")


@strawberry.type(description="One rule that a command breaks.")
class Violation:
    code: ViolationCode = strawberry.field(description="Which rule.")
    message: str = strawberry.field(description="The rule in a sentence, for people.")
    path: list[str] = strawberry.field(
        description="Where in the `input`: names of fields and places in lists."
    )
    details: ViolationDetails = strawberry.field(description="What was asked, what would pass.")


@strawberry.type(
    description="Whether a document would take an operation now, by the rules that the operation obeys."
)
class Ability:
    allowed: bool = strawberry.field(description="It would.")
    violations: list[Violation] = strawberry.field(description="Why it would not.")


def shown(violation: DomainViolation) -> Violation:
    """A violation as the schema has it: path in the schema's names."""
    return Violation(
        code=violation.code,
        message=violation.message,
        path=_shown_path(violation.path),
        details=ViolationDetails(
            asked=violation.asked,
            allowed=violation.allowed,
            ids=[strawberry.ID(id) for id in violation.ids],
        ),
    )


def _shown_path(path: Path) -> list[str]:
    """The path in the schema's names; below `metadata` the names are the caller's own."""
    own = path.index("metadata") + 1 if "metadata" in path else len(path)
    return [camel(part) if isinstance(part, str) else str(part) for part in path[:own]] + [
        str(part) for part in path[own:]
    ]


def answered(violations: Iterable[DomainViolation]) -> Ability:
    """The ability that the violations leave, the most basic ones first."""
    found = [shown(each) for each in most_basic_first(violations)]
    return Ability(allowed=not found, violations=found)


def _can_convert(row: Any, convertible: list[str]) -> Ability:
    return answered(violations_of_convertible_invoice(record_from(Invoice, row), has_lines=bool(convertible)))


CONVERTIBLE = SumsPlan(reads.invoices_with_convertible_lines, "invoice_id", lambda row: str(row.invoice_id))

can_convert = judged(
    Ability,
    _can_convert,
    CONVERTIBLE,
    "Whether convertNegativeInvoiceLines would pass for all its negative lines not yet converted.",
)


def ability(kind: type[Record], rule: Callable[..., Iterable[DomainViolation]]) -> Callable[..., Ability]:
    """A computed field that asks a rule about the row's record, beside the entity's settings and the viewer if need be."""

    def answer(row: Any, *beside: Settings | Actor) -> Ability:
        return answered(rule(record_from(kind, row), *beside))

    return answer
