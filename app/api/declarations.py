"""How a field of a document type is declared: in one line, as a column, an edge or a computed field.

The declaration is all there is, and the reader interprets it. A field with a resolver of its own would be invisible to
it, and a house test refuses it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import strawberry

from app.domain.money import (
    QUANTITY_DIGITS,
    RATE_DIGITS,
    amount_text,
    scaled_to_text,
)
from app.repository.tables import Table


class Kind(Enum):
    """How a column's value becomes a field's."""

    PLAIN = "plain"
    AMOUNT = "amount"
    QUANTITY = "quantity"
    RATE = "rate"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """A field that is a column of the row."""

    kind: Kind = Kind.PLAIN
    column: str | None = None
    filterable: bool = False
    sortable: bool = False


@dataclass(frozen=True, slots=True)
class OnePlan:
    """A field that is another document: the one whose id this row's `key` names, or whose `key` names this row."""

    target: str
    key: str


@dataclass(frozen=True, slots=True)
class ListPlan:
    """All documents whose `key` names this row, in order; for lists that are short by nature."""

    target: str
    key: str
    order: str


@dataclass(frozen=True, slots=True)
class ConnectionPlan:
    """A page of the documents whose `key` names this row."""

    target: str
    key: str
    order: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class ComputedPlan:
    """A pure function of the row, and of the row that its column `parent` names, or of the entity's settings and whoever
    asks.
    """

    function: Callable[..., Any]
    parent: tuple[str, str] | None = None
    by_settings: bool = False
    by_viewer: bool = False


@dataclass(frozen=True, slots=True)
class SumsPlan:
    """Sums over the documents of this row: rows of the statement that name it, each made into one value."""

    statement: Callable[[], Any]
    key: str
    made: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class JudgedPlan:
    """A pure function of the row, of what the sums find for it, and of the entity's settings where `by_settings`."""

    function: Callable[..., Any]
    sums: SumsPlan
    by_settings: bool = False


@dataclass(frozen=True, slots=True)
class AskedPlan:
    """What a question with arguments finds for this row: `parameters` of the arguments, rows of the statement that name it
    under `key`, and what is made of both.
    """

    statement: Callable[[], Any]
    key: str
    parameters: Callable[..., Any]
    """Arguments by Python name -> a hashable value whose `bound` are the statement's parameters."""
    made: Callable[[Any, list[Any]], Any]
    by_settings: bool = False
    """`parameters` takes the entity's settings, first of all."""


@dataclass(frozen=True, slots=True)
class Named:
    """A document by its type and id; there may be none."""

    target: str
    id: str


Find = Callable[[Any, Any], Awaitable[Named | None]]
"""Reader, what an argument says -> the document that is meant."""


@dataclass(frozen=True, slots=True)
class RootPlan:
    """A root field that is the document that its one argument names; of `target`, where one named by its id alone is."""

    argument: str
    find: Find
    target: str | None = None


@dataclass(frozen=True, slots=True)
class RootListPlan:
    """A root field that is a page of all documents of the entity; `page` has no key."""

    page: ConnectionPlan


@dataclass(frozen=True, slots=True)
class OutcomePlan:
    """A field of a mutation's answer that is the document, or all documents, whose id the outcome has under the role."""

    role: str
    target: str
    many: bool = False


@dataclass(frozen=True, slots=True)
class ResultPlan:
    """A field of a mutation's answer that its result says itself."""

    read: Callable[[Any], Any]


Plan = ColumnPlan | OnePlan | ListPlan | ConnectionPlan | ComputedPlan | SumsPlan | JudgedPlan | AskedPlan


@dataclass(frozen=True, slots=True)
class DocumentPlan:
    """What a document type is made from: its table, its id's prefix and its fields by Python name."""

    name: str
    table: Table
    prefix: str
    fields: dict[str, Plan]
    type: type[Any]


DOCUMENTS: dict[str, DocumentPlan] = {}
"""Every document type of the schema, by name."""


def _field(plan: Plan, description: str, **more: Any) -> Any:
    return strawberry.field(description=description, metadata={"plan": plan}, **more)


def column(description: str, *, of: str | None = None, filter: bool = False, sort: bool = False) -> Any:
    """A column as it is: text, word, flag, count, date, instant, id or metadata."""
    return _field(ColumnPlan(Kind.PLAIN, of, filter, sort), description)


def reference_source(description: str) -> Any:
    """The system of an external reference: "" in the books where the reference names none (kept_source), null here."""
    return _field(ColumnPlan(Kind.SOURCE, filterable=True), description)


def money(description: str, *, of: str | None = None, filter: bool = False, sort: bool = False) -> Any:
    """An amount in the document's currency, with the currency's own decimals."""
    return _field(ColumnPlan(Kind.AMOUNT, of, filter, sort), description)


def measure(description: str, *, of: str | None = None) -> Any:
    """A quantity, at most 6 decimals."""
    return _field(ColumnPlan(Kind.QUANTITY, of), description)


def ratio(description: str) -> Any:
    """A rate, at most 8 decimals."""
    return _field(ColumnPlan(Kind.RATE), description)


def value_of(plan: ColumnPlan, name: str) -> Callable[[Any], Any]:
    """The reader of a column field: row -> value, amounts straight from integer to text."""
    column_name = plan.column or name
    if plan.kind is Kind.PLAIN:
        return lambda row: getattr(row, column_name)
    if plan.kind is Kind.SOURCE:
        return lambda row: getattr(row, column_name) or None
    if plan.kind is Kind.AMOUNT:

        def amount_of(row: Any) -> str | None:
            minor = getattr(row, column_name)
            return None if minor is None else amount_text(minor, row.currency)

        return amount_of
    digits = QUANTITY_DIGITS if plan.kind is Kind.QUANTITY else RATE_DIGITS

    def scaled_of(row: Any) -> str | None:
        value = getattr(row, column_name)
        return None if value is None else scaled_to_text(value, digits, strip=True)

    return scaled_of


class Document:
    """A row behind a GraphQL type: a column field is read from the row when it is asked for."""

    __slots__ = ("row",)
    readers: dict[str, Callable[[Any], Any]]
    row: Any

    def __getattr__(self, name: str) -> Any:
        try:
            reader = type(self).readers[name]
        except KeyError:
            raise AttributeError(name) from None
        return reader(self.row)


def document_of(plan: DocumentPlan, row: Any) -> Any:
    """The row as an instance of its GraphQL type."""
    document = object.__new__(plan.type)
    document.row = row
    return document


def filterable_columns(plan: DocumentPlan) -> Sequence[tuple[str, ColumnPlan]]:
    return [
        (name, each) for name, each in plan.fields.items() if isinstance(each, ColumnPlan) and each.filterable
    ]


def sortable_columns(plan: DocumentPlan) -> Sequence[tuple[str, ColumnPlan]]:
    return [
        (name, each) for name, each in plan.fields.items() if isinstance(each, ColumnPlan) and each.sortable
    ]
