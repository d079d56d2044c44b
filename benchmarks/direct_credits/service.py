"""The service's side: the job is submitted by the use case, and done by workers of one process, as in the server."""

import asyncio
from dataclasses import dataclass

from app.domain.actor import Actor
from app.domain.commands import AccountReference, DirectCreditSelection, SubmitDirectCreditMemos
from app.domain.vocabulary import Operation
from app.jobs.worker import Worker
from app.repository.database import Database
from app.use_cases.run import perform
from app.use_cases.verbs import VERBS
from benchmarks.seed import ACCOUNT, ACTOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Credits every invoice of the account in full, from the submission to the last chunk."""

    database: Database
    entity_id: int
    auto_apply: bool
    workers: int

    async def credit_all(self) -> None:
        selection = DirectCreditSelection(
            accounts=[AccountReference(number=ACCOUNT)], auto_approve=True, auto_apply=self.auto_apply
        )
        actor = Actor(entity_id=self.entity_id, name=ACTOR, permissions=frozenset())
        verb = VERBS[Operation.SUBMIT_DIRECT_CREDIT_MEMOS]
        await perform(self.database, actor, verb, SubmitDirectCreditMemos(selection=selection))
        worker = Worker(self.database, poll_seconds=60)
        async with asyncio.TaskGroup() as workers:
            for _ in range(self.workers):
                workers.create_task(worker.work_off())
