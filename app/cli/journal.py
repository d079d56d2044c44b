"""journal export, confirm: what an accounting system takes over, and what of it it has."""

import csv
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.awaiting import awaited
from app.cli.configured import configured, entity_of, open_books
from app.cli.terminal import say

if TYPE_CHECKING:
    from app.domain.actor import Actor
    from app.repository.database import Database

journal = typer.Typer(
    name="journal", help="The journal: what the service does to the ledger.", no_args_is_help=True
)


@journal.callback()
def _group() -> None:
    """The journal: what the service does to the ledger."""


@journal.command("export")
def export_journal(
    entity: Annotated[str, typer.Option(metavar="CODE", help="This entity's books.")],
    after: Annotated[
        int, typer.Option(metavar="NUMBER", min=0, help="The log number where the last export ended.")
    ] = 0,
    limit: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", min=1, help="About so many entries: a command is never divided."),
    ] = None,
) -> None:
    """Write journal entries as CSV to standard output, in the order of the log.

    The last row's log_number is where the next export begins (--after), and what `confirm` takes. An entry
    is there as soon as the service, or `work`, has numbered its command; none ever appears before that place.

    Example: python -m app journal export --entity acme --after 1200 --limit 10000
    """
    awaited(_export(entity, after, limit))


async def _export(code: str, after: int, limit: int | None) -> None:
    from app.proof.journal_export import COLUMNS, exported_journal

    count, reached = 0, str(after)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    async with open_books(configured()) as database:
        there = await entity_of(database, code)
        async with database.snapshot(there.id) as snapshot:
            async for entry in exported_journal(database, snapshot, after=after, limit=limit):
                writer.writerow(entry[name] for name in COLUMNS)
                count, reached = count + 1, entry["log_number"]
    say(f"{count} entries, through log number {reached}")


@journal.command()
def confirm(
    through: Annotated[
        int, typer.Argument(metavar="NUMBER", min=0, help="Log number of the last command that it has.")
    ],
    entity: Annotated[str, typer.Option(metavar="CODE", help="This entity's books.")],
) -> None:
    """Say that accounting has all journal entries of the commands up to a log number, where an export ended.

    Memos all of whose entries it has are transferred then, and cannot be unposted any more. It moves forward only.

    Example: python -m app journal confirm 1834 --entity acme
    """
    awaited(_confirm(entity, through))


async def _confirm(code: str, through: int) -> None:
    from app.domain.actor import Actor
    from app.repository.entities import OPERATOR

    async with open_books(configured()) as database:
        entity_id = (await entity_of(database, code)).id
        actor = Actor(entity_id=entity_id, name=OPERATOR, permissions=frozenset())
        memos = await confirm_in_steps(database, actor, through)
    say(f"{memos} credit memos, through log number {through}")


async def confirm_in_steps(database: "Database", actor: "Actor", through: int) -> int:
    """How many memos had entries there; so many as go at once are confirmed together. Raises Rejected."""
    from app.domain.violation import Rejected
    from app.domain.vocabulary import ViolationCode

    memos, reached, step = 0, -1, through
    while reached < through:
        try:
            memos += await _confirmed(database, actor, step)
            reached, step = step, through
        except Rejected as rejected:
            [violation] = rejected.violations
            if violation.code is not ViolationCode.LIMIT_EXCEEDED:
                raise
            step = int(violation.allowed or 0)
            if step <= reached:
                raise
    return memos


async def _confirmed(database: "Database", actor: "Actor", through: int) -> int:
    from app.domain.commands import MarkJournalTransferred
    from app.domain.vocabulary import Operation
    from app.use_cases.run import perform
    from app.use_cases.verbs import VERBS

    verb = VERBS[Operation.MARK_JOURNAL_TRANSFERRED]
    result = await perform(database, actor, verb, MarkJournalTransferred(through=through))
    return len(result.outcome["credit_memos"])
