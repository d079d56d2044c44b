"""The service's side: the job is submitted by the use case, and one worker does it, as in the server."""

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

    async def credit_all(self) -> None:
        selection = DirectCreditSelection(
            accounts=[AccountReference(number=ACCOUNT)], auto_approve=True, auto_apply=self.auto_apply
        )
        actor = Actor(entity_id=self.entity_id, name=ACTOR, permissions=frozenset())
        verb = VERBS[Operation.SUBMIT_DIRECT_CREDIT_MEMOS]
        await perform(self.database, actor, verb, SubmitDirectCreditMemos(selection=selection))
        await work_off(self.database)


async def work_off(database: Database) -> None:
    """Until nothing is queued."""
    worker = Worker(database, poll_seconds=60)
    while await worker.work_once():
        pass
