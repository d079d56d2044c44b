"""What every resolver of a request works with: who asks, and one consistent view of the books."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

from app.api.http.fault import ClientFault
from app.api.reader import RETRY, Reader
from app.domain.access import CHANGE_ACCESS
from app.domain.actor import Actor
from app.domain.commands import Command, ReplaceCredentialSecret, RevokeCredential, UpdateCredentialRoles
from app.domain.needs import STEERING, needed
from app.domain.tax_engine import AskTax, nobody_to_ask
from app.proof.audit import AuditSummary, Difference, audit
from app.repository.database import Busy, Database, Snapshot
from app.repository.job_queue import QueuedJob, submission_of
from app.repository.together import Part, Values, together
from app.sign_in.secrets import Seal, SecretToShow
from app.use_cases.run import Result, Verb, perform, rehearse
from app.validation.shape import violations_of_shape

logger = logging.getLogger(__name__)

OF_A_CREDENTIAL = (ReplaceCredentialSecret, RevokeCredential, UpdateCredentialRoles)


class BooksOperation:
    """The context of one GraphQL operation.

    A query reads all of its fields from one snapshot. A mutation field commits, then its payload is read from a
    fresh snapshot that is closed before the next field starts; a dry run's transaction stays open until its whole
    payload has been read, and is then rolled back.
    """

    def __init__(
        self,
        database: Database,
        actor: Actor,
        idempotency_key: str | None,
        seal: Seal,
        ask: AskTax = nobody_to_ask,
        call_workers: Callable[[], None] | None = None,
        request_id: str | None = None,
        access_changed: Callable[[int, str | None], None] | None = None,
        asks_once: bool = False,
    ) -> None:
        """`asks_once`: one root field is all that reads, so one question may be all that is asked."""
        self.actor = actor
        self.request_id = request_id
        self._access_changed = access_changed
        self.idempotency_key = idempotency_key
        self._database = database
        self._seal = seal
        self._ask = ask
        self._call_workers = call_workers
        self._scope = AsyncExitStack()
        self._opening = asyncio.Lock()
        self._snapshot: Snapshot | None = None
        self._reader: Reader | None = None
        self._asks_once = asks_once
        self.answers_questions = database.answer is not None

    @property
    def reader(self) -> Reader:
        """What reads the snapshot. Each refers to the other, so it is made for those who ask: garbage takes looking for."""
        if self._reader is None:
            self._reader = Reader(self._opened)
        return self._reader

    def require(self, *permissions: str) -> None:
        """ClientFault unless the actor has each permission."""
        for permission in permissions:
            if permission not in self.actor.permissions:
                logger.warning(
                    "request %s was refused: %s has no permission %s in entity %s",
                    self.request_id,
                    self.actor.name,
                    permission,
                    self.actor.entity_id,
                )
                raise ClientFault(f"This needs the permission {permission}.", "FORBIDDEN")

    async def require_all(self, command: Command) -> None:
        """ClientFault unless the actor may do everything that the command does beyond what its verb always does."""
        self.require(*sorted(needed(command)))
        # What is misshapen names no job.
        if isinstance(command, STEERING) and not violations_of_shape(command, self.actor.limits):
            job = QueuedJob(self.actor.entity_id, command.job_id)
            try:
                submitted = await submission_of(self._database, job)
            except Busy as error:
                raise ClientFault(RETRY, "RETRY") from error
            self.require(*(() if submitted is None else submitted.permissions))

    async def run(self, verb: Verb, command: Command) -> Result:
        """Do it, or rehearse it; the payload is then read from what it left."""
        made = SecretToShow(self._seal)
        try:
            if not command.dry_run:
                result = await perform(
                    self._database, self.actor, verb, command, ask=self._ask, new_secret=made.hash
                )
                if "job" in result.outcome and self._call_workers is not None:
                    self._call_workers()
                if verb.permission == CHANGE_ACCESS and self._access_changed is not None:
                    changed = command.credential_id if isinstance(command, OF_A_CREDENTIAL) else None
                    self._access_changed(self.actor.entity_id, changed)
                return replace(result, secret=made.text)
            rehearsal = rehearse(
                self._database, self.actor, verb, command, ask=self._ask, new_secret=made.hash
            )
            result, self._snapshot = await self._scope.enter_async_context(rehearsal)
        except Busy as error:
            raise ClientFault(RETRY, "RETRY") from error
        return result

    async def answer(
        self, parts: tuple[Part, ...], values: Values, *, plans_once: bool
    ) -> Sequence[Sequence[Sequence[Any]]]:
        """The rows of each part of a question, with what is bound to it: in the snapshot, if one is open or more may be
        asked. `plans_once`: a plan does for all values. Raises Inseparable, and ClientFault with RETRY when the database is
        busy or away.
        """
        question = together(parts, self._database.dialect)
        answer = self._database.answer
        try:
            if self._asks_once and self._snapshot is None and answer is not None:
                return await answer(self.actor.entity_id, question, values, plans_once=plans_once)
            return await (await self._opened()).answer(question, values)
        except Busy as error:
            raise ClientFault(RETRY, "RETRY") from error

    def audit(self, summary: AuditSummary) -> AsyncGenerator[Difference, None]:
        """The differences in the entity's books, in a snapshot of its own."""
        return audit(self._database, self.actor.entity_id, summary)

    @asynccontextmanager
    async def mutation_field(self) -> AsyncIterator[None]:
        """The scope of one root mutation field."""
        self._start()
        try:
            yield
        finally:
            await self.close()

    async def close(self) -> None:
        """Give the snapshot, or the rehearsal's transaction, back."""
        try:
            if self._reader is not None:
                await self._reader.rest()
        finally:
            self._snapshot = None
            await self._scope.aclose()

    def _start(self) -> None:
        self._scope = AsyncExitStack()
        self._reader = None

    async def _opened(self) -> Snapshot:
        async with self._opening:
            if self._snapshot is None:
                opening = self._database.snapshot(self.actor.entity_id)
                self._snapshot = await self._scope.enter_async_context(opening)
            return self._snapshot
