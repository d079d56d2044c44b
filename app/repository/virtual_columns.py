"""Columns that a row does not store: computed by the database when the row is read."""

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Table, Text, case, cast, func, select

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
