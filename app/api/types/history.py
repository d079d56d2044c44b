"""The log of accepted commands, and the change history of documents."""

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import strawberry

from app.api import words  # noqa: F401 - the enums must be GraphQL enums first
from app.api.annotations import list_of, once
from app.api.declarations import DOCUMENTS, ColumnPlan, Document, Kind, column
from app.api.edges import computed, connection, one
from app.api.filters import filter_type
from app.api.lists import connection_type, order_type
from app.api.types.node import document
from app.domain.entity_history import ENTITY, KEPT, SEQUENCE
from app.domain.money import (
    QUANTITY_DIGITS,
    RATE_DIGITS,
    amount_text,
    scaled_to_text,
)
from app.domain.reading import camel
from app.domain.sealing import canonical
from app.domain.vocabulary import ChangeKind, Operation
from app.repository import tables

_OF_ENTITY = {
    "Entity": ENTITY,
    "NumberSequence": SEQUENCE,
    **{kind.__name__: kind.PREFIX for kind in KEPT},
}
"""What an entity keeps for its documents: the type that shows it -> how its ids begin in the history."""


@strawberry.type(description="A field of a document, or of a record of it, before and after a change.")
class FieldChange:
    record_id: strawberry.ID = strawberry.field(
        description="The document's id, or that of its line, tax item or application."
    )
    field: str = strawberry.field(description="The field's name in this schema.")
    before: str | None = strawberry.field(
        description="Its value before, as text: amounts with the currency's decimals, custom fields as JSON."
    )
    after: str | None = strawberry.field(description="Its value from then on.")


def _fields(row: Any) -> list[FieldChange]:
    """What the link says, in the words and forms of the schema; columns that it does not show are left out."""
    told: dict[str, dict[str, list[Any]]] = json.loads(row.changes).get("changed", {})
    return [each for id, columns in told.items() for each in _of_record(id, columns, row.currency)]


def _of_record(id: str, columns: dict[str, list[Any]], currency: str | None) -> Iterator[FieldChange]:
    prefix = id.partition("_")[0]
    shown = _shown(prefix)
    for name, values in columns.items():
        # What the entity says of itself is all to be seen, and kept as it is shown.
        field, kind = shown.get(name) or (camel(name), Kind.PLAIN if prefix in _OF_ENTITY.values() else None)
        if kind is not None:
            before, after = (_text(each, kind, currency) for each in values)
            yield FieldChange(record_id=strawberry.ID(id), field=field, before=before, after=after)


@once
def _shown(prefix: str) -> dict[str, tuple[str, Kind]]:
    """Of the type whose ids begin so: column -> the name and kind of its field."""
    return {
        plan.column or name: (camel(name), plan.kind)
        for each in DOCUMENTS.values()
        if prefix and prefix in (each.prefix, _OF_ENTITY.get(each.name))
        for name, plan in each.fields.items()
        if isinstance(plan, ColumnPlan)
    }


def _text(value: Any, kind: Kind, currency: str | None) -> str | None:
    if value is None or (kind is Kind.SOURCE and not value):
        return None
    if kind is Kind.AMOUNT and currency is not None:
        return amount_text(value, currency)
    if kind is Kind.QUANTITY:
        return scaled_to_text(value, QUANTITY_DIGITS, strip=True)
    if kind is Kind.RATE:
        return scaled_to_text(value, RATE_DIGITS, strip=True)
    return value if isinstance(value, str) else canonical(value)


def _added(row: Any) -> list[strawberry.ID]:
    return [strawberry.ID(each) for each in json.loads(row.changes).get("added", [])]


@document(
    tables.document_change,
    "",
    "What one command did to one document. It is sealed: its hash is about this, every row that the command put down"
    " for the document, and the hash before.",
)
class DocumentChange(Document):
    document_id: strawberry.ID = column("The document's id.", filter=True)
    version: int = column("The document's version from this change on.", filter=True, sort=True)
    part: int = column("1; a change of very many records is told in several parts.")
    kind: ChangeKind = column("Whether it made or changed the document.", filter=True)
    log_id: strawberry.ID | None = column("The log entry of its command.", filter=True)
    log_number: int | None = column("That entry's place in the log. None until it has one, which is soon.")
    recorded_at: dt.datetime = column("When.", filter=True, sort=True)
    recorded_by: str = column("By whom.", filter=True)
    previous_hash: str | None = column("The hash before; none of the first.")
    hash: str = column("SHA-256 over what is sealed, in hexadecimal (docs/history.md).")

    fields = computed(
        list_of(FieldChange),
        _fields,
        "The fields that were changed; of what was made there are none: its first values are those that later changes"
        " began with.",
    )
    added = computed(
        list_of(strawberry.ID), _added, "Lines and tax items that came to a document that there was."
    )
    log_entry = one("LogEntry", "log_id", "The log entry of its command.", nullable=True)
    account = one("Account", "document_id", "The account, where it is one.", nullable=True)
    credit_memo = one("CreditMemo", "document_id", "The memo, where it is one.", nullable=True)
    invoice = one("Invoice", "document_id", "The invoice or debit memo, where it is one.", nullable=True)


@document(tables.log_entry, "", "An accepted command. Its number is its place in the order of all.")
class LogEntry(Document):
    id: strawberry.ID = column("Its id.", filter=True)
    number: int | None = column(
        "1, 2, 3 … in the order in which effects follow from each other. None until it has one, which is soon.",
        filter=True,
        sort=True,
    )
    operation: Operation = column("What was asked for.", filter=True)
    actor: str = column("By whom.", filter=True)
    recorded_at: dt.datetime = column("When.", filter=True)
    idempotency_key: str | None = column("The key under which it was asked for.", filter=True)

    changes = connection(
        "DocumentChange", "log_id", "recorded_at", "What it did to each document that it touched."
    )


DocumentChangeConnection = connection_type(DOCUMENTS["DocumentChange"])
DocumentChangeFilter = filter_type(DOCUMENTS["DocumentChange"])
DocumentChangeOrder = order_type(DOCUMENTS["DocumentChange"])
LogEntryConnection = connection_type(DOCUMENTS["LogEntry"])
LogEntryFilter = filter_type(
    DOCUMENTS["LogEntry"],
    concerns={
        "document_id": "The accounts, invoices, debit memos and credit memos that the command made or changed.",
        "account_id": "The accounts that these are, or belong to.",
    },
)
LogEntryOrder = order_type(DOCUMENTS["LogEntry"])
