"""Documents with all that their history seals: their rows as they stand, and the links of their chains.

Read a few documents at a time, account by account, so that neither a proof nor an export holds more than that.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
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

from app.domain.change_history import CHAINED
from app.domain.construction import construction_of, quickly_made
from app.domain.entity import Settings
from app.domain.entity_history import EntityHead
from app.domain.sealing import Row
from app.repository import tables
from app.repository.database import Database, Snapshot
from app.repository.entity_history import HEAD
from app.repository.proofs.touched import TOUCHED, touched_since
from app.repository.remembered import remembered
from app.repository.rows import TABLES, settings_of, settings_selection
from app.repository.sealed_rows import fill_rows, rows_as_text
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
    async for batch in linked_documents(database, snapshot):
        await fill(snapshot, batch)
        for each in batch:
            yield each


async def linked_documents(
    database: Database, snapshot: Snapshot, since: int | datetime | None = None
) -> AsyncIterator[Sequence[ChainedDocument]]:
    """The same with their chains, but without rows, some at a time; or those that have changed since a number of the log,
    or an instant.
    """
    batch: list[ChainedDocument] = []
    statement, parameters = _headers(), None
    if since is not None:
        statement, parameters = _headers_since(), touched_since(since)
    async for row in database.stream(snapshot, statement, parameters):
        batch.append(ChainedDocument(**row._mapping))
        if len(batch) == BATCH:
            yield await _linked(snapshot, batch)
            batch = []
    if batch:
        yield await _linked(snapshot, batch)


async def _linked(snapshot: Snapshot, documents: Sequence[ChainedDocument]) -> Sequence[ChainedDocument]:
    """The same with their links."""
    links_of = {each.id: each.links for each in documents}
    for link in await _links(snapshot, list(links_of)):
        links_of[link.document_id].append(link)
    return documents


async def fill(snapshot: Snapshot, documents: Iterable[ChainedDocument]) -> None:
    """Read the rows of documents that have none yet."""
    await fill_rows(snapshot, {each.id: each.rows for each in documents})


async def texts_of(snapshot: Snapshot, documents: Iterable[ChainedDocument]) -> Mapping[str, bytes]:
    """Document -> the canonical JSON of its rows, where the database writes it and one link may seal them all."""
    ids: dict[str, list[str]] = {}
    for each in documents:
        if len(each.links) == 1:
            ids.setdefault(each.type, []).append(each.id)
    found: dict[str, bytes] = {}
    for type, of_type in ids.items():
        found |= await rows_as_text(snapshot, type, of_type)
    return found


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
