"""Documents with all that their history seals: their rows as they stand, and the links of their chains.

Read a few documents at a time, account by account, so that neither a proof nor an export holds more than that.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    bindparam,
    literal,
    select,
    text,
    type_coerce,
    union_all,
)
from sqlalchemy.sql import Executable

from app.domain.change_history import CHAINED
from app.domain.construction import construction_of, quickly_made
from app.domain.entity import Settings
from app.domain.entity_history import ENTITY, EntityHead
from app.domain.sealing import Row
from app.repository import tables
from app.repository.database import Database, Snapshot
from app.repository.entity_history import HEAD
from app.repository.proofs.touched import TOUCHED, touched_since
from app.repository.remembered import remembered
from app.repository.rows import TABLES, settings_of, settings_selection
from app.repository.sealed_rows import fill_rows
from app.repository.seals import unproved_headers, unproved_headers_since
from app.repository.typed import typed_rows
from app.repository.types import INSTANT, Word, among, own

BATCH = 250
"""Documents that are read together."""


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A row of a chain, as it stands."""

    document_id: str
    version: int
    part: int
    kind: str
    log_id: str | None
    recorded_at: datetime
    recorded_by: str
    changes: str
    previous_hash: str | None
    hash: str
    operation: str | None
    """Of its log entry."""


_LINKED = tuple(each.name for each in fields(Link))[:-1]
"""The columns of its row."""
_LOG_ID = _LINKED.index("log_id")


@dataclass(frozen=True, slots=True)
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
    """In the order in which a link seals them, with JSON's values: dates and instants as canonical JSON has them."""
    links: list[Link] = field(default_factory=list)


async def chained_documents(database: Database, snapshot: Snapshot) -> AsyncIterator[ChainedDocument]:
    """Every account, each followed by its documents, all in the order of their ids."""
    async for each in _documents(database, snapshot, _headers(), None):
        yield each


async def unproved_documents(
    database: Database, snapshot: Snapshot, since: int | datetime | None = None
) -> AsyncIterator[ChainedDocument]:
    """The same, but for those of which the database itself sees that they are what their chain seals; or of those that
    have changed since a number of the log, or an instant.
    """
    sees = snapshot.dialect.name == "postgresql"
    statement: Executable = unproved_headers() if sees else _headers()
    parameters: dict[str, Any] | None = None
    if since is not None:
        statement = unproved_headers_since() if sees else _headers_since()
        parameters = touched_since(since)
    async for each in _documents(database, snapshot, statement, parameters):
        yield each


async def count_of_links(snapshot: Snapshot, since: int | datetime | None = None) -> int:
    """How many links the chains of documents have; or of those that have changed since."""
    statement, parameters = (_LINKS, None) if since is None else (_LINKS_SINCE, touched_since(since))
    [[count]] = await snapshot.rows(statement, parameters)
    return int(count)


async def _documents(
    database: Database, snapshot: Snapshot, statement: Executable, parameters: dict[str, Any] | None
) -> AsyncIterator[ChainedDocument]:
    batch: list[ChainedDocument] = []
    async for row in database.stream(snapshot, statement, parameters):
        batch.append(ChainedDocument(**row._mapping))
        if len(batch) == BATCH:
            for each in await _filled(snapshot, batch):
                yield each
            batch = []
    for each in await _filled(snapshot, batch):
        yield each


async def _filled(snapshot: Snapshot, documents: Sequence[ChainedDocument]) -> Sequence[ChainedDocument]:
    """The same with their rows and links."""
    if documents:
        await fill_rows(snapshot, {each.id: each.rows for each in documents})
        links_of = {each.id: each.links for each in documents}
        for link in await _links(snapshot, list(links_of)):
            links_of[link.document_id].append(link)
    return documents


async def links_of(snapshot: Snapshot, document_id: str) -> list[Link]:
    """The chain under an id, from the oldest link on."""
    return await _links(snapshot, [document_id])


async def _links(snapshot: Snapshot, document_ids: Sequence[str]) -> list[Link]:
    """By document, each chain in its order. No statement joins: where whole tables are read, a join reads them whole."""
    found = await snapshot.flat_rows(_links_of(), {"values": document_ids})
    rows = typed_rows(_links_of(), snapshot.dialect, found)
    log_ids = {row[_LOG_ID] for row in rows if row[_LOG_ID]}
    operations: Mapping[str, str] = {}
    if log_ids:
        found = await snapshot.flat_rows(_operations(), {"values": sorted(log_ids)})
        operations = dict(map(tuple, found))
    return [construction_of(Link).of_values(*row, operations.get(row[_LOG_ID])) for row in rows]


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


_LINKS = text(
    f"SELECT COUNT(*) FROM document_change c WHERE c.entity_id = :entity_id AND c.document_id <> '{ENTITY}'"
)
_LINKS_SINCE = text(f"{_LINKS.text} AND c.document_id IN ({TOUCHED})").bindparams(
    bindparam("from_instant", type_=INSTANT)
)


@remembered
def _links_of() -> Select[Any]:
    link = tables.document_change
    return (
        select(*(_plain(link.c[name]) for name in _LINKED))
        .where(own(link), among(link.c.document_id, "values"))
        .order_by(link.c.document_id, link.c.version, link.c.part)
    )


@remembered
def _operations() -> Select[Any]:
    entry = tables.log_entry
    return select(entry.c.id, _plain(entry.c.operation)).where(own(entry), among(entry.c.id, "values"))


def _plain(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The column, but for words as the texts that they are: damaged ones are not to stop the reading."""
    if isinstance(column.type, Word):
        return type_coerce(column, String()).label(column.key)
    return column
