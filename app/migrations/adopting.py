"""Documents of the time before chains are adopted: one seal over all rows that each of them has.

The form of a seal never changes, or no old one could be checked: so it may be taken from the domain.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from app.domain.sealing import (
    BOOKKEEPING,
    PART_RECORDS,
    Row,
    canonical_columns,
    hash_of_text,
    in_order,
    sealed,
)
from app.repository.canonical_text import UNWRITTEN, SealedTable, document_text, records_in

ADOPTED_BY = "migration"
DOCUMENTS_AT_ONCE = 250

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
    connection: sa.Connection, known: sa.MetaData, name: str, entity_id: int, ids: Sequence[str]
) -> None:
    table, now = known.tables[name], datetime.now(UTC)
    texts = _texts_of(connection, known, name, entity_id, ids)
    links: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    headers = connection.execute(
        sa.select(table.c.id, table.c.version).where(table.c.entity_id == entity_id, table.c.id.in_(ids))
    ).all()
    for id, version in headers:
        previous: str | None = None
        for part, text in enumerate(texts[id], start=1):
            link = {
                "document_id": id,
                "version": version,
                "part": part,
                "kind": "ADOPTED",
                "log_id": None,
                "recorded_at": now,
            }
            hash = hash_of_text(
                **link, previous=previous, operation=None, actor=ADOPTED_BY, rows=text, changes="{}"
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
    _name_the_heads(connection, table, entity_id, heads)


def _name_the_heads(
    connection: sa.Connection, table: sa.Table, entity_id: int, heads: list[dict[str, Any]]
) -> None:
    if connection.dialect.name != "postgresql":
        connection.execute(
            sa.update(table)
            .where(table.c.entity_id == entity_id, table.c.id == sa.bindparam("of_id"))
            .values(history_hash=sa.bindparam("head")),
            heads,
        )
        return
    columns = {
        name: sa.cast([each[name] for each in heads], sa.ARRAY(sa.Text())) for name in ("of_id", "head")
    }
    given = sa.func.unnest(*columns.values()).table_valued(*columns).render_derived()
    connection.execute(
        sa.update(table)
        .where(table.c.entity_id == entity_id, table.c.id == given.c.of_id)
        .values(history_hash=given.c.head)
    )


def _texts_of(
    connection: sa.Connection, known: sa.MetaData, name: str, entity_id: int, ids: Sequence[str]
) -> dict[str, list[bytes]]:
    """By document: the canonical JSON of its rows, part by part."""
    found = _written_texts(connection, known, name, entity_id, ids)
    left = [id for id in ids if id not in found]
    if left:
        for id, rows in _rows_of(connection, known, name, entity_id, left).items():
            records = in_order(rows)
            starts = range(0, len(records), PART_RECORDS)
            found[id] = [_canonical(records[start : start + PART_RECORDS]) for start in starts]
    return found


def _canonical(rows: Sequence[Row]) -> bytes:
    return canonical_columns(rows, [columns for _, columns in rows])


def _written_texts(
    connection: sa.Connection, known: sa.MetaData, name: str, entity_id: int, ids: Sequence[str]
) -> dict[str, list[bytes]]:
    """Of documents of which PostgreSQL writes it, in a tenth of the time; of none on SQLite."""
    if connection.dialect.name != "postgresql":
        return {}
    header = known.tables[name]
    tables = [_sealed_table(header, name, ""), *_owned_tables(known, name)]
    statement = sa.select(header.c.id, sa.literal_column(document_text(tables))).where(
        header.c.entity_id == entity_id, header.c.id.in_(ids)
    )
    return {
        id: [text.encode()]
        for id, text in connection.execute(statement)
        if UNWRITTEN not in text and records_in(text) <= PART_RECORDS
    }


def _owned_tables(known: sa.MetaData, name: str) -> Iterator[SealedTable]:
    for owned, column in OWNED[name].items():
        yield _sealed_table(known.tables[owned], name, f"{owned}.{column} = {name}.id")
    if name == "credit_memo":
        owned = "credit_memo_line_application"
        ids = (
            "SELECT a.id FROM credit_memo_application a"
            " WHERE a.entity_id = credit_memo.entity_id AND a.credit_memo_id = credit_memo.id"
        )
        yield _sealed_table(known.tables[owned], name, f"{owned}.application_id = ANY (ARRAY({ids}))")


def _sealed_table(table: sa.Table, document: str, belonging: str) -> SealedTable:
    left_out = {"entity_id"} | (frozenset() if belonging else BOOKKEEPING)
    names = sorted(str(each.name) for each in table.c if each.name not in left_out)
    return SealedTable(
        name=table.name,
        columns={name: table.c[name].type for name in names},
        place="position" if table.name == "balance_entry" else "id",
        belongs=belonging and f"{table.name}.entity_id = {document}.entity_id AND {belonging}",
    )


def _stored(link: dict[str, Any], connection: sa.Connection) -> dict[str, Any]:
    """SQLite keeps instants without their zone, which is UTC."""
    if connection.dialect.name == "postgresql":
        return link
    return link | {"recorded_at": link["recorded_at"].replace(tzinfo=None)}


def _rows_of(
    connection: sa.Connection, known: sa.MetaData, name: str, entity_id: int, ids: Sequence[str]
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
