"""import: invoices from a file, however many."""

import asyncio
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.configured import configured, entity_of, open_books
from app.cli.terminal import CommandFailed, progress_bar, say

if TYPE_CHECKING:
    from app.loading.invoices import InvoiceFile
    from app.loading.progress_file import ImportProgress
    from app.repository.entities import Entity
    from app.settings import Settings


class Format(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


def import_file(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE", help="CSV or JSON Lines, in UTF-8.")
    ],
    entity: Annotated[str, typer.Option(metavar="CODE", help="Whose invoices they are.")],
    format: Annotated[
        Format | None, typer.Option(metavar="FORMAT", help="csv or jsonl. Default: by the file's name.")
    ] = None,
    batch: Annotated[
        int, typer.Option(min=1, max=1000, metavar="COUNT", help="Invoices in one transaction.")
    ] = 200,
    errors: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where refused rows go: JSON Lines, or CSV if so named. Default: FILE.errors.jsonl.",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an import that was interrupted.")
    ] = False,
) -> None:
    """Take in invoices and debit memos, each exactly once.

    JSON Lines has an invoice a line, as `createInvoices` wants it.

    CSV has a row an invoice line: invoice_number, account_number,
    invoice_date, amount (or quantity and unit_price) and more; rows of one
    invoice follow each other.

    A refused invoice does not stop the others: its rows are reported, in the
    file's order, and the exit code is 1. How far the import came is kept in
    FILE.progress until it is through. Delivering the same file again does
    nothing twice.
    """
    from app.loading.invoices import ImportImpossible, InvoiceFile

    settings = configured()
    chosen_format = format or _format_of(file)
    report = _errors_of(file, errors)

    def described(owner: "Entity") -> InvoiceFile:
        return InvoiceFile(
            path=file, format=chosen_format, entity=owner, errors=report, batch=batch, resume=resume
        )

    try:
        done = asyncio.run(_import(settings, entity, described, file.stat().st_size))
    except ImportImpossible as error:
        raise CommandFailed(str(error)) from error
    except KeyboardInterrupt:
        say("Interrupted: --resume goes on.")
        raise typer.Exit(130) from None
    print(f"{done.imported} imported, {done.known} already there, {done.refused} refused")
    if done.refused:
        say(f"Refused rows: {report}")
        raise typer.Exit(1)


async def _import(
    settings: "Settings", code: str, described: "Callable[[Entity], InvoiceFile]", size: int
) -> "ImportProgress":
    from app.loading.invoices import import_invoices

    async with open_books(settings) as database:
        file = described(await entity_of(database, code))
        with progress_bar() as bar:
            task = bar.add_task(file.path.name, total=size)
            return await import_invoices(
                database, file, lambda progress: bar.update(task, completed=progress.place.offset)
            )


def _format_of(file: Path) -> Format:
    match file.suffix.lower():
        case ".csv":
            return Format.CSV
        case ".jsonl" | ".ndjson":
            return Format.JSONL
        case _:
            raise CommandFailed(f"{file}: say --format csv or --format jsonl")


def _errors_of(file: Path, errors: Path | None) -> Path:
    chosen = errors or file.with_name(file.name + ".errors.jsonl")
    if chosen.exists() and chosen.samefile(file):
        raise CommandFailed("the error report would overwrite the file that is imported")
    return chosen
