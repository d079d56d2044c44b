"""The history of an entity as lines of JSON, for whoever wants to check it without the service.

A line is an object of one member: `history` first, then of the entity's own data and of each document in turn its `document`, each `row` of it and each
`link` of its chain, and at the end `lines`, how many there were before. Always in the same order, so that two exports
of the same books are alike byte by byte.
"""

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

from app.domain.entity_history import ENTITY
from app.domain.sealing import canonical, in_order
from app.repository.chains import Link, chained_documents, links_of
from app.repository.database import Database, Snapshot
from app.repository.entity_history import HEAD


async def exported_history(database: Database, entity_id: int, code: str) -> AsyncIterator[str]:
    """The lines, from one snapshot."""
    count = 1
    yield canonical({"history": {"entity": code, "format": 1}})
    async with database.snapshot(entity_id) as snapshot:
        await database.plan_for_whole_tables(snapshot)
        for line in await _entity(snapshot):
            count += 1
            yield canonical(line)
        async for each in chained_documents(database, snapshot):
            header = {
                "type": each.type,
                "id": each.id,
                "account": each.account_id,
                "number": each.number,
                "version": each.version,
                "hash": each.history_hash,
            }
            lines: list[dict[str, Any]] = [
                {"document": header},
                *({"row": row} for row in in_order(each.rows)),
            ]
            for line in [*lines, *map(_told, each.links)]:
                count += 1
                yield canonical(line)
    yield canonical({"lines": count})


async def _entity(snapshot: Snapshot) -> list[dict[str, Any]]:
    """The chain of the entity's own data, which tells of changes alone: no rows."""
    found: list[dict[str, Any]] = []
    for head in await snapshot.rows(HEAD):
        header = {
            "type": ENTITY,
            "id": ENTITY,
            "account": None,
            "number": None,
            "version": head.version,
            "hash": head.history_hash,
        }
        found.append({"document": header})
    return [*found, *map(_told, await links_of(snapshot, ENTITY))] if found else []


def _told(link: Link) -> dict[str, Any]:
    said = asdict(link)
    del said["document_id"]
    return {"link": said}
