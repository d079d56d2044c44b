"""journal export: what an accounting system takes over."""

import csv
import sys
from typing import Annotated

import typer

from app.cli.awaiting import awaited
from app.cli.configured import configured, entity_of, open_books
from app.cli.terminal import say

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

    The last row's log_number is where the next export begins (--after), and what markJournalTransferred takes. An entry
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
