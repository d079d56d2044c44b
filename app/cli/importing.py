"""import: invoices from a file, however many."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.awaiting import awaited
from app.cli.configured import configured, entity_of, open_books
from app.cli.terminal import CommandFailed, progress_bar, say

if TYPE_CHECKING:
    from app.domain.job import Job
    from app.loading.invoices import Imported, ImportProgress, InvoiceFile, Watch
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
        int, typer.Option(min=1, max=1000, metavar="COUNT", help="Invoices that are read in one transaction.")
    ] = 500,
    errors: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where refused rows go: JSON Lines, or CSV if so named. Default: FILE.errors.jsonl.",
        ),
    ] = None,
    submit_only: Annotated[
        bool, typer.Option("--submit-only", help="Leave the work to the workers, and print the job's id.")
    ] = False,
) -> None:
    """Take in invoices and debit memos, each exactly once.

    JSON Lines has an invoice a line, as `createInvoices` wants it.

    CSV has a row an invoice line: invoice_number, account_number,
    invoice_date, amount (or quantity and unit_price) and more; rows of one
    invoice follow each other.

    The file is read into a job, whose items are then done, here or by other
    workers. A refused invoice does not stop the others: its rows are
    reported, in the file's order, and the exit code is 1.

    Interrupted or killed, the same command goes on. Delivering the same file
    again does nothing twice; what was refused is tried again.
    """
    from app.loading.invoices import InvoiceFile
    from app.loading.submission import ImportImpossible

    settings = configured()
    chosen_format = format or _format_of(file)
    report = _errors_of(file, errors)

    def described(owner: "Entity") -> InvoiceFile:
        return InvoiceFile(path=file, format=chosen_format, entity=owner, errors=report, batch=batch)

    try:
        if submit_only:
            _say_submitted(awaited(_submit(settings, entity, described)))
            return
        done = awaited(_import(settings, entity, described))
    except ImportImpossible as error:
        raise CommandFailed(str(error)) from error
    except KeyboardInterrupt:
        say("Interrupted: the same command goes on.")
        raise typer.Exit(130) from None
    print(f"{done.imported} imported, {done.known} already there, {done.refused} refused")
    if done.refused:
        say(f"Refused rows: {report}")
        raise typer.Exit(1)


async def _submit(settings: "Settings", code: str, described: "Callable[[Entity], InvoiceFile]") -> "Job":
    from app.loading.invoices import submit_invoices

    async with open_books(settings) as database:
        file = described(await entity_of(database, code))
        with _shown(file) as watch:
            return await submit_invoices(database, file, watch)


def _say_submitted(job: "Job") -> None:
    from app.domain.invoice_import import reading_of

    print(job.id)
    unreadable = reading_of(job).unreadable
    say(f"{job.status}: {job.total:,} submitted, {unreadable:,} unreadable")
    say("The same command without --submit-only waits for the end and reports what was refused.")


async def _import(
    settings: "Settings", code: str, described: "Callable[[Entity], InvoiceFile]"
) -> "Imported":
    from app.jobs.worker import Worker
    from app.loading.invoices import import_invoices

    async with open_books(settings) as database:
        file = described(await entity_of(database, code))
        worker = Worker(database, poll_seconds=settings.poll_seconds)
        with _shown(file) as watch:
            return await import_invoices(database, file, worker.work_on, watch)


@contextmanager
def _shown(file: "InvoiceFile") -> Iterator["Watch"]:
    """A bar for the file that is read, then one for the invoices that come in."""
    with progress_bar() as bar:
        task = bar.add_task(f"{file.path.name}: reading", total=None)

        def watch(progress: "ImportProgress") -> None:
            what = "importing" if progress.is_read else "reading"
            bar.update(
                task,
                description=f"{file.path.name}: {what}",
                completed=progress.completed,
                total=progress.total,
            )

        yield watch


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
