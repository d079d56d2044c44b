"""Books that the verbs made hold, on both engines, and the audit says how much it has seen."""

import asyncio

from app.proof.audit import AuditSummary, Difference, audit
from app.repository.database import Database
from tests.proof.copies import Copies


async def audited(database: Database, entity_id: int, summary: AuditSummary) -> list[Difference]:
    try:
        return [difference async for difference in audit(database, entity_id, summary)]
    finally:
        await database.close()


def test_books_made_by_the_verbs_hold(copies: Copies) -> None:
    summary = AuditSummary()
    assert asyncio.run(audited(copies.honest(), copies.entity_id, summary)) == []
    assert summary.books_hold
    assert summary.checks == summary.checks_in_all
