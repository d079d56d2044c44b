"""audit: do the books hold?"""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.awaiting import awaited
from app.cli.configured import configured, entity_of, open_books

if TYPE_CHECKING:
    from rich.table import Table

    from app.proof.audit import AuditSummary, Difference
    from app.repository.entities import Entity
    from app.settings import Settings

SHOWN = 200
"""Differences that the table has room for; --json has them all."""
ANY_WIDTH = 1_000_000
"""Characters a line, where no terminal has to show it."""


def audit(
    entity: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Only this entity's books. Default: all."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="A JSON object a line: differences, then summaries.")
    ] = False,
) -> None:
    """Recompute every balance from the history and name what differs, with the first row that explains it.

    Exit code 0: the books hold. 1: they do not.
    """
    settings = configured()
    if not awaited(_audit(settings, entity, as_json)):
        raise typer.Exit(1)


async def _audit(settings: "Settings", code: str | None, as_json: bool) -> bool:
    from app.proof.audit import AuditSummary, audit
    from app.repository.entities import entities

    summaries: list[tuple[Entity, AuditSummary]] = []
    shown: list[tuple[Entity, Difference]] = []
    async with open_books(settings) as database:
        chosen = [await entity_of(database, code)] if code else await entities(database)
        for each in chosen:
            summary = AuditSummary()
            async for difference in audit(database, each.id, summary):
                if as_json:
                    print(json.dumps({"entity": each.code, **asdict(difference)}, ensure_ascii=False))
                elif len(shown) < SHOWN:
                    shown.append((each, difference))
            summaries.append((each, summary))
    if as_json:
        for each, summary in summaries:
            print(json.dumps({"entity": each.code, "summary": asdict(summary), "holds": summary.books_hold}))
    else:
        _print_tables(summaries, shown)
    return all(summary.books_hold for _, summary in summaries)


def _print_tables(
    summaries: "list[tuple[Entity, AuditSummary]]", shown: "list[tuple[Entity, Difference]]"
) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        console = Console(width=ANY_WIDTH)
    if shown:
        table = _table("Entity", "Rule", "Document", "Difference", "Expected", "Found", "First row")
        table.title = "Differences"
        for entity, each in shown:
            cells = (
                entity.code,
                each.invariant,
                each.number or each.document_id,
                each.message,
                each.expected,
                each.found,
                each.first_row or "",
            )
            # As text: what stands in the books is not to be taken for markup.
            table.add_row(*(Text(cell) for cell in cells))
        console.print(table)
        if (left := sum(summary.differences for _, summary in summaries) - len(shown)) > 0:
            console.print(f"and {left} more: --json has them all")
    table = _table("Entity", "Documents", "Applications", "Balance entries", "Checks", "Differences", "Books")
    for entity, summary in summaries:
        table.add_row(
            Text(entity.code),
            f"{summary.documents:,}",
            f"{summary.applications:,}",
            f"{summary.balance_entries:,}",
            f"{summary.checks} of {summary.checks_in_all}",
            f"{summary.differences:,}",
            "hold" if summary.books_hold else "do not hold",
        )
    console.print(table)


def _table(*headings: str) -> "Table":
    """A table that is never cut off: as wide as it needs to be, and folded where a terminal is narrower."""
    from rich.table import Column, Table

    return Table(*(Column(heading, overflow="fold") for heading in headings))
