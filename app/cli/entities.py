"""migrate, entities, entity: the database and whose books are in it."""

import asyncio
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.configured import bring_up_to_date, configured, open_books
from app.cli.terminal import CommandFailed
from app.domain.commands import UpdateEntitySettings
from app.domain.entity import NumberSequence, ReasonCode, Settings
from app.domain.entity_data import PREFIXES, settings_after
from app.domain.limits import DEFAULT_LIMITS
from app.domain.violation import reject_if_any
from app.domain.vocabulary import AllocationRule, ApplicationLevel, Operation, SequenceKind, TaxStrategy
from app.validation.settings import violations_of_prefix, violations_of_settings

if TYPE_CHECKING:
    from app.repository.database import Database
    from app.repository.entities import Entity
    from app.settings import Settings as EnvironmentSettings

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What goes into an HTTP header as it is."""


PEOPLE_OF_A_PROVIDER = "oidc"
"""What stands before the names of people whom an identity provider vouches for, as elsewhere an entity's code."""


def _either(words: type[StrEnum]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}"


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
    )
    codes = _reason_codes(reason_code or [])
    sequences = _sequences(prefix or [])
    is_new = asyncio.run(_register(configured(), code, name, asked, codes, sequences))
    print(f"{code}: {'registered' if is_new else 'up to date'}")


async def _register(
    settings: "EnvironmentSettings",
    code: str,
    name: str | None,
    asked: UpdateEntitySettings,
    codes: list[ReasonCode],
    sequences: list[NumberSequence],
) -> bool:
    """Whether the entity is new; without sequences a new one gets the usual prefixes."""
    from app.repository.entities import entities, register_entity

    async with open_books(settings) as database:
        known = {each.code: each for each in await entities(database)}.get(code)
        if known is not None:
            if codes or sequences:
                raise CommandFailed(
                    f"{code} is registered: reason codes and prefixes only begin with an entity"
                )
            await _change(database, known, name, asked)
            return False
        if not CODE.fullmatch(code):
            raise CommandFailed(f"{code!r}: a code has 1 to 64 letters, digits, dots, dashes and underscores")
        if code.lower() == PEOPLE_OF_A_PROVIDER:
            raise CommandFailed(
                f"{code!r}: credentials of that entity would be called like people: oidc:NAME"
            )
        if name is None:
            raise CommandFailed(f"there is no entity {code!r}: a new one wants --name")
        begun = settings_after(asked, Settings())
        reject_if_any(violations_of_settings(begun, datetime.now(UTC)))
        await register_entity(
            database,
            code=code,
            name=name,
            settings=begun,
            reason_codes=codes,
            sequences=sequences
            or [NumberSequence(kind=kind, prefix=text) for kind, text in PREFIXES.items()],
        )
        return True


async def _change(
    database: "Database", entity: "Entity", name: str | None, asked: UpdateEntitySettings
) -> None:
    """What updateEntitySettings does, under its rules; the name beside it is the operator's alone."""
    from app.domain.actor import Actor
    from app.repository.entities import OPERATOR, rename_entity
    from app.use_cases.run import perform
    from app.use_cases.verbs import VERBS

    operator = Actor(entity_id=entity.id, name=OPERATOR, permissions=frozenset())
    await perform(database, operator, VERBS[Operation.UPDATE_ENTITY_SETTINGS], asked)
    if name is not None and name != entity.name:
        await rename_entity(database, entity, name)


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
        if kind not in SequenceKind.__members__ or not equals or len(text) > DEFAULT_LIMITS.number_prefix:
            raise CommandFailed(
                f"{each!r}: KIND=PREFIX is wanted, KIND one of {', '.join(SequenceKind.__members__)}"
            )
        reject_if_any(violations_of_prefix(text, ("prefix",)))
        prefixes[SequenceKind[kind]] = text
    return [NumberSequence(kind=kind, prefix=text) for kind, text in prefixes.items()] if given else []
