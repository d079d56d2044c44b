"""migrate, entities, entity: the database and whose books are in it."""

import asyncio
import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from app.cli.configured import bring_up_to_date, configured, open_books
from app.cli.terminal import CommandFailed
from app.domain.entity import NumberSequence, ReasonCode, Settings
from app.domain.vocabulary import AllocationRule, ApplicationLevel, SequenceKind, TaxStrategy

if TYPE_CHECKING:
    from app.settings import Settings as EnvironmentSettings

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What goes into an HTTP header as it is."""

PREFIXES = {
    SequenceKind.CREDIT_MEMO: "CM-",
    SequenceKind.DEBIT_MEMO: "DM-",
    SequenceKind.INVOICE: "INV-",
    SequenceKind.REFUND: "RF-",
}


def migrate() -> None:
    """Bring the database's tables up to date, all or nothing; it is made where a file is missing."""
    print(asyncio.run(bring_up_to_date(configured())))


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

    asyncio.run(show())


def entity(
    code: Annotated[str, typer.Argument(help="How callers name it; stays for ever.")],
    name: Annotated[str | None, typer.Option(help="Its legal name; wanted for a new one.")] = None,
    application_level: Annotated[
        ApplicationLevel | None, typer.Option(help="What credit settles. New: INVOICE.")
    ] = None,
    default_allocation: Annotated[
        AllocationRule | None, typer.Option(help="How lines are settled. New: HIGHEST_FIRST.")
    ] = None,
    default_tax_strategy: Annotated[
        TaxStrategy | None, typer.Option(help="Tax of credited lines. New: COPY_FROM_INVOICE_LINE.")
    ] = None,
    time_zone: Annotated[
        str | None, typer.Option(help="Where its days begin, e.g. Europe/Berlin. New: UTC.")
    ] = None,
    closed_through: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Nothing may be dated on or before this day."),
    ] = None,
    reopen: Annotated[bool, typer.Option("--reopen", help="No day is closed.")] = False,
    reason_code: Annotated[
        list[str] | None,
        typer.Option(help="CODE or CODE=LABEL; again for more; the first is the default. New only."),
    ] = None,
    prefix: Annotated[
        list[str] | None,
        typer.Option(help="KIND=PREFIX of document numbers, e.g. CREDIT_MEMO=CN-. New only."),
    ] = None,
) -> None:
    """Register an entity, or change the settings of one: only what is given changes."""
    if reopen and closed_through is not None:
        raise CommandFailed("--reopen and --closed-through exclude each other")
    if time_zone is not None:
        _check_time_zone(time_zone)
    changes: dict[str, Any] = {
        "application_level": application_level,
        "default_allocation": default_allocation,
        "default_tax_strategy": default_tax_strategy,
        "time_zone": time_zone,
        "closed_through": closed_through.date() if closed_through else None,
    }
    given = {name: value for name, value in changes.items() if value is not None}
    if reopen:
        given["closed_through"] = None
    codes = _reason_codes(reason_code or [])
    sequences = _sequences(prefix or [])
    is_new = asyncio.run(_register(configured(), code, name, given, codes, sequences))
    print(f"{code}: {'registered' if is_new else 'up to date'}")


async def _register(
    settings: "EnvironmentSettings",
    code: str,
    name: str | None,
    given: dict[str, Any],
    codes: list[ReasonCode],
    sequences: list[NumberSequence],
) -> bool:
    """Whether the entity is new; without sequences a new one gets the usual prefixes."""
    from app.repository.entities import entities, register_entity
    from app.repository.lookups import settings_of

    async with open_books(settings) as database:
        known = {each.code: each for each in await entities(database)}.get(code)
        kept = Settings()
        if known is not None:
            if codes or sequences:
                raise CommandFailed(
                    f"{code} is registered: reason codes and prefixes only begin with an entity"
                )
            name = name or known.name
            async with database.snapshot(known.id) as snapshot:
                kept = await settings_of(snapshot)
        elif not CODE.fullmatch(code):
            raise CommandFailed(f"{code!r}: a code has 1 to 64 letters, digits, dots, dashes and underscores")
        if name is None:
            raise CommandFailed(f"there is no entity {code!r}: a new one wants --name")
        await register_entity(
            database,
            code=code,
            name=name,
            settings=replace(kept, **given),
            reason_codes=codes,
            sequences=sequences
            or [NumberSequence(kind=kind, prefix=text) for kind, text in PREFIXES.items()],
        )
        return known is None


def _check_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise CommandFailed(
            f"there is no time zone {name!r}: an IANA name is wanted, e.g. Europe/Berlin"
        ) from error


def _reason_codes(given: list[str]) -> list[ReasonCode]:
    from app.repository.entities import reason_code

    pairs = [(code, label or code) for code, _, label in (each.partition("=") for each in given)]
    if len({code for code, _ in pairs}) < len(pairs) or any(not 0 < len(code) <= 40 for code, _ in pairs):
        raise CommandFailed("reason codes have 1 to 40 characters and differ from each other")
    return [reason_code(code, label, is_default=place == 0) for place, (code, label) in enumerate(pairs)]


def _sequences(given: list[str]) -> list[NumberSequence]:
    """The sequences of every kind of document, with the given prefixes; none where none is given."""
    prefixes = dict(PREFIXES)
    for each in given:
        kind, equals, text = each.partition("=")
        if kind not in SequenceKind.__members__ or not equals or len(text) > 32:
            raise CommandFailed(
                f"{each!r}: KIND=PREFIX is wanted, KIND one of {', '.join(SequenceKind.__members__)}"
            )
        prefixes[SequenceKind[kind]] = text
    return [NumberSequence(kind=kind, prefix=text) for kind, text in prefixes.items()] if given else []
