"""The floor: the same writes by SQL alone, one statement a table and chunk, over one connection of the driver.

It judges nothing, and knows that every invoice is there to be credited: less work than this cannot do it.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.domain.job import Job
from app.repository.identity import new_id, uuid7_hex
from benchmarks.direct_credits import statements as sql
from benchmarks.seed import ACTOR

CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Credits every invoice of the account in full, as the service's role, behind the same row security."""

    connection: Any
    entity_id: int
    account_id: str
    auto_apply: bool

    async def credit_all(self) -> None:
        job_id = new_id(Job)
        await self._begin()
        now = datetime.now(UTC)
        options = json.dumps({"autoApprove": True, "autoApply": self.auto_apply, "fullCredit": True})
        await self._run(sql.SUBMIT, job_id, now, ACTOR, options)
        await self._run(sql.SUBMIT_ITEMS, job_id, self.account_id)
        await self._run(sql.QUEUE, job_id, now)
        await self._run(sql.TOTAL, job_id)
        await self.connection.execute("COMMIT")
        while await self._credit_chunk(job_id):
            pass

    async def _credit_chunk(self, job_id: str) -> bool:
        """The next chunk in one transaction; whether there was one."""
        await self._begin()
        claimed = await self.connection.fetch(sql.CLAIM, self.entity_id, job_id, CHUNK)
        if claimed:
            await self._credit(job_id, claimed[0]["position"], claimed[-1]["position"])
        else:
            await self._run(sql.UNQUEUE, job_id)
        await self.connection.execute("COMMIT")
        return bool(claimed)

    async def _credit(self, job_id: str, first: int, last: int) -> None:
        applied, prefix, log_id = self.auto_apply, uuid7_hex()[:20], f"log_{uuid7_hex()}"
        chunk = (job_id, first, last)
        count = last - first + 1
        await self._run(sql.LOCK_INVOICES, *chunk)
        now = datetime.now(UTC)
        stamp, today = (log_id, now, ACTOR), now.date()
        number = await self.connection.fetchval(sql.TAKE_NUMBERS, self.entity_id, count)
        await self._run(sql.LOG, log_id, ACTOR, now, json.dumps({"job": job_id, "items": count}))
        await self._run(sql.LINKS, *chunk, prefix, now, ACTOR, log_id, applied)
        await self._run(sql.MEMOS, *chunk, prefix, now, today, ACTOR, number, applied)
        await self._run(sql.MEMO_LINES, *chunk, prefix, applied)
        await self._run(sql.MEMO_LINE_TAXES, *chunk, prefix)
        await self._run(sql.LINES, *chunk, applied)
        await self._run(sql.TAXES, *chunk)
        await self._run(sql.INVOICES, *chunk, prefix, now, today, ACTOR, applied, log_id)
        await self._run(sql.POSTINGS, *chunk, prefix, *stamp)
        await self._run(sql.JOURNAL, *chunk, prefix, *stamp)
        if applied:
            await self._run(sql.APPLICATIONS, *chunk, prefix, *stamp)
            await self._run(sql.LINE_APPLICATIONS, *chunk, prefix, *stamp)
            await self._run(sql.APPLICATION_ENTRIES, *chunk, prefix, *stamp)
        await self._run(sql.ITEMS, *chunk, prefix, log_id, now, applied)
        await self._run(sql.COUNT, job_id, count, now, ACTOR)

    async def _begin(self) -> None:
        await self.connection.execute(f"BEGIN; SET LOCAL app.entity_id = '{self.entity_id}'")

    async def _run(self, statement: str, *parameters: Any) -> None:
        await self.connection.execute(statement, self.entity_id, *parameters)
