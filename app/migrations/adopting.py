"""Documents of the time before chains are adopted: one seal over all rows that each of them has.

The form of a seal never changes, or no old one could be checked: so it may be taken from the domain.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from app.domain.sealing import BOOKKEEPING, PART_RECORDS, Row, hash_of, in_order, sealed

ADOPTED_BY = "migration"
DOCUMENTS_AT_ONCE = 200

OWNED: Mapping[str, Mapping[str, str]] = {
    "account": {},
    "credit_memo": {
        "credit_memo_line": "credit_memo_id",
        "credit_memo_line_tax": "credit_memo_id",
        "credit_memo_application": "credit_memo_id",
        "refund": "credit_memo_id",
        "balance_entry": "document_id",
    },
    "invoice": {
        "invoice_line": "invoice_id",
        "invoice_line_tax": "invoice_id",
        "payment": "invoice_id",
        "balance_entry": "document_id",
    },
}
"""Table of a document's header -> tables of what belongs to it, and their column that names the document."""


def adopt_documents(connection: sa.Connection, entity_id: int) -> None:
    """Begin the chain of every document of the entity that has none, at its present version."""
    known = sa.MetaData()
    names = {*OWNED, *(name for owned in OWNED.values() for name in owned)}
    known.reflect(connection, only=[*names, "credit_memo_line_application", "document_change"])
    for name in OWNED:
        table = known.tables[name]
        last = ""
        while ids := connection.scalars(
            sa.select(table.c.id)
            .where(table.c.entity_id == entity_id, table.c.id > last, table.c.history_hash.is_(None))
            .order_by(table.c.id)
            .limit(DOCUMENTS_AT_ONCE)
        ).all():
            _adopt(connection, known, name, entity_id, ids)
            last = ids[-1]


def _adopt(
    connection: sa.Connection, known: sa.MetaData, name: str, entity_id: int, ids: Iterable[str]
) -> None:
    table, now = known.tables[name], datetime.now(UTC)
    rows = _rows_of(connection, known, name, entity_id, ids)
    links: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    headers = connection.execute(
        sa.select(table.c.id, table.c.version).where(table.c.entity_id == entity_id, table.c.id.in_(ids))
    ).all()
    for id, version in headers:
        previous: str | None = None
        records = in_order(rows[id])
        for part, start in enumerate(range(0, len(records), PART_RECORDS), start=1):
            of_part = records[start : start + PART_RECORDS]
            link = {
                "document_id": id,
                "version": version,
                "part": part,
                "kind": "ADOPTED",
                "log_id": None,
                "recorded_at": now,
            }
            hash = hash_of(
                **link, previous=previous, operation=None, actor=ADOPTED_BY, rows=of_part, changes="{}"
            )
            links.append(
                link
                | {
                    "entity_id": entity_id,
                    "recorded_by": ADOPTED_BY,
                    "changes": "{}",
                    "previous_hash": previous,
                    "hash": hash,
                }
            )
            previous = hash
        heads.append({"of_id": id, "head": previous})
    connection.execute(
        sa.insert(known.tables["document_change"]), [_stored(each, connection) for each in links]
    )
    connection.execute(
        sa.update(table)
        .where(table.c.entity_id == entity_id, table.c.id == sa.bindparam("of_id"))
        .values(history_hash=sa.bindparam("head")),
        heads,
    )


def _stored(link: dict[str, Any], connection: sa.Connection) -> dict[str, Any]:
    """SQLite keeps instants without their zone, which is UTC."""
    if connection.dialect.name == "postgresql":
        return link
    return link | {"recorded_at": link["recorded_at"].replace(tzinfo=None)}


def _rows_of(
    connection: sa.Connection, known: sa.MetaData, name: str, entity_id: int, ids: Iterable[str]
) -> dict[str, list[Row]]:
    """By document: its header, and what belongs to it."""
    header = known.tables[name]
    found: dict[str, list[Row]] = {id: [] for id in ids}
    for row in _read(connection, sa.select(header).where(header.c.id.in_(ids)), header, entity_id):
        own = {column: value for column, value in row.items() if column not in BOOKKEEPING}
        found[row["id"]].append((name, sealed(own)))
    for owned, column in OWNED[name].items():
        table = known.tables[owned]
        for row in _read(connection, sa.select(table).where(table.c[column].in_(ids)), table, entity_id):
            found[row[column]].append((owned, sealed(row)))
    if name == "credit_memo":
        table, application = (
            known.tables["credit_memo_line_application"],
            known.tables["credit_memo_application"],
        )
        statement = (
            sa.select(application.c.credit_memo_id.label("memo_id"), table)
            .join(
                application,
                (application.c.entity_id == table.c.entity_id) & (application.c.id == table.c.application_id),
            )
            .where(application.c.credit_memo_id.in_(ids))
        )
        for row in _read(connection, statement, table, entity_id):
            found[row.pop("memo_id")].append((table.name, sealed(row)))
    return found


def _read(
    connection: sa.Connection, statement: sa.Select[Any], table: sa.Table, entity_id: int
) -> Iterator[dict[str, Any]]:
    for row in connection.execute(statement.where(table.c.entity_id == entity_id)).mappings():
        # Names that were reflected are texts of a kind of their own.
        yield {str(name): _in_utc(value) for name, value in row.items() if name != "entity_id"}


def _in_utc(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value
