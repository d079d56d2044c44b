"""What reports on an entity's books have in common: as of when, of which account, as a table or as CSV."""

import csv
import sys
from collections.abc import Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.configured import configured, entity_of, open_books
from app.cli.terminal import CommandFailed, any_console, folded_table

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from app.domain.as_of import AsOf
    from app.domain.entity import Settings
    from app.repository.database import Snapshot

Entity = Annotated[str, typer.Option("--entity", metavar="CODE", help="In whose books.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="CSV instead of a table.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE")]
OfLog = Annotated[
    int | None,
    typer.Option(
        "--as-of-log", metavar="NUMBER", min=0, help="As of this number of the log: exact for ever."
    ),
]
OfInstant = Annotated[
    datetime | None,
    typer.Option("--as-of", metavar="INSTANT", help="As of this instant, e.g. 2026-03-31T23:59:59 (UTC)."),
]


def as_of_asked(log: int | None, instant: datetime | None) -> "AsOf | None":
    """None: as the books stand."""
    from app.domain.as_of import AsOf

    if log is None and instant is None:
        return None
    return AsOf(log=log, at=None if instant is None else instant.replace(tzinfo=UTC))


@asynccontextmanager
async def reading(code: str) -> "AsyncIterator[tuple[Snapshot, Settings, Any]]":
    """A snapshot of the entity's books, its settings, and what runs a statement on them."""
    from app.repository.lookups import settings_of

    async with open_books(configured()) as database:
        there = await entity_of(database, code)
        async with database.snapshot(there.id) as snapshot:

            async def rows(statement: Any, **parameters: Any) -> Any:
                return await snapshot.rows(statement, parameters)

            yield snapshot, await settings_of(snapshot), rows


async def account_named(snapshot: "Snapshot", number: str) -> str:
    """The account's id; CommandFailed where there is none of that number."""
    from app.repository.lookups import account_id

    id = await account_id(snapshot, number)
    if id is None:
        raise CommandFailed(f"these books have no account {number!r}")
    return id


def write(heads: Sequence[str], rows: Iterable[Sequence[str]], *, as_csv: bool, title: str) -> None:
    """To standard output; of a table the first column is text and figures stand to the right."""
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(heads)
        writer.writerows(rows)
        return
    from rich.text import Text

    table = folded_table(*heads)
    table.title = title
    for row in rows:
        # As text: what stands in the books is not to be taken for markup.
        table.add_row(*(Text(cell) for cell in row))
    any_console().print(table)
