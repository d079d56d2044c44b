"""migrate, entities, entity: the database and whose books are in it."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from app.cli.awaiting import awaited
from app.cli.configured import bring_up_to_date, configured, open_books
from app.cli.terminal import CommandFailed
from app.domain.vocabulary import AllocationRule, ApplicationLevel, SequenceKind, TaxStrategy


def _either(words: type[StrEnum]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}"


def migrate() -> None:
    """Bring the database's tables up to date, all or nothing; it is made where a file is missing."""
    print(awaited(bring_up_to_date(configured())))


def entities() -> None:
    """List the entities whose books are kept here."""
    settings = configured()

    async def show() -> None:
        from app.repository import entities as registry
        from app.repository.lookups import settings_of

        async with open_books(settings) as database:
            for each in await registry.entities(database):
                async with database.snapshot(each.id) as snapshot:
                    kept = await settings_of(snapshot)
                closed = f"closed through {kept.closed_through}" if kept.closed_through else "open"
                print("\t".join((each.code, each.name, kept.application_level, kept.time_zone, closed)))

    awaited(show())


def entity(
    code: Annotated[str, typer.Argument(metavar="CODE", help="How callers name it; stays for ever.")],
    name: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Its legal name; wanted for a new one.")
    ] = None,
    application_level: Annotated[
        ApplicationLevel | None,
        typer.Option(
            metavar="LEVEL", help=f"What credit settles: {_either(ApplicationLevel)}. New: INVOICE."
        ),
    ] = None,
    default_allocation: Annotated[
        AllocationRule | None,
        typer.Option(
            metavar="RULE", help=f"How lines are settled: {_either(AllocationRule)}. New: HIGHEST_FIRST."
        ),
    ] = None,
    default_tax_strategy: Annotated[
        TaxStrategy | None,
        typer.Option(
            metavar="STRATEGY",
            help=f"Tax of credited lines: {_either(TaxStrategy)}. New: COPY_FROM_INVOICE_LINE.",
        ),
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Where its days begin, e.g. Europe/Berlin. New: UTC.")
    ] = None,
    closed_through: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Nothing may be dated on or before this day."
        ),
    ] = None,
    reopen: Annotated[bool, typer.Option("--reopen", help="No day is closed.")] = False,
    convert_negative_lines_on_posting: Annotated[
        bool | None,
        typer.Option(
            "--convert-negative-lines-on-posting/--keep-negative-lines-on-posting",
            help="Whether posting an invoice converts its negative lines. New: kept.",
        ),
    ] = None,
    apply_converted_memo_on_posting: Annotated[
        bool | None,
        typer.Option(
            "--apply-converted-memo-on-posting/--keep-converted-memo-on-posting",
            help="Whether posting then applies the memo of such a conversion to the invoice. New: kept.",
        ),
    ] = None,
    apply_available_credit_on_posting: Annotated[
        bool | None,
        typer.Option(
            "--apply-available-credit-on-posting/--keep-available-credit-on-posting",
            help="Whether posting then applies the account's open credit to the invoice. New: kept.",
        ),
    ] = None,
    reason_code: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE=LABEL", help="Or CODE alone; again for more; the first is the default. New only."
        ),
    ] = None,
    prefix: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KIND=PREFIX",
            help=f"Of document numbers, e.g. CREDIT_MEMO=CN-; again for more. KIND is {_either(SequenceKind)}. New only.",
        ),
    ] = None,
) -> None:
    """Register an entity, or change the settings of one: only what is given changes."""
    from app.cli.registering import register
    from app.domain.commands import UpdateEntitySettings

    if reopen and closed_through is not None:
        raise CommandFailed("--reopen and --closed-through exclude each other")
    asked = UpdateEntitySettings(
        application_level=application_level,
        default_allocation=default_allocation,
        default_tax_strategy=default_tax_strategy,
        time_zone=time_zone,
        closed_through=closed_through.date() if closed_through else None,
        reopen=reopen,
        convert_negative_lines_on_posting=convert_negative_lines_on_posting,
        apply_converted_memo_on_posting=apply_converted_memo_on_posting,
        apply_available_credit_on_posting=apply_available_credit_on_posting,
    )
    is_new = awaited(register(configured(), code, name, asked, reason_code or [], prefix or []))
    print(f"{code}: {'registered' if is_new else 'up to date'}")
