"""How every verb runs: shape -> claim -> facts -> judge -> decide -> record, in one transaction."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from app.domain.actor import Actor
from app.domain.commands import Command
from app.domain.facts import Changes, Outcome
from app.domain.violation import reject_if_any
from app.domain.vocabulary import Operation
from app.repository.books import Books
from app.repository.database import Database, Snapshot, Work
from app.validation.shape import violations_of_shape

C = TypeVar("C", bound=Command)
UseCase = Callable[[Books, C], Awaitable[Changes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """Something a caller can ask for: its command, what it is logged as, the permission it needs, how it is done."""

    operation: Operation
    command: type[Command]
    use_case: UseCase[Any]
    permission: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a verb did: ids by role. `replayed`: an earlier call did it."""

    outcome: Outcome
    replayed: bool = False
    dry_run: bool = False


async def perform(database: Database, actor: Actor, verb: Verb, command: Command) -> Result:
    """Do it and commit. Raises Rejected with every broken rule, Busy when the database does not come to it."""
    reject_if_any(violations_of_shape(command, actor.limits))
    return await database.transact(actor, verb.operation, _work(verb, command))


@asynccontextmanager
async def rehearse(
    database: Database, actor: Actor, verb: Verb, command: Command
) -> AsyncIterator[tuple[Result, Snapshot]]:
    """Do it in a transaction that is never kept: what the real call would give can be read while it is open.

    No key is claimed or read. Raises like `perform`.
    """
    reject_if_any(violations_of_shape(command, actor.limits))

    async def work(books: Books) -> Result:
        changes = await verb.use_case(books, command)
        await books.record(changes)
        return Result(outcome=changes.outcome, replayed=changes.repeated, dry_run=True)

    async with database.rehearse(actor, verb.operation, work) as rehearsed:
        yield rehearsed


def _work(verb: Verb, command: Command) -> Work[Result]:
    async def work(books: Books) -> Result:
        outcome = await books.claim(command)
        if outcome is not None:
            return Result(outcome=outcome, replayed=True)
        changes = await verb.use_case(books, command)
        await books.record(changes)
        return Result(outcome=changes.outcome, replayed=changes.repeated)

    return work
