"""Documents with all that their history seals: their rows as they stand, and the links of their chains.

Read a few documents at a time, account by account, so that neither a proof nor an export holds more than that.
"""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Table,
    bindparam,
    literal,
    select,
    text,
    type_coerce,
    union_all,
)

from app.domain.application import BalanceEntry, CreditMemoApplication, CreditMemoLineApplication
from app.domain.change_history import CHAINED, EVENTS, LINE_APPLICATIONS, PARTS
from app.domain.entity import Settings
from app.domain.entity_history import EntityHead
from app.domain.sealing import BOOKKEEPING, Row, sealed
from app.repository import tables
from app.repository.database import Database, Snapshot
from app.repository.entity_history import HEAD
from app.repository.proofs.touched import TOUCHED, touched_since
from app.repository.remembered import remembered
from app.repository.rows import TABLES, names_of, settings_of, settings_selection
from app.repository.types import INSTANT, Word, among, own

BATCH = 250
"""Documents that are read together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A row of a chain, as it stands."""

    document_id: str
    version: int
    part: int
    kind: str
    log_id: str | None
    operation: str | None
    """Of its log entry."""
    recorded_at: datetime
    recorded_by: str
    changes: str
    previous_hash: str | None
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainedDocument:
    """A document, what of it is sealed, and its chain from the oldest link on."""

    type: str
    """The name of its rows."""
    id: str
    account_id: str
    number: str | None
    version: int
    history_hash: str | None
    rows: list[Row] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


async def chained_documents(
    database: Database, snapshot: Snapshot, since: int | datetime | None = None
) -> AsyncIterator[ChainedDocument]:
    """Every account, each followed by its documents, all in the order of their ids; or of those that have changed since
    a number of the log, or an instant.
    """
    batch: list[ChainedDocument] = []
    statement, parameters = _headers(), None
    if since is not None:
        statement, parameters = _headers_since(), touched_since(since)
    async for row in database.stream(snapshot, statement, parameters):
        batch.append(ChainedDocument(**{**row._mapping, "rows": [], "links": []}))
        if len(batch) == BATCH:
            for each in await _filled(snapshot, batch):
                yield each
            batch = []
    for each in await _filled(snapshot, batch):
        yield each


async def _filled(snapshot: Snapshot, documents: Sequence[ChainedDocument]) -> Sequence[ChainedDocument]:
    """The same with their rows and links."""
    if not documents:
        return documents
    by_id = {each.id: each for each in documents}
    memo_of: dict[str, str] = {}
    for name, kind, statement in _rows():
        # A line application is found by its application, whose document it belongs to.
        by_application = kind is CreditMemoLineApplication
        columns, wanted = _columns(kind), list(memo_of if by_application else by_id)
        for row in await snapshot.rows(statement, {"values": wanted}) if wanted else ():
            owner, values = memo_of[row[0]] if by_application else row[0], row[1:]
            sealed_row = sealed(dict(zip(columns, values, strict=True)))
            by_id[owner].rows.append((name, sealed_row))
            if kind is CreditMemoApplication:
                memo_of[sealed_row["id"]] = owner
    for link in await _links(snapshot, list(by_id)):
        by_id[link.document_id].links.append(link)
    return documents


async def links_of(snapshot: Snapshot, document_id: str) -> list[Link]:
    """The chain under an id, from the oldest link on."""
    return await _links(snapshot, [document_id])


async def _links(snapshot: Snapshot, document_ids: Sequence[str]) -> list[Link]:
    """By document, each chain in its order. No statement joins: where whole tables are read, a join reads them whole."""
    rows = await snapshot.rows(_links_of(), {"values": document_ids})
    entries = await snapshot.rows(
        _operations(), {"values": sorted({row.log_id for row in rows if row.log_id})}
    )
    operations = {entry.id: entry.operation for entry in entries}
    return [Link(**row._mapping, operation=operations.get(row.log_id)) for row in rows]


async def head_and_settings(snapshot: Snapshot) -> tuple[EntityHead, Settings] | None:
    """How far the history of the entity's own data has come, and the settings as they are; None without an entity."""
    heads, rows = await snapshot.rows(HEAD), await snapshot.rows(settings_selection())
    for head, settings in zip(heads, rows, strict=True):
        return EntityHead(**head._mapping), settings_of(settings)
    return None


@remembered
def _headers() -> Select[Any]:
    each = [
        select(
            literal(name).label("type"),
            table.c.id,
            (table.c.id if name == "account" else table.c.account_id).label("account_id"),
            table.c.number,
            table.c.version,
            table.c.history_hash,
        ).where(own(table))
        for name, table in ((name, TABLES[kind]) for kind, name in CHAINED.items())
    ]
    all_of_them = union_all(*each).subquery()
    place = all_of_them.c
    # An account's own type is the first of all.
    return select(*place).order_by(place.account_id, place.type, place.id)


@remembered
def _headers_since() -> Select[Any]:
    touched = text(f"id IN ({TOUCHED})").bindparams(bindparam("from_instant", type_=INSTANT))
    return _headers().where(touched)


@remembered
def _links_of() -> Select[Any]:
    link = tables.document_change
    return (
        select(*(_plain(link.c[name]) for name in Link.__dataclass_fields__ if name != "operation"))
        .where(own(link), among(link.c.document_id, "values"))
        .order_by(link.c.document_id, link.c.version, link.c.part)
    )


@remembered
def _operations() -> Select[Any]:
    entry = tables.log_entry
    return select(entry.c.id, _plain(entry.c.operation)).where(own(entry), among(entry.c.id, "values"))


@remembered
def _rows() -> list[tuple[str, type[Any], Select[Any]]]:
    """Name of the rows, kind of record, and the statement: the id by which they are found, then the columns."""
    found: list[tuple[str, type[Any], Select[Any]]] = []
    owned: Iterable[tuple[type[Any], tuple[str, str]]] = (
        *((kind, (name, "id")) for kind, name in CHAINED.items()),
        *PARTS.items(),
        *EVENTS.items(),
    )
    for kind, (name, key) in owned:
        table = _table(kind)
        statement = select(table.c[key], *_listed(table, kind)).where(
            own(table), among(table.c[key], "values")
        )
        found.append((name, kind, statement))
    part = tables.credit_memo_line_application
    by_application = select(part.c.application_id, *_listed(part, CreditMemoLineApplication)).where(
        own(part), among(part.c.application_id, "values")
    )
    return [*found, (LINE_APPLICATIONS, CreditMemoLineApplication, by_application)]


def _table(kind: type[Any]) -> Table:
    return tables.balance_entry if kind is BalanceEntry else TABLES[kind]


@remembered
def _columns(kind: type[Any]) -> tuple[str, ...]:
    left_out = BOOKKEEPING if kind in CHAINED else frozenset[str]()
    return tuple(name for name in names_of(kind) if name not in left_out)


def _listed(table: Table, kind: type[Any]) -> Iterable[ColumnElement[Any]]:
    return [_plain(table.c[name]) for name in _columns(kind)]


def _plain(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column, but for words as the texts that they are: damaged ones are not to stop the reading."""
    if isinstance(column.type, Word):
        return type_coerce(column, String()).label(column.key)
    return column
