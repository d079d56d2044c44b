"""The rows of several commands' effects: statements of one shape however many commands there are, so that they are planned once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table

from app.domain.change_history import DocumentChange
from app.domain.facts import Changes
from app.domain.record import Record, differ
from app.repository import tables
from app.repository.connection import Sent
from app.repository.many_rows import _insert, _update
from app.repository.rows import TABLES, fields_of, names_of

_LOGGED = (
    "id", "operation", "actor", "recorded_at", "idempotency_key", "fingerprint", "outcome",
)


def shared(
    entity_id: int, changes: Changes, links: Sequence[DocumentChange], log: Sequence[dict[str, Any]]
) -> list[Sent]:
    sent: list[Sent] = []
    if log:
        sent.append(_put(entity_id, tables.log_entry, _LOGGED, [[row.get(n) for n in _LOGGED] for row in log]))
    by_kind: dict[type[Record], list[tuple[Record, Record]]] = {}
    for pair in (*changes.changed, *changes.referring):
        by_kind.setdefault(type(pair[1]), []).append(pair)
    for kind in sorted(by_kind, key=lambda k: k.__name__):
        names = names_of(kind)
        values = [(fields_of(b), fields_of(a)) for b, a in by_kind[kind]]
        places = [
            p for p in range(len(names))
            if any(b[p] is not a[p] and differ(b[p], a[p]) for b, a in values)
        ]
        if places:
            columns = tuple(names[p] for p in places)
            params: dict[str, Any] = {"of_entity": entity_id, "each_id": [a.id for _, a in by_kind[kind]]}
            for p, n in zip(places, columns, strict=True):
                params[f"each_{n}"] = [a[p] for _, a in values]
            sent.append((_update(TABLES[kind], (), columns), [params]))
    new: dict[type[Record], list[Record]] = {}
    for record in changes.new:
        new.setdefault(type(record), []).append(record)
    for kind, table in TABLES.items():
        if kind in new:
            sent.append(_put(entity_id, table, names_of(kind), [fields_of(r) for r in new[kind]]))
    if changes.entries:
        sent.append(_put(entity_id, tables.balance_entry, names_of(type(changes.entries[0])), [fields_of(r) for r in changes.entries]))
    if links:
        sent.append(_put(entity_id, tables.document_change, names_of(DocumentChange), [fields_of(r) for r in links]))
    return sent


def _put(entity_id: int, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Sent:
    columns = zip(names, zip(*rows, strict=True), strict=True)
    return _insert(table, (), tuple(names)), [{"of_entity": entity_id} | {f"each_{n}": list(v) for n, v in columns}]
