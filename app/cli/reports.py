"""What reports on an entity's books have in common: as of when, of which account, as a table or as CSV."""

import csv
import sys
from collections.abc import Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.configured import configured, entity_of, open_books
from app.cli.terminal import CommandFailed, any_console, folded_table

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from app.domain.as_of import AsOf
    from app.domain.entity import Settings
    from app.repository.database import Snapshot

ROWS_OF_A_TABLE = 1_000
"""More are shown in several tables, one below the other."""
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


Stream = Callable[[Any, dict[str, Any]], "AsyncIterator[Any]"]


@asynccontextmanager
async def reading(code: str) -> "AsyncIterator[tuple[Snapshot, Settings, Any, Stream]]":
    """A snapshot of the entity's books, its settings, and what runs a statement on them: all of its rows, or one by one."""
    from app.repository.lookups import settings_of

    async with open_books(configured()) as database:
        there = await entity_of(database, code)
        async with database.snapshot(there.id) as snapshot:

            async def rows(statement: Any, **parameters: Any) -> Any:
                return await snapshot.rows(statement, parameters)

            yield snapshot, await settings_of(snapshot), rows, partial(database.stream, snapshot)


async def account_named(snapshot: "Snapshot", number: str) -> str:
    """The account's id; CommandFailed where there is none of that number."""
    from app.repository.lookups import account_id

    id = await account_id(snapshot, number)
    if id is None:
        raise CommandFailed(f"these books have no account {number!r}")
    return id


async def write(
    heads: Sequence[str], rows: "AsyncIterator[Sequence[str]]", *, as_csv: bool, title: str
) -> None:
    """To standard output, without holding them all; of a table the first column is text and figures stand to the right."""
    if as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(heads)
        async for row in rows:
            writer.writerow(row)
        return
    part: list[Sequence[str]] = []
    shown_title: str | None = title
    async for row in rows:
        part.append(row)
        if len(part) == ROWS_OF_A_TABLE:
            _print_table(heads, part, shown_title)
            part, shown_title = [], None
    if part or shown_title:
        _print_table(heads, part, shown_title)


def _print_table(heads: Sequence[str], rows: Sequence[Sequence[str]], title: str | None) -> None:
    from rich.text import Text

    table = folded_table(*heads)
    table.title = title
    for row in rows:
        # As text: what stands in the books is not to be taken for markup.
        table.add_row(*(Text(cell) for cell in row))
    any_console().print(table)
