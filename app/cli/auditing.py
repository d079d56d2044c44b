"""audit: do the books hold?"""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.awaiting import awaited
from app.cli.configured import configured, entity_of, open_books
from app.cli.terminal import CommandFailed, any_console, folded_table

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from app.proof.audit import AuditSummary, Difference
    from app.repository.entities import Entity
    from app.settings import Settings

SHOWN = 200
"""Differences that the table has room for; --json has them all."""


def audit(
    entity: Annotated[
        str | None,
        typer.Option(metavar="CODE", help="Only this entity's books. Default: all."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="LOG NUMBER|INSTANT", help="Only documents that have changed after it, e.g. 2026-11-01."
        ),
    ] = None,
    by_account: Annotated[
        bool, typer.Option("--by-account", help="Say of each account where its money has gone.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="A JSON object a line: differences, then summaries.")
    ] = False,
) -> None:
    """Recompute every balance from the history and name what differs, with the first row that explains it.

    Exit code 0: the books hold. 1: they do not.
    """
    settings = configured()
    if not awaited(_audit(settings, entity, _since(since), as_json, by_account=by_account)):
        raise typer.Exit(1)


def _since(given: str | None) -> "int | datetime | None":
    """A number of the log, or an instant: of a day its beginning, and without an offset in UTC."""
    from datetime import UTC, datetime

    if given is None:
        return None
    if given.isascii() and given.isdigit():
        return int(given)
    try:
        instant = datetime.fromisoformat(given)
    except ValueError:
        raise CommandFailed(f"{given!r} is neither a number of the log nor an instant") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


async def _audit(
    settings: "Settings", code: str | None, since: "int | datetime | None", as_json: bool, *, by_account: bool
) -> bool:
    from app.proof.audit import AuditSummary, audit
    from app.repository.entities import entities

    summaries: list[tuple[Entity, AuditSummary]] = []
    shown: list[tuple[Entity, Difference]] = []
    async with open_books(settings) as database:
        chosen = [await entity_of(database, code)] if code else await entities(database)
        for each in chosen:
            summary = AuditSummary()
            differences = audit(database, each.id, summary, since, by_account=by_account, abreast=True)
            async for difference in differences:
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
    from rich.text import Text

    console = any_console()
    if shown:
        table = folded_table("Entity", "Rule", "Document", "Difference", "Expected", "Found", "First row")
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
    table = folded_table(
        "Entity", "Documents", "Applications", "Balance entries", "Checks", "Differences", "Books"
    )
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
    _print_conservation(console, summaries)


def _print_conservation(console: "Console", summaries: "list[tuple[Entity, AuditSummary]]") -> None:
    """Where the money has gone: an amount is all that stands beside it."""
    from rich.text import Text

    from app.domain.money import minor_digits, minor_to_text

    heads = ("Applied", "Refunded", "Paid", "Written off", "Reversed", "Left over")
    table = folded_table("Entity", "Of", "Amount", "", *heads)
    table.title = "Where the money has gone"
    for entity, summary in summaries:
        for each in summary.conservation:
            went = (each.applied, each.refunded, each.paid, each.written_off, each.reversed, each.left_over)
            digits = minor_digits(each.currency)
            table.add_row(
                Text(entity.code),
                Text(f"{each.of} of {each.account}" if each.account else each.of),
                f"{minor_to_text(each.amount, digits)} {each.currency}",
                "=" if each.holds else "differs",
                *(minor_to_text(amount, digits) for amount in went),
            )
    console.print(table)
