"""How every verb runs: claim -> shape -> facts -> judge -> decide -> record, in one transaction.

Where tax has to be asked for outside, the transaction is given up, so that nothing is locked meanwhile, and run again
with the answers.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from app.domain.actor import Actor
from app.domain.commands import Command
from app.domain.facts import Changes, Outcome
from app.domain.tax_engine import AskTax, TaxAnswers, Unanswered, nobody_to_ask
from app.domain.violation import Rejected, Violation, reject_if_any
from app.domain.vocabulary import Operation
from app.repository.books import Books, NewSecret, no_secrets
from app.repository.database import Busy, Database, Snapshot, Work
from app.validation.shape import bars_claiming, violations_of_shape

C = TypeVar("C", bound=Command)
T = TypeVar("T")
UseCase = Callable[[Books, C], Awaitable[Changes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """Something a caller can ask for: its command, what it is logged as, how it is done, and the permission that it
    always needs; what a command of it needs beside that, domain/needs.py says.
    """

    operation: Operation
    command: type[Command]
    use_case: UseCase[Any]
    permission: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a verb did: ids by role. `replayed`: an earlier call did it. `secret`: what was made for the caller's eyes.
    `effect`: what was committed just now; None of a replay and of a dry run.
    """

    outcome: Outcome
    replayed: bool = False
    dry_run: bool = False
    secret: str | None = field(default=None, repr=False)
    effect: Changes | None = field(default=None, repr=False)


ROUNDS = 3
"""How often tax is asked for outside; the books changed under each answer so far, so others are busy with them."""


async def perform(
    database: Database,
    actor: Actor,
    verb: Verb,
    command: Command,
    *,
    ask: AskTax = nobody_to_ask,
    new_secret: NewSecret = no_secrets,
) -> Result:
    """Do it and commit. Raises Rejected with every broken rule, Busy when the database does not come to it."""
    misshapen = violations_of_shape(command, actor.limits)
    if any(bars_claiming(each, command) for each in misshapen):
        raise Rejected(misshapen)

    async def attempt(answers: TaxAnswers) -> Result:
        return await database.transact(
            actor, verb.operation, _work(verb, command, misshapen, answers, new_secret)
        )

    return await with_answers(attempt, ask, preview=False)


@asynccontextmanager
async def rehearse(
    database: Database,
    actor: Actor,
    verb: Verb,
    command: Command,
    *,
    ask: AskTax = nobody_to_ask,
    new_secret: NewSecret = no_secrets,
) -> AsyncIterator[tuple[Result, Snapshot]]:
    """Do it in a transaction that is never kept: what the real call would give can be read while it is open.

    No key is claimed or read. Raises like `perform`.
    """
    reject_if_any(violations_of_shape(command, actor.limits))

    async with AsyncExitStack() as open_until_read:

        async def attempt(answers: TaxAnswers) -> tuple[Result, Snapshot]:
            async def work(books: Books) -> Result:
                books.tax_answers, books.new_secret = answers, new_secret
                changes = await verb.use_case(books, command)
                await books.record(changes)
                return Result(outcome=changes.outcome, replayed=changes.repeated, dry_run=True)

            rehearsal = database.rehearse(actor, verb.operation, work)
            return await open_until_read.enter_async_context(rehearsal)

        yield await with_answers(attempt, ask, preview=True)


async def with_answers(attempt: Callable[[TaxAnswers], Awaitable[T]], ask: AskTax, *, preview: bool) -> T:
    """What the attempt comes to, once it has every answer it wants; Busy when it wants others each time."""
    answers: TaxAnswers = {}
    rounds = 0
    while True:
        try:
            return await attempt(answers)
        except Unanswered as unanswered:
            if rounds == ROUNDS:
                raise Busy from unanswered
            answers = {
                **answers,
                **await ask(unanswered.callback, unanswered.questions, preview=preview),
            }
        rounds += 1


def _work(
    verb: Verb, command: Command, misshapen: list[Violation], answers: TaxAnswers, new_secret: NewSecret
) -> Work[Result]:
    async def work(books: Books) -> Result:
        books.tax_answers, books.new_secret = answers, new_secret
        outcome = await books.claim(command)
        if outcome is not None:
            return Result(outcome=outcome, replayed=True)
        reject_if_any(misshapen)
        changes = await verb.use_case(books, command)
        effect = await books.record(changes)
        return Result(outcome=changes.outcome, replayed=changes.repeated, effect=effect)

    return work
