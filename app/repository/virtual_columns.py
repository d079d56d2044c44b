"""Columns that a row does not store: computed by the database when the row is read."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Table, Text, case, cast, false, func, select

from app.domain.vocabulary import ApplicationType
from app.repository import tables
from app.repository.remembered import remembered

VIRTUAL: dict[str, dict[str, ColumnElement[Any]]] = {}


def _remaining(table: Table, original: str) -> ColumnElement[Any]:
    taken = table.alias()
    back = select(func.coalesce(func.sum(taken.c.amount), 0)).where(
        taken.c.entity_id == table.c.entity_id, taken.c[original] == table.c.id
    )
    left = table.c.amount - cast(back.scalar_subquery(), BigInteger)
    return case((table.c.type == ApplicationType.APPLIED, left), else_=None)


VIRTUAL["credit_memo_application"] = {
    "remaining_amount": _remaining(tables.credit_memo_application, "associated_application_id")
}
VIRTUAL["credit_memo_line_application"] = {
    "remaining_amount": _remaining(tables.credit_memo_line_application, "associated_line_application_id")
}
# An entry's place in its document's history names it.
VIRTUAL["balance_entry"] = {
    "id": tables.balance_entry.c.document_id + "-" + cast(tables.balance_entry.c.position, Text)
}
_LOG, _ENTITY = tables.log_entry, tables.entity
_CHANGE = tables.document_change


def _of_document(table: Table) -> ColumnElement[Any]:
    """The currency of the document that a change is about, where it is one of the table's."""
    return (
        select(table.c.currency)
        .where(table.c.entity_id == _CHANGE.c.entity_id, table.c.id == _CHANGE.c.document_id)
        .scalar_subquery()
    )


VIRTUAL["document_change"] = {
    "id": _CHANGE.c.document_id + "-" + cast(_CHANGE.c.version, Text) + "-" + cast(_CHANGE.c.part, Text),
    "currency": func.coalesce(_of_document(tables.credit_memo), _of_document(tables.invoice)),
    "log_number": (
        select(_LOG.c.number)
        .where(_LOG.c.entity_id == _CHANGE.c.entity_id, _LOG.c.id == _CHANGE.c.log_id)
        .scalar_subquery()
    ),
}
_LOG_NUMBER = (
    select(_LOG.c.number)
    .where(_LOG.c.entity_id == tables.journal_entry.c.entity_id, _LOG.c.id == tables.journal_entry.c.log_id)
    .scalar_subquery()
)
_TRANSFERRED_THROUGH = (
    select(_ENTITY.c.journal_transferred_through)
    .where(_ENTITY.c.id == tables.journal_entry.c.entity_id)
    .scalar_subquery()
)
VIRTUAL["journal_entry"] = {
    "log_number": _LOG_NUMBER,
    "transferred": func.coalesce(_LOG_NUMBER <= _TRANSFERRED_THROUGH, false()),
}


def column_of(table: Table, name: str) -> ColumnElement[Any]:
    """The column of that name, stored or not."""
    return VIRTUAL[table.name][name] if name in VIRTUAL.get(table.name, {}) else table.c[name]


@remembered
def named(table: Table, names: tuple[str, ...] | None = None) -> tuple[ColumnElement[Any], ...]:
    """The columns of those names, stored or not, as a SELECT lists them; no names: everything a reader may ask of a row."""
    if names is None:
        # A hash of a secret is not read, so that nothing can show it.
        stored = [each.name for each in table.c if each.name not in ("entity_id", "secret_hash")]
        names = (*stored, *VIRTUAL.get(table.name, {}))
    return tuple(
        column_of(table, name) if name in table.c else VIRTUAL[table.name][name].label(name) for name in names
    )
